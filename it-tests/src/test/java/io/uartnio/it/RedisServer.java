package io.uartnio.it;

import io.uartnio.contract.FreePorts;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;

/** A real Redis that keeps everything in memory. */
final class RedisServer implements AutoCloseable {

    private final int port;
    private final ServerProgram program;

    private RedisServer(Path executable, Path directory, int port, List<String> options) throws IOException {
        this.port = port;
        List<String> command = new ArrayList<>(List.of(
                executable.toString(),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
                "--dir",
                directory.toString()));
        command.addAll(options);
        Path output = directory.resolve("redis-" + port + ".out");
        program = ServerProgram.start(command, output, port)
                .orElseThrow(() -> new IOException("redis-server does not start: log=" + output));
    }

    /** Starts Redis; aborts the test where it is not installed. */
    static RedisServer start(Path directory) throws IOException {
        Path executable = ServerProgram.required("redis-server");
        int port = FreePorts.next();
        return new RedisServer(executable, directory, port, List.of("--port", Integer.toString(port)));
    }

    /**
     * Starts Redis by TLS; aborts the test where it is not installed.
     *
     * @param clients demands a certificate of this authority's, unless null
     */
    static RedisServer startTls(Path directory, Certificates certificates, Authority clients)
            throws IOException, GeneralSecurityException {
        Path executable = ServerProgram.required("redis-server");
        int port = FreePorts.next();
        Path authority = clients == null ? certificates.writeAuthority(directory) : clients.write(directory);
        return new RedisServer(
                executable,
                directory,
                port,
                List.of(
                        "--port",
                        "0",
                        "--tls-port",
                        Integer.toString(port),
                        "--tls-cert-file",
                        certificates.writeServer(directory).toString(),
                        "--tls-key-file",
                        certificates.writeServerKey(directory).toString(),
                        "--tls-ca-cert-file",
                        authority.toString(),
                        "--tls-auth-clients",
                        clients == null ? "no" : "yes"));
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        program.close();
    }
}
