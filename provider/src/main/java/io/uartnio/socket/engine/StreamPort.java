package io.uartnio.socket.engine;

import io.uartnio.ModemException;
import io.uartnio.at.AtChannel;
import io.uartnio.at.AtException;
import io.uartnio.at.CommandLane;
import io.uartnio.at.LaneWork;
import io.uartnio.at.PayloadSink;
import io.uartnio.at.TransparentStream.Line;
import io.uartnio.frame.FramingDoubt;
import io.uartnio.module.ModuleDriver;
import io.uartnio.uart.LineSettings;
import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One channel of a multiplexer that carries transparent streams, one after the other: an AT interface of its own, with a
 * lane of its own because a write to it waits for as long as the peer likes. It is opened for each stream and closed
 * behind it, so that the module is in command mode there whatever has happened.
 *
 * <p>Threads: what this class does is done by its lane, but for the methods that say so.
 */
final class StreamPort implements LaneWork {

    private static final Logger LOG = System.getLogger(StreamPort.class.getName());

    private static final long COMMAND_MILLIS = 5_000;
    private static final long END_MILLIS = 2_000;

    /** Told by the port's lane what has become of the port and of the socket that it was given to. */
    interface Watcher {

        /** The port is open and answers, or cannot be opened; the cause is null in the first case. */
        void onOpened(StreamPort port, IOException cause);

        /** The socket does not have the port any more: the module has refused, or the stream was left or has ended. */
        void onLeft(StreamPort port, EngineSocket socket, boolean refused);

        /** What the module took of the socket's stream is not known. */
        void onLost(StreamPort port, EngineSocket socket, IOException cause);
    }

    private final UartPort port;
    private final AtChannel channel;
    private final CommandLane lane;
    private final ReceiveModes modes;
    private final Watcher watcher;
    /** The socket that has asked for the port, whether or not it has it. */
    private final AtomicReference<EngineSocket> claimant = new AtomicReference<>();

    /** Whose bytes the port carries, or is about to; written by the commands' lane. */
    private volatile EngineSocket owner;

    private volatile TransparentSession session;
    /** Written by the port's own lane. */
    private volatile boolean opened;

    // The commands' lane's alone.
    private boolean started;
    private boolean opening;

    // The lane thread's alone.
    private EngineSocket served;

    StreamPort(UartPort port, ReceiveModes modes, Watcher watcher) {
        this.port = port;
        this.modes = modes;
        this.watcher = watcher;
        this.lane = new CommandLane(port.name(), this);
        this.channel = new AtChannel(port, new NoPayload(), lane::wake, COMMAND_MILLIS, COMMAND_MILLIS);
    }

    // ------------------------------------------------------------------ any thread

    /** Returns true if the socket has the claim now; one that is about to leave may still own the port. */
    boolean claim(EngineSocket socket) {
        EngineSocket other = claimant.get();
        return other == socket || ((other == null || !other.isLive()) && claimant.compareAndSet(other, socket));
    }

    EngineSocket claimant() {
        return claimant.get();
    }

    EngineSocket owner() {
        return owner;
    }

    void wake() {
        lane.wake();
    }

    void afterRead() {
        TransparentSession current = session;
        if (current != null) {
            current.afterRead();
        }
    }

    void shutDown() {
        lane.close();
        port.close();
        if (!lane.awaitEnd(END_MILLIS)) {
            LOG.log(Level.WARNING, "thread that writes did not end: port={0}", port.name());
        }
    }

    // ------------------------------------------------------------------ the commands' lane

    /** Returns true if a socket can be given the port at once. */
    boolean isOpen() {
        return opened && !channel.isClosed();
    }

    /** Opens the port, unless that is under way. */
    void openLater(ModuleDriver driver, int baudRate) {
        if (!started) {
            // Many modems never have a stream.
            started = true;
            lane.start();
        }
        if (!opening) {
            opening = true;
            lane.submit(() -> open(driver, baudRate));
        }
    }

    /** Gives the open port to a socket; the rest is the port's own lane's. */
    void give(EngineSocket socket, ModuleDriver driver) {
        owner = socket;
        lane.submit(() -> enter(socket, driver));
    }

    /** The attempt to open it is over. */
    void onOpenEnded() {
        opening = false;
    }

    /** The port is for whoever asks next. */
    void giveUp(EngineSocket socket) {
        if (owner == socket) {
            owner = null;
        }
        claimant.compareAndSet(socket, null);
    }

    // ------------------------------------------------------------------ the port's own lane

    private void enter(EngineSocket socket, ModuleDriver driver) {
        try {
            session.enter(socket, driver.dataModeCommand(socket.index(), socket.isTls()));
            served = socket;
            modes.onStreamEntered(socket);
        } catch (AtException e) {
            LOG.log(
                    Level.WARNING,
                    "module refuses transparent access mode, the socket stays in buffer access mode: {0}",
                    e.getMessage());
            left(socket, true);
        } catch (IOException e) {
            lost(socket, e);
        }
    }

    private void open(ModuleDriver driver, int baudRate) {
        try {
            openNow(driver, baudRate);
            opened = true;
            watcher.onOpened(this, null);
        } catch (IOException e) {
            close();
            watcher.onOpened(this, e);
        }
    }

    private void openNow(ModuleDriver driver, int baudRate) throws IOException {
        close();
        channel.reopen();
        port.open(new LineSettings(Math.max(1, baudRate), true), channel.listener());
        channel.setBaudRate(baudRate);
        session = new TransparentSession(channel, modes, lane::wake, driver.prepareDataChannel(channel));
    }

    @Override
    public boolean prepare() {
        return true;
    }

    @Override
    public boolean sendNext() {
        EngineSocket socket = served;
        if (socket == null) {
            return false;
        }
        try {
            if (channel.isClosed()) {
                throw new ModemException(
                        "channel was lost", channel.details().socket(socket.index()), channel.closeCause());
            }
            if (session.pump() == Line.DATA) {
                socket.sentAudit().lookSoon();
                return false;
            }
            left(socket, false);
        } catch (IOException e) {
            lost(socket, e);
        }
        return true;
    }

    private void left(EngineSocket socket, boolean refused) {
        served = null;
        close();
        watcher.onLeft(this, socket, refused);
    }

    private void lost(EngineSocket socket, IOException cause) {
        served = null;
        close();
        watcher.onLost(this, socket, cause);
    }

    private void close() {
        opened = false;
        port.close();
    }

    @Override
    public void onFailure(Throwable cause) {
        LOG.log(Level.ERROR, "failure on channel " + port.name(), cause);
        EngineSocket socket = served;
        if (socket != null) {
            lost(socket, new ModemException("channel has failed", channel.details(), cause));
        }
    }

    /** No socket is pushed data on this channel. */
    private static final class NoPayload implements PayloadSink {

        @Override
        public boolean onFrame(int index, boolean tls, int lengthBytes) {
            return false;
        }

        @Override
        public boolean onReadFrame(int index, boolean tls, int lengthBytes) {
            return false;
        }

        @Override
        public void onReadEmpty(int index, boolean tls) {
            // nothing is read here
        }

        @Override
        public void onPayload(byte[] payload, int offset, int length) {
            // nothing is read here
        }

        @Override
        public void onFrameEnd() {
            // nothing is read here
        }

        @Override
        public void onDoubt(FramingDoubt doubt) {
            // the channel closes when bytes are missing
        }
    }
}
