package io.uartnio.it;

import io.uartnio.uart.ControlLine;
import io.uartnio.uart.LineSettings;
import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.util.Set;

/** A port that cannot hold its far side, as one without flow control, or one that somebody brought. */
final class UnstoppablePort implements UartPort {

    private final UartPort port;

    UnstoppablePort(UartPort port) {
        this.port = port;
    }

    @Override
    public String name() {
        return port.name();
    }

    @Override
    public void open(LineSettings settings, Listener listener) throws IOException {
        port.open(settings, listener);
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
