package io.uartnio.socket;

import io.uartnio.TlsProfile;

/** Where faces get their sockets: the modem, seen from above. Safe for any thread. */
public interface ModuleSockets {

    /**
     * Creates an unconnected socket; no command is sent and no index taken.
     *
     * @param tls how the module is to run TLS on this socket, or null for plain TCP
     */
    ModuleSocket create(TlsProfile tls);

    /** Returns the name of the port, for messages. */
    String portName();
}
