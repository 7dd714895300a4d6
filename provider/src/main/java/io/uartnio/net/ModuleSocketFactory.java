package io.uartnio.net;

import io.uartnio.TlsProfile;
import io.uartnio.TlsSessionInfo;
import io.uartnio.socket.ModuleSockets;
import io.uartnio.socket.face.TlsCarrier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Objects;
import javax.net.SocketFactory;

/**
 * Makes {@link Socket}s that the module connects. The contract is that of {@code java.net.Socket}, kept as the JDK's
 * own implementation keeps it, but for what follows.
 *
 * <ul>
 *   <li><b>Names</b> are left to the module: none is looked up here, whether it is given to the factory or to
 *       {@code connect} in an unresolved address. A resolved address that was made from a name is given to the module
 *       by that name too. {@code getInetAddress()} of a socket whose name only the module has resolved is
 *       {@code 0.0.0.0} with that name. The loopback, which a null host and the wildcard address stand for, is refused
 *       with an {@link IllegalArgumentException}, because a module has none.
 *   <li><b>Local address</b>: the module chooses it. {@code bind}, and the factory's methods that take a local address,
 *       accept the wildcard address with port 0 and refuse all else with a {@link SocketException}. The module is asked
 *       for its address at the connect; {@code 0.0.0.0} and port 0 stand for what it does not tell.
 *   <li><b>Half-close</b>: no module can send only a FIN. After {@code shutdownOutput()} nothing more can be written,
 *       but the peer sees the end of the stream only when the socket is closed. Once the peer has ended its stream
 *       nothing more can be written either.
 *   <li><b>Reset</b>: a module does not tell a connection that the peer reset from one that it closed; both are the
 *       end of the stream. A loss that the module does tell of is a {@link SocketException}.
 *   <li><b>Close</b>: returns at once; what was written is sent in the background, within the modem's linger time.
 *       {@code SO_LINGER} neither makes it wait nor turns it into a reset.
 *   <li><b>Options</b> of a TCP socket are checked, remembered and given back, and change nothing: they describe a
 *       kernel's socket. {@link io.uartnio.ModemSocketOptions#ACCESS_MODE} does change the module's.
 *   <li><b>Urgent data</b> is refused: no module sends it or tells of it.
 *   <li><b>Interrupts</b> do what they do to the JDK's sockets: nothing to a platform thread, but its flag is not seen
 *       by others while it waits, and to a virtual thread the end of its operation and of the socket.
 * </ul>
 *
 * <p>A connect without a time limit ends at the modem's own. Safe for any thread, as its sockets are.
 */
public final class ModuleSocketFactory extends SocketFactory {

    private final ModuleSockets sockets;
    private final TlsProfile tls;

    /**
     * Makes a factory; no port is touched.
     *
     * @param sockets where the sockets come from
     * @param tls how the module is to run TLS on every one of them, or null for plain TCP
     */
    public ModuleSocketFactory(ModuleSockets sockets, TlsProfile tls) {
        this.sockets = Objects.requireNonNull(sockets, "sockets");
        this.tls = tls;
    }

    /** Over a {@link java.net.SocketImpl} of the caller's choice, a constructor that is open to subclasses only. */
    private static final class ImplSocket extends Socket implements TlsCarrier {

        private final ModuleSocketImpl impl;

        ImplSocket(ModuleSocketImpl impl) throws SocketException {
            super(impl);
            this.impl = impl;
        }

        @Override
        public TlsSessionInfo tlsSession() {
            return impl.tlsSession();
        }
    }

    /** Makes an unconnected socket; no command is sent before its connect. */
    @Override
    public Socket createSocket() throws IOException {
        return new ImplSocket(new ModuleSocketImpl(sockets.create(tls)));
    }

    /**
     * Makes a connected socket. The module resolves the name.
     *
     * @throws IllegalArgumentException if the host is null, or it or the port cannot be put into a command
     */
    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(unresolved(host, port), null);
    }

    /**
     * Makes a connected socket. The module resolves the name.
     *
     * @throws IllegalArgumentException if the host is null, or it or the port cannot be put into a command
     * @throws SocketException if the local address is any but the wildcard, or the local port not 0
     */
    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return connected(unresolved(host, port), new InetSocketAddress(localHost, localPort));
    }

    /** Makes a connected socket; an address that was made from a name is given to the module by the name. */
    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(new InetSocketAddress(Objects.requireNonNull(host, "host"), port), null);
    }

    /**
     * Makes a connected socket; an address that was made from a name is given to the module by the name.
     *
     * @throws SocketException if the local address is any but the wildcard, or the local port not 0
     */
    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        return connected(
                new InetSocketAddress(Objects.requireNonNull(address, "address"), port),
                new InetSocketAddress(localAddress, localPort));
    }

    private static InetSocketAddress unresolved(String host, int port) {
        if (host == null) {
            throw new IllegalArgumentException("host is null, and a module has no loopback: port=" + port);
        }
        return InetSocketAddress.createUnresolved(host, port);
    }

    private Socket connected(InetSocketAddress remote, InetSocketAddress local) throws IOException {
        Socket socket = createSocket();
        try {
            if (local != null) {
                socket.bind(local);
            }
            socket.connect(remote);
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Names the port and the kind of connection. */
    @Override
    public String toString() {
        return "ModuleSocketFactory[port=" + sockets.portName() + ", tls=" + tls + "]";
    }
}
