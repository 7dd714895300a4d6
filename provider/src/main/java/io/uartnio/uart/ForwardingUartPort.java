package io.uartnio.uart;

import java.io.IOException;
import java.util.Objects;
import java.util.Set;

/**
 * A port around another that passes every call on to it, and what it delivers to whoever opened it; what is to be
 * different is overridden. A decorator that extends this one keeps nothing from either side by mistake, also not what
 * {@link UartPort} and {@link UartPort.Listener} have defaults for. To see or to change what is delivered, override
 * {@link #open} and open the port below with a {@link ForwardingListener}.
 *
 * <p>Threads: as {@link UartPort} says.
 */
public abstract class ForwardingUartPort implements UartPort {

    private final UartPort port;

    /**
     * Creates a port around another.
     *
     * @param port is used through this object only from now on
     * @throws NullPointerException if it is null
     */
    protected ForwardingUartPort(UartPort port) {
        this.port = Objects.requireNonNull(port, "port");
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
    public void setConcealed(boolean concealed) {
        port.setConcealed(concealed);
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
    public boolean setReceiving(boolean receiving) {
        return port.setReceiving(receiving);
    }

    @Override
    public void close() {
        port.close();
    }

    /**
     * A listener before another that passes everything on to it; what is to be different is overridden. Called by the
     * port's reader thread, as {@link UartPort.Listener} says.
     */
    public static class ForwardingListener implements Listener {

        private final Listener listener;

        /**
         * Creates a listener before another.
         *
         * @param listener is told through this object only
         * @throws NullPointerException if it is null
         */
        public ForwardingListener(Listener listener) {
            this.listener = Objects.requireNonNull(listener, "listener");
        }

        @Override
        public void onReceived(byte[] buffer, int offset, int length) {
            listener.onReceived(buffer, offset, length);
        }

        @Override
        public void onBytesLost(IOException cause) {
            listener.onBytesLost(cause);
        }

        @Override
        public void onClosed(IOException cause) {
            listener.onClosed(cause);
        }
    }
}
