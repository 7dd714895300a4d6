package io.uartnio.at;

import io.uartnio.uart.ControlLine;
import io.uartnio.uart.LineSettings;
import io.uartnio.uart.UartPort;
import java.util.Set;

/** A port whose far end takes everything and says nothing by itself. */
public class SilentPort implements UartPort {

    @Override
    public String name() {
        return "silent";
    }

    @Override
    public void open(LineSettings settings, Listener listener) {}

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void write(byte[] buffer, int offset, int length) {}

    @Override
    public boolean awaitTransmitIdle(long timeoutMillis) {
        return true;
    }

    @Override
    public void setBaudRate(int baudRate) {}

    @Override
    public Set<ControlLine> controlLines() {
        return Set.of();
    }

    @Override
    public boolean isAsserted(ControlLine line) {
        return false;
    }

    @Override
    public boolean setAsserted(ControlLine line, boolean asserted) {
        return false;
    }

    @Override
    public void close() {}
}
