package io.uartnio.it;

import io.uartnio.contract.FreePorts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;

/** A {@link WebServer} that is a real nginx, a child process in the foreground with everything in one directory. */
final class NginxServer implements WebServer {

    private static final int ATTEMPTS = 5;

    private final Path directory;
    private final int[] ports = new int[4];
    private final ServerProgram program;

    /**
     * Starts nginx.
     *
     * @param clients whose certificates one port demands, or null for no such port
     */
    NginxServer(Path directory, Certificates rsa, Certificates ec, Authority clients)
            throws IOException, GeneralSecurityException {
        this.directory = directory;
        WebServer.content(directory);
        Path rsaCertificate = rsa.writeServer(directory);
        Path rsaKey = rsa.writeServerKey(directory);
        Path ecCertificate = ec.writeServer(directory);
        Path ecKey = ec.writeServerKey(directory);
        String forClients = clients == null ? "" : clientServer(clients.write(directory), rsaCertificate, rsaKey);
        Optional<ServerProgram> started = Optional.empty();
        // A port that was free a moment ago may be someone else's by now.
        for (int attempt = 0; attempt < ATTEMPTS && started.isEmpty(); attempt++) {
            choosePorts();
            started = start(configuration(rsaCertificate, rsaKey, ecCertificate, ecKey, forClients));
        }
        program = started.orElseThrow(() -> new IOException("nginx does not start: log=" + errorLog()));
    }

    private Path errorLog() {
        return directory.resolve("error.log");
    }

    static boolean isInstalled() {
        return ServerProgram.find("nginx").isPresent();
    }

    private void choosePorts() throws IOException {
        for (int i = 0; i < ports.length; i++) {
            ports[i] = FreePorts.next();
        }
    }

    private static String clientServer(Path clients, Path certificate, Path key) {
        return """
                server {
                    listen 127.0.0.1:CLIENTTLS ssl;
                    access_log DIR/clients.log clients;
                    ssl_certificate CERT;
                    ssl_certificate_key KEY;
                    ssl_client_certificate CLIENTS;
                    ssl_verify_client on;
                }
                """.replace("CERT", certificate.toString())
                .replace("KEY", key.toString())
                .replace("CLIENTS", clients.toString());
    }

    private Path configuration(
            Path rsaCertificate, Path rsaKey, Path ecCertificate, Path ecKey, String serverForClients)
            throws IOException {
        String text = """
                daemon off;
                master_process off;
                pid DIR/nginx.pid;
                error_log DIR/error.log;
                events { worker_connections 256; }
                http {
                    log_format tls '$ssl_server_name $ssl_protocol $ssl_cipher $uri $status';
                    log_format clients '$ssl_client_s_dn $ssl_protocol $uri $status';
                    access_log DIR/access.log tls;
                    client_body_temp_path DIR/t1;
                    proxy_temp_path DIR/t2;
                    fastcgi_temp_path DIR/t3;
                    uwsgi_temp_path DIR/t4;
                    scgi_temp_path DIR/t5;
                    root DIR/www;
                    keepalive_timeout 75s;
                    ssl_protocols TLSv1.2 TLSv1.3;
                    server { listen 127.0.0.1:PLAIN; }
                    server {
                        listen 127.0.0.1:RSATLS ssl http2;
                        ssl_certificate RSACERT;
                        ssl_certificate_key RSAKEY;
                    }
                    server {
                        listen 127.0.0.1:ECTLS ssl;
                        ssl_certificate ECCERT;
                        ssl_certificate_key ECKEY;
                    }
                    FORCLIENTS
                }
                """.replace("FORCLIENTS", serverForClients)
                .replace("DIR", directory.toString())
                .replace("CLIENTTLS", Integer.toString(ports[3]))
                .replace("PLAIN", Integer.toString(ports[0]))
                .replace("RSATLS", Integer.toString(ports[1]))
                .replace("ECTLS", Integer.toString(ports[2]))
                .replace("RSACERT", rsaCertificate.toString())
                .replace("RSAKEY", rsaKey.toString())
                .replace("ECCERT", ecCertificate.toString())
                .replace("ECKEY", ecKey.toString());
        return Files.writeString(directory.resolve("nginx.conf"), text);
    }

    private Optional<ServerProgram> start(Path configuration) throws IOException {
        List<String> command = List.of(
                ServerProgram.find("nginx").orElseThrow().toString(),
                "-p",
                directory.toString(),
                "-e",
                errorLog().toString(),
                "-c",
                configuration.toString());
        return ServerProgram.start(command, directory.resolve("nginx.out"), ports[2]);
    }

    /** Returns the lines of the access log: SNI, protocol, cipher suite, path, status. */
    List<String> accessLog() throws IOException {
        return Files.readAllLines(directory.resolve("access.log"), StandardCharsets.UTF_8);
    }

    @Override
    public int plainPort() {
        return ports[0];
    }

    @Override
    public int tlsPort(Certificates.KeyKind kind) {
        return kind == Certificates.KeyKind.RSA ? ports[1] : ports[2];
    }

    /** Returns the lines about clients with a certificate: its subject, protocol, path, status. */
    List<String> clientLog() throws IOException {
        return Files.readAllLines(directory.resolve("clients.log"), StandardCharsets.UTF_8);
    }

    @Override
    public int clientTlsPort() {
        return ports[3];
    }

    @Override
    public void close() {
        program.close();
    }
}
