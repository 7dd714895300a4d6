package io.uartnio.socket.engine;

import io.uartnio.AccessMode;
import io.uartnio.ModemException;
import io.uartnio.at.AtChannel;
import io.uartnio.at.CommandLane;
import io.uartnio.at.LaneTask;
import io.uartnio.module.ModuleDriver;
import io.uartnio.module.ReceiveCounters;
import io.uartnio.socket.engine.ReceiveAudit.Counting;
import io.uartnio.uart.TimerThread;
import io.uartnio.uart.TimerThread.Timeout;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What the {@link ReceiveMode}s of a modem's sockets have in common: the marks of their rings, what the module has
 * shown of itself, and whether anybody may be pushed data at all. Safe for any thread but where a method says so.
 */
final class ReceiveModes {

    private static final Logger LOG = System.getLogger(ReceiveModes.class.getName());

    /** The longest payload of a read and of a pushed frame. */
    private static final int FRAME_BYTES = 1500;

    /** What surrounds a frame on the line, with something to spare. */
    private static final long FRAMING_BYTES = 60;

    private static final long BITS_A_BYTE = 10;
    private static final int USUAL_RATE = 115_200;
    /** In which a module may turn round, or a busy machine may be busy elsewhere. */
    private static final long SPARE_MILLIS = 60;

    private static final int LOOKS = 4;

    /** What a module does when it is told to switch. */
    private enum Switching {
        /** No socket of this kind has been switched: the first is opened in buffer access mode, where nothing is lost. */
        UNKNOWN,
        /** A socket has been switched. */
        OBEYED,
        /** The module has refused to switch a connected socket. */
        REFUSED
    }

    private final SocketEngine engine;
    private final Connections connections;
    private final AtomicReference<Switching> tcp = new AtomicReference<>(Switching.UNKNOWN);
    private final AtomicReference<Switching> tls = new AtomicReference<>(Switching.UNKNOWN);
    private final AtomicReference<Counting> counting = new AtomicReference<>(Counting.UNKNOWN);

    /** Once the module's counters were right for a socket that had written in transparent access mode. */
    private volatile boolean streamsCounted;

    private volatile AtChannel channel;
    private volatile CommandLane lane;
    private volatile ModuleDriver driver;
    private volatile boolean pushSuspended;
    /** What the module does when a connected socket is to have a port to itself. */
    private final AtomicReference<Switching> tcpStreams = new AtomicReference<>(Switching.UNKNOWN);

    private final AtomicReference<Switching> tlsStreams = new AtomicReference<>(Switching.UNKNOWN);

    ReceiveModes(SocketEngine engine) {
        this.engine = engine;
        this.connections = engine.connections();
    }

    void attach(AtChannel newChannel, CommandLane newLane) {
        channel = newChannel;
        lane = newLane;
    }

    void setDriver(ModuleDriver newDriver) {
        driver = newDriver;
        // It may be another module.
        tcp.set(Switching.UNKNOWN);
        tls.set(Switching.UNKNOWN);
        counting.set(Counting.UNKNOWN);
        tcpStreams.set(Switching.UNKNOWN);
        tlsStreams.set(Switching.UNKNOWN);
        streamsCounted = false;
    }

    // ------------------------------------------------------------------ what sockets ask

    /** Returns the mode that a socket is opened with which is to be in that mode. */
    AccessMode openedWith(AccessMode wanted, boolean isTls) {
        return switch (wanted) {
            case ADAPTIVE ->
                !pushSuspended && switching(isTls).get() == Switching.OBEYED
                        ? AccessMode.DIRECT_PUSH
                        : AccessMode.BUFFER;
            case DIRECT_PUSH -> pushSuspended ? AccessMode.BUFFER : AccessMode.DIRECT_PUSH;
            case BUFFER, TRANSPARENT -> AccessMode.BUFFER;
        };
    }

    /** Returns false if no socket, or none of this kind, can be moved to direct push. */
    boolean mayPush(boolean isTls) {
        return !pushSuspended && switching(isTls).get() != Switching.REFUSED;
    }

    /** Returns how full a buffer may be for another read. */
    int readBelowBytes(ReceiveBuffer buffer) {
        return buffer.askBelowBytes(FRAME_BYTES);
    }

    /**
     * Returns how long to wait between two looks whether frames still come; all looks together take as long as a turn of
     * all sockets on the line.
     */
    long lookMillis() {
        int rate = channel.baudRate() == 0 ? USUAL_RATE : channel.baudRate();
        long turnMillis = engine.usedIndexes() * (FRAME_BYTES + FRAMING_BYTES) * BITS_A_BYTE * 1000 / rate;
        return (SPARE_MILLIS + turnMillis) / LOOKS + 1;
    }

    AtomicReference<Counting> counting() {
        return counting;
    }

    boolean holdsIndex(EngineSocket socket) {
        return connections.holdsIndex(socket);
    }

    /** Returns true while the socket has a channel of its own. */
    boolean isApart(EngineSocket socket) {
        return engine.ports().isApart(socket);
    }

    // ------------------------------------------------------------------ what sockets have found out

    void onObeyed(boolean isTls) {
        switching(isTls).compareAndSet(Switching.UNKNOWN, Switching.OBEYED);
    }

    /** A connected socket was refused; told once. */
    void onRefused(EngineSocket socket) {
        if (switching(socket.isTls()).getAndSet(Switching.REFUSED) != Switching.REFUSED) {
            LOG.log(
                    Level.WARNING,
                    "module refuses to switch the access mode of a socket, adaptive sockets stay in buffer access mode:"
                            + " port={0}, socket={1}, tls={2}",
                    channel.port().name(),
                    socket.index(),
                    socket.isTls());
        }
    }

    /** A socket has a port to itself: another mode is in force. */
    void onStreamEntered(EngineSocket socket) {
        streams(socket).set(Switching.OBEYED);
        socket.receive().steps().countSwitch();
    }

    /**
     * A socket was refused a port to itself. One that is closed is refused too, and a damaged command, which says
     * nothing about the module. Lane thread.
     */
    void onStreamRefused(EngineSocket socket) throws IOException {
        if (!socket.isCloseAnnounced() && driver.isConnected(socket.index(), socket.isTls())) {
            streams(socket).compareAndSet(Switching.UNKNOWN, Switching.REFUSED);
        }
    }

    void onStreamsCounted() {
        streamsCounted = true;
    }

    boolean areStreamsCounted() {
        return streamsCounted;
    }

    private AtomicReference<Switching> streams(EngineSocket socket) {
        return socket.isTls() ? tlsStreams : tcpStreams;
    }

    /**
     * Says to whoever asks for it that a connected socket cannot be moved to transparent access mode.
     *
     * @throws ModemException if the module has refused that before, and never done it
     */
    void requireStreams(EngineSocket socket) throws ModemException {
        if (streams(socket).get() == Switching.REFUSED && socket.state() == EngineSocket.State.CONNECTED) {
            throw new ModemException(
                    "module refuses to move a connected socket to transparent access mode",
                    channel.details().socket(socket.index()));
        }
    }

    private AtomicReference<Switching> switching(boolean isTls) {
        return isTls ? tls : tcp;
    }

    void failOutOfMemory(EngineSocket socket) {
        fail(
                socket,
                new ModemException(
                        "received data was not read in time and nothing can hold more of it: ringBytes="
                                + engine.settings().receiveBufferBytes() + ", reserveBytes="
                                + engine.settings().reserveBytes(),
                        channel.details().socket(socket.index())));
    }

    void failOutOfOrder(EngineSocket socket) {
        fail(
                socket,
                new ModemException(
                        "module pushed data in buffer access mode, so the order of what it received is not known",
                        channel.details().socket(socket.index())));
    }

    ModemException countersDiffer(EngineSocket socket, ReceiveCounters counters, long arrivedBytes) {
        return new ModemException(
                "module says that it has handed over other data than has arrived: arrivedBytes=" + arrivedBytes
                        + ", receivedByModule=" + counters.total() + ", unreadInModule=" + counters.unread(),
                channel.details().socket(socket.index()));
    }

    ModemException bytesNotReceived(EngineSocket socket, long writtenBytes, long countedBytes) {
        return new ModemException(
                "module has not received all that was written, so what it has sent has a hole: writtenBytes="
                        + writtenBytes + ", receivedByModule=" + countedBytes,
                channel.details().socket(socket.index()));
    }

    void fail(EngineSocket socket, IOException cause) {
        connections.failAndRelease(socket, cause);
    }

    // ------------------------------------------------------------------ lane and timer

    ModuleDriver driver() {
        return driver;
    }

    void submit(LaneTask task) {
        lane.submit(task);
    }

    void submitRead(LaneTask task) {
        lane.submitRead(task);
    }

    void submitUrgent(LaneTask task) {
        lane.submitUrgent(task);
    }

    Timeout later(Runnable task, long millis) {
        return TimerThread.schedule(task, millis, TimeUnit.MILLISECONDS);
    }

    // ------------------------------------------------------------------ the port to one socket alone

    /**
     * Says whether every socket is kept in buffer access mode, whatever it asks for, so that nothing is pushed; sockets
     * that are opened meanwhile are opened so.
     */
    void setPushSuspended(boolean suspended) {
        pushSuspended = suspended;
        connections.connected().forEach(socket -> socket.receive().review());
    }

    /** Returns true if no connected socket is pushed data. Any thread. */
    boolean isNothingPushed() {
        return connections.connected().stream()
                .allMatch(socket -> socket.receive().isBuffered());
    }

    /** Returns true if no connected socket is pushed data, and each is read as far as it has room. Lane thread. */
    boolean isNothingToCome() {
        return connections.connected().stream()
                .allMatch(socket -> socket.receive().isBufferedAndRead());
    }
}
