package io.uartnio.nio;

import static io.uartnio.contract.Contract.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.uartnio.contract.Bench;
import io.uartnio.contract.Blocked;
import io.uartnio.contract.Peer;
import io.uartnio.contract.SocketChannelContract;
import io.uartnio.socket.FakeModule;
import io.uartnio.socket.FakeModuleSocket;
import io.uartnio.socket.ModuleSocket;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract, and what only a channel over a module does. */
class ModuleSocketChannelTest implements SocketChannelContract {

    @RegisterExtension
    final Bench bench = new Bench(ModuleStack::new);

    @Override
    public Bench bench() {
        return bench;
    }

    private ModuleStack module() {
        return (ModuleStack) stack();
    }

    private FakeModuleSocket socket() {
        return module().socketOf(channel());
    }

    @Test
    void anUnresolvedNameIsGivenToTheModule() throws IOException {
        channel().connect(InetSocketAddress.createUnresolved("example.org", 80));
        assertThat(socket().host()).isEqualTo("example.org");
        assertThat(socket().port()).isEqualTo(80);
    }

    @Test
    void aResolvedAddressIsGivenByTheNameItWasMadeFrom() throws IOException {
        InetAddress named = InetAddress.getByAddress("named.example", new byte[] {10, 1, 2, 3});
        channel().connect(new InetSocketAddress(named, 80));
        assertThat(socket().host()).isEqualTo("named.example");
    }

    @Test
    void aNumericAddressIsGivenAsNumbers() throws IOException {
        channel().connect(new InetSocketAddress(InetAddress.getByAddress(new byte[] {10, 1, 2, 3}), 80));
        assertThat(socket().host()).isEqualTo("10.1.2.3");
    }

    @Test
    void theWildcardAddressIsRefusedAndTheChannelStaysOpen() throws IOException {
        assertThatThrownBy(() -> channel().connect(new InetSocketAddress(80)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("wildcard");
        connect();
    }

    @Test
    void whatCannotBePutIntoACommandLeavesTheChannelUnconnected() throws IOException {
        assertThatThrownBy(() -> channel().connect(InetSocketAddress.createUnresolved("a\"b", 80)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> channel().connect(InetSocketAddress.createUnresolved("example.org", 0)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(channel().isConnectionPending()).isFalse();
        assertThat(channel().getRemoteAddress()).isNull();
        connect();
    }

    @Test
    void aConnectThatFindsNoIndexClosesTheChannelAtOnce() throws IOException {
        channel().configureBlocking(false);
        assertThatThrownBy(() ->
                        channel().connect(InetSocketAddress.createUnresolved("example.org", FakeModule.NO_INDEX_PORT)))
                .isInstanceOf(SocketException.class)
                .hasMessage("all indexes are in use");
        assertThat(channel().isOpen()).isFalse();
    }

    @Test
    void theModulesOwnExceptionComesOutOfAFailedConnect() {
        assertThatThrownBy(() -> channel().connect(stack().refusing()))
                .isInstanceOf(ConnectException.class)
                .isSameAs(socket().failure());
    }

    @Test
    void aNonBlockingConnectIsFinishedByFinishConnectHoweverFastTheModuleWas() throws IOException {
        channel().configureBlocking(false);
        // Connects before the call has returned, as a module does while the caller's thread is held up.
        assertThat(channel().connect(InetSocketAddress.createUnresolved("example.org", FakeModule.INSTANT_PORT)))
                .isFalse();
        assertThat(channel().isConnectionPending()).isTrue();
        assertThat(channel().finishConnect()).isTrue();
    }

    @Test
    void finishConnectReportsTheFailureAndCloses() throws IOException {
        channel().configureBlocking(false);
        assertThat(channel().connect(module().silent())).isFalse();
        assertThat(channel().finishConnect()).isFalse();
        IOException cause = new ConnectException("no route");
        socket().fail(cause);
        assertThatThrownBy(() -> channel().finishConnect()).isSameAs(cause);
        assertThat(channel().isOpen()).isFalse();
        assertThatThrownBy(() -> channel().finishConnect()).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void aLostConnectionIsAnExceptionAfterWhatArrivedBefore() throws IOException {
        Peer peer = connect();
        peer.send(bytes("ok"));
        IOException cause = new IOException("PDP context lost");
        socket().fail(cause);
        assertThat(channel().read(ByteBuffer.allocate(10))).isEqualTo(2);
        assertThatThrownBy(() -> channel().read(ByteBuffer.allocate(10))).isSameAs(cause);
        assertThatThrownBy(() -> channel().write(ByteBuffer.allocate(10))).isSameAs(cause);
        assertThat(channel().isOpen()).isTrue();
    }

    @Test
    void aLossDuringABlockedReadIsReported() throws Exception {
        connect();
        IOException cause = new IOException("port lost");
        try (Blocked<Integer> read = Blocked.in(() -> channel().read(ByteBuffer.allocate(10)))) {
            socket().fail(cause);
            assertThatThrownBy(read::get).cause().isSameAs(cause);
        }
    }

    @Test
    void theLocalAddressIsTheModules() throws IOException {
        assertThat(channel().bind(null).getLocalAddress()).isEqualTo(new InetSocketAddress("0.0.0.0", 0));
        connect();
        assertThat(channel().getLocalAddress()).isEqualTo(FakeModuleSocket.LOCAL);
    }

    @Test
    void aLocalAddressOfTheCallersChoiceIsRefused() {
        assertThatThrownBy(() -> channel().bind(new InetSocketAddress(1234)))
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("chosen by the module");
        assertThatThrownBy(() -> channel().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
                .isInstanceOf(SocketException.class);
    }

    @Test
    void closeClosesTheModulesSocket() throws IOException {
        connect();
        channel().close();
        assertThat(socket().state()).isEqualTo(ModuleSocket.State.CLOSED);
    }

    @Test
    void shutdownOutputReachesTheModulesSocket() throws IOException {
        connect();
        channel().shutdownOutput();
        assertThat(socket().isOutputShutdown()).isTrue();
    }

    @Test
    void theProviderTakesInternetFamiliesAndOffersOnlyWhatItHas() throws IOException {
        ModuleSelectorProvider provider = module().provider();
        provider.openSocketChannel(StandardProtocolFamily.INET).close();
        provider.openSocketChannel(StandardProtocolFamily.INET6).close();
        assertThatThrownBy(() -> provider.openSocketChannel(StandardProtocolFamily.UNIX))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(provider::openServerSocketChannel).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(provider::openDatagramChannel).isInstanceOf(UnsupportedOperationException.class);
        assertThat(channel().provider()).isSameAs(provider);
    }

    /** Were a carrier held by a waiting read, the few there are would be used up before the bytes are sent. */
    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void manyVirtualThreadsCanWaitInReads() throws Exception {
        Method startVirtualThread = Thread.class.getMethod("startVirtualThread", Runnable.class);
        int readers = 4 * Runtime.getRuntime().availableProcessors();
        List<SocketChannel> channels = new ArrayList<>();
        List<FutureTask<Integer>> reads = new ArrayList<>();
        for (int i = 0; i < readers; i++) {
            SocketChannel one = stack().openChannel();
            one.connect(stack().listening());
            channels.add(one);
            FutureTask<Integer> read = new FutureTask<>(() -> one.read(ByteBuffer.allocate(1)));
            reads.add(read);
            startVirtualThread.invoke(null, read);
        }
        FutureTask<Void> sender = new FutureTask<>(() -> {
            for (SocketChannel one : channels) {
                stack().peerOf(one).send(new byte[1]);
            }
            return null;
        });
        startVirtualThread.invoke(null, sender);
        sender.get();
        for (FutureTask<Integer> read : reads) {
            assertThat(read.get()).isEqualTo(1);
        }
        for (SocketChannel one : channels) {
            one.close();
        }
    }
}
