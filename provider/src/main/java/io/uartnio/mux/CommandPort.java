package io.uartnio.mux;

import io.uartnio.uart.ControlLine;
import io.uartnio.uart.LineSettings;
import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.util.Objects;
import java.util.Set;

/**
 * The port that commands go over: the line itself until the multiplexer runs, and DLC 1 while it does, so that whoever
 * sends AT+CMUX goes on over the same port. It opens and closes the line. Bytes that were lost are told to its listener
 * and do not close it; when DLC 1 or the multiplexer ends by itself, the line is closed with the cause.
 *
 * <p>Threads: as {@link UartPort} says.
 */
final class CommandPort implements UartPort, Dlc.FrameReceiver {

    static final int DLCI = 1;

    private final Mux mux;
    private final UartPort line;
    private volatile Listener listener;

    CommandPort(Mux mux, UartPort line) {
        this.mux = mux;
        this.line = line;
    }

    @Override
    public String name() {
        return line.name();
    }

    @Override
    public void open(LineSettings settings, Listener newListener) throws IOException {
        Objects.requireNonNull(newListener, "listener");
        mux.openLine(settings, () -> listener = newListener);
    }

    @Override
    public boolean isOpen() {
        return line.isOpen();
    }

    /** Of the whole line: the other channels are left out of a record meanwhile, too. */
    @Override
    public void setConcealed(boolean concealed) {
        line.setConcealed(concealed);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        if (mux.isLineMultiplexed()) {
            mux.dlc(DLCI).write(buffer, offset, length);
        } else {
            line.write(buffer, offset, length);
        }
    }

    @Override
    public boolean awaitTransmitIdle(long timeoutMillis) throws IOException {
        return mux.awaitTransmitIdle(timeoutMillis);
    }

    @Override
    public void setBaudRate(int baudRate) throws IOException {
        if (mux.isLineMultiplexed()) {
            throw new IOException("rate cannot be changed while the line is multiplexed: port=" + name());
        }
        line.setBaudRate(baudRate);
    }

    @Override
    public Set<ControlLine> controlLines() {
        return mux.isLineMultiplexed() ? MuxChannel.LINES : line.controlLines();
    }

    @Override
    public boolean isAsserted(ControlLine controlLine) {
        return mux.isLineMultiplexed() ? mux.dlc(DLCI).isAsserted(controlLine) : line.isAsserted(controlLine);
    }

    @Override
    public boolean setAsserted(ControlLine controlLine, boolean asserted) {
        return mux.isLineMultiplexed()
                ? mux.setAsserted(mux.dlc(DLCI), controlLine, asserted)
                : line.setAsserted(controlLine, asserted);
    }

    @Override
    public boolean setReceiving(boolean receiving) {
        if (!mux.isLineMultiplexed()) {
            return line.setReceiving(receiving);
        }
        mux.setSignals(mux.dlc(DLCI), Dlc.FC, !receiving);
        return true;
    }

    @Override
    public void close() {
        line.close();
    }

    // ------------------------------------------------------------------ reader thread

    /** Bytes of the line while it is not multiplexed, or of DLC 1. */
    @Override
    public void onInformation(byte[] buffer, int offset, int length) {
        if (length > 0) {
            listener.onReceived(buffer, offset, length);
        }
    }

    @Override
    public void onBytesLost(IOException cause) {
        listener.onBytesLost(cause);
    }

    /** DLC 1 is gone; what that means for the line is the multiplexer's business. */
    @Override
    public Runnable onDisconnected(IOException cause) {
        return () -> {
            if (cause != null) {
                mux.fail(cause);
            }
        };
    }

    void onLineClosed(IOException cause) {
        listener.onClosed(cause);
    }
}
