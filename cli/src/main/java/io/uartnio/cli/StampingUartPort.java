package io.uartnio.cli;

import io.uartnio.uart.ControlLine;
import io.uartnio.uart.LineSettings;
import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.util.Set;

/**
 * A port that remembers when its reader was last given bytes: with it the way of one and the same byte can be parted into
 * what the system and jSerialComm take and what the library adds. Costs one look at the clock per read.
 */
final class StampingUartPort implements UartPort {

    private final UartPort port;
    private volatile long receivedNanos;

    /** Creates a port around another. */
    StampingUartPort(UartPort port) {
        this.port = port;
    }

    /** Returns when the port's blocking read last returned, as {@link System#nanoTime}. */
    long receivedNanos() {
        return receivedNanos;
    }

    @Override
    public String name() {
        return port.name();
    }

    @Override
    public void open(LineSettings settings, Listener listener) throws IOException {
        port.open(settings, new Listener() {
            @Override
            public void onReceived(byte[] buffer, int offset, int length) {
                receivedNanos = System.nanoTime();
                listener.onReceived(buffer, offset, length);
            }

            @Override
            public void onClosed(IOException cause) {
                listener.onClosed(cause);
            }
        });
    }

    @Override
    public boolean isOpen() {
        return port.isOpen();
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        port.write(buffer, offset, length);
    }

    @Override
    public boolean awaitTransmitIdle(long timeoutMillis) throws IOException {
        return port.awaitTransmitIdle(timeoutMillis);
    }

    @Override
    public void setBaudRate(int baudRate) throws IOException {
        port.setBaudRate(baudRate);
    }

    @Override
    public Set<ControlLine> controlLines() {
        return port.controlLines();
    }

    @Override
    public boolean isAsserted(ControlLine line) {
        return port.isAsserted(line);
    }

    @Override
    public boolean setAsserted(ControlLine line, boolean asserted) {
        return port.setAsserted(line, asserted);
    }

    @Override
    public void close() {
        port.close();
    }
}
