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
 * Whose bytes are sent next: takes one payload from each socket that has one in turn, and deals with the module's
 * answer.
 *
 * <p>Threads: {@link #enqueue} is for any; the rest is the lane's.
 */
final class SendScheduler {

    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long MAX_PAUSE_MILLIS = 500;

    private final SocketEngine engine;
    private final Queue<EngineSocket> queue = new MpscUnboundedVarHandleArrayQueue<>(64);

    private volatile AtChannel channel;
    private volatile CommandLane lane;
    private volatile ModuleDriver driver;
    private volatile byte[] payload;

    SendScheduler(SocketEngine engine) {
        this.engine = engine;
    }

    /** Sets the channel and the lane, before anything is connected. */
    void attach(AtChannel newChannel, CommandLane newLane) {
        this.channel = newChannel;
        this.lane = newLane;
    }

    /** Sets the driver of the module, before the first socket and again when the module was found again. */
    void setDriver(ModuleDriver newDriver) {
        payload = new byte[newDriver.maxSendBytes()];
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
        EngineSocket socket = queue.poll();
        if (socket == null) {
            return false;
        }
        if (socket.state() == EngineSocket.State.FAILED || !engine.holdsIndex(socket)) {
            socket.unsent().clear();
        }
        int length = socket.unsent().peek(payload);
        if (length == 0) {
            socket.sendIdle();
            return true;
        }
        try {
            onOutcome(socket, length, driver.send(socket.index(), socket.isTls(), payload, 0, length));
        } catch (ModemException e) {
            // What the module took is not known, so the stream cannot go on.
            engine.failAndRelease(socket, e);
        }
        return true;
    }

    private void onOutcome(EngineSocket socket, int length, SendOutcome outcome) throws IOException {
        switch (outcome) {
            case TAKEN -> onTaken(socket, length);
            case BUFFER_FULL -> pause(socket);
            case REFUSED -> onRefused(socket);
            case UNKNOWN ->
                engine.failAndRelease(
                        socket,
                        new ModemException(
                                "answers of two sends differ, what was taken is not known",
                                channel.details().socket(socket.index())));
        }
    }

    private void onTaken(EngineSocket socket, int length) {
        socket.unsent().remove(length);
        socket.onTaken();
        if (socket.unsent().size() > 0) {
            queue.add(socket);
        } else {
            socket.sendIdle();
        }
        if (socket.isClosed()) {
            engine.closeStepLater(socket);
        } else {
            socket.signalChange();
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
                socket.nextPauseMillis(FIRST_PAUSE_MILLIS, MAX_PAUSE_MILLIS),
                TimeUnit.MILLISECONDS);
    }

    private void onRefused(EngineSocket socket) throws IOException {
        IOException why = driver.explainRefusal(socket.index(), socket.isTls());
        boolean peerClosed = socket.isCloseAnnounced() || !driver.isConnected(socket.index(), socket.isTls());
        if (!peerClosed) {
            engine.failAndRelease(socket, why);
            return;
        }
        SocketException broken = new SocketException("connection was closed by the peer or the network, "
                + socket.unsent().size() + " bytes written were not sent: " + why.getMessage());
        broken.initCause(why);
        socket.failWrites(broken);
        socket.sendIdle();
        if (socket.isClosed()) {
            engine.closeStepLater(socket);
        } else if (socket.announceClose()) {
            engine.drain(socket);
        }
    }
}
