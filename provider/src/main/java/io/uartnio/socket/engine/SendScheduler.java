package io.uartnio.socket.engine;

import io.uartnio.ModemException;
import io.uartnio.at.AtChannel;
import io.uartnio.at.CommandLane;
import io.uartnio.at.SendOutcome;
import io.uartnio.module.ModuleDriver;
import io.uartnio.uart.TimerThread;
import java.io.IOException;
import java.net.SocketException;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;

/**
 * Sends one payload at a time, of the socket whose turn it is by {@link SendRound}, and deals with the module's answer.
 * What a socket was written while a command was in flight leaves together in its next payload.
 *
 * <p>Threads: {@link #enqueue} is for any; the rest is the lane's.
 */
final class SendScheduler {

    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long MAX_PAUSE_MILLIS = 500;

    private final SocketEngine engine;
    private final Connections connections;
    /** Sockets that have got something to send; the lane takes them into the round. */
    private final Queue<EngineSocket> queue = new MpscUnboundedVarHandleArrayQueue<>(64);

    private final SendRound round = new SendRound();

    private volatile AtChannel channel;
    private volatile CommandLane lane;
    private volatile ModuleDriver driver;
    // The lane thread's alone.
    private byte[] payload;
    /** Has room again since its last payload was taken, and has not been told. */
    private EngineSocket untold;

    /** Returns the pause of a socket that the module has no room for. */
    static GrowingPause newPause() {
        return new GrowingPause(FIRST_PAUSE_MILLIS, MAX_PAUSE_MILLIS);
    }

    SendScheduler(SocketEngine engine) {
        this.engine = engine;
        this.connections = engine.connections();
    }

    /** Sets the channel and the lane, before anything is connected. */
    void attach(AtChannel newChannel, CommandLane newLane) {
        this.channel = newChannel;
        this.lane = newLane;
        newChannel.setMeanwhile(this::tell);
    }

    /** Sets the driver of the module, before the first socket and again when the module was found again. */
    void setDriver(ModuleDriver newDriver) {
        payload = new byte[newDriver.maxSendBytes()];
        round.setMaxSendBytes(payload.length);
        driver = newDriver;
    }

    /** Queues a socket that has something to send and is not queued. Any thread. */
    void enqueue(EngineSocket socket) {
        queue.add(socket);
        lane.wake();
    }

    /**
     * Sends one payload of the socket whose turn it is.
     *
     * @return false if none has anything to send
     */
    boolean sendNext() throws IOException {
        for (EngineSocket socket = queue.poll(); socket != null; socket = queue.poll()) {
            round.enter(socket);
        }
        EngineSocket socket = round.next();
        if (socket == null) {
            tell();
            return false;
        }
        if (socket.state() == EngineSocket.State.FAILED || !connections.holdsIndex(socket)) {
            socket.unsent().clear();
        }
        if (engine.ports().isApart(socket)) {
            // Its channel's lane sends; it is queued again when it has left it.
            round.onSent(socket, 0, false);
            engine.ports().onWritten(socket);
            return true;
        }
        int length = socket.unsent().peek(payload);
        boolean more = false;
        try {
            more = length > 0 && send(socket, length);
        } finally {
            round.onSent(socket, length, more);
        }
        if (length == 0) {
            socket.sendIdle();
        }
        return true;
    }

    /** Returns true if the socket stays among those that have something to send. */
    private boolean send(EngineSocket socket, int length) throws IOException {
        try {
            SendOutcome outcome = driver.send(socket.index(), socket.isTls(), payload, 0, length);
            switch (outcome) {
                case TAKEN -> {
                    return onTaken(socket, length);
                }
                case BUFFER_FULL -> pause(socket);
                case REFUSED -> onRefused(socket);
                case UNKNOWN ->
                    connections.failAndRelease(
                            socket,
                            new ModemException(
                                    "answers of two sends differ, what was taken is not known",
                                    channel.details().socket(socket.index())));
            }
        } catch (ModemException e) {
            // What the module took is not known, so the stream cannot go on.
            connections.failAndRelease(socket, e);
        }
        return false;
    }

    private boolean onTaken(EngineSocket socket, int length) {
        socket.unsent().remove(length);
        socket.onTaken();
        boolean more = socket.unsent().size() > 0;
        if (!more) {
            socket.sendIdle();
        }
        if (socket.isClosed()) {
            connections.closeStepLater(socket);
        } else {
            tell();
            untold = socket;
        }
        return more;
    }

    /**
     * Tells the socket whose payload was taken last that there is room: when the next command and its payload are on
     * their way, or when there is none. To wake an application takes time in which the line would be idle.
     */
    private void tell() {
        EngineSocket socket = untold;
        if (socket != null) {
            untold = null;
            socket.tellOfTaken();
        }
    }

    /** SEND FAIL: nothing was taken. The same bytes go again after a pause, and until then nothing more is accepted. */
    private void pause(EngineSocket socket) {
        socket.setPausing(true);
        TimerThread.schedule(
                () -> {
                    socket.setPausing(false);
                    enqueue(socket);
                    socket.signalChange();
                },
                socket.sendPause().nextMillis(),
                TimeUnit.MILLISECONDS);
    }

    private void onRefused(EngineSocket socket) throws IOException {
        IOException why = driver.explainRefusal(socket.index(), socket.isTls());
        boolean peerClosed = socket.isCloseAnnounced() || !driver.isConnected(socket.index(), socket.isTls());
        if (!peerClosed) {
            connections.failAndRelease(socket, why);
            return;
        }
        SocketException broken = new SocketException("connection was closed by the peer or the network, "
                + socket.unsent().size() + " bytes written were not sent: " + why.getMessage());
        broken.initCause(why);
        socket.failWrites(broken);
        socket.sendIdle();
        if (socket.isClosed()) {
            connections.closeStepLater(socket);
        } else if (socket.announceClose()) {
            connections.drain(socket);
        }
    }
}
