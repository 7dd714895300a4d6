package io.uartnio.emulator;

import io.uartnio.emulator.Connection.Kind;
import io.uartnio.emulator.DatagramStore.Datagram;
import java.net.InetSocketAddress;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What sockets have to say to the host: pushed data, {@code recv} and {@code closed}, all on the one port that shows URCs,
 * and on a port in transparent mode nothing but the data of the one socket that owns it. Asked by the transmitter each
 * time the line is free, and takes the sockets in turn, so every frame is as full as it can be and no socket starves.
 */
final class SocketOutput {

    /** The longest payload of a direct push frame. */
    private static final int PUSH_BYTES = 1460;

    /** The longest frame: header, payload, CR LF. */
    private static final int FRAME_BYTES = 1600;

    private static final int PLACES = 2 * SocketTable.IDS;

    private final SocketTable sockets;
    private final EmulatorOptions options;
    private final EmulatorCounters counters;
    private final ModuleSettings settings;
    private final TcpSettings tcpSettings;
    private final ScheduledExecutorService timer;
    private final OutputBatch elsewhere = new OutputBatch();
    private Urcs urcs;
    private NetworkLoop network;
    private Runnable wake = () -> {};
    private int place;

    SocketOutput(
            SocketTable sockets,
            EmulatorOptions options,
            EmulatorCounters counters,
            ModuleSettings settings,
            TcpSettings tcpSettings,
            ScheduledExecutorService timer) {
        this.sockets = sockets;
        this.options = options;
        this.counters = counters;
        this.settings = settings;
        this.tcpSettings = tcpSettings;
        this.timer = timer;
    }

    void connect(Urcs urcSink, NetworkLoop networkLoop, Runnable wakeTransmitter) {
        urcs = urcSink;
        network = networkLoop;
        wake = wakeTransmitter;
    }

    /** Gives a port to a socket, or with null back to commands. */
    void setTransparent(ModulePort port, Connection connection) {
        sockets.locked(() -> {
            port.transparent = connection;
            port.silentSinceNanos = 0;
            port.carrier.carry(connection != null);
        });
        if (connection == null) {
            urcs.dataModeEnded(port);
        }
        wake.run();
    }

    /** Returns the socket that owns a port, or null. */
    Connection transparent(ModulePort port) {
        sockets.lock();
        try {
            return port.transparent;
        } finally {
            sockets.unlock();
        }
    }

    /** Fills a batch with what sockets have to say on a port; see {@link PortOutput.Source}. */
    boolean fill(ModulePort port, OutputBatch batch, boolean single) {
        sockets.lock();
        try {
            if (port.output.hasQueued()) {
                // A result changes a socket's state behind itself: what the new state says comes after the result.
                return false;
            }
            if (port.transparent != null) {
                if (options.urcsLostInDataMode) {
                    drain(port);
                }
                return fillTransparent(port, batch);
            }
            if (settings.urcCache() || isDelayed(port)) {
                return false;
            }
            if (!urcs.socketUrcsReachHost()) {
                // They go to a port that nobody looks at, and so does pushed data.
                drain(port);
                return false;
            }
            boolean any = fillFrames(port, batch, single);
            port.heldSinceNanos = any ? port.heldSinceNanos : 0;
            return any;
        } finally {
            sockets.unlock();
        }
    }

    private void drain(ModulePort port) {
        do {
            elsewhere.reset();
        } while (fillFrames(port, elsewhere, true));
    }

    /** Holds frames back for {@code urcdelay}. */
    private boolean isDelayed(ModulePort port) {
        long delay = TimeUnit.SECONDS.toNanos(settings.urcDelaySeconds());
        if (delay == 0) {
            return false;
        }
        long now = System.nanoTime();
        if (port.heldSinceNanos == 0) {
            port.heldSinceNanos = now;
        }
        long left = port.heldSinceNanos + delay - now;
        if (left > 0) {
            Future<?> unused = timer.schedule(wake, left, TimeUnit.NANOSECONDS);
        }
        return left > 0;
    }

    private boolean fillFrames(ModulePort port, OutputBatch batch, boolean single) {
        boolean any = false;
        int silent = 0;
        while (silent < PLACES && batch.room() >= FRAME_BYTES) {
            Connection connection = sockets.at(place);
            place = (place + 1) % PLACES;
            if (connection != null && urcs.socketPort(connection) == port && emit(connection, batch)) {
                any = true;
                silent = 0;
                if (single) {
                    return true;
                }
            } else {
                silent++;
            }
        }
        return any;
    }

    /** Adds one frame of a socket; returns false if it has nothing to say. */
    private boolean emit(Connection connection, OutputBatch batch) {
        if (connection.closing) {
            return emitOwnClose(connection, batch);
        }
        boolean open = connection.state == SocketState.CONNECTED || connection.closedAnnounced;
        if (!open || connection.quiet || connection.mode == Connection.TRANSPARENT) {
            return false;
        }
        if (connection.service.isDatagrams()) {
            return emitDatagram(connection, batch);
        }
        boolean pushes = (connection.mode == Connection.PUSH && !connection.pushWaitsForRead)
                || connection.framesAfterSwitch > 0;
        boolean data = !connection.received.isEmpty();
        if (pushes && data && !closesEarly(connection)) {
            push(connection, batch);
        } else if (!pushes && connection.unreadBytes() > 0 && !connection.recvAnnounced) {
            announce(connection, batch);
        } else if (connection.peerClosed && !connection.closedAnnounced) {
            announceClosed(connection, batch);
        } else if (connection.closedUrcsLeft > 0) {
            connection.closedUrcsLeft--;
            closedUrc(connection, batch);
        } else {
            connection.framesAfterSwitch = 0;
            return false;
        }
        return true;
    }

    /** A pushed datagram, or word of those that wait. */
    private boolean emitDatagram(Connection connection, OutputBatch batch) {
        if (!connection.datagrams.hasReceived()) {
            return false;
        }
        if (connection.mode == Connection.PUSH) {
            push(connection, connection.datagrams.take(), batch);
            return true;
        }
        if (connection.recvAnnounced) {
            return false;
        }
        announce(connection, batch);
        return true;
    }

    private void push(Connection connection, Datagram datagram, OutputBatch batch) {
        byte[] data = datagram.data();
        int start = batch.length;
        batch.text(connection.urcPrefix);
        batch.text("," + data.length);
        batch.text(connection.service == Connection.Service.UDP_SERVICE ? peer(datagram.peer()) : "");
        batch.text(tcpSettings.flag("viewmode") ? "," : "\r\n");
        batch.kind = LineFrame.Kind.PUSH;
        batch.socket = connection.id;
        batch.headerBytes = batch.length - start;
        System.arraycopy(data, 0, batch.bytes, batch.length, data.length);
        batch.length += data.length;
        if (options.crlfAfterPushedData) {
            batch.text("\r\n");
        }
        connection.totalRead += data.length;
        connection.totalPushed += data.length;
        counters.pushed(connection.id);
    }

    /** Returns a peer as it stands behind a comma in URCs and replies. */
    static String peer(InetSocketAddress peer) {
        return ",\"" + peer.getAddress().getHostAddress() + "\"," + peer.getPort();
    }

    private boolean closesEarly(Connection connection) {
        return options.closedBeforeLastData
                && connection.peerClosed
                && !connection.closedAnnounced
                && connection.received.size() <= PUSH_BYTES;
    }

    private void push(Connection connection, OutputBatch batch) {
        int count = Math.min(connection.received.size(), PUSH_BYTES);
        int start = batch.length;
        batch.text(connection.urcPrefix);
        batch.text(",");
        batch.text(Integer.toString(count));
        batch.text(connection.kind == Kind.TCP && tcpSettings.flag("viewmode") ? "," : "\r\n");
        batch.kind = LineFrame.Kind.PUSH;
        batch.socket = connection.id;
        batch.headerBytes = batch.length - start;
        batch.length += connection.received.get(batch.bytes, batch.length, count);
        if (options.crlfAfterPushedData) {
            batch.text("\r\n");
        }
        connection.totalRead += count;
        connection.totalPushed += count;
        connection.framesAfterSwitch = Math.max(0, connection.framesAfterSwitch - 1);
        counters.pushed(connection.id);
        resumeIfRoomy(connection);
    }

    private void announce(Connection connection, OutputBatch batch) {
        connection.recvAnnounced = true;
        text(batch);
        batch.text(connection.urcPrefix);
        if (connection.kind == Kind.TCP && tcpSettings.flag("recvind")) {
            batch.text("," + connection.unreadBytes());
        }
        batch.text("\r\n");
    }

    private void announceClosed(Connection connection, OutputBatch batch) {
        connection.closedAnnounced = true;
        connection.closedUrcsLeft = options.duplicateClosedUrcs;
        connection.state = SocketState.CLOSING;
        closedUrc(connection, batch);
        // With passiveclosed the module itself closes a socket that its server has closed.
        if (connection.kind == Kind.TCP && tcpSettings.flag("passiveclosed")) {
            sockets.remove(connection);
            network.abort(connection);
        }
        sockets.signal();
    }

    private boolean emitOwnClose(Connection connection, OutputBatch batch) {
        if (!connection.closeAnnounces || !connection.destroyed) {
            return false;
        }
        sockets.remove(connection);
        closedUrc(connection, batch);
        return true;
    }

    private static void closedUrc(Connection connection, OutputBatch batch) {
        text(batch);
        batch.text("\r\n" + connection.kind.urcPrefix() + "\"closed\"," + connection.id + "\r\n");
    }

    private static void text(OutputBatch batch) {
        batch.kind = LineFrame.Kind.URC;
        batch.socket = -1;
        batch.headerBytes = 0;
    }

    private boolean fillTransparent(ModulePort port, OutputBatch batch) {
        Connection transparent = port.transparent;
        int count = transparent.received.get(batch.bytes, 0, batch.room());
        if (count > 0) {
            batch.length = count;
            batch.kind = LineFrame.Kind.DATA;
            batch.socket = transparent.id;
            transparent.totalRead += count;
            port.silentSinceNanos = 0;
            resumeIfRoomy(transparent);
            return true;
        }
        boolean over = transparent.peerClosed || transparent.closing || transparent.destroyed;
        if (!over || !isSilentLongEnough(port)) {
            return false;
        }
        // The port is for commands again, yet QICLOSE is still due.
        transparent.closedAnnounced = true;
        transparent.state = SocketState.CLOSING;
        transparent.mode = Connection.BUFFER;
        port.transparent = null;
        if (options.dcdFallsAfterNoCarrier) {
            batch.afterwards = () -> port.carrier.carry(false);
        } else {
            port.carrier.carry(false);
        }
        batch.kind = LineFrame.Kind.REPLY;
        String text = options.noCarrierGlued ? "NO CARRIER\r\n" : "\r\nNO CARRIER\r\n";
        batch.text(port.profile().verbose ? text : "3\r");
        sockets.signal();
        urcs.dataModeEnded(port);
        return true;
    }

    /** Says whether the time between the last byte and {@code NO CARRIER} has passed; else comes back when it has. */
    private boolean isSilentLongEnough(ModulePort port) {
        long now = System.nanoTime();
        if (port.silentSinceNanos == 0) {
            port.silentSinceNanos = now;
        }
        long left = port.silentSinceNanos + TimeUnit.MILLISECONDS.toNanos(options.noCarrierDelayMillis) - now;
        if (left > 0) {
            Future<?> unused = timer.schedule(wake, left, TimeUnit.NANOSECONDS);
            return false;
        }
        port.silentSinceNanos = 0;
        return true;
    }

    /** A peer that was held back is read again once half of the store is free. */
    void resumeIfRoomy(Connection connection) {
        if (connection.readingPaused && connection.received.free() >= options.receiveBufferBytes / 2) {
            network.pause(connection, false);
            network.resume(connection);
        }
    }
}
