package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Fetches a file with the JDK's client by way of the module, plainly and by the JDK's TLS, while a server of the JDK on
 * the loopback answers in the same JVM. Run with this project's provider as the JVM's default.
 */
final class HttpClientProgram {

    /** Three times so many connections are kept alive, of the twelve that the module has. */
    private static final int TOGETHER = 3;

    private HttpClientProgram() {}

    /** Takes the ports of plain TCP and of TLS, the server's authority, the file's size, and HTTP's version by TLS. */
    public static void main(String[] arguments) throws Exception {
        assertThat(SelectorProvider.provider().getClass().getSimpleName()).isEqualTo("UartSelectorProvider");
        String plain = "http://" + Bench.HOST + ":" + arguments[0] + "/" + arguments[3];
        String tls = "https://" + Bench.HOST + ":" + arguments[1] + "/" + arguments[3];
        SSLContext context = trusting(Path.of(arguments[2]));
        int size = Integer.parseInt(arguments[3]);
        Version version = Version.valueOf(arguments[4]);
        try (LoopbackServer loopback = new LoopbackServer()) {
            HttpClient client = HttpClient.newBuilder().sslContext(context).build();
            HttpClient old = HttpClient.newBuilder()
                    .sslContext(context)
                    .version(Version.HTTP_1_1)
                    .build();
            fetchTogether(client, plain, size, Version.HTTP_1_1);
            fetchTogether(client, tls, size, version);
            fetchTogether(old, tls, size, Version.HTTP_1_1);
            HttpResponse<String> local = client.send(request(loopback.url()), BodyHandlers.ofString());
            assertThat(local.body()).isEqualTo(LoopbackServer.expected());
            assertThat(loopback.answers()).isPositive();
            System.out.println("fetched, " + loopback.answers() + " answers on the loopback");
        }
        System.exit(0); // the client's threads would keep the JVM for a while
    }

    private static void fetchTogether(HttpClient client, String url, int size, Version version) {
        List<CompletableFuture<HttpResponse<byte[]>>> responses = IntStream.range(0, TOGETHER)
                .mapToObj(i -> client.sendAsync(request(url), BodyHandlers.ofByteArray()))
                .toList();
        Stream<HttpResponse<byte[]>> done = responses.stream().map(CompletableFuture::join);
        assertThat(done).allSatisfy(response -> {
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.version()).isEqualTo(version);
            assertThat(response.body()).isEqualTo(Contents.of(size));
        });
    }

    private static HttpRequest request(String url) {
        return HttpRequest.newBuilder(URI.create(url)).build();
    }

    private static SSLContext trusting(Path authority) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream pem = Files.newInputStream(authority)) {
            store.setCertificateEntry(
                    "authority", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
