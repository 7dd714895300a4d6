package io.uartnio.module;

import io.uartnio.TlsProfile;

/**
 * Where a socket is to connect.
 *
 * @param host a DNS name or numeric address, already checked
 * @param port 1 to 65535
 * @param tls how the module is to run TLS, or null for plain TCP
 * @param timeoutMillis how long the connect may take
 */
public record OpenRequest(String host, int port, TlsProfile tls, long timeoutMillis) {

    /** Returns true if the module is to run TLS. */
    public boolean isTls() {
        return tls != null;
    }
}
