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

    /**
     * Creates a server socket that does not listen yet; no command is sent and no index taken.
     *
     * @throws UnsupportedOperationException if the module cannot listen
     */
    default ModuleServerSocket createServer() {
        throw new UnsupportedOperationException("module cannot listen for connections: port=" + portName());
    }

    /**
     * Creates a datagram socket that is not open yet; no command is sent and no index taken.
     *
     * @throws UnsupportedOperationException if the module has no UDP
     */
    default ModuleDatagramSocket createDatagram() {
        throw new UnsupportedOperationException("module has no datagram sockets: port=" + portName());
    }

    /** Returns the name of the port, for messages. */
    String portName();
}
