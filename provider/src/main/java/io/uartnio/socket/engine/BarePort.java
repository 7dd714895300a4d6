package io.uartnio.socket.engine;

import io.uartnio.AccessMode;
import io.uartnio.ModemException;
import io.uartnio.at.AtChannel;
import io.uartnio.at.AtCommand;
import io.uartnio.at.AtException;
import io.uartnio.at.CommandLane;
import io.uartnio.at.TransparentStream.Line;
import io.uartnio.module.ModuleDriver;
import io.uartnio.socket.ModuleSocket;
import io.uartnio.uart.TimerThread;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * The module's one port as one socket's own: which socket has asked for it, what must be done before it can have it, and
 * what when it gives it back.
 *
 * <p>Before, every other socket is moved to buffer access mode and read as far as its buffer has room, because nothing
 * may be pushed any more and no URC is shown; connects under way are waited for, later ones wait. Meanwhile the others'
 * commands wait in the lane, and end by their own time limits. Afterwards the socket is one in buffer access mode, each
 * other one is asked after and read, and they get their modes back.
 *
 * <p>A socket that is to be transparent is connected in buffer access mode, which leaves the lane free meanwhile, and
 * moved as soon as the port is ready: so it can be used at once, and where the module refuses, it stays as it is.
 *
 * <p>Threads: the lane's, but for the methods that say so.
 */
final class BarePort implements TransparentPorts {

    private static final Logger LOG = System.getLogger(BarePort.class.getName());

    private static final long LOOK_AGAIN_MILLIS = 20;

    /** How long others that are never read empty, as their peers send on and on, can keep the port from its claimant. */
    private static final long READ_OTHERS_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final SocketEngine engine;
    private final Connections connections;
    private final Endpoints endpoints;
    private final ReceiveModes modes;
    /** The one socket that has asked for the port, whether or not it has it. */
    private final AtomicReference<EngineSocket> claimant = new AtomicReference<>();

    private final AtomicBoolean lookQueued = new AtomicBoolean();
    private volatile AtChannel channel;
    private volatile CommandLane lane;
    private volatile ModuleDriver driver;
    private volatile Consumer<Boolean> patience = patient -> {};

    /** Whose bytes the line carries; written by the lane. */
    private volatile EngineSocket owner;

    private volatile TransparentSession session;

    // The lane thread's alone.
    private boolean preparing;

    private long preparingSinceNanos;
    /** Who waits to be opened until the port is everybody's again. */
    private final Queue<IndexHolder> awaitingPort = new ArrayDeque<>();

    BarePort(SocketEngine engine, ReceiveModes modes) {
        this.engine = engine;
        this.connections = engine.connections();
        this.endpoints = engine.endpoints();
        this.modes = modes;
    }

    @Override
    public void attach(AtChannel newChannel, CommandLane newLane) {
        channel = newChannel;
        lane = newLane;
    }

    @Override
    public void setDriver(ModuleDriver newDriver) {
        driver = newDriver;
        session = new TransparentSession(channel, modes, lane::wake, newDriver.dataModeTraits());
    }

    /** Sets who is told whether a write to the port may take for ever, as its peer may hold it. Before the first. */
    void setPatience(Consumer<Boolean> newPatience) {
        patience = newPatience;
    }

    // ------------------------------------------------------------------ any thread

    /**
     * Asks for the port on behalf of a socket.
     *
     * @throws IOException if another socket has asked for it and lives, or what the module pushes could not be taken
     */
    @Override
    public void claim(EngineSocket socket) throws IOException {
        for (; ; ) {
            EngineSocket other = claimant.get();
            if (other == socket) {
                return;
            }
            if (other != null && (other == owner || other.isLive())) {
                throw new ModemException(
                        "another socket has the port to itself in transparent access mode: socket=" + other.index(),
                        channel.details());
            }
            if (claimant.compareAndSet(other, socket)) {
                // An endpoint that is not seen here, as it has no index yet, sees the claim before it is opened.
                requireNobodyPushedTo(socket);
                look();
                return;
            }
        }
    }

    private void requireNobodyPushedTo(EngineSocket socket) throws ModemException {
        EngineEndpoint endpoint = endpoints.livePushedTo();
        if (endpoint == null) {
            return;
        }
        claimant.compareAndSet(socket, null);
        lane.submit(() -> forgetClaim(socket));
        throw new ModemException(
                "port cannot be one socket's own while a server socket is open, or a datagram socket that is pushed to:"
                        + " socket=" + endpoint.index() + ", " + endpoint.target(),
                channel.details());
    }

    /** The claim was refused: who waits because of it, or of one before it that nobody has given up, goes on. */
    private void forgetClaim(EngineSocket socket) {
        if (claimant.get() == null && owner == null) {
            giveUp(socket);
        }
    }

    /** The socket does not want the port any more, or is to end. Any thread. */
    @Override
    public void onUnwanted(EngineSocket socket) {
        if (owner == socket) {
            patience.accept(false);
            lane.wake();
        } else if (claimant.get() == socket) {
            look();
        }
    }

    /** The socket is connected and wants the port. Any thread. */
    @Override
    public void onWanted(EngineSocket socket) {
        if (claimant.get() == socket) {
            look();
        }
    }

    private void look() {
        if (lookQueued.compareAndSet(false, true)) {
            lane.submitUrgent(this::prepare);
        }
    }

    private void lookAgain() {
        if (lookQueued.compareAndSet(false, true)) {
            TimerThread.schedule(() -> lane.submit(this::prepare), LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** No command is run at all meanwhile. */
    @Override
    public boolean isApart(EngineSocket socket) {
        return false;
    }

    @Override
    public void shutDown() {
        // the lane is the modem's
    }

    /** Returns true if the line carries some socket's bytes. Any thread. */
    @Override
    public boolean isOwned() {
        return owner != null;
    }

    /** The socket has bytes to send. Any thread. */
    @Override
    public void onWritten(EngineSocket socket) {
        if (owner == socket) {
            lane.wake();
        }
    }

    /** The socket's reader has made room. Its consumer's thread. */
    @Override
    public void afterRead(EngineSocket socket) {
        if (owner == socket) {
            session.afterRead();
        }
    }

    // ------------------------------------------------------------------ before

    /**
     * Says whether a socket may be opened now; if not, it is when the port is everybody's again.
     */
    @Override
    public boolean mayOpen(EngineSocket socket) {
        EngineSocket first = claimant.get();
        if (!preparing || socket == first || !isStillWanted(first)) {
            return true;
        }
        awaitingPort.add(socket);
        return false;
    }

    /** One that is opened while somebody wants the port would be pushed to behind its end, before that can be seen. */
    @Override
    public boolean mayOpen(EngineEndpoint endpoint) {
        EngineSocket first = claimant.get();
        if (first == null || !(isConnecting(first) || isStillWanted(first))) {
            return true;
        }
        awaitingPort.add(endpoint);
        return false;
    }

    /** Looks whether the port can be given to whoever has asked for it. */
    private void prepare() throws IOException {
        lookQueued.set(false);
        EngineSocket socket = claimant.get();
        if (socket == null || owner != null) {
            return;
        }
        boolean connecting = isConnecting(socket);
        if (!connecting && !isStillWanted(socket)) {
            giveUp(socket);
            claimIfWantedAgain(socket);
            return;
        }
        if (!preparing) {
            preparing = true;
            preparingSinceNanos = System.nanoTime();
            modes.setPushSuspended(true);
        }
        if (!connecting && isReady(socket)) {
            enter(socket);
        } else if (!connecting) {
            lookAgain();
        }
    }

    /** Others are made ready while it is: what its peer sends at once is then pushed through, not read. */
    private static boolean isConnecting(EngineSocket socket) {
        return switch (socket.state()) {
            case UNCONNECTED, CONNECTING -> socket.isTransparentWanted();
            case CONNECTED, FAILED, CLOSED -> false;
        };
    }

    private static boolean isStillWanted(EngineSocket socket) {
        return socket.state() == ModuleSocket.State.CONNECTED
                && !socket.isCloseAnnounced()
                && socket.isTransparentWanted();
    }

    /**
     * What the module holds of the socket itself is read to the end, and the switch follows at once: whether it would
     * come behind CONNECT, or be kept and come last, no manual says. A socket whose peer sends without a pause waits for
     * one.
     */
    private boolean isReady(EngineSocket socket) throws IOException {
        return modes.isNothingPushed()
                && (modes.isNothingToCome() || System.nanoTime() - preparingSinceNanos > READ_OTHERS_NANOS)
                && socket.received().isBelowLowWater()
                && engine.isNobodyConnecting()
                && endpoints.isNobodyPushedTo()
                && socket.receive().steps().isEmptied();
    }

    private void enter(EngineSocket socket) throws IOException {
        owner = socket;
        if (!isStillWanted(socket)) {
            owner = null;
            giveUp(socket);
            return;
        }
        patience.accept(true);
        try {
            session.enter(socket, driver.dataModeCommand(socket.index(), socket.isTls()));
            modes.onStreamEntered(socket);
        } catch (AtException e) {
            onRefused(socket, e);
        } catch (IOException e) {
            // Whether the module has begun to take everything for payload is not known.
            giveBack(socket);
            connections.failAndRelease(socket, e);
            throw e;
        }
    }

    private void onRefused(EngineSocket socket, AtException refusal) throws IOException {
        LOG.log(
                Level.WARNING,
                "module refuses transparent access mode, the socket stays in buffer access mode: {0}",
                refusal.getMessage());
        giveBack(socket);
        modes.onStreamRefused(socket);
    }

    // ------------------------------------------------------------------ meanwhile and afterwards

    /**
     * Serves the socket that has the port.
     *
     * @return true if the port is for commands
     * @throws IOException if the module answers neither way, or not at all
     */
    @Override
    public boolean serve() throws IOException {
        while (owner != null) {
            EngineSocket socket = owner;
            Line line;
            try {
                line = session.pump();
            } catch (IOException e) {
                giveBack(socket);
                connections.failAndRelease(socket, e);
                throw e;
            }
            if (line == Line.DATA) {
                return false;
            }
            if (line == Line.ENDED || !isContinued(socket)) {
                leave(socket, line);
            }
        }
        return true;
    }

    /** What looked like the end was none: the stream goes on where it was left. */
    private boolean isContinued(EngineSocket socket) throws IOException {
        if (session.isToLeave()
                || !driver.isConnected(socket.index(), socket.isTls())
                || !socket.receive().steps().isEmptied()) {
            return false;
        }
        return isEntered(socket, driver.dataModeAgainCommand())
                || isEntered(socket, driver.dataModeCommand(socket.index(), socket.isTls()));
    }

    private boolean isEntered(EngineSocket socket, AtCommand command) throws IOException {
        try {
            session.enter(socket, command);
            return true;
        } catch (AtException e) {
            LOG.log(Level.DEBUG, "data mode not entered again: {0}", e.getMessage());
            return false;
        }
    }

    private void leave(EngineSocket socket, Line line) throws IOException {
        patience.accept(false);
        owner = null;
        socket.receive().steps().countSwitch();
        if (line == Line.ENDED && !driver.openIndexes().contains(socket.index())) {
            connections.failAndRelease(
                    socket,
                    new ModemException(
                            "module ended its data mode and does not know the socket any more",
                            channel.details().socket(socket.index())));
            engine.events().onRestartSuspected();
        }
        for (EngineSocket each : connections.connected()) {
            if (driver.isConnected(each.index(), each.isTls())) {
                each.receive().onDataWaiting();
            } else if (each.announceClose()) {
                connections.drain(each);
            }
        }
        endpoints.readAll();
        if (line == Line.LEFT && isStillWanted(socket)) {
            // Again when its reader has made room, or the module holds nothing of it.
            preparingSinceNanos = System.nanoTime();
            lookAgain();
        } else {
            giveUp(socket);
            if (line == Line.LEFT) {
                claimIfWantedAgain(socket);
            }
        }
    }

    /** Who asked again before the claim was given up has found it still there. */
    private void claimIfWantedAgain(EngineSocket socket) {
        if (isStillWanted(socket) && claimant.compareAndSet(null, socket)) {
            look();
        }
    }

    /** The session is over, whatever the module thinks. */
    private void giveBack(EngineSocket socket) {
        patience.accept(false);
        owner = null;
        giveUp(socket);
    }

    /** The socket has the port no more and does not wait for it: everybody goes on. */
    private void giveUp(EngineSocket socket) {
        claimant.compareAndSet(socket, null);
        if (preparing) {
            preparing = false;
            modes.setPushSuspended(false);
        }
        openAwaiting();
    }

    private void openAwaiting() {
        for (IndexHolder waiting = awaitingPort.poll(); waiting != null; waiting = awaitingPort.poll()) {
            waiting.openLater();
        }
    }

    /** The module was lost. */
    @Override
    public void reset() {
        EngineSocket socket = claimant.get();
        owner = null;
        patience.accept(false);
        if (session != null) {
            session.reset();
        }
        giveUp(socket);
    }

    /** Returns what the socket would be shown to be in. Any thread. */
    @Override
    public AccessMode inForce(EngineSocket socket) {
        return owner == socket ? AccessMode.TRANSPARENT : socket.receive().inForce();
    }
}
