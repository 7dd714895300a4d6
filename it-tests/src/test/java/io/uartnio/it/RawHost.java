package io.uartnio.it;

import static org.awaitility.Awaitility.await;

import io.uartnio.uart.LineSettings;
import io.uartnio.uart.SerialUartPort;
import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** An earlier host of the module: types what it is told and goes without tidying up. */
final class RawHost implements AutoCloseable {

    private final SerialUartPort port;
    private final AtomicReference<String> received = new AtomicReference<>("");

    RawHost(String portName, int baudRate) throws IOException {
        port = new SerialUartPort(portName);
        port.open(new LineSettings(baudRate, true), new UartPort.Listener() {
            @Override
            public void onReceived(byte[] buffer, int offset, int length) {
                String text = new String(buffer, offset, length, StandardCharsets.ISO_8859_1);
                received.accumulateAndGet(text, String::concat);
            }

            @Override
            public void onClosed(IOException cause) {
                received.accumulateAndGet("<closed>", String::concat);
            }
        });
    }

    /** Types a command and waits until the module has said what is expected. */
    void command(String command, String expected) throws IOException {
        received.set("");
        type(command + "\r");
        await().atMost(Duration.ofSeconds(60)).until(() -> received.get().contains(expected));
    }

    void type(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        port.write(bytes, 0, bytes.length);
    }

    @Override
    public void close() {
        port.close();
    }
}
