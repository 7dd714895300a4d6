package io.uartnio.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A {@link WebServer} made of the JDK's, for machines without nginx. */
final class EmbeddedWebServer implements WebServer {

    private final Path content;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer plain;
    private final HttpServer rsaTls;
    private final HttpServer ecTls;

    EmbeddedWebServer(Path directory, Certificates rsa, Certificates ec) throws IOException, GeneralSecurityException {
        content = WebServer.content(directory);
        plain = started(HttpServer.create(anyPort(), 0));
        rsaTls = started(tls(rsa));
        ecTls = started(tls(ec));
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static HttpsServer tls(Certificates certificates) throws IOException, GeneralSecurityException {
        HttpsServer server = HttpsServer.create(anyPort(), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificates.serverContext()));
        return server;
    }

    private HttpServer started(HttpServer server) {
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
        return server;
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            Path file = content.resolve(exchange.getRequestURI().getPath().substring(1));
            exchange.sendResponseHeaders(200, Files.size(file));
            Files.copy(file, exchange.getResponseBody());
        }
    }

    @Override
    public int plainPort() {
        return plain.getAddress().getPort();
    }

    @Override
    public int tlsPort(Certificates.KeyKind kind) {
        HttpServer server = kind == Certificates.KeyKind.RSA ? rsaTls : ecTls;
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        List.of(plain, rsaTls, ecTls).forEach(server -> server.stop(0));
        threads.shutdownNow();
    }
}
