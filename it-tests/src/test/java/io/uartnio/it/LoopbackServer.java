package io.uartnio.it;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** The JDK's own HTTP server on the loopback, and a client that asks it all the time until it is closed. */
final class LoopbackServer implements AutoCloseable {

    private static final String ANSWER = "answered on the loopback";

    private final HttpServer server;
    private final Thread client;
    private final AtomicInteger answers = new AtomicInteger();
    private volatile boolean closed;
    private volatile IOException failure;

    LoopbackServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                byte[] body = ANSWER.getBytes(StandardCharsets.US_ASCII);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
        client = new Thread(this::ask, "loopback-client");
        client.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    static String expected() {
        return ANSWER;
    }

    private void ask() {
        try {
            while (!closed) {
                HttpURLConnection connection = (HttpURLConnection) new URL(url()).openConnection();
                connection.setReadTimeout(20_000);
                String body = new String(connection.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                if (!body.equals(ANSWER)) {
                    throw new IOException("wrong answer: " + body);
                }
                answers.incrementAndGet();
                Thread.sleep(1);
            }
        } catch (IOException e) {
            failure = e;
        } catch (InterruptedException e) {
            failure = new IOException("interrupted", e);
        }
    }

    int answers() {
        return answers.get();
    }

    /** Stops both; throws if an answer was missing. */
    @Override
    public void close() throws IOException {
        closed = true;
        try {
            client.join(30_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.stop(0);
        if (failure != null) {
            throw failure;
        }
    }
}
