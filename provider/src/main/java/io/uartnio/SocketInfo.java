package io.uartnio;

/**
 * One of the module's sockets at the moment of {@link Modem#sockets()}.
 *
 * @param index the module's index of it
 * @param kind what it is
 * @param host the name or numeric address that it is connected to; {@code 0.0.0.0} for one that listens or has datagrams
 *     of many
 * @param port the peer's, 1 to 65535; the module's own for one that listens or has datagrams of many
 * @param tls true if the module runs TLS on it
 * @param state where it is in its life
 * @param accessMode the access mode asked for
 * @param accessModeInForce how data crosses the UART now: {@link AccessMode#BUFFER}, {@link AccessMode#DIRECT_PUSH} or
 *     {@link AccessMode#TRANSPARENT}
 * @param bytesReceived bytes received from the peer and kept for the reader, those it has read included
 * @param bytesSent bytes that the module has taken
 * @param bytesToRead bytes that wait for the reader
 * @param bytesToSend bytes that were written and the module has not taken
 * @param modeSwitches how often the mode in force has changed since the connect: by the adaptive mode, by
 *     {@link ModemSocketOptions#ACCESS_MODE}, and into {@link AccessMode#TRANSPARENT} and out of it; a change that the
 *     module has refused does not count
 */
public record SocketInfo(
        int index,
        Kind kind,
        String host,
        int port,
        boolean tls,
        State state,
        AccessMode accessMode,
        AccessMode accessModeInForce,
        long bytesReceived,
        long bytesSent,
        long bytesToRead,
        long bytesToSend,
        long modeSwitches) {

    /** What a socket is. */
    public enum Kind {
        /** A connection that was asked for here. */
        CLIENT,
        /** A connection that the module has accepted. */
        ACCEPTED,
        /** Waits for connections. */
        LISTENER,
        /** Has datagrams. */
        DATAGRAM
    }

    /** Where a socket that has one of the module's indexes is in its life. */
    public enum State {
        /** {@code connect} or {@code bind} was called and the module has not reported the result. */
        CONNECTING,
        /** The module has reported the connection, or that datagrams can be sent. */
        CONNECTED,
        /** The module has reported that it listens. */
        LISTENING,
        /** The peer or the network has closed the connection; what came before may still be read. */
        CLOSED_BY_PEER,
        /** The connection was lost, or the connect failed; the index is not free yet. */
        FAILED,
        /** The channel was closed; what was written leaves, then the index is free. */
        CLOSING
    }
}
