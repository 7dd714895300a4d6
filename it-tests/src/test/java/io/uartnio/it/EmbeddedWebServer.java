package io.uartnio.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import javax.net.ssl.SSLParameters;

/** A {@link WebServer} made of the JDK's, for machines without nginx. */
final class EmbeddedWebServer implements WebServer {

    private final Path content;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer plain;
    private final HttpServer rsaTls;
    private final HttpServer ecTls;
    /** Null without clients that have certificates. */
    private final HttpServer clientTls;

    EmbeddedWebServer(Path directory, Certificates rsa, Certificates ec) throws IOException, GeneralSecurityException {
        this(directory, rsa, ec, null);
    }

    /**
     * Starts the servers.
     *
     * @param clients whose certificates one port demands, or null for no such port
     */
    EmbeddedWebServer(Path directory, Certificates rsa, Certificates ec, Authority clients)
            throws IOException, GeneralSecurityException {
        content = WebServer.content(directory);
        plain = started(HttpServer.create(anyPort(), 0));
        rsaTls = started(tls(rsa));
        ecTls = started(tls(ec));
        clientTls = clients == null ? null : started(tlsForClients(rsa, clients));
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static HttpsServer tls(Certificates certificates) throws IOException, GeneralSecurityException {
        HttpsServer server = HttpsServer.create(anyPort(), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificates.serverContext()));
        return server;
    }

    private static HttpsServer tlsForClients(Certificates certificates, Authority clients)
            throws IOException, GeneralSecurityException {
        HttpsServer server = HttpsServer.create(anyPort(), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificates.serverContext(clients)) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters demanding = getSSLContext().getDefaultSSLParameters();
                demanding.setNeedClientAuth(true);
                parameters.setSSLParameters(demanding);
            }
        });
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
    public int clientTlsPort() {
        return clientTls.getAddress().getPort();
    }

    @Override
    public void close() {
        Stream.of(plain, rsaTls, ecTls, clientTls).filter(Objects::nonNull).forEach(server -> server.stop(0));
        threads.shutdownNow();
    }
}
