package io.uartnio.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.uartnio.uart.LineSettings;
import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StampingUartPortTest {

    private final List<String> calls = new ArrayList<>();
    private UartPort.Listener given;

    @Test
    void holdsTheLineAndTellsOfLossesAsThePortBelow() throws Exception {
        UartPort below = (UartPort) Proxy.newProxyInstance(
                UartPort.class.getClassLoader(), new Class<?>[] {UartPort.class}, (proxy, method, arguments) -> {
                    calls.add(method.getName());
                    if (method.getName().equals("open")) {
                        given = (UartPort.Listener) arguments[1];
                    }
                    return method.getReturnType() == boolean.class ? Boolean.TRUE : null;
                });
        StampingUartPort port = new StampingUartPort(below);
        port.open(new LineSettings(115_200, true), new UartPort.Listener() {
            @Override
            public void onReceived(byte[] buffer, int offset, int length) {
                calls.add("received at " + (port.receivedNanos() != 0));
            }

            @Override
            public void onBytesLost(IOException cause) {
                calls.add("lost: " + cause.getMessage());
            }

            @Override
            public void onClosed(IOException cause) {
                calls.add("closed");
            }
        });
        assertThat(port.setReceiving(false)).isTrue();
        given.onReceived(new byte[1], 0, 1);
        given.onBytesLost(new IOException("a frame"));
        given.onClosed(null);
        assertThat(calls).containsExactly("open", "setReceiving", "received at true", "lost: a frame", "closed");
    }
}
