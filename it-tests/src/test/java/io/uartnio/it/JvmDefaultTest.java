package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.uartnio.emulator.ModuleEmulator;
import io.uartnio.it.Certificates.KeyKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The provider as the JVM's default, in a JVM of its own, over an emulated module in this one: programs that have never
 * heard of it reach the world by the module and the loopback without it.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(NothingLeftBehind.class)
class JvmDefaultTest {

    private static final int SIZE = 100_000;

    @TempDir
    private static Path directory;

    private static Certificates certificates;
    private static WebServer server;

    private ModuleEmulator emulator;

    @BeforeAll
    static void startServer() throws Exception {
        certificates = Certificates.create(KeyKind.RSA, Bench.HOST);
        for (int size : new int[] {1, SIZE}) {
            Files.write(WebServer.content(directory).resolve(Integer.toString(size)), Contents.of(size));
        }
        server = WebServer.start(directory, certificates, Certificates.create(KeyKind.EC, Bench.HOST));
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void startModule() throws IOException {
        emulator = Bench.emulator().start();
    }

    @AfterEach
    void stopModule() {
        emulator.close();
    }

    private ForkedJvm jvm() throws IOException {
        return ForkedJvm.withProvider(directory).hosts().port(emulator.portName());
    }

    @Test
    void theJdksHttpClientUsesTheModule() throws Exception {
        String printed = jvm().run(
                        HttpClientProgram.class,
                        server.plainPort(),
                        server.tlsPort(KeyKind.RSA),
                        certificates.writeAuthority(directory),
                        SIZE,
                        server instanceof NginxServer ? "HTTP_2" : "HTTP_1_1");
        assertThat(printed).contains("fetched");
        assertThat(emulator.counters().payloadReceived()).isGreaterThan(9L * SIZE);
    }

    @Test
    void apachesAsynchronousClientUsesTheModule() throws Exception {
        assertThat(jvm().run(ClientsProgram.class, server.plainPort(), 0, SIZE)).contains("done");
    }

    @Test
    void lettuceReachesRedisByTheModule() throws Exception {
        try (RedisServer redis = RedisServer.start(directory)) {
            assertThat(jvm().run(ClientsProgram.class, server.plainPort(), redis.port(), 1))
                    .contains("done");
        }
    }

    @Test
    void onlySocketChannelsAreOurs() throws Exception {
        assertThat(jvm().run(ChannelsProgram.class, "kinds")).contains("done");
    }

    @Test
    void oneSelectorServesTheLoopbackAndTheModule() throws Exception {
        try (PeerServer echo = PeerServer.echo()) {
            assertThat(jvm().run(ChannelsProgram.class, "oneLoop", echo.port())).contains("done");
        }
    }

    @Test
    void theModuleRunsTlsWhereAPropertySaysSo() throws Exception {
        int tlsPort = server.tlsPort(KeyKind.RSA);
        String printed = jvm().option(
                        "-Duartnio.tls=*.test:" + tlsPort,
                        "-Duartnio.tlsTrustAnchors=" + certificates.writeAuthority(directory),
                        "-Duartnio.tlsAllowUncheckedHostName=true")
                .run(ChannelsProgram.class, "tls", tlsPort, server.plainPort());
        assertThat(printed).contains("done");
    }

    @Test
    void withoutTheFlagTheExceptionQuotesIt() throws Exception {
        String printed = ForkedJvm.withProviderButNoWayBack(directory).run(ChannelsProgram.class, "withoutFlag");
        assertThat(printed).contains("done");
    }

    @Test
    void withoutAPortOnlyTheModulesDestinationsFail() throws Exception {
        String printed = ForkedJvm.withProvider(directory).hosts().run(ChannelsProgram.class, "withoutPort");
        assertThat(printed).contains("done");
    }

    @Test
    void whatWasWrittenLastLeavesBeforeTheJvmEnds() throws Exception {
        CompletableFuture<byte[]> received = new CompletableFuture<>();
        try (PeerServer sink = new PeerServer(connection -> {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            connection.getInputStream().transferTo(bytes);
            received.complete(bytes.toByteArray());
        })) {
            jvm().run(ChannelsProgram.class, "lastWords", sink.port());
            assertThat(received.get(60, TimeUnit.SECONDS)).isEqualTo(Contents.of(30_000));
        }
    }
}
