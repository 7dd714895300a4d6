package io.uartnio;

/**
 * One of the module's sockets at the moment of {@link Modem#sockets()}.
 *
 * @param index the module's index of it
 * @param host the name or numeric address that it was connected to
 * @param port 1 to 65535
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

    /** Where a socket that has one of the module's indexes is in its life. */
    public enum State {
        /** {@code connect} was called and the module has not reported the result. */
        CONNECTING,
        /** The module has reported the connection. */
        CONNECTED,
        /** The peer or the network has closed the connection; what came before may still be read. */
        CLOSED_BY_PEER,
        /** The connection was lost, or the connect failed; the index is not free yet. */
        FAILED,
        /** The channel was closed; what was written leaves, then the index is free. */
        CLOSING
    }
}
