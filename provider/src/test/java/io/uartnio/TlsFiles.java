package io.uartnio;

import java.net.URISyntaxException;
import java.nio.file.Path;

/** Certificates and keys made by OpenSSL; {@code make.sh} beside them says how. */
public final class TlsFiles {

    public static final String PASSWORD = "swordfish";

    private TlsFiles() {}

    /** Returns one of the files. */
    public static Path of(String name) {
        try {
            return Path.of(TlsFiles.class.getResource("tls/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
