package io.uartnio.module;

import io.uartnio.AccessMode;

/**
 * How a socket for datagrams is to be opened.
 *
 * @param host the one peer, a DNS name or numeric address; null for a socket that is bound to its port and has many
 * @param port the peer's, 1 to 65535; 0 without a peer
 * @param localPort the module's port, 1 to 65535, or with a peer 0 if the module is to choose
 * @param accessMode how datagrams are to cross the UART, {@link AccessMode#BUFFER} or {@link AccessMode#DIRECT_PUSH}
 */
public record DatagramRequest(String host, int port, int localPort, AccessMode accessMode) {

    /** Returns true if the socket belongs to one peer. */
    public boolean hasPeer() {
        return host != null;
    }
}
