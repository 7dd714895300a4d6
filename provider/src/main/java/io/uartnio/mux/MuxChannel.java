package io.uartnio.mux;

import io.uartnio.uart.ControlLine;
import io.uartnio.uart.LineSettings;
import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/**
 * A data channel of a {@link Mux} as a port of its own. It can be opened while the multiplexer runs, as often as one
 * likes; the line's settings are the line's. DTR and RTS go to the module in MSC messages, as RTC and RTR; an RTS that is
 * not asserted also sets FC, so that the module sends no more frames on this channel. CTS, DSR, DCD and RI are what
 * the module has said last.
 *
 * <p>A byte that was lost or added on the line closes the channels whose frames may have been hit, with the cause.
 *
 * <p>Threads: as {@link UartPort} says, but {@code onClosed} may be called by whoever closes the channel; never while
 * another thread is inside the listener.
 */
final class MuxChannel implements UartPort, Dlc.FrameReceiver {

    static final Set<ControlLine> LINES = Set.copyOf(EnumSet.allOf(ControlLine.class));

    private final Mux mux;
    private final int dlci;
    private volatile Delivery delivery;

    MuxChannel(Mux mux, int dlci) {
        this.mux = mux;
        this.dlci = dlci;
    }

    @Override
    public String name() {
        return mux.lineName() + "#" + dlci;
    }

    @Override
    public void open(LineSettings settings, Listener listener) throws IOException {
        Delivery next = new Delivery(Objects.requireNonNull(listener, "listener"));
        mux.connect(dlc(), () -> delivery = next);
    }

    private Dlc dlc() {
        return mux.dlc(dlci);
    }

    @Override
    public boolean isOpen() {
        return dlc().isOpen();
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        dlc().write(buffer, offset, length);
    }

    @Override
    public boolean awaitTransmitIdle(long timeoutMillis) throws IOException {
        if (!isOpen()) {
            throw new IOException("channel is closed: port=" + name());
        }
        return mux.awaitTransmitIdle(timeoutMillis);
    }

    /** The rate is the line's and cannot be changed while it is multiplexed. */
    @Override
    public void setBaudRate(int baudRate) throws IOException {
        throw new IOException("a channel has no rate of its own: port=" + name());
    }

    @Override
    public Set<ControlLine> controlLines() {
        return LINES;
    }

    @Override
    public boolean isAsserted(ControlLine line) {
        return isOpen() && dlc().isAsserted(line);
    }

    @Override
    public boolean setAsserted(ControlLine line, boolean asserted) {
        return mux.setAsserted(dlc(), line, asserted);
    }

    /** Says so by FC in MSC. */
    @Override
    public boolean setReceiving(boolean receiving) {
        mux.setSignals(dlc(), Dlc.FC, !receiving);
        return true;
    }

    @Override
    public void close() {
        mux.disconnect(dlc(), null);
    }

    @Override
    public void onInformation(byte[] buffer, int offset, int length) {
        Delivery current = delivery;
        if (length > 0 && current != null && !current.received(buffer, offset, length)) {
            mux.disconnect(dlc(), new IOException("listener has failed: port=" + name()));
        }
    }

    @Override
    public Runnable onDisconnected(IOException cause) {
        Delivery current = delivery;
        return () -> {
            if (current != null) {
                current.end(cause);
            }
        };
    }

    /** A stream with a hole is never handed on. */
    @Override
    public void onBytesLost(IOException cause) {
        mux.disconnect(dlc(), cause);
    }
}
