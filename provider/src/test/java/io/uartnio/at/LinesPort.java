package io.uartnio.at;

import io.uartnio.uart.ControlLine;
import io.uartnio.uart.LineSettings;
import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;

/** A {@link ScriptedPort} with control lines, and a module that can be told of DTR. */
final class LinesPort implements UartPort {

    private final ScriptedPort port;
    private final Set<ControlLine> lines;
    private final Set<ControlLine> asserted = EnumSet.of(ControlLine.DTR);
    private volatile Runnable onDtrDropped = () -> {};
    private volatile boolean receiving = true;

    LinesPort(ScriptedPort port, Set<ControlLine> lines) {
        this.port = port;
        this.lines = Set.copyOf(lines);
    }

    LinesPort onDtrDropped(Runnable action) {
        onDtrDropped = action;
        return this;
    }

    /** The module drives a line. */
    synchronized void drive(ControlLine line, boolean on) {
        if (on) {
            asserted.add(line);
        } else {
            asserted.remove(line);
        }
    }

    boolean isReceiving() {
        return receiving;
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
    public boolean awaitTransmitIdle(long timeoutMillis) {
        return true;
    }

    @Override
    public void setBaudRate(int baudRate) {
        port.setBaudRate(baudRate);
    }

    @Override
    public Set<ControlLine> controlLines() {
        return lines;
    }

    @Override
    public synchronized boolean isAsserted(ControlLine line) {
        return lines.contains(line) && asserted.contains(line);
    }

    @Override
    public boolean setAsserted(ControlLine line, boolean on) {
        if (!lines.contains(line)) {
            return false;
        }
        boolean before = isAsserted(line);
        drive(line, on);
        if (line == ControlLine.DTR && before && !on) {
            onDtrDropped.run();
        }
        return true;
    }

    @Override
    public boolean setReceiving(boolean now) {
        receiving = now;
        return true;
    }

    @Override
    public void close() {
        port.close();
    }
}
