package io.uartnio.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A {@link WebServer} that is a real nginx, a child process in the foreground with everything in one directory. */
final class NginxServer implements WebServer {

    private static final int ATTEMPTS = 5;

    private final Path directory;
    private final int[] ports = new int[3];
    private final Process process;
    private final Thread killer;

    NginxServer(Path directory, Certificates rsa, Certificates ec) throws IOException, GeneralSecurityException {
        this.directory = directory;
        WebServer.content(directory);
        Path rsaCertificate = rsa.writeServer(directory);
        Path rsaKey = rsa.writeServerKey(directory);
        Path ecCertificate = ec.writeServer(directory);
        Path ecKey = ec.writeServerKey(directory);
        Process started = null;
        // A port that was free a moment ago may be someone else's by now.
        for (int attempt = 0; attempt < ATTEMPTS && started == null; attempt++) {
            choosePorts();
            started = start(configuration(rsaCertificate, rsaKey, ecCertificate, ecKey));
        }
        if (started == null) {
            throw new IOException("nginx does not start: log=" + Files.readString(directory.resolve("error.log")));
        }
        process = started;
        killer = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(killer);
    }

    static boolean isInstalled() {
        return executable().isPresent();
    }

    private static Optional<Path> executable() {
        Stream<String> path =
                Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":", -1));
        return Stream.concat(path, Stream.of("/usr/sbin", "/usr/local/sbin"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "nginx"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private void choosePorts() throws IOException {
        for (int i = 0; i < ports.length; i++) {
            try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                ports[i] = any.getLocalPort();
            }
        }
    }

    private Path configuration(Path rsaCertificate, Path rsaKey, Path ecCertificate, Path ecKey) throws IOException {
        String text = """
                daemon off;
                master_process off;
                pid DIR/nginx.pid;
                error_log DIR/error.log;
                events { worker_connections 256; }
                http {
                    log_format tls '$ssl_server_name $ssl_protocol $ssl_cipher $uri $status';
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
                }
                """.replace("DIR", directory.toString())
                .replace("PLAIN", Integer.toString(ports[0]))
                .replace("RSATLS", Integer.toString(ports[1]))
                .replace("ECTLS", Integer.toString(ports[2]))
                .replace("RSACERT", rsaCertificate.toString())
                .replace("RSAKEY", rsaKey.toString())
                .replace("ECCERT", ecCertificate.toString())
                .replace("ECKEY", ecKey.toString());
        return Files.writeString(directory.resolve("nginx.conf"), text);
    }

    /** Returns the process once it takes connections, or null if it ended. */
    private Process start(Path configuration) throws IOException {
        Process child = new ProcessBuilder(
                        executable().orElseThrow().toString(),
                        "-p",
                        directory.toString(),
                        "-e",
                        directory.resolve("error.log").toString(),
                        "-c",
                        configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("nginx.out").toFile())
                .start();
        Awaitility.await().until(() -> !child.isAlive() || isListening());
        return child.isAlive() ? child : null;
    }

    private boolean isListening() {
        try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), ports[2])) {
            return probe.isConnected();
        } catch (IOException e) {
            return false;
        }
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

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().removeShutdownHook(killer);
    }
}
