package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.uartnio.SocketInfo;
import io.uartnio.TlsProfile;
import io.uartnio.it.Certificates.KeyKind;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * HTTP clients that know sockets and no channels fetch from a web server by way of the module: with the JDK's TLS end to
 * end over its plain sockets, and with TLS by the module.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BlockingHttpClientsTest {

    private static final int SIZE = 100_000;
    private static final String PATH = "/" + SIZE;

    @RegisterExtension
    static final TtyLine LINE = new TtyLine();

    @TempDir
    private static Path directory;

    private static Certificates rsa;
    private static Certificates ec;
    private static Authority clients;
    private static Authority.Identity client;
    private static WebServer server;

    @BeforeAll
    static void startServer() throws Exception {
        rsa = Certificates.create(KeyKind.RSA, Bench.HOST);
        ec = Certificates.create(KeyKind.EC, Bench.HOST);
        clients = Authority.create(KeyKind.RSA, "Authority of clients");
        client = clients.issue("meter-17", KeyKind.RSA);
        Files.write(WebServer.content(directory).resolve(Integer.toString(SIZE)), Contents.of(SIZE));
        server = WebServer.start(directory, rsa, ec, clients);
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    private static Certificates certificates(KeyKind kind) {
        return kind == KeyKind.RSA ? rsa : ec;
    }

    private static TlsProfile.Builder profile(KeyKind kind) throws Exception {
        return TlsProfile.builder()
                .trustAnchors(certificates(kind).writeAuthority(directory))
                .allowUncheckedHostName();
    }

    private static void assertWhole(byte[] fetched) {
        assertThat(Arrays.equals(fetched, Contents.of(SIZE))).isTrue();
    }

    /** What nginx has noted last, where it is nginx. */
    private static void assertLogged(String start) {
        if (server instanceof NginxServer nginx) {
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(nginx.accessLog())
                            .last()
                            .asString()
                            .startsWith(start)
                            .endsWith(PATH + " 200"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "JDK, TLSv1.2, RSA", "JDK, TLSv1.3, EC",
        "OKHTTP, TLSv1.2, RSA", "OKHTTP, TLSv1.3, RSA",
        "APACHE, TLSv1.2, EC", "APACHE, TLSv1.3, RSA"
    })
    void theJdksTlsEndToEnd(BlockingHttpClient http, String protocol, KeyKind kind) throws Exception {
        byte[] fetched = http.endToEnd(
                LINE.modem().socketFactory(),
                certificates(kind).clientContext(protocol, null),
                certificates(kind).trustManager(),
                server.tlsPort(kind),
                PATH);
        assertWhole(fetched);
        assertLogged(Bench.HOST + " " + protocol + " ");
    }

    @ParameterizedTest
    @EnumSource(BlockingHttpClient.class)
    void theJdksTlsShowsACertificate(BlockingHttpClient http) throws Exception {
        byte[] fetched = http.endToEnd(
                LINE.modem().socketFactory(),
                rsa.clientContext("TLSv1.3", client),
                rsa.trustManager(),
                server.clientTlsPort(),
                PATH);
        assertWhole(fetched);
        assertClientLogged("TLSv1.3");
    }

    private static void assertClientLogged(String protocol) {
        if (server instanceof NginxServer nginx) {
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(nginx.clientLog())
                            .last()
                            .isEqualTo("CN=meter-17 " + protocol + " " + PATH + " 200"));
        }
    }

    /** By its own check, which nothing on the way can take away. */
    @ParameterizedTest
    @EnumSource(BlockingHttpClient.class)
    void theJdksTlsTrustsNobodyElse(BlockingHttpClient http) throws Exception {
        assertThatThrownBy(() -> http.endToEnd(
                        LINE.modem().socketFactory(),
                        ec.clientContext(),
                        ec.trustManager(),
                        server.tlsPort(KeyKind.RSA),
                        PATH))
                .isInstanceOf(SSLHandshakeException.class);
    }

    @ParameterizedTest
    @CsvSource({"JDK, RSA", "JDK, EC", "OKHTTP, RSA", "OKHTTP, EC", "APACHE, RSA", "APACHE, EC"})
    void tlsByTheModule(BlockingHttpClient http, KeyKind kind) throws Exception {
        byte[] fetched =
                http.byTheModule(LINE.modem().sslSocketFactory(profile(kind).build()), server.tlsPort(kind), PATH);
        assertWhole(fetched);
        assertLogged(Bench.HOST + " TLSv1.2 ");
    }

    @ParameterizedTest
    @EnumSource(BlockingHttpClient.class)
    void theModuleShowsACertificate(BlockingHttpClient http) throws Exception {
        TlsProfile known = profile(KeyKind.RSA)
                .clientIdentity(client.writeCertificates(directory), client.writeKey(directory))
                .build();
        assertWhole(http.byTheModule(LINE.modem().sslSocketFactory(known), server.clientTlsPort(), PATH));
        assertClientLogged("TLSv1.2");
    }

    @ParameterizedTest
    @EnumSource(BlockingHttpClient.class)
    void theModuleTrustsNobodyElse(BlockingHttpClient http) throws Exception {
        assertThatThrownBy(() -> http.byTheModule(
                        LINE.modem().sslSocketFactory(profile(KeyKind.EC).build()), server.tlsPort(KeyKind.RSA), PATH))
                .isInstanceOf(IOException.class);
    }

    /** The JDK's client asks for the check of the host name by itself. */
    @ParameterizedTest
    @EnumSource(BlockingHttpClient.class)
    void withoutLeaveTheModulesUncheckedHostNameLetsNobodyIn(BlockingHttpClient http) throws Exception {
        TlsProfile strict =
                TlsProfile.builder().trustAnchors(rsa.writeAuthority(directory)).build();
        assertThatThrownBy(() ->
                        http.byTheModule(LINE.modem().sslSocketFactory(strict), server.tlsPort(KeyKind.RSA), PATH))
                .isInstanceOf(IOException.class)
                .hasStackTraceContaining("allowUncheckedHostName");
    }

    /** On every machine, nginx or not. */
    @ParameterizedTest
    @EnumSource(BlockingHttpClient.class)
    void aServerOfTheJdkIsFetchedFromToo(BlockingHttpClient http) throws Exception {
        TlsProfile known = profile(KeyKind.RSA)
                .clientIdentity(client.writeCertificates(directory), client.writeKey(directory))
                .build();
        try (WebServer embedded = new EmbeddedWebServer(directory, rsa, ec, clients)) {
            assertWhole(http.byTheModule(LINE.modem().sslSocketFactory(known), embedded.clientTlsPort(), PATH));
            assertWhole(http.endToEnd(
                    LINE.modem().socketFactory(),
                    rsa.clientContext("TLSv1.3", client),
                    rsa.trustManager(),
                    embedded.clientTlsPort(),
                    PATH));
        }
    }

    @Test
    void theJdksClientUsesItsConnectionAgain() throws Exception {
        SSLSocketFactory factory =
                LINE.modem().sslSocketFactory(profile(KeyKind.RSA).build());
        int port = server.tlsPort(KeyKind.RSA);
        Set<Integer> indexes = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            HttpsURLConnection connection =
                    (HttpsURLConnection) new URL("https://" + Bench.HOST + ":" + port + PATH).openConnection();
            connection.setSSLSocketFactory(factory);
            try (InputStream body = connection.getInputStream()) {
                assertWhole(body.readAllBytes());
            }
            LINE.modem().sockets().stream()
                    .filter(socket -> socket.port() == port && socket.state() == SocketInfo.State.CONNECTED)
                    .forEach(socket -> indexes.add(socket.index()));
        }
        assertThat(indexes).hasSize(1);
    }
}
