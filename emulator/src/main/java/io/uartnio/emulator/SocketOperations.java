package io.uartnio.emulator;

import io.uartnio.emulator.Connection.Kind;
import io.uartnio.emulator.Connection.OpenRequest;
import io.uartnio.emulator.DatagramStore.Datagram;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * What {@code AT+QI...} and {@code AT+QSSL...} do alike with a socket: open it, take data for it, give out its data,
 * close it, switch its mode. Command thread; the ends of opens come in the network thread.
 */
final class SocketOperations {

    private static final byte[] CRLF = {'\r', '\n'};

    private final PlayedModule module;
    private final ModulePort port;
    private final SocketTable sockets;
    private final EmulatorOptions options;
    private final Random random;

    SocketOperations(PlayedModule module, ModulePort port) {
        this.module = module;
        this.port = port;
        this.sockets = module.sockets;
        this.options = module.options;
        this.random = new Random(module.options.seed);
    }

    // ---------------------------------------------------------------------------------------------------- open

    /**
     * Opens a socket. In buffer access and direct push mode OK comes at once and the result later by a URC; in
     * transparent mode the line waits for CONNECT or ERROR.
     */
    Result open(Kind kind, int id, OpenRequest request, NetworkLoop.WireFactory wires, NetworkLoop.Limits limits) {
        if (!module.pdp.isActive(request.pdpContext())) {
            return Result.error(ErrorCodes.OPEN_PDP_FAILED);
        }
        Optional<InetSocketAddress> target = options.hosts.service(request.host(), request.port());
        boolean transparent = request.mode() == Connection.TRANSPARENT;
        Connection connection;
        sockets.lock();
        try {
            // Looked at and taken at once: what listens takes indexes too, in the network thread.
            int refusal = refusal(kind, id, target);
            if (refusal != 0) {
                return transparent ? Result.error(refusal) : Result.OK.then(() -> announce(kind, id, port, refusal));
            }
            connection = newConnection(kind, id, request, port, target.orElseThrow());
            sockets.add(connection);
        } finally {
            sockets.unlock();
        }
        Runnable connect =
                () -> module.network.connect(connection, wires, this::opened, options.connectDelayMillis, limits);
        if (!transparent) {
            return Result.OK.then(connect);
        }
        connect.run();
        return awaitTransparent(connection);
    }

    private int refusal(Kind kind, int id, Optional<InetSocketAddress> target) {
        sockets.lock();
        try {
            if (sockets.isTaken(kind, id)) {
                return ErrorCodes.IDENTITY_USED;
            }
            if (sockets.isFull()) {
                return ErrorCodes.MEMORY_NOT_ENOUGH;
            }
            return target.isEmpty() ? ErrorCodes.DNS_PARSE_FAILED : 0;
        } finally {
            sockets.unlock();
        }
    }

    /**
     * Opens a socket that listens, or one for datagrams: OK comes at once and the result later by a URC. A socket of
     * either server type shows {@code "127.0.0.1"} and port 0 for its peer, as QIOPEN demands.
     */
    Result serve(int id, OpenRequest request) {
        if (!module.pdp.isActive(request.pdpContext())) {
            return Result.error(ErrorCodes.OPEN_PDP_FAILED);
        }
        Optional<InetSocketAddress> target = request.service().isServer()
                ? Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                : options.hosts.service(request.host(), request.port());
        Connection connection;
        sockets.lock();
        try {
            int refusal = refusal(Kind.TCP, id, target);
            if (refusal != 0) {
                return Result.OK.then(() -> announce(Kind.TCP, id, port, refusal));
            }
            connection = newConnection(Kind.TCP, id, request, port, target.orElseThrow());
            sockets.add(connection);
        } finally {
            sockets.unlock();
        }
        return Result.OK.then(() -> module.network.serve(connection, this::served, options.connectDelayMillis));
    }

    private Connection newConnection(
            Kind kind, int id, OpenRequest request, ModulePort opener, InetSocketAddress target) {
        return new Connection(
                kind,
                id,
                request,
                opener,
                target,
                options.receiveBufferBytes,
                module.tcpSettings.number("send/buffersize"));
    }

    /** A socket that serves is open, or not; in the network thread. */
    private void served(Connection connection, int code) {
        sockets.lock();
        try {
            if (sockets.find(connection.kind, connection.id) != connection || connection.closing) {
                module.network.abort(connection);
                return;
            }
            connection.openResult = code;
            announce(connection.kind, connection.id, connection.opener, code);
            if (code == 0) {
                module.counters.opened();
                connection.state = connection.service.isDatagrams() ? SocketState.CONNECTED : SocketState.LISTENING;
            } else if (options.failedOpenKeepsId) {
                connection.state = SocketState.INITIAL;
            } else {
                sockets.remove(connection);
            }
            sockets.signal();
        } finally {
            sockets.unlock();
        }
        module.transmitter.wake();
    }

    private Result awaitTransparent(Connection connection) {
        sockets.lock();
        try {
            sockets.await(
                    () -> connection.openResult >= 0 || connection.destroyed, Long.MAX_VALUE / 1_000_000, port::check);
            if (connection.openResult != 0) {
                return Result.error(ErrorCodes.CONNECT_FAILED);
            }
        } finally {
            sockets.unlock();
        }
        return connect(connection);
    }

    /** Carrier comes before CONNECT, so that a host that has seen the one can rely on the other. */
    private Result connect(Connection connection) {
        port.carrier.carry(true);
        return Result.text("CONNECT").then(() -> module.socketOutput.setTransparent(port, connection));
    }

    /** An open has ended; in the network thread. */
    private void opened(Connection connection, boolean connected) {
        int code = connected ? 0 : ErrorCodes.CONNECT_FAILED;
        sockets.lock();
        try {
            if (sockets.find(connection.kind, connection.id) != connection || connection.closing) {
                module.network.abort(connection);
                return;
            }
            connection.openResult = code;
            if (connected) {
                module.counters.opened();
            }
            // The result goes into the queue before the first data can follow it.
            if (connection.mode != Connection.TRANSPARENT) {
                announce(connection.kind, connection.id, connection.opener, code);
            }
            if (connected) {
                connection.state = SocketState.CONNECTED;
            } else if (options.failedOpenKeepsId) {
                connection.state = SocketState.INITIAL;
            } else {
                sockets.remove(connection);
            }
            sockets.signal();
        } finally {
            sockets.unlock();
        }
        module.transmitter.wake();
    }

    /** Sends the result of an open, on the port that asked for it, unless that carries data only. */
    private void announce(Kind kind, int id, ModulePort asking, int code) {
        module.lastError = options.tlsFailureLeavesNoError && kind == Kind.SSL ? 0 : code;
        module.urcs.sendResult(asking, (kind == Kind.TCP ? "+QIOPEN: " : "+QSSLOPEN: ") + id + "," + code);
    }

    // ---------------------------------------------------------------------------------------------------- send

    /** Returns the connected socket of an index, or null. */
    Connection connected(Kind kind, int id) {
        sockets.lock();
        try {
            Connection connection = sockets.find(kind, id);
            boolean usable = connection != null && connection.state == SocketState.CONNECTED && !connection.closing;
            return usable ? connection : null;
        } finally {
            sockets.unlock();
        }
    }

    /** Hands payload to a socket: all of it, or none. */
    Result take(Connection connection, byte[] payload, int length) {
        boolean fails = module.sendsToFail.getAndUpdate(left -> Math.max(0, left - 1)) > 0
                || (options.sendFailProbability > 0 && random.nextDouble() < options.sendFailProbability);
        sockets.lock();
        try {
            if (connection.destroyed || connection.state != SocketState.CONNECTED) {
                return Result.error(ErrorCodes.SOCKET_CLOSED);
            }
            if (fails || connection.sendBufferLimit - connection.toSend.size() < length) {
                module.counters.sendFailed();
                return Result.text("SEND FAIL");
            }
            connection.toSend.put(payload, 0, length);
            connection.totalSent += length;
        } finally {
            sockets.unlock();
        }
        module.counters.sent(length);
        module.network.send(connection);
        return Result.text("SEND OK");
    }

    /**
     * Hands one datagram to a socket: all of it, or nothing.
     *
     * @param to null for the peer that the socket was opened for
     */
    Result takeDatagram(Connection connection, InetSocketAddress to, byte[] payload, int length) {
        boolean fails = module.sendsToFail.getAndUpdate(left -> Math.max(0, left - 1)) > 0
                || (options.sendFailProbability > 0 && random.nextDouble() < options.sendFailProbability);
        sockets.lock();
        try {
            if (connection.destroyed || connection.state != SocketState.CONNECTED) {
                return Result.error(ErrorCodes.SOCKET_CLOSED);
            }
            Datagram datagram = new Datagram(Arrays.copyOf(payload, length), to);
            if (fails || !connection.datagrams.send(datagram, connection.sendBufferLimit)) {
                module.counters.sendFailed();
                return Result.text("SEND FAIL");
            }
            connection.totalSent += length;
            connection.acknowledged += length;
        } finally {
            sockets.unlock();
        }
        module.counters.sent(length);
        module.network.sendDatagrams(connection);
        return Result.text("SEND OK");
    }

    // ---------------------------------------------------------------------------------------------------- read

    /** Gives out one datagram; of a socket for one peer not more than so many bytes of it. */
    private Result readDatagram(Connection connection, String name, int max, Exchange exchange) {
        Datagram datagram = connection.datagrams.take();
        connection.recvAnnounced =
                connection.datagrams.hasReceived() || (datagram != null && options.recvUrcNeedsEmptyRead);
        if (datagram == null) {
            exchange.info(name + ": 0");
            return Result.OK;
        }
        boolean whole = connection.service == Connection.Service.UDP_SERVICE;
        int count = whole ? datagram.data().length : Math.min(max, datagram.data().length);
        connection.totalRead += datagram.data().length;
        exchange.info(name + ": " + count + (whole ? SocketOutput.peer(datagram.peer()) : ""));
        exchange.raw(datagram.data(), count);
        if ((count > 0 || whole) && options.blankLineAfterReadData) {
            exchange.raw(CRLF, CRLF.length);
        }
        return Result.OK;
    }

    /** Gives out at most so many unread bytes. */
    Result read(Kind kind, String name, int id, int max, Exchange exchange) {
        byte[] data = new byte[max];
        int count;
        sockets.lock();
        try {
            Connection connection = sockets.find(kind, id);
            if (connection == null
                    || (connection.state != SocketState.CONNECTED && connection.state != SocketState.CLOSING)) {
                return Result.error(ErrorCodes.SOCKET_CLOSED);
            }
            if (connection.service.isDatagrams()) {
                return readDatagram(connection, name, max, exchange);
            }
            count = takeUnread(connection, data);
        } finally {
            sockets.unlock();
        }
        exchange.info(name + ": " + count);
        if (count > 0) {
            exchange.raw(data, count);
            if (options.blankLineAfterReadData) {
                exchange.raw(CRLF, CRLF.length);
            }
        }
        module.transmitter.wake();
        return Result.OK;
    }

    private int takeUnread(Connection connection, byte[] data) {
        int count = Math.min(data.length, connection.kept.length - connection.keptPosition);
        System.arraycopy(connection.kept, connection.keptPosition, data, 0, count);
        connection.keptPosition += count;
        boolean readable = connection.mode == Connection.BUFFER || connection.pushWaitsForRead;
        if (readable) {
            count += connection.received.get(data, count, data.length - count);
        }
        connection.totalRead += count;
        boolean empty =
                connection.keptPosition == connection.kept.length && (!readable || connection.received.isEmpty());
        if (empty && (count == 0 || !options.recvUrcNeedsEmptyRead)) {
            connection.recvAnnounced = false;
            connection.pushWaitsForRead = false;
        }
        module.socketOutput.resumeIfRoomy(connection);
        return count;
    }

    // ---------------------------------------------------------------------------------------------------- close

    /** Closes a socket: what it has taken leaves first, and the line is held until the peer has closed too. */
    Result close(Kind kind, int id, long timeoutMillis) {
        boolean immediateAnswer = kind == Kind.TCP && module.tcpSettings.flag("close/mode");
        sockets.lock();
        try {
            Connection connection = sockets.find(kind, id);
            if (connection == null) {
                return Result.error(ErrorCodes.INVALID_PARAMETER);
            }
            boolean established = connection.openResult == 0;
            connection.closing = true;
            connection.state = SocketState.CLOSING;
            connection.received.clear();
            if (immediateAnswer) {
                return Result.OK.then(() -> closeLater(connection, timeoutMillis));
            }
            if (established && timeoutMillis > 0) {
                module.network.closeGracefully(connection);
                sockets.await(() -> connection.destroyed, timeoutMillis, port::check);
            }
            module.network.abort(connection);
            sockets.remove(connection);
            return Result.OK;
        } finally {
            sockets.unlock();
        }
    }

    private void closeLater(Connection connection, long timeoutMillis) {
        sockets.locked(() -> connection.closeAnnounces = true);
        module.network.closeGracefully(connection);
        Future<?> unused =
                module.timer.schedule(() -> module.network.abort(connection), timeoutMillis, TimeUnit.MILLISECONDS);
    }

    // ---------------------------------------------------------------------------------------------------- modes

    /** Returns the connected socket of an index, of whichever kind, or null. */
    Connection connected(int id) {
        Connection tcp = connected(Kind.TCP, id);
        return tcp != null ? tcp : connected(Kind.SSL, id);
    }

    /** Switches a socket to another access mode. */
    Result switchMode(Connection connection, int mode) {
        if (options.modeSwitchRefused) {
            return Result.error(ErrorCodes.NOT_ALLOWED);
        }
        sockets.lock();
        try {
            int before = connection.mode;
            if (before == Connection.TRANSPARENT) {
                // It owns another port.
                return Result.error(ErrorCodes.NOT_ALLOWED);
            }
            if (mode == Connection.TRANSPARENT && connection.service.isDatagrams()) {
                return Result.error(ErrorCodes.NOT_SUPPORTED);
            }
            connection.mode = mode;
            if (mode != Connection.BUFFER && before == Connection.BUFFER) {
                keepLeftovers(connection);
            }
            if (mode == Connection.TRANSPARENT) {
                return connect(connection);
            }
            if (mode == Connection.BUFFER && before != Connection.BUFFER) {
                toBufferMode(connection);
                connection.quiet = true;
            }
        } finally {
            sockets.unlock();
        }
        return Result.OK.then(() -> {
            sockets.locked(() -> {
                connection.framesAfterSwitch = connection.quiet ? options.framesAfterSwitch : 0;
                connection.quiet = false;
            });
            module.transmitter.wake();
        });
    }

    /** Enters buffer access mode with what waits; the caller holds the lock of the sockets. */
    void toBufferMode(Connection connection) {
        connection.mode = Connection.BUFFER;
        connection.recvAnnounced = !options.recvUrcAfterSwitch && connection.unreadBytes() > 0;
        connection.pushWaitsForRead = false;
    }

    private void keepLeftovers(Connection connection) {
        switch (options.leftovers) {
            case KEPT -> {
                byte[] kept = new byte[connection.unreadBytes()];
                int old = connection.kept.length - connection.keptPosition;
                System.arraycopy(connection.kept, connection.keptPosition, kept, 0, old);
                connection.received.get(kept, old, kept.length - old);
                connection.kept = kept;
                connection.keptPosition = 0;
            }
            case KEPT_AND_ADDED_TO ->
                connection.pushWaitsForRead = connection.mode == Connection.PUSH && !connection.received.isEmpty();
            case PUSHED -> connection.recvAnnounced = false;
        }
    }

    /** Ends a data connection as a dropped DTR does; the index stays taken until it is closed. */
    void drop(Connection connection) {
        sockets.locked(() -> {
            connection.state = SocketState.CLOSING;
            connection.mode = Connection.BUFFER;
            connection.peerClosed = true;
            connection.closedAnnounced = true;
            connection.received.clear();
            connection.toSend.clear();
            module.network.abort(connection);
            // Before the transmitter can look: it would announce the end of a connection that still has the port.
            module.socketOutput.setTransparent(port, null);
            sockets.signal();
        });
    }

    // ---------------------------------------------------------------------------------------------------- state

    /** Returns all sockets, or those of one index. */
    List<Connection> list(Kind kind, int onlyId) {
        sockets.lock();
        try {
            return sockets.all().stream()
                    .filter(connection -> connection.kind == kind && (onlyId < 0 || connection.id == onlyId))
                    .toList();
        } finally {
            sockets.unlock();
        }
    }
}
