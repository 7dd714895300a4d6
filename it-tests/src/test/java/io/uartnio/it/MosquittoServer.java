package io.uartnio.it;

import io.uartnio.contract.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;

/** A real Mosquitto: by plain TCP, by TLS for everybody, and by TLS for clients with a certificate. */
final class MosquittoServer implements AutoCloseable {

    private final int plainPort = FreePorts.next();
    private final int port = FreePorts.next();
    private final int clientPort = FreePorts.next();
    private final ServerProgram program;

    private MosquittoServer(Path executable, Path directory, Certificates certificates, Authority clients)
            throws IOException, GeneralSecurityException {
        // Root would be left for a user who may not read the directory.
        String text = """
                user root
                per_listener_settings true
                listener PLAIN 127.0.0.1
                allow_anonymous true
                listener PORT 127.0.0.1
                allow_anonymous true
                certfile CERT
                keyfile KEY
                listener CLIENTS 127.0.0.1
                allow_anonymous true
                certfile CERT
                keyfile KEY
                cafile AUTHORITY
                require_certificate true
                """.replace("PLAIN", Integer.toString(plainPort))
                .replace("PORT", Integer.toString(port))
                .replace("CLIENTS", Integer.toString(clientPort))
                .replace("CERT", certificates.writeServer(directory).toString())
                .replace("KEY", certificates.writeServerKey(directory).toString())
                .replace("AUTHORITY", clients.write(directory).toString());
        Path configuration = Files.writeString(directory.resolve("mosquitto.conf"), text);
        Path output = directory.resolve("mosquitto.out");
        program = ServerProgram.start(
                        List.of(executable.toString(), "-c", configuration.toString()), output, clientPort)
                .orElseThrow(() -> new IOException("mosquitto does not start: " + read(output)));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "log cannot be read: " + e;
        }
    }

    /** Starts Mosquitto; aborts the test where it is not installed. */
    static MosquittoServer start(Path directory, Certificates certificates, Authority clients)
            throws IOException, GeneralSecurityException {
        return new MosquittoServer(ServerProgram.required("mosquitto"), directory, certificates, clients);
    }

    /** Returns the port without TLS. */
    int plainPort() {
        return plainPort;
    }

    /** Returns the port of TLS where nobody has to show a certificate. */
    int port() {
        return port;
    }

    /** Returns the port where a client has to show a certificate. */
    int clientPort() {
        return clientPort;
    }

    @Override
    public void close() {
        program.close();
    }
}
