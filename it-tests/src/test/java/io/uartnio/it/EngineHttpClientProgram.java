package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.uartnio.tls.UartNioProvider;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;

/**
 * Fetches a file with the JDK's client, whose TLS is the module's. Run with this project's provider as the JVM's
 * default, and with properties that send the server's port to the module's TLS.
 */
final class EngineHttpClientProgram {

    private static final int TOGETHER = 3;

    private EngineHttpClientProgram() {}

    /** Takes the server's port and the file's size. */
    public static void main(String[] arguments) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS", new UartNioProvider());
        context.init(null, null, null);
        HttpClient client = HttpClient.newBuilder().sslContext(context).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://" + Bench.HOST + ":" + arguments[0] + "/file"))
                .build();
        List<CompletableFuture<HttpResponse<byte[]>>> responses = IntStream.range(0, TOGETHER)
                .mapToObj(i -> client.sendAsync(request, BodyHandlers.ofByteArray()))
                .toList();
        for (CompletableFuture<HttpResponse<byte[]>> response : responses) {
            assertThat(response.join().statusCode()).isEqualTo(200);
            assertThat(response.join().version()).isEqualTo(HttpClient.Version.HTTP_1_1);
            assertThat(response.join().body()).isEqualTo(Contents.of(Integer.parseInt(arguments[1])));
            assertThat(response.join().sslSession().orElseThrow().getProtocol()).isEqualTo("TLSv1.2");
        }
        System.out.println("fetched");
        System.exit(0); // the client's threads would keep the JVM for a while
    }
}
