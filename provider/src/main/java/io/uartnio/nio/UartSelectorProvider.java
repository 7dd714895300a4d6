package io.uartnio.nio;

import io.uartnio.Modem;
import io.uartnio.TlsProfile;
import io.uartnio.socket.ModuleSocket;
import io.uartnio.socket.ModuleSockets;
import io.uartnio.socket.face.LateModem;
import java.io.IOException;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.Objects;
import java.util.Properties;

/**
 * The JVM's default provider, for code that opens its channels and selectors itself, such as
 * {@code java.net.http.HttpClient}:
 *
 * <pre>{@code
 * java -Djava.nio.channels.spi.SelectorProvider=io.uartnio.nio.UartSelectorProvider
 *      --add-exports java.base/sun.nio.ch=ALL-UNNAMED
 *      -Duartnio.port=/dev/ttyUSB2 -Duartnio.apn=internet ...
 * }</pre>
 *
 * <p>On the module path it is {@code --add-exports java.base/sun.nio.ch=io.uartnio}. Without the flag there is no way
 * back to the JDK's own channels, and opening anything fails with an {@link IOException} that quotes it.
 *
 * <p>Selectors, which also take the JDK's channels, are this project's; server sockets, datagram channels, pipes and
 * Unix domain sockets are the JDK's. Whose a {@link SocketChannel} is its destination decides, at the connect:
 *
 * <ul>
 *   <li>{@code uartnio.direct}: destinations that the JDK connects; {@code loopback} by default, and to be named again
 *       if the property is set. So is a channel that was bound to a certain local address, whatever it is for.
 *   <li>{@code uartnio.tls}: destinations, usually with a port, to which the module runs TLS; none by default. The
 *       profile is that of {@link TlsProfile#of}, by properties too. Code that runs TLS itself all the same, such as
 *       {@code HttpClient}, has to be given a context of {@code io.uartnio.tls.UartNioProvider}.
 *   <li>All others are plain TCP by the module. For channels of the module {@link ModuleSelectorProvider} says where
 *       they differ from the JDK's.
 * </ul>
 *
 * <p>Both properties are lists with commas of {@code host} or {@code host:port}. A host is {@code loopback}, a name in
 * which {@code *} stands for any characters, a numeric address ({@code [::1]:80} with a port), or a network such as
 * {@code 192.168.0.0/16}. Names are compared with what the caller has put into the address; nothing is looked up.
 *
 * <p>Until its connect a channel supports the usual options only, and {@code getLocalAddress()} after {@code
 * bind(null)} tells no port yet. The properties of the modem are those of {@link Modem#open(Properties)}. The port is
 * opened by the first connect that needs the module, in the background; connects wait for it, and fail with its
 * failure. The modem is closed when the JVM ends.
 *
 * <p>Safe for any thread.
 */
public final class UartSelectorProvider extends SelectorProvider {

    /** Null until something is opened; guarded by this monitor. */
    private Routes routes;

    /**
     * Makes the provider and nothing else: the JVM calls this while its default provider is not there yet, so that
     * whatever needs a channel or a thread has to wait.
     */
    public UartSelectorProvider() {}

    /**
     * Opens an unconnected channel, whose destination will decide whose it is.
     *
     * @throws IOException if the JDK's channels cannot be reached, or the properties make no sense
     */
    @Override
    public SocketChannel openSocketChannel() throws IOException {
        return new RoutedSocketChannel(this, routes());
    }

    /**
     * Opens an unconnected channel: for {@code INET} and {@code INET6} as {@link #openSocketChannel()}, for others one
     * of the JDK's.
     *
     * @throws IOException as {@link #openSocketChannel()}
     */
    @Override
    public SocketChannel openSocketChannel(ProtocolFamily family) throws IOException {
        Objects.requireNonNull(family, "family");
        boolean internet = family == StandardProtocolFamily.INET || family == StandardProtocolFamily.INET6;
        return internet ? openSocketChannel() : JdkSelectorProvider.get().openSocketChannel(family);
    }

    /**
     * Opens a selector for channels of this provider, of the module and of the JDK.
     *
     * @throws IOException if the JDK's selectors cannot be reached or opened
     */
    @Override
    public AbstractSelector openSelector() throws IOException {
        return new UartSelector(this, JdkSelectorProvider.get());
    }

    /** Opens a server socket channel of the JDK. */
    @Override
    public ServerSocketChannel openServerSocketChannel() throws IOException {
        return JdkSelectorProvider.get().openServerSocketChannel();
    }

    /** Opens a server socket channel of the JDK. */
    @Override
    public ServerSocketChannel openServerSocketChannel(ProtocolFamily family) throws IOException {
        return JdkSelectorProvider.get().openServerSocketChannel(family);
    }

    /** Opens a datagram channel of the JDK. */
    @Override
    public DatagramChannel openDatagramChannel() throws IOException {
        return JdkSelectorProvider.get().openDatagramChannel();
    }

    /** Opens a datagram channel of the JDK. */
    @Override
    public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
        return JdkSelectorProvider.get().openDatagramChannel(family);
    }

    /** Opens a pipe of the JDK. */
    @Override
    public Pipe openPipe() throws IOException {
        return JdkSelectorProvider.get().openPipe();
    }

    /** Returns the channel that the JVM was started with, one of the JDK's, or null. */
    @Override
    public Channel inheritedChannel() throws IOException {
        return JdkSelectorProvider.get().inheritedChannel();
    }

    private synchronized Routes routes() throws IOException {
        if (routes == null) {
            routes = routesOf(System.getProperties());
        }
        return routes;
    }

    private Routes routesOf(Properties properties) throws IOException {
        SelectorProvider jdk = JdkSelectorProvider.get();
        try {
            Destinations direct = Destinations.parse(properties.getProperty("uartnio.direct", "loopback"));
            Destinations tls = Destinations.parse(properties.getProperty("uartnio.tls", ""));
            TlsProfile profile = TlsProfile.of(properties);
            if (!tls.isEmpty() && profile == null) {
                throw new IllegalArgumentException("property is missing: uartnio.tlsTrustAnchors");
            }
            Routes.Sockets sockets = new ByTls(LateModem.ofSystemProperties(), profile);
            return new Routes(this, jdk, sockets, direct, tls);
        } catch (IllegalArgumentException e) {
            throw new IOException("properties of the selector provider make no sense: " + e.getMessage(), e);
        }
    }

    /** Names the class: where things go is decided by properties that may not have been read yet. */
    @Override
    public String toString() {
        return "UartSelectorProvider";
    }

    /** Sockets with or without TLS by the module. */
    record ByTls(ModuleSockets sockets, TlsProfile profile) implements Routes.Sockets {

        @Override
        public ModuleSocket create(boolean tls) {
            return sockets.create(tls ? Objects.requireNonNull(profile, "no TLS profile") : null);
        }

        @Override
        public String portName() {
            return sockets.portName();
        }
    }
}
