package io.uartnio.emulator;

import java.net.InetSocketAddress;

/**
 * One of the module's sockets: what the host asked for, and the two bounded stores between its peer and the line. All
 * fields that change are guarded by the lock of the {@link SocketTable}; the {@link Wire} belongs to the network
 * thread.
 */
final class Connection {

    /** Which family of commands a socket belongs to, and how its URCs begin. */
    enum Kind {
        /** {@code AT+QI...}. */
        TCP("+QIURC: "),
        /** {@code AT+QSSL...}. */
        SSL("+QSSLURC: ");

        private final String urcPrefix;

        Kind(String urcPrefix) {
            this.urcPrefix = urcPrefix;
        }

        String urcPrefix() {
            return urcPrefix;
        }
    }

    /** What a socket of {@link Kind#TCP} does, by the name that QIOPEN and QISTATE have for it. */
    enum Service {
        /** A client. */
        TCP("TCP"),
        /** Waits for connections. */
        LISTENER("TCP LISTENER"),
        /** A connection that a listener has accepted; no QIOPEN opens one. */
        INCOMING("TCP INCOMING"),
        /** Datagrams to and from one peer. */
        UDP("UDP"),
        /** Datagrams to and from everybody. */
        UDP_SERVICE("UDP SERVICE");

        private final String text;

        Service(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }

        boolean isDatagrams() {
            return this == UDP || this == UDP_SERVICE;
        }

        boolean isServer() {
            return this == LISTENER || this == UDP_SERVICE;
        }
    }

    /** Buffer access mode. */
    static final int BUFFER = 0;
    /** Direct push mode. */
    static final int PUSH = 1;
    /** Transparent transmission mode. */
    static final int TRANSPARENT = 2;

    final Kind kind;
    final int id;
    final int pdpContext;
    final int sslContext;
    final String host;
    final int port;
    final InetSocketAddress target;
    final ByteRing received;
    final ByteRing toSend;
    final String urcPrefix;
    /** The port that asked for the connection. */
    final ModulePort opener;

    final Service service;
    /** The index of the listener that accepted the connection; else its own. */
    final int serverId;
    /** Null but for datagrams. */
    final DatagramStore datagrams;

    int localPort;
    int mode;
    SocketState state = SocketState.OPENING;
    /** The result code of the open, once it is known: 0 is success. */
    int openResult = -1;

    /** Everything is over: the channel is closed and nothing more will happen to this object. */
    boolean destroyed;
    /** The peer has sent its last byte. */
    boolean peerClosed;
    /** The host has been told so. */
    boolean closedAnnounced;
    /** How many more times it will be told so. */
    int closedUrcsLeft;
    /** The host was told of data and has not read it all since. */
    boolean recvAnnounced;
    /** What waited unread when buffer access mode ended, for {@link Leftovers#KEPT}. */
    byte[] kept = new byte[0];

    int keptPosition;
    /** Push waits until the host has read the rest, for {@link Leftovers#KEPT_AND_ADDED_TO}. */
    boolean pushWaitsForRead;
    /** Frames that may still be pushed after the switch to buffer access mode. */
    int framesAfterSwitch;
    /** Says nothing for a moment, until the OK of a switch is in the queue. */
    boolean quiet;
    /** The network thread does not read because {@link #received} is full. */
    boolean readingPaused;
    /** The host closes; what arrives is thrown away. */
    boolean closing;
    /** The host is told by a URC when its close is done, for {@code close/mode} 1. */
    boolean closeAnnounces;

    long totalReceived;
    long totalRead;
    long totalPushed;
    long totalSent;
    long acknowledged;
    int sendBufferLimit;

    Connection(
            Kind kind,
            int id,
            OpenRequest request,
            ModulePort opener,
            InetSocketAddress target,
            int receiveBytes,
            int sendBytes) {
        this.kind = kind;
        this.id = id;
        this.pdpContext = request.pdpContext();
        this.sslContext = request.sslContext();
        this.host = request.host();
        this.port = request.port();
        this.mode = request.mode();
        this.localPort = request.localPort();
        this.target = target;
        this.opener = opener;
        this.service = request.service();
        this.serverId = request.serverId() < 0 ? id : request.serverId();
        this.received = new ByteRing(receiveBytes);
        this.datagrams = service.isDatagrams() ? new DatagramStore(receiveBytes) : null;
        this.toSend = new ByteRing(10_240);
        this.sendBufferLimit = sendBytes;
        this.urcPrefix = "\r\n" + kind.urcPrefix() + "\"recv\"," + id;
    }

    /**
     * What {@code QIOPEN} or {@code QSSLOPEN} asked for; {@code sslContext} is -1 for TCP, {@code serverId} but for an
     * accepted connection.
     */
    record OpenRequest(
            int pdpContext,
            int sslContext,
            Service service,
            int serverId,
            String host,
            int port,
            int localPort,
            int mode) {

        OpenRequest(int pdpContext, int sslContext, String host, int port, int localPort, int mode) {
            this(pdpContext, sslContext, Service.TCP, -1, host, port, localPort, mode);
        }
    }

    int unreadBytes() {
        return datagrams != null ? datagrams.unreadBytes() : kept.length - keptPosition + received.size();
    }
}
