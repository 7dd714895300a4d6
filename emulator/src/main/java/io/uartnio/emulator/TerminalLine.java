package io.uartnio.emulator;

import java.io.IOException;

/** A pseudo-terminal as the line: the kernel holds back a host that writes too much, and there are no control lines. */
final class TerminalLine implements Line {

    private final PseudoTerminal terminal;

    TerminalLine(PseudoTerminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public String name() {
        return terminal.name();
    }

    @Override
    public int read(byte[] buffer, int offset, int length, int timeoutMillis) throws IOException {
        return terminal.read(buffer, offset, length, timeoutMillis);
    }

    /** The kernel counts for itself. */
    @Override
    public void crossed(int bytes) {}

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        terminal.write(buffer, offset, length);
    }

    @Override
    public int hostBaudRate() throws IOException {
        return terminal.hostBaudRate();
    }

    /** The kernel never loses a byte, whatever the module says. */
    @Override
    public void setFlowControl(boolean rtsCts) {}

    @Override
    public void setCarrier(boolean on) {}

    @Override
    public boolean takeDtrDrop() {
        return false;
    }

    @Override
    public void close() {
        terminal.close();
    }
}
