package io.uartnio.nio;

import io.uartnio.TlsProfile;
import io.uartnio.socket.ModuleSockets;
import java.io.IOException;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.Objects;

/**
 * Opens socket, server socket and datagram channels of the module, and selectors for them. The contracts are those of
 * {@code java.nio.channels}, kept as the JDK's own implementation keeps them, but for what follows.
 *
 * <ul>
 *   <li><b>Unresolved addresses</b> are not refused: the module is given the name and resolves it. A resolved address
 *       that was made from a name is given to the module by that name too, any other in its numeric form; no reverse
 *       look-up is made. The wildcard address, which the JDK takes for the loopback, is refused with an
 *       {@link IllegalArgumentException}, because a module has no loopback.
 *   <li><b>Local address</b>: it is the module's, asked for at the connect; {@code 0.0.0.0} and port 0 stand for what
 *       the module does not tell, and for all of it once the channel was bound. {@code bind} accepts null and the wildcard address with port 0, and
 *       refuses all else with a {@link java.net.SocketException}: the module chooses.
 *   <li><b>Half-close</b>: no module can send only a FIN. After {@code shutdownOutput()} nothing more can be written,
 *       but the peer sees the end of the stream only when the channel is closed.
 *   <li><b>Reset</b>: a module does not tell a connection that the peer reset from one that it closed; both are the
 *       end of the stream. A loss that the module does tell of is an {@link IOException}.
 *   <li><b>Close</b>: returns at once; what was written is sent in the background, within the modem's linger time.
 *       {@code SO_LINGER} neither makes it wait nor turns it into a reset.
 *   <li><b>Options</b> {@code TCP_NODELAY}, {@code SO_KEEPALIVE}, {@code SO_SNDBUF}, {@code SO_RCVBUF},
 *       {@code SO_LINGER}, {@code SO_REUSEADDR}, {@code SO_REUSEPORT}, {@code IP_TOS} and the JDK's three
 *       {@code TCP_KEEP…} are accepted and remembered, and change nothing: they describe a kernel's socket, and here
 *       there is none.
 *   <li><b>Selectors</b> notice a change of interest set, and a registration, while a select is running, where the
 *       JDK's may wait for the next one. They take the JDK's own channels as well, and channels of other providers of
 *       this class.
 *   <li><b>Server socket and datagram channels</b>: a bind asks the module and waits for its answer, in non-blocking mode
 *       too, and an interrupt of it closes the channel. Only the wildcard address can be bound to; for port 0 an
 *       ephemeral port is chosen here. Their options are remembered and change nothing.
 *   <li><b>Datagrams</b>: 1 byte to what the module sends at once (1460), to IPv4 addresses; no multicast. A blocking send
 *       returns when the module has taken the datagram. A datagram to a name cannot be sent, but a channel can be
 *       connected to one, which the module resolves. Datagrams of a connected channel that was connected to numbers are
 *       kept by the sender's numbers.
 * </ul>
 *
 * <p>Nothing in {@code META-INF/services} names this class: it is used where it is passed. For code that takes no
 * provider there is {@link UartSelectorProvider}. Safe for any thread.
 */
public final class ModuleSelectorProvider extends SelectorProvider {

    private final ModuleSockets sockets;
    private final TlsProfile tls;
    private final JdkSelectorProvider.Source jdkProvider;

    /**
     * Makes a provider; no port is touched and no selector opened.
     *
     * @param sockets where the channels get their sockets
     * @param tls how the module is to run TLS on every channel of this provider, or null for plain TCP
     */
    public ModuleSelectorProvider(ModuleSockets sockets, TlsProfile tls) {
        this(sockets, tls, JdkSelectorProvider::get);
    }

    /**
     * As the public one, for a caller that knows where the JDK's own provider is; it is asked for at first use.
     */
    ModuleSelectorProvider(ModuleSockets sockets, TlsProfile tls, JdkSelectorProvider.Source jdkProvider) {
        this.sockets = Objects.requireNonNull(sockets, "sockets");
        this.tls = tls;
        this.jdkProvider = Objects.requireNonNull(jdkProvider, "jdkProvider");
    }

    /** Opens an unconnected channel in blocking mode; no command is sent before its connect. */
    @Override
    public SocketChannel openSocketChannel() {
        return new ModuleSocketChannel(this, sockets.create(tls), sockets.portName());
    }

    /**
     * Opens an unconnected channel, as {@link #openSocketChannel()}. Which of the two families a connection really
     * uses is up to the module.
     *
     * @throws UnsupportedOperationException if the family is neither {@code INET} nor {@code INET6}
     */
    @Override
    public SocketChannel openSocketChannel(ProtocolFamily family) {
        Objects.requireNonNull(family, "family");
        if (family != StandardProtocolFamily.INET && family != StandardProtocolFamily.INET6) {
            throw new UnsupportedOperationException("protocol family not supported: family=" + family.name());
        }
        return openSocketChannel();
    }

    /**
     * Opens a selector for channels of the module and of the JDK.
     *
     * @throws IOException if the JDK cannot open the selectors that this one is built on
     */
    @Override
    public AbstractSelector openSelector() throws IOException {
        return new UartSelector(this, jdkProvider.get());
    }

    /**
     * Opens a pipe of the JDK, whose ends may be registered with this provider's selectors.
     *
     * @throws IOException if the JDK cannot open it
     */
    @Override
    public Pipe openPipe() throws IOException {
        return jdkProvider.get().openPipe();
    }

    /**
     * Opens a server socket channel that is not bound. What it accepts are channels of this provider.
     *
     * @throws UnsupportedOperationException if the module cannot listen, or runs TLS on the channels of this provider
     */
    @Override
    public ServerSocketChannel openServerSocketChannel() {
        if (tls != null) {
            throw unsupported("server socket channels");
        }
        // Asked for what it is able to now, rather than at the bind.
        sockets.createServer();
        return new ModuleServerSocketChannel(this, sockets);
    }

    /**
     * Opens a server socket channel, as {@link #openServerSocketChannel()}.
     *
     * @throws UnsupportedOperationException if the family is neither {@code INET} nor {@code INET6}, or as there
     */
    @Override
    public ServerSocketChannel openServerSocketChannel(ProtocolFamily family) {
        Objects.requireNonNull(family, "family");
        if (family != StandardProtocolFamily.INET && family != StandardProtocolFamily.INET6) {
            throw new UnsupportedOperationException("protocol family not supported: family=" + family.name());
        }
        return openServerSocketChannel();
    }

    /**
     * Opens a datagram channel that is neither bound nor connected.
     *
     * @throws UnsupportedOperationException if the module has no UDP, or runs TLS on the channels of this provider
     */
    @Override
    public DatagramChannel openDatagramChannel() {
        if (tls != null) {
            throw unsupported("datagram channels");
        }
        sockets.createDatagram();
        return new ModuleDatagramChannel(this, sockets);
    }

    /**
     * Opens a datagram channel, as {@link #openDatagramChannel()}.
     *
     * @throws UnsupportedOperationException if the family is not {@code INET}, the only one whose addresses a module sends
     *     datagrams to; or as there
     */
    @Override
    public DatagramChannel openDatagramChannel(ProtocolFamily family) {
        Objects.requireNonNull(family, "family");
        if (family != StandardProtocolFamily.INET) {
            throw new UnsupportedOperationException("protocol family not supported: family=" + family.name());
        }
        return openDatagramChannel();
    }

    private UnsupportedOperationException unsupported(String what) {
        return new UnsupportedOperationException(
                what + " are not offered with TLS by a module, only socket channels: port=" + sockets.portName());
    }

    /** Names the port and the kind of connection. */
    @Override
    public String toString() {
        return "ModuleSelectorProvider[port=" + sockets.portName() + ", tls=" + tls + "]";
    }
}
