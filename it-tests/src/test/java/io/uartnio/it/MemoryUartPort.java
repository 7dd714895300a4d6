package io.uartnio.it;

import io.uartnio.emulator.MemoryLine;
import io.uartnio.uart.ControlLine;
import io.uartnio.uart.LineSettings;
import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/** An emulator's line in memory as a port: faster than a pseudo-terminal, and with all the control lines. */
final class MemoryUartPort implements UartPort {

    private final MemoryLine line;

    MemoryUartPort(MemoryLine line) {
        this.line = line;
    }

    @Override
    public String name() {
        return line.name();
    }

    @Override
    public void open(LineSettings settings, Listener listener) throws IOException {
        Objects.requireNonNull(listener, "listener");
        line.open(settings.baudRate(), settings.hardwareFlowControl(), new MemoryLine.Listener() {
            @Override
            public void onReceived(byte[] buffer, int offset, int length) {
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
        return line.isOpen();
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        line.write(buffer, offset, length);
    }

    @Override
    public boolean awaitTransmitIdle(long timeoutMillis) throws IOException {
        return line.awaitIdle(timeoutMillis);
    }

    @Override
    public void setBaudRate(int baudRate) throws IOException {
        line.setBaudRate(baudRate);
    }

    @Override
    public Set<ControlLine> controlLines() {
        return line.isOpen() ? EnumSet.allOf(ControlLine.class) : EnumSet.noneOf(ControlLine.class);
    }

    @Override
    public boolean isAsserted(ControlLine controlLine) {
        return line.isAsserted(signal(controlLine));
    }

    @Override
    public boolean setAsserted(ControlLine controlLine, boolean asserted) {
        return line.setAsserted(signal(controlLine), asserted);
    }

    @Override
    public boolean setReceiving(boolean receiving) {
        return line.setReceiving(receiving);
    }

    private static MemoryLine.Signal signal(ControlLine controlLine) {
        return MemoryLine.Signal.valueOf(controlLine.name());
    }

    @Override
    public void close() {
        line.close();
    }
}
