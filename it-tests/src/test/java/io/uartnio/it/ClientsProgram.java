package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.resource.ClientResources;
import io.netty.resolver.NoopAddressResolverGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
import org.apache.hc.client5.http.async.methods.SimpleRequestBuilder;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;

/**
 * Uses Apache's asynchronous HTTP client, and Redis by Lettuce over Netty, by way of the module, while a server of the
 * JDK on the loopback answers in the same JVM. Run with this project's provider as the JVM's default.
 */
final class ClientsProgram {

    private static final int FETCHES = 8;
    private static final int COMMANDS = 500;

    private ClientsProgram() {}

    /** Takes the ports of HTTP and of Redis, 0 for none, and the size of the file. */
    public static void main(String[] arguments) throws Exception {
        int redisPort = Integer.parseInt(arguments[1]);
        int size = Integer.parseInt(arguments[2]);
        try (LoopbackServer loopback = new LoopbackServer()) {
            fetchAll("http://" + Bench.HOST + ":" + arguments[0] + "/" + size, size, loopback.url());
            if (redisPort != 0) {
                setAndGetAll(redisPort);
            }
            assertThat(loopback.answers()).isPositive();
            System.out.println("done, " + loopback.answers() + " answers on the loopback");
        }
        System.exit(0); // Netty's threads would keep the JVM for a while
    }

    private static void fetchAll(String url, int size, String loopbackUrl) throws Exception {
        try (CloseableHttpAsyncClient client = HttpAsyncClients.createDefault()) {
            client.start();
            List<Future<SimpleHttpResponse>> responses = new ArrayList<>();
            for (int i = 0; i < FETCHES; i++) {
                responses.add(client.execute(request(url), null));
            }
            Future<SimpleHttpResponse> local = client.execute(request(loopbackUrl), null);
            for (Future<SimpleHttpResponse> response : responses) {
                assertThat(response.get(60, TimeUnit.SECONDS).getBodyBytes()).isEqualTo(Contents.of(size));
            }
            assertThat(local.get(60, TimeUnit.SECONDS).getBodyText()).isEqualTo(LoopbackServer.expected());
        }
    }

    private static SimpleHttpRequest request(String url) {
        return SimpleRequestBuilder.get(url).build();
    }

    private static void setAndGetAll(int port) throws Exception {
        RedisURI uri = RedisURI.builder()
                .withHost(Bench.HOST)
                .withPort(port)
                .withTimeout(Duration.ofSeconds(60))
                .build();
        // the name is left to the module; Lettuce's own resolver would ask the DNS of this machine
        ClientResources resources = ClientResources.builder()
                .addressResolverGroup(NoopAddressResolverGroup.INSTANCE)
                .build();
        RedisClient client = RedisClient.create(resources, uri);
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            List<RedisFuture<String>> stored = new ArrayList<>();
            List<RedisFuture<String>> values = new ArrayList<>();
            for (int i = 0; i < COMMANDS; i++) {
                stored.add(connection.async().set("key" + i, "value" + i));
            }
            for (int i = 0; i < COMMANDS; i++) {
                values.add(connection.async().get("key" + i));
            }
            for (int i = 0; i < COMMANDS; i++) {
                assertThat(stored.get(i).get(60, TimeUnit.SECONDS)).isEqualTo("OK");
                assertThat(values.get(i).get(60, TimeUnit.SECONDS)).isEqualTo("value" + i);
            }
        } finally {
            client.shutdown();
        }
    }
}
