package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.uartnio.it.Certificates.KeyKind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Vert.x's web client fetches from nginx by way of the module, and from a server of Vert.x's own. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class VertxOverModemTest {

    private static final int SIZE = 200_000;
    private static final int FETCHES = 12;
    private static final int CONNECTIONS = 4;

    @RegisterExtension
    static final TtyLine LINE = new TtyLine();

    @TempDir
    private static Path directory;

    private static Certificates certificates;
    private static WebServer server;
    private static Vertx vertx;

    @BeforeAll
    static void startServerAndVertx() throws Exception {
        certificates = Certificates.create(KeyKind.RSA, Bench.HOST);
        for (int size : new int[] {1, SIZE}) {
            Files.write(WebServer.content(directory).resolve(Integer.toString(size)), Contents.of(size));
        }
        server = WebServer.start(directory, certificates, Certificates.create(KeyKind.EC, Bench.HOST));
        // Its HTTP client wants an address of every name before it connects; the module is given the name.
        AddressResolverOptions names =
                new AddressResolverOptions().setHostsValue(Buffer.buffer("0.0.0.0 " + Bench.HOST));
        vertx = Vertx.builder()
                .with(new VertxOptions().setEventLoopPoolSize(2).setAddressResolverOptions(names))
                .withTransport(new ModemTransport(LINE.modem()))
                .build();
    }

    @AfterAll
    static void stopServerAndVertx() throws Exception {
        if (vertx != null) {
            await(vertx.close());
        }
        if (server != null) {
            server.close();
        }
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static WebClientOptions tls() throws Exception {
        return new WebClientOptions()
                .setSsl(true)
                .setVerifyHost(true)
                .setTrustOptions(new PemTrustOptions()
                        .addCertPath(certificates.writeAuthority(directory).toString()));
    }

    private static void assertServes(WebClient client, int port, HttpVersion version) throws Exception {
        List<Future<HttpResponse<Buffer>>> fetches = new ArrayList<>();
        for (int i = 0; i < FETCHES; i++) {
            fetches.add(
                    client.get(port, Bench.HOST, "/" + (i % 3 == 0 ? SIZE : 1)).send());
        }
        for (int i = 0; i < FETCHES; i++) {
            HttpResponse<Buffer> response = await(fetches.get(i));
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.version()).isEqualTo(version);
            assertThat(response.body().getBytes()).isEqualTo(Contents.of(i % 3 == 0 ? SIZE : 1));
        }
        assertThat(LINE.modem().sockets()).anyMatch(socket -> socket.port() == port && !socket.tls());
        client.close();
    }

    @Test
    void theWebClientFetchesOnSeveralConnectionsAtOnce() throws Exception {
        WebClient client =
                WebClient.create(vertx, new WebClientOptions(), new PoolOptions().setHttp1MaxSize(CONNECTIONS));
        assertServes(client, server.plainPort(), HttpVersion.HTTP_1_1);
    }

    @Test
    void theWebClientFetchesByTlsEndToEnd() throws Exception {
        WebClient client = WebClient.create(vertx, tls(), new PoolOptions().setHttp1MaxSize(CONNECTIONS));
        assertServes(client, server.tlsPort(KeyKind.RSA), HttpVersion.HTTP_1_1);
    }

    @Test
    void theWebClientFetchesOnOneConnectionByHttp2() throws Exception {
        ServerProgram.required("nginx"); // the JDK's server has no HTTP/2
        WebClientOptions options = tls().setUseAlpn(true).setProtocolVersion(HttpVersion.HTTP_2);
        assertServes(WebClient.create(vertx, options), server.tlsPort(KeyKind.RSA), HttpVersion.HTTP_2);
    }

    @Test
    void aNetClientLeavesTheNameToTheModule() throws Exception {
        Vertx without =
                Vertx.builder().withTransport(new ModemTransport(LINE.modem())).build();
        try (PeerServer echo = PeerServer.echo()) {
            CompletableFuture<Buffer> answer = new CompletableFuture<>();
            NetSocket socket = await(without.createNetClient().connect(echo.port(), Bench.HOST));
            socket.handler(answer::complete);
            await(socket.write("hello"));
            assertThat(answer.get(60, TimeUnit.SECONDS)).hasToString("hello");
            await(socket.close());
        } finally {
            await(without.close());
        }
    }

    @Test
    void aServerOfVertxItselfIsReachedByTheModule() throws Exception {
        byte[] large = Contents.of(SIZE);
        var own = vertx.createHttpServer()
                .requestHandler(request ->
                        request.bodyHandler(body -> request.response().end(body.appendBytes(large))));
        int port = await(own.listen(0, "127.0.0.1")).actualPort();
        WebClient client = WebClient.create(vertx);
        byte[] answer = await(client.post(port, Bench.HOST, "/").sendBuffer(Buffer.buffer(large)))
                .body()
                .getBytes();
        assertThat(answer).isEqualTo(Buffer.buffer(large).appendBytes(large).getBytes());
        client.close();
        await(own.close());
    }
}
