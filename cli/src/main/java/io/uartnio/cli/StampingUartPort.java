package io.uartnio.cli;

import io.uartnio.uart.ForwardingUartPort;
import io.uartnio.uart.LineSettings;
import io.uartnio.uart.UartPort;
import java.io.IOException;

/**
 * A port that remembers when its reader was last given bytes: with it the way of one and the same byte can be parted into
 * what the system and jSerialComm take and what the library adds. Costs one look at the clock per read.
 */
final class StampingUartPort extends ForwardingUartPort {

    private volatile long receivedNanos;

    /** Creates a port around another. */
    StampingUartPort(UartPort port) {
        super(port);
    }

    /** Returns when the port's blocking read last returned, as {@link System#nanoTime}. */
    long receivedNanos() {
        return receivedNanos;
    }

    @Override
    public void open(LineSettings settings, Listener listener) throws IOException {
        super.open(settings, new ForwardingListener(listener) {
            @Override
            public void onReceived(byte[] buffer, int offset, int length) {
                receivedNanos = System.nanoTime();
                super.onReceived(buffer, offset, length);
            }
        });
    }
}
