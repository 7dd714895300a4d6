package io.uartnio.nio;

import io.uartnio.socket.ModuleSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.spi.SelectorProvider;

/** Says for each destination whose channel connects it, and opens one of that kind. Safe for any thread. */
final class Routes {

    /** Where the module's sockets come from. */
    interface Sockets {
        /**
         * Creates an unconnected socket.
         *
         * @param tls true if the module is to run TLS on it
         */
        ModuleSocket create(boolean tls);

        /** Returns the name of the port, for messages. */
        String portName();
    }

    private final SelectorProvider provider;
    private final SelectorProvider jdk;
    private final Sockets sockets;
    private final Destinations direct;
    private final Destinations tls;

    /**
     * Makes the routes.
     *
     * @param provider what channels of the module say their provider is
     * @param direct destinations that the JDK connects; looked at first
     * @param tls destinations to which the module runs TLS
     */
    Routes(SelectorProvider provider, SelectorProvider jdk, Sockets sockets, Destinations direct, Destinations tls) {
        this.provider = provider;
        this.jdk = jdk;
        this.sockets = sockets;
        this.direct = direct;
        this.tls = tls;
    }

    /**
     * Opens an unconnected channel for the destination.
     *
     * @throws UnresolvedAddressException if it is the JDK's to connect and it has not been resolved
     */
    SocketChannel open(InetSocketAddress remote) throws IOException {
        if (direct.match(remote)) {
            if (remote.isUnresolved()) {
                throw new UnresolvedAddressException();
            }
            return openDirect();
        }
        return new ModuleSocketChannel(provider, sockets.create(tls.match(remote)), sockets.portName());
    }

    /** Opens a channel of the JDK. */
    SocketChannel openDirect() throws IOException {
        return jdk.openSocketChannel();
    }

    @Override
    public String toString() {
        return "Routes[port=" + sockets.portName() + ", direct=" + direct + ", tls=" + tls + "]";
    }
}
