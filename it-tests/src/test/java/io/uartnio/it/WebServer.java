package io.uartnio.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.Assertions;

/** A server of the files of one directory by HTTP/1.1, over plain TCP, and over TLS with each kind of key. */
interface WebServer extends AutoCloseable {

    /** With this system property set to true a machine without nginx fails the tests. */
    String REQUIRE_SERVERS = "uartnio.requireServers";

    /** Returns the port of plain TCP. */
    int plainPort();

    /** Returns the port of TLS with a key of that kind. */
    int tlsPort(Certificates.KeyKind kind);

    /** Returns the port of TLS with a key of RSA where a client has to show a certificate, if there is one. */
    int clientTlsPort();

    @Override
    void close();

    /** Starts nginx where it is installed, else a server of the JDK's. */
    static WebServer start(Path directory, Certificates rsa, Certificates ec)
            throws IOException, GeneralSecurityException {
        return start(directory, rsa, ec, null);
    }

    /** As {@link #start(Path, Certificates, Certificates)}, with a port for clients with a certificate. */
    static WebServer start(Path directory, Certificates rsa, Certificates ec, Authority clients)
            throws IOException, GeneralSecurityException {
        if (NginxServer.isInstalled()) {
            return new NginxServer(directory, rsa, ec, clients);
        }
        if (Boolean.getBoolean(REQUIRE_SERVERS)) {
            Assertions.fail("nginx is not installed, and " + REQUIRE_SERVERS + "=true");
        }
        return new EmbeddedWebServer(directory, rsa, ec, clients);
    }

    /** Returns where the files to serve are, below the directory of the server. */
    static Path content(Path directory) throws IOException {
        return Files.createDirectories(directory.resolve("www"));
    }
}
