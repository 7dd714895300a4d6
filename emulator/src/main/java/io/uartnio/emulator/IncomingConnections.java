package io.uartnio.emulator;

import io.uartnio.emulator.Connection.Kind;
import io.uartnio.emulator.Connection.OpenRequest;
import io.uartnio.emulator.Connection.Service;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Gives the connections that a listening socket accepts an index of their own and tells the host of them:
 * {@code incoming}, or {@code incoming full} where there is no index. Network thread.
 */
final class IncomingConnections {

    private final SocketTable sockets;
    private final EmulatorOptions options;
    private final EmulatorCounters counters;
    private final TcpSettings settings;
    private final NetworkLoop network;
    private final Urcs urcs;
    private final ScheduledExecutorService timer;
    private final Runnable wake;

    IncomingConnections(PlayedModule module) {
        sockets = module.sockets;
        options = module.options;
        counters = module.counters;
        settings = module.tcpSettings;
        network = module.network;
        urcs = module.urcs;
        timer = module.timer;
        wake = module.transmitter::wake;
    }

    /** A peer has connected to a listening socket. */
    void accepted(Connection listener, SocketChannel channel) throws IOException {
        InetSocketAddress peer = options.hosts.seen((InetSocketAddress) channel.getRemoteAddress());
        Connection connection = take(listener, peer);
        if (connection == null) {
            channel.close();
            urcs.sendSocketUrc("+QIURC: \"incoming full\"");
            return;
        }
        network.adopt(connection, channel);
        if (options.incomingDelayMillis == 0) {
            announce(connection);
        } else {
            Future<?> unused =
                    timer.schedule(() -> announce(connection), options.incomingDelayMillis, TimeUnit.MILLISECONDS);
        }
    }

    /** Takes an index; returns null if there is none. */
    private Connection take(Connection listener, InetSocketAddress peer) {
        sockets.lock();
        try {
            int id = freeId();
            if (id < 0 || listener.closing) {
                return null;
            }
            OpenRequest request = new OpenRequest(
                    listener.pdpContext,
                    -1,
                    Service.INCOMING,
                    listener.id,
                    peer.getAddress().getHostAddress(),
                    peer.getPort(),
                    listener.localPort,
                    options.incomingInBufferMode ? Connection.BUFFER : listener.mode);
            Connection connection = new Connection(
                    Kind.TCP,
                    id,
                    request,
                    listener.opener,
                    peer,
                    options.receiveBufferBytes,
                    settings.number("send/buffersize"));
            connection.openResult = 0;
            connection.state = SocketState.CONNECTED;
            connection.quiet = true;
            sockets.add(connection);
            counters.opened();
            return connection;
        } finally {
            sockets.unlock();
        }
    }

    private int freeId() {
        if (sockets.isFull()) {
            return -1;
        }
        for (int i = 0; i < SocketTable.IDS; i++) {
            int id = options.incomingIdsFromBottom ? i : SocketTable.IDS - 1 - i;
            if (!sockets.isTaken(Kind.TCP, id)) {
                return id;
            }
        }
        return -1;
    }

    /** What the connection brings comes behind this. */
    private void announce(Connection connection) {
        sockets.locked(() -> {
            if (connection.quiet && sockets.find(Kind.TCP, connection.id) == connection) {
                urcs.sendSocketUrc("+QIURC: \"incoming\"," + connection.id + "," + connection.serverId
                        + SocketOutput.peer(connection.target));
            }
            connection.quiet = false;
        });
        wake.run();
    }
}
