package io.uartnio.socket.face;

import io.uartnio.TlsSessionInfo;

/** A face's socket on which the module may run TLS, for a face on top of it. Safe for any thread. */
public interface TlsCarrier {

    /** Returns what can be said of the module's TLS, or null before the connection and without TLS. */
    TlsSessionInfo tlsSession();
}
