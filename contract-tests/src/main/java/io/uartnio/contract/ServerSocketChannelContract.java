package io.uartnio.contract;

import static io.uartnio.contract.Contract.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a {@link ServerSocketChannel} and its socket do. */
@Timeout(60)
public interface ServerSocketChannelContract {

    /** Returns the bench, which is registered as an extension. */
    ServiceBench bench();

    /** Opens a channel that listens at a port of its own. */
    default ServerSocketChannel listening() throws IOException {
        return bench().openServer().bind(null);
    }

    /** An address of a kind that no channel knows. */
    final class StrangeAddress extends SocketAddress {
        private static final long serialVersionUID = 1;
    }

    @Test
    default void isBoundOnceAndTellsItsPort() throws IOException {
        ServerSocketChannel server = bench().openServer();
        assertThat(server.getLocalAddress()).isNull();
        assertThat(server.isBlocking()).isTrue();
        assertThat(server.validOps()).isEqualTo(SelectionKey.OP_ACCEPT);
        assertThat(server.bind(null)).isSameAs(server);
        InetSocketAddress local = (InetSocketAddress) server.getLocalAddress();
        assertThat(local.getPort()).isPositive();
        assertThat(server.socket().getLocalPort()).isEqualTo(local.getPort());
        assertThat(server.socket().isBound()).isTrue();
        assertThatThrownBy(() -> server.bind(null)).isInstanceOf(AlreadyBoundException.class);
        server.close();
        assertThatThrownBy(server::getLocalAddress).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> server.bind(null)).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    default void refusesAddressesThatItCannotBindTo() throws IOException {
        ServerSocketChannel server = bench().openServer();
        assertThatThrownBy(() -> server.bind(new StrangeAddress())).isInstanceOf(UnsupportedAddressTypeException.class);
        assertThatThrownBy(() -> server.bind(InetSocketAddress.createUnresolved("a.example", 80)))
                .isInstanceOf(UnresolvedAddressException.class);
        assertThat(server.isOpen()).isTrue();
        assertThat(server.getLocalAddress()).isNull();
    }

    @Test
    default void aPortThatIsTakenCanBeHadLater() throws IOException {
        ServerSocketChannel first = listening();
        int port = first.socket().getLocalPort();
        ServerSocketChannel second = bench().openServer();
        assertThatThrownBy(() -> second.bind(new InetSocketAddress(port))).isInstanceOf(BindException.class);
        assertThat(second.isOpen()).isTrue();
        first.close();
        assertThat(second.bind(new InetSocketAddress(port)).socket().getLocalPort())
                .isEqualTo(port);
        SocketChannel peer = bench().connectTo(second);
        assertThat(bench().closing(second.accept()).isConnected()).isTrue();
        assertThat(peer.isConnected()).isTrue();
    }

    @Test
    default void acceptNeedsABoundAndOpenChannel() throws IOException {
        ServerSocketChannel server = bench().openServer();
        assertThatThrownBy(server::accept).isInstanceOf(NotYetBoundException.class);
        assertThatThrownBy(() -> server.socket().accept())
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket is not bound yet");
        server.close();
        assertThatThrownBy(server::accept).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> server.socket().accept()).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    default void acceptedChannelIsConnectedAndCarriesBytesBothWays() throws IOException {
        ServerSocketChannel server = listening();
        SocketChannel peer = bench().connectTo(server);
        SocketChannel accepted = bench().closing(server.accept());
        assertThat(accepted.isConnected()).isTrue();
        assertThat(accepted.isBlocking()).isTrue();
        assertThat(accepted.isConnectionPending()).isFalse();
        assertThat(((InetSocketAddress) accepted.getRemoteAddress()).getPort())
                .isEqualTo(((InetSocketAddress) peer.getLocalAddress()).getPort());
        assertThat(((InetSocketAddress) accepted.getLocalAddress()).getPort())
                .isEqualTo(server.socket().getLocalPort());
        assertThat(accepted.provider()).isSameAs(server.provider());
        ChannelPeer far = new ChannelPeer(peer);
        far.send(bytes("question"));
        assertThat(new ChannelPeer(accepted).receive(8)).isEqualTo(bytes("question"));
        new ChannelPeer(accepted).send(bytes("answer"));
        assertThat(far.receive(6)).isEqualTo(bytes("answer"));
        far.close();
        assertThat(accepted.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }

    @Test
    default void whatCameBeforeTheAcceptIsNotLostNorIsTheEnd() throws IOException {
        ServerSocketChannel server = listening();
        byte[] content = Contract.randomBytes(5_000);
        ChannelPeer far = new ChannelPeer(bench().connectTo(server));
        far.send(content);
        far.close();
        SocketChannel accepted = bench().closing(server.accept());
        assertThat(new ChannelPeer(accepted).receive(content.length)).isEqualTo(content);
        assertThat(accepted.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }

    @Test
    default void connectionsAreTakenInTheirOrder() throws IOException {
        ServerSocketChannel server = listening();
        SocketChannel first = bench().connectTo(server);
        SocketChannel second = bench().connectTo(server);
        for (SocketChannel peer : new SocketChannel[] {first, second}) {
            assertThat(((InetSocketAddress) bench().closing(server.accept()).getRemoteAddress()).getPort())
                    .isEqualTo(((InetSocketAddress) peer.getLocalAddress()).getPort());
        }
    }

    @Test
    default void acceptWaitsForAConnection() throws Exception {
        ServerSocketChannel server = listening();
        try (Blocked<SocketChannel> accept = Blocked.in(server::accept)) {
            bench().connectTo(server);
            assertThat(bench().closing(accept.get()).isConnected()).isTrue();
        }
    }

    @Test
    default void closeEndsAWaitingAccept() throws Exception {
        ServerSocketChannel server = listening();
        try (Blocked<SocketChannel> accept = Blocked.in(server::accept)) {
            server.close();
            assertThatThrownBy(accept::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(AsynchronousCloseException.class);
        }
    }

    @Test
    default void interruptEndsAWaitingAcceptAndClosesTheChannel() throws Exception {
        ServerSocketChannel server = listening();
        try (Blocked<SocketChannel> accept = Blocked.in(() -> {
            try {
                return server.accept();
            } finally {
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
            }
        })) {
            accept.interrupt();
            assertThatThrownBy(accept::get).hasCauseInstanceOf(ClosedByInterruptException.class);
        }
        assertThat(server.isOpen()).isFalse();
    }

    @Test
    default void aThreadThatIsInterruptedAlreadyDoesNotWait() throws Exception {
        ServerSocketChannel server = listening();
        try (Blocked<SocketChannel> accept = Blocked.started(() -> {
            Thread.currentThread().interrupt();
            return server.accept();
        })) {
            assertThatThrownBy(accept::get).hasCauseInstanceOf(ClosedByInterruptException.class);
        }
    }

    @Test
    default void acceptDoesNotWaitInNonBlockingMode() throws IOException {
        ServerSocketChannel server = listening();
        server.configureBlocking(false);
        assertThat(server.accept()).isNull();
        assertThatThrownBy(() -> server.socket().accept()).isInstanceOf(IllegalBlockingModeException.class);
        Selector selector = bench().openSelector();
        SelectionKey key = server.register(selector, SelectionKey.OP_ACCEPT);
        assertThat(selector.selectNow()).isZero();
        bench().connectTo(server);
        assertThat(selector.select(20_000)).isEqualTo(1);
        assertThat(key.isAcceptable()).isTrue();
        selector.selectedKeys().clear();
        // as long as it is not accepted
        assertThat(selector.select(20_000)).isEqualTo(1);
        selector.selectedKeys().clear();
        assertThat(bench().closing(server.accept()).isBlocking()).isTrue();
        assertThat(selector.selectNow()).isZero();
        assertThat(server.accept()).isNull();
    }

    @Test
    default void acceptedChannelCanBeSelectedFor() throws IOException {
        ServerSocketChannel server = listening();
        ChannelPeer far = new ChannelPeer(bench().connectTo(server));
        SocketChannel accepted = bench().closing(server.accept());
        accepted.configureBlocking(false);
        Selector selector = bench().openSelector();
        SelectionKey key = accepted.register(selector, SelectionKey.OP_WRITE);
        assertThat(selector.select(20_000)).isEqualTo(1);
        assertThat(key.isWritable()).isTrue();
        selector.selectedKeys().clear();
        key.interestOps(SelectionKey.OP_READ);
        assertThat(selector.selectNow()).isZero();
        far.send(bytes("x"));
        assertThat(selector.select(20_000)).isEqualTo(1);
        assertThat(accepted.read(ByteBuffer.allocate(2))).isEqualTo(1);
    }

    @Test
    default void registeringNeedsNonBlockingModeAndAcceptIsAllThereIs() throws IOException {
        ServerSocketChannel server = bench().openServer();
        Selector selector = bench().openSelector();
        assertThatThrownBy(() -> server.register(selector, SelectionKey.OP_ACCEPT))
                .isInstanceOf(IllegalBlockingModeException.class);
        server.configureBlocking(false);
        assertThatThrownBy(() -> server.register(selector, SelectionKey.OP_READ))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    default void closeEndsConnectionsThatNobodyAccepted() throws IOException {
        ServerSocketChannel server = listening();
        SocketChannel taken = bench().connectTo(server);
        SocketChannel accepted = bench().closing(server.accept());
        SocketChannel waiting = bench().connectTo(server);
        server.close();
        try {
            assertThat(waiting.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        } catch (SocketException e) {
            // the JDK's kernel resets them
            assertThat(e).hasMessageContaining("reset");
        }
        new ChannelPeer(taken).send(bytes("still"));
        assertThat(new ChannelPeer(accepted).receive(5)).isEqualTo(bytes("still"));
    }

    @Test
    default void optionsAreThoseThatAreNamed() throws IOException {
        ServerSocketChannel server = bench().openServer();
        assertThat(server.supportedOptions())
                .contains(StandardSocketOptions.SO_RCVBUF, StandardSocketOptions.SO_REUSEADDR);
        server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        assertThat(server.getOption(StandardSocketOptions.SO_REUSEADDR)).isTrue();
        assertThatThrownBy(() -> server.setOption(StandardSocketOptions.SO_RCVBUF, -1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> server.getOption(StandardSocketOptions.TCP_NODELAY))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> server.getOption(null)).isInstanceOf(NullPointerException.class);
        server.close();
        assertThatThrownBy(() -> server.getOption(StandardSocketOptions.SO_REUSEADDR))
                .isInstanceOf(ClosedChannelException.class);
    }

    @Test
    default void socketAcceptsWithinItsTimeLimit() throws Exception {
        ServerSocketChannel server = listening();
        ServerSocket socket = server.socket();
        assertThat(server.socket()).isSameAs(socket);
        assertThat(socket.getChannel()).isSameAs(server);
        socket.setSoTimeout(20);
        assertThat(socket.getSoTimeout()).isEqualTo(20);
        assertThatThrownBy(socket::accept).isInstanceOf(SocketTimeoutException.class);
        assertThat(server.isOpen()).isTrue();
        socket.setSoTimeout(20_000);
        SocketChannel peer = bench().connectTo(server);
        try (Socket accepted = socket.accept()) {
            assertThat(accepted.getChannel()).isNotNull();
            assertThat(accepted.getPort()).isEqualTo(peer.socket().getLocalPort());
            new ChannelPeer(peer).send(bytes("hi"));
            assertThat(accepted.getInputStream().readNBytes(2)).isEqualTo(bytes("hi"));
        }
        assertThatThrownBy(() -> socket.setSoTimeout(-1)).isInstanceOf(IllegalArgumentException.class);
        server.configureBlocking(false);
        assertThatThrownBy(socket::accept).isInstanceOf(IllegalBlockingModeException.class);
        socket.close();
        assertThat(server.isOpen()).isFalse();
        assertThat(socket.isClosed()).isTrue();
        assertThatThrownBy(socket::getSoTimeout)
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket is closed");
    }

    @Test
    default void unboundSocketTellsNothing() throws IOException {
        ServerSocket socket = bench().openServer().socket();
        assertThat(socket.isBound()).isFalse();
        assertThat(socket.getLocalPort()).isEqualTo(-1);
        assertThat(socket.getInetAddress()).isNull();
        assertThat(socket.getLocalSocketAddress()).isNull();
        socket.bind(new InetSocketAddress(0));
        assertThat(socket.isBound()).isTrue();
        assertThatThrownBy(() -> socket.bind(new InetSocketAddress(0)))
                .isInstanceOf(SocketException.class)
                .hasMessage("Already bound");
    }
}
