package io.uartnio;

import java.net.SocketOption;

/**
 * Socket options that only a module's sockets have; for {@code SocketChannel.setOption} and {@code Socket.setOption}.
 */
public final class ModemSocketOptions {

    /**
     * How the socket's received data crosses the UART; the modem's {@link Modem.Builder#accessMode} until set. Before
     * the connect it says how the socket is opened; on a connected socket it switches it, in the background and without
     * loss: {@link Modem#sockets()} shows when it is done. A mode that the module does not have
     * ({@link ModuleInfo#accessModes()}) is refused with an {@link UnsupportedOperationException}, and
     * {@link AccessMode#TRANSPARENT} with an {@link java.io.IOException} while another socket has the port, while one is
     * open that {@linkplain AccessMode#TRANSPARENT stands in its way}, or on a connected socket once the module has
     * refused to move one: the socket then stays as it is. The first one that the module refuses shows it by staying in
     * {@link AccessMode#BUFFER}.
     */
    public static final SocketOption<AccessMode> ACCESS_MODE = new Option<>("ACCESS_MODE", AccessMode.class);

    private ModemSocketOptions() {}

    private record Option<T>(String name, Class<T> type) implements SocketOption<T> {
        @Override
        public String toString() {
            return name;
        }
    }
}
