package io.uartnio.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.uartnio.AccessMode;
import io.uartnio.Modem;
import io.uartnio.ModemSocketOptions;
import io.uartnio.ModuleInfo;
import io.uartnio.SocketInfo;
import io.uartnio.TlsProfile;
import io.uartnio.contract.Blocked;
import io.uartnio.socket.FakeModule;
import io.uartnio.socket.ModuleSocketSource;
import io.uartnio.socket.ModuleSockets;
import io.uartnio.socket.face.LateModem;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connects that come before the modem is open. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LateModemTest {

    private static final TlsProfile PROFILE =
            TlsProfile.builder().insecureSkipVerification().build();

    private static final InetSocketAddress PLAIN =
            InetSocketAddress.createUnresolved("plain.example", FakeModule.LISTENING_PORT);

    private final FakeModule module = new FakeModule();
    private final AtomicInteger tries = new AtomicInteger();
    private volatile CompletableFuture<Modem> opening = new CompletableFuture<>();
    private final LateModem modem = new LateModem("fake0", this::open);
    private final Routes routes = new Routes(
            SelectorProvider.provider(),
            SelectorProvider.provider(),
            new UartSelectorProvider.ByTls(modem, PROFILE),
            Destinations.parse("loopback"),
            Destinations.parse("tls.example"));

    @AfterEach
    void close() {
        opening.completeExceptionally(new IOException("test is over"));
        module.close();
    }

    private Modem open() throws IOException {
        tries.incrementAndGet();
        try {
            return opening.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IOException("no module answers", e);
        }
    }

    private SocketChannel channel() {
        return new RoutedSocketChannel(SelectorProvider.provider(), routes);
    }

    @Test
    void aNonBlockingConnectWaitsForTheModem() throws IOException {
        try (SocketChannel channel = channel();
                Selector selector = new UartSelector(SelectorProvider.provider(), SelectorProvider.provider())) {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
            assertThat(channel.connect(PLAIN)).isFalse();
            assertThat(channel.isConnectionPending()).isTrue();
            assertThat(channel.finishConnect()).isFalse();
            assertThat(selector.selectNow()).isZero();
            opening.complete(new OpenModem());
            assertThat(selector.select()).isEqualTo(1);
            assertThat(key.isConnectable()).isTrue();
            assertThat(channel.finishConnect()).isTrue();
            key.interestOps(SelectionKey.OP_WRITE);
            selector.selectedKeys().clear();
            assertThat(selector.select()).isEqualTo(1);
            assertThat(channel.write(ByteBuffer.allocate(5))).isEqualTo(5);
            assertThat(module.newestSocket().host()).isEqualTo("plain.example");
            assertThat(module.newestTls()).isNull();
        }
        assertThat(tries).hasValue(1);
    }

    @Test
    void blockingConnectsWaitTogether() throws Exception {
        try (SocketChannel one = channel();
                SocketChannel two = channel();
                Blocked<Boolean> first = Blocked.in(() -> one.connect(PLAIN));
                Blocked<Boolean> second = Blocked.in(() -> two.connect(PLAIN))) {
            opening.complete(new OpenModem());
            assertThat(first.get()).isTrue();
            assertThat(second.get()).isTrue();
        }
        assertThat(tries).hasValue(1);
    }

    @Test
    void aFailedOpeningFailsThoseWhoWaitAndTheNextTriesAgain() throws Exception {
        try (SocketChannel one = channel();
                Blocked<Boolean> connect = Blocked.in(() -> one.connect(PLAIN))) {
            opening.completeExceptionally(new IOException("port is gone"));
            assertThatThrownBy(connect::get).cause().hasMessage("no module answers");
            assertThat(one.isOpen()).isFalse();
        }
        opening = new CompletableFuture<>();
        opening.complete(new OpenModem());
        try (SocketChannel two = channel()) {
            assertThat(two.connect(PLAIN)).isTrue();
        }
        assertThat(tries).hasValue(2);
    }

    @Test
    void aCloseAndAnInterruptEndTheWait() throws Exception {
        try (SocketChannel one = channel();
                SocketChannel two = channel();
                Blocked<Boolean> closed = Blocked.in(() -> one.connect(PLAIN));
                Blocked<Boolean> interrupted = Blocked.in(() -> two.connect(PLAIN))) {
            one.close();
            interrupted.interrupt();
            assertThatThrownBy(closed::get).hasCauseExactlyInstanceOf(AsynchronousCloseException.class);
            assertThatThrownBy(interrupted::get).hasCauseExactlyInstanceOf(ClosedByInterruptException.class);
            opening.complete(new OpenModem());
        }
    }

    @Test
    void aTimedConnectDoesNotWaitLonger() throws IOException {
        try (SocketChannel channel = channel()) {
            assertThatThrownBy(() -> channel.socket().connect(PLAIN, 30)).isInstanceOf(SocketTimeoutException.class);
            assertThat(channel.isOpen()).isFalse();
        }
    }

    @Test
    void whatWasSetBeforeIsCarriedOver() throws Exception {
        try (SocketChannel channel = channel()) {
            channel.setOption(ModemSocketOptions.ACCESS_MODE, AccessMode.BUFFER);
            assertThat(channel.getOption(ModemSocketOptions.ACCESS_MODE)).isEqualTo(AccessMode.BUFFER);
            try (Blocked<Boolean> connect = Blocked.in(() ->
                    channel.connect(InetSocketAddress.createUnresolved("tls.example", FakeModule.LISTENING_PORT)))) {
                opening.complete(new OpenModem());
                assertThat(connect.get()).isTrue();
            }
            assertThat(channel.getOption(ModemSocketOptions.ACCESS_MODE)).isEqualTo(AccessMode.BUFFER);
            assertThat(module.newestTls()).isEqualTo(PROFILE);
        }
    }

    @Test
    void aDestinationThatTheModuleRefusesLateFailsTheConnect() throws Exception {
        try (SocketChannel channel = channel();
                Blocked<Boolean> connect =
                        Blocked.in(() -> channel.connect(InetSocketAddress.createUnresolved("a\"b", 80)))) {
            opening.complete(new OpenModem());
            assertThatThrownBy(connect::get).cause().isInstanceOf(IOException.class);
        }
    }

    /** A modem over the played module, as far as it is asked for here. */
    private final class OpenModem implements Modem, ModuleSocketSource {

        @Override
        public ModuleSockets moduleSockets() {
            return module;
        }

        @Override
        public TlsProfile tlsProfile() {
            return PROFILE;
        }

        @Override
        public ModuleInfo info() {
            throw new UnsupportedOperationException();
        }

        @Override
        public String portName() {
            return module.portName();
        }

        @Override
        public SelectorProvider selectorProvider() {
            throw new UnsupportedOperationException();
        }

        @Override
        public SelectorProvider tlsSelectorProvider() {
            throw new UnsupportedOperationException();
        }

        @Override
        public SelectorProvider tlsSelectorProvider(TlsProfile profile) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SSLContext sslContext() {
            throw new UnsupportedOperationException();
        }

        @Override
        public SSLContext sslContext(TlsProfile profile) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SocketFactory socketFactory() {
            throw new UnsupportedOperationException();
        }

        @Override
        public SSLSocketFactory sslSocketFactory() {
            throw new UnsupportedOperationException();
        }

        @Override
        public SSLSocketFactory sslSocketFactory(TlsProfile profile) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<SocketInfo> sockets() {
            return List.of();
        }

        @Override
        public List<String> removeUnusedFiles() {
            return List.of();
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
