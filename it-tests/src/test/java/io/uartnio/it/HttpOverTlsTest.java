package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.uartnio.Modem;
import io.uartnio.emulator.ModuleEmulator;
import io.uartnio.it.Certificates.KeyKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Files fetched from a real web server through the module's sockets: over plain TCP, TLS run by the module, and TLS of
 * the JDK end to end, on one socket and on all twelve, contents compared by SHA-256.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(NothingLeftBehind.class)
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HttpOverTlsTest {

    private static final int MIB = 1 << 20;
    /** Of a file that one test alone fetches: what others have fetched may be noted in the log later. */
    private static final int LOGGED = 2;

    @TempDir
    private static Path directory;

    private static Certificates rsa;
    private static Certificates ec;
    private static WebServer server;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private ModuleEmulator emulator;
    private Modem modem;

    @BeforeAll
    static void startServer() throws Exception {
        rsa = Certificates.create(KeyKind.RSA, Bench.HOST);
        ec = Certificates.create(KeyKind.EC, Bench.HOST);
        for (int size : new int[] {1, LOGGED, MIB, 20 * MIB}) {
            byte[] content = new byte[size];
            new Random(size).nextBytes(content);
            Files.write(WebServer.content(directory).resolve(Integer.toString(size)), content);
        }
        server = WebServer.start(directory, rsa, ec);
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void openModem() throws IOException {
        emulator = Bench.emulator().start();
        modem = Bench.modem(emulator).open();
    }

    @AfterEach
    void closeModem() {
        threads.shutdownNow();
        if (modem != null) {
            modem.close();
        }
        emulator.close();
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 12", "1048576, 1", "1048576, 12", "20971520, 1", "20971520, 12"})
    void aSelectorFetchesOverTlsOfTheModule(int size, int sockets) throws Exception {
        selectAll(tls(server, KeyKind.RSA), server.tlsPort(KeyKind.RSA), size, sockets);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 12", "1048576, 1", "1048576, 12", "20971520, 1", "20971520, 12"})
    void aSelectorFetchesOverPlainTcp(int size, int sockets) throws Exception {
        selectAll(modem.selectorProvider(), server.plainPort(), size, sockets);
    }

    @ParameterizedTest
    @CsvSource({"1, 12", "1048576, 1", "1048576, 12", "20971520, 1"})
    void blockingChannelsFetchOverTlsOfTheModule(int size, int sockets) throws Exception {
        blockAll(tls(server, KeyKind.RSA), server.tlsPort(KeyKind.RSA), size, sockets);
    }

    @ParameterizedTest
    @CsvSource({"1, 12", "1048576, 12"})
    void blockingChannelsFetchOverPlainTcp(int size, int sockets) throws Exception {
        blockAll(modem.selectorProvider(), server.plainPort(), size, sockets);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1048576, 12"})
    void aServerWithAKeyOfEllipticCurvesIsFetchedFromToo(int size, int sockets) throws Exception {
        selectAll(tls(server, KeyKind.EC), server.tlsPort(KeyKind.EC), size, sockets);
    }

    @Test
    void plainAndTlsSocketsWithEachKindOfKeyShareTheModule() throws Exception {
        List<Future<?>> fetches = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            fetches.add(threads.submit(() -> blockOne(modem.selectorProvider(), server.plainPort(), MIB)));
            for (KeyKind kind : KeyKind.values()) {
                fetches.add(threads.submit(() -> blockOne(tls(server, kind), server.tlsPort(kind), MIB)));
            }
        }
        for (Future<?> fetch : fetches) {
            fetch.get();
        }
    }

    @ParameterizedTest
    @EnumSource(KeyKind.class)
    void theJdksOwnTlsRunsEndToEndOverAPlainSocket(KeyKind kind) throws Exception {
        Certificates certificates = kind == KeyKind.RSA ? rsa : ec;
        SSLEngine engine = certificates.clientContext().createSSLEngine(Bench.HOST, server.tlsPort(kind));
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3"});
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        HttpGet get = get(MIB, false);
        try (SocketChannel channel = Bench.connect(modem.selectorProvider(), server.tlsPort(kind))) {
            TlsLoop tls = new TlsLoop(engine, channel);
            tls.handshake();
            assertThat(engine.getSession().getProtocol()).isEqualTo("TLSv1.3");
            tls.write(get.request());
            while (!get.isComplete()) {
                get.take(tls.read());
            }
        }
        assertThat(get.sha256()).isEqualTo(sha256(MIB));
    }

    @Test
    void aServerOfTheJdkIsFetchedFromToo() throws Exception {
        try (WebServer embedded = new EmbeddedWebServer(directory, rsa, ec)) {
            for (KeyKind kind : KeyKind.values()) {
                selectAll(tls(embedded, kind), embedded.tlsPort(kind), MIB, 2);
            }
            selectAll(modem.selectorProvider(), embedded.plainPort(), MIB, 2);
        }
    }

    @Test
    void nginxSeesTheServerNameAndNothingBelowTls12() throws Exception {
        NginxServer nginx = nginx();
        for (KeyKind kind : KeyKind.values()) {
            blockOne(tls(server, kind), server.tlsPort(kind), LOGGED);
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> logged(nginx).size() >= KeyKind.values().length);
        assertThat(logged(nginx))
                .hasSameSizeAs(KeyKind.values())
                .allMatch(line -> line.startsWith(Bench.HOST + " TLSv1.2 ECDHE-"))
                .allMatch(line -> line.endsWith(" 200"));
    }

    @Test
    void oneConnectionToNginxFetchesManyTimes() throws Exception {
        nginx();
        try (SocketChannel channel = Bench.connect(tls(server, KeyKind.RSA), server.tlsPort(KeyKind.RSA))) {
            for (int i = 0; i < 20; i++) {
                HttpGet get = get(1, true);
                fetch(channel, get);
                assertThat(get.sha256()).isEqualTo(sha256(1));
            }
        }
    }

    private static List<String> logged(NginxServer nginx) throws IOException {
        return nginx.accessLog().stream()
                .filter(line -> line.contains(" /" + LOGGED + " "))
                .toList();
    }

    private static NginxServer nginx() {
        assumeTrue(
                server instanceof NginxServer, "nginx is not installed; -Duartnio.requireServers=true insists on it");
        return (NginxServer) server;
    }

    private SelectorProvider tls(WebServer of, KeyKind kind) throws Exception {
        assertThat(of.tlsPort(kind)).isPositive();
        Certificates certificates = kind == KeyKind.RSA ? rsa : ec;
        return modem.tlsSelectorProvider(Bench.trusting(certificates.writeAuthority(directory)));
    }

    private static HttpGet get(int size, boolean keepAlive) {
        return new HttpGet("/" + size, keepAlive);
    }

    private static String sha256(int size) throws IOException {
        byte[] content = Files.readAllBytes(WebServer.content(directory).resolve(Integer.toString(size)));
        return Bench.hex(Bench.sha256().digest(content));
    }

    private static void selectAll(SelectorProvider provider, int port, int size, int sockets) throws IOException {
        List<HttpGet> gets = new ArrayList<>();
        try (Selector selector = provider.openSelector()) {
            for (int i = 0; i < sockets; i++) {
                HttpGet get = get(size, false);
                gets.add(get);
                SocketChannel channel = provider.openSocketChannel();
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_CONNECT, get);
                assertThat(channel.connect(Bench.at(port))).isFalse();
            }
            ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
            while (!selector.keys().isEmpty()) {
                selector.select(key -> serve(key, buffer));
                // Cancelled keys leave the set in the next selection.
                selector.selectNow();
            }
        }
        String expected = sha256(size);
        assertThat(gets).allSatisfy(get -> assertThat(get.sha256()).isEqualTo(expected));
    }

    private static void serve(SelectionKey key, ByteBuffer buffer) {
        SocketChannel channel = (SocketChannel) key.channel();
        HttpGet get = (HttpGet) key.attachment();
        try {
            if (key.isConnectable() && channel.finishConnect()) {
                key.interestOps(SelectionKey.OP_WRITE);
            }
            if (key.isWritable()) {
                channel.write(get.request());
                key.interestOps(get.request().hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
            }
            if (key.isReadable()) {
                buffer.clear();
                int count = channel.read(buffer);
                get.take(buffer.flip());
                if (count < 0) {
                    channel.close();
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void blockAll(SelectorProvider provider, int port, int size, int sockets) throws Exception {
        List<Future<?>> fetches = new ArrayList<>();
        for (int i = 0; i < sockets; i++) {
            fetches.add(threads.submit(() -> blockOne(provider, port, size)));
        }
        for (Future<?> fetch : fetches) {
            fetch.get();
        }
    }

    private static Void blockOne(SelectorProvider provider, int port, int size) throws IOException {
        HttpGet get = get(size, false);
        try (SocketChannel channel = Bench.connect(provider, port)) {
            fetch(channel, get);
            assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
        assertThat(get.sha256()).isEqualTo(sha256(size));
        return null;
    }

    private static void fetch(SocketChannel channel, HttpGet get) throws IOException {
        while (get.request().hasRemaining()) {
            channel.write(get.request());
        }
        ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
        while (!get.isComplete()) {
            assertThat(channel.read(buffer.clear())).isPositive();
            get.take(buffer.flip());
        }
    }
}
