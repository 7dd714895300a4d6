package io.uartnio.module;

import io.uartnio.AccessMode;
import io.uartnio.TlsProfile;

/**
 * Where a socket is to connect, and how.
 *
 * @param host a DNS name or numeric address, already checked
 * @param port 1 to 65535
 * @param tls how the module is to run TLS, or null for plain TCP
 * @param accessMode how received data is to cross the UART from the start; never {@link AccessMode#ADAPTIVE}, which is
 *     the floor above's to play
 * @param timeoutMillis how long the connect may take
 */
public record OpenRequest(String host, int port, TlsProfile tls, AccessMode accessMode, long timeoutMillis) {

    /** Returns true if the module is to run TLS. */
    public boolean isTls() {
        return tls != null;
    }
}
