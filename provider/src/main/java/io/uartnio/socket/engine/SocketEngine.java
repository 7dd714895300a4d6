package io.uartnio.socket.engine;

import io.uartnio.AccessMode;
import io.uartnio.ModemException;
import io.uartnio.SocketInfo;
import io.uartnio.TlsProfile;
import io.uartnio.TlsSessionInfo;
import io.uartnio.at.AtChannel;
import io.uartnio.at.AtException;
import io.uartnio.at.CommandLane;
import io.uartnio.at.LaneTask;
import io.uartnio.at.PayloadSink;
import io.uartnio.frame.FramingDoubt;
import io.uartnio.module.ModuleDriver;
import io.uartnio.module.ModuleEvents;
import io.uartnio.module.OpenRequest;
import io.uartnio.module.SendCounters;
import io.uartnio.socket.ModuleDatagramSocket;
import io.uartnio.socket.ModuleServerSocket;
import io.uartnio.socket.ModuleSocket;
import io.uartnio.socket.ModuleSockets;
import io.uartnio.uart.TimerThread;
import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The sockets of one module: opens and closes them under the indexes of {@link IndexTable}, and hands what arrives to the socket it is for;
 * whose bytes are sent next is for {@link SendScheduler}. Knows no command; the driver does.
 *
 * <p>Threads: application threads come in by {@link ModuleSockets} and the sockets; the reader thread by
 * {@link PayloadSink} and {@link ModuleEvents}, where nothing blocks or locks on the way of a byte; the lane thread by
 * {@link #sendNext} and the tasks. Only taking and freeing an index takes a lock, in {@link IndexTable}.
 */
public final class SocketEngine implements ModuleSockets, PayloadSink, ModuleEvents {

    private static final Logger LOG = System.getLogger(SocketEngine.class.getName());

    private static final long ACKNOWLEDGED_POLL_MILLIS = 100;
    /** When an index that the module has kept is closed once more, at first. */
    static final long CLOSE_AGAIN_MILLIS = 500;

    /** The longest pause between two tries to close an index. */
    static final long MAX_CLOSE_AGAIN_MILLIS = 30_000;
    /** For the local address of a module that does not tell it. */
    static final InetSocketAddress UNKNOWN_ADDRESS = new InetSocketAddress("0.0.0.0", 0);

    private final EngineSettings settings;
    private final OverflowReserve reserve;
    private final Runnable onContextLost;
    private final Runnable onRestartSuspected;
    private final SendScheduler sends = new SendScheduler(this);
    private final ReceiveModes receiveModes;
    private final BarePort barePort;
    /** Who has a port to himself; the bare port unless the modem has channels. */
    private TransparentPorts ports;

    private final AtomicReferenceArray<EngineSocket> byIndex = new AtomicReferenceArray<>(IndexTable.MAX_INDEXES);
    private final IndexTable indexes = new IndexTable(this::holderOf);
    private final Endpoints endpoints = new Endpoints(this, indexes);
    private final AtomicLong strayCount = new AtomicLong();

    private volatile AtChannel channel;
    private volatile CommandLane lane;
    private volatile ModuleDriver driver;

    /** The reader thread's: the socket whose frame is in hand. */
    private EngineSocket framed;

    /**
     * Creates an engine; {@link #attach} gives it its channel and lane, {@link #setDriver} its module.
     *
     * @param onContextLost told by the reader thread that the network has taken the data connection away
     * @param onRestartSuspected told by the reader thread that the module may have restarted
     */
    public SocketEngine(EngineSettings settings, Runnable onContextLost, Runnable onRestartSuspected) {
        this.settings = settings;
        this.reserve = new OverflowReserve(settings.reserveBytes());
        this.receiveModes = new ReceiveModes(this);
        this.barePort = new BarePort(this, receiveModes);
        this.ports = barePort;
        this.onContextLost = onContextLost;
        this.onRestartSuspected = onRestartSuspected;
    }

    /** Sets the channel and the lane, before anything is connected. */
    public void attach(AtChannel newChannel, CommandLane newLane) {
        this.channel = newChannel;
        this.lane = newLane;
        indexes.attach(newChannel);
        sends.attach(newChannel, newLane);
        receiveModes.attach(newChannel, newLane);
        endpoints.attach(newChannel, newLane);
        ports.attach(newChannel, newLane);
    }

    /** Sets the driver of the module, before the first socket and again when the module was found again. */
    public void setDriver(ModuleDriver newDriver) {
        sends.setDriver(newDriver);
        receiveModes.setDriver(newDriver);
        endpoints.setDriver(newDriver);
        ports.setDriver(newDriver);
        driver = newDriver;
        indexes.setSize(newDriver.info().maxSockets());
    }

    /** Returns the access mode of a socket that is not told otherwise. Any thread. */
    AccessMode defaultAccessMode() {
        Set<AccessMode> modes = driver.info().accessModes();
        AccessMode wanted = settings.accessMode();
        return modes.contains(wanted) || modes.isEmpty() ? wanted : Collections.min(modes);
    }

    /**
     * Checks whether a socket could be in this mode. Any thread.
     *
     * @throws UnsupportedOperationException if not
     */
    void check(AccessMode mode) {
        if (!driver.info().accessModes().contains(mode)) {
            throw new UnsupportedOperationException("module does not have this access mode: mode=" + mode + ", modes="
                    + driver.info().accessModes() + ", port=" + channel.port().name());
        }
    }

    /** Returns the sockets that are connected. Any thread. */
    List<EngineSocket> connected() {
        return holders().stream()
                .filter(socket -> socket.state() == ModuleSocket.State.CONNECTED)
                .toList();
    }

    /** Returns what every socket with an index is doing, ordered by index. Any thread. */
    public List<SocketInfo> sockets() {
        return Stream.concat(holders().stream().map(EngineSocket::describe), endpoints.describe().stream())
                .sorted(Comparator.comparingInt(SocketInfo::index))
                .toList();
    }

    /** Returns what the sockets' ways to receive have in common. */
    ReceiveModes receiveModes() {
        return receiveModes;
    }

    /** Returns who may have the port to itself. */
    TransparentPorts ports() {
        return ports;
    }

    /** Gives transparent streams channels of their own beside that of the commands. Before {@link #attach}. */
    public void useChannels(List<UartPort> channels) {
        ports = new ChannelPorts(this, receiveModes, channels);
    }

    /** Returns the indexes of sockets that have a channel of their own, which no command may concern. Any thread. */
    public Set<Integer> indexesApart() {
        return holders().stream()
                .filter(ports::isApart)
                .map(EngineSocket::index)
                .collect(Collectors.toSet());
    }

    /** Ends threads of its own, when every socket has failed. */
    public void endThreads() {
        ports.shutDown();
    }

    /**
     * Sets who is told whether a write to the port may take for ever: while one socket has the port to itself, its peer
     * may hold it. Before the first connect.
     */
    public void setPatience(Consumer<Boolean> patience) {
        barePort.setPatience(patience);
    }

    /** Returns true while one socket has the port to itself. Any thread. */
    public boolean isPortOwned() {
        return ports.isOwned();
    }

    /**
     * Serves the socket that has the port to itself, if one has. Lane thread.
     *
     * @return true if the port is for commands
     * @throws IOException if it cannot be taken back: the module must be found again
     */
    public boolean servePortOwner() throws IOException {
        return ports.serve();
    }

    EngineSettings settings() {
        return settings;
    }

    /** Returns what the sockets may hold beyond their receive rings. */
    public OverflowReserve reserve() {
        return reserve;
    }

    /** Returns how many lines named a socket that they could not mean. */
    public long strayCount() {
        return strayCount.get();
    }

    /** Returns how many of the module's indexes are taken, those of sockets that are closing included. */
    public int usedIndexes() {
        return indexes.used();
    }

    // ------------------------------------------------------------------ application threads

    @Override
    public ModuleSocket create(TlsProfile tls) {
        return new EngineSocket(this, tls);
    }

    @Override
    public ModuleServerSocket createServer() {
        if (!driver.canListen()) {
            throw new UnsupportedOperationException("module cannot listen for connections: model="
                    + driver.info().model() + ", port=" + portName());
        }
        return new EngineServerSocket(endpoints);
    }

    @Override
    public ModuleDatagramSocket createDatagram() {
        if (!driver.hasDatagrams()) {
            throw new UnsupportedOperationException(
                    "module has no datagram sockets: model=" + driver.info().model() + ", port=" + portName());
        }
        return new EngineDatagramSocket(endpoints);
    }

    @Override
    public String portName() {
        return channel.port().name();
    }

    void check(OpenRequest request) throws IOException {
        driver.check(request);
    }

    ReceiveBuffer newReceiveBuffer() {
        return new ReceiveBuffer(settings.receiveBufferBytes(), reserve);
    }

    SendBuffer newSendBuffer() {
        return new SendBuffer(settings.sendBufferBytes());
    }

    /**
     * Takes an index for the socket and starts to connect it. While none is free but one is being closed, the socket
     * waits for that.
     */
    void connect(EngineSocket socket) throws IOException {
        boolean taken = indexes.takeOrAwait(socket);
        long timeoutMillis = socket.request().timeoutMillis();
        socket.setTimeout(TimerThread.schedule(() -> onConnectTimeout(socket), timeoutMillis, TimeUnit.MILLISECONDS));
        if (!socket.isLive()) {
            // Closed by another thread before the time limit was there to be taken back.
            socket.cancelTimeout();
        }
        if (taken) {
            submit(() -> open(socket));
        }
    }

    private IndexHolder holderOf(int index) {
        EngineSocket socket = byIndex.get(index);
        return socket != null ? socket : endpoints.get(index);
    }

    /** Under the lock of the indexes. */
    void show(int index, EngineSocket socket) {
        byIndex.set(index, socket);
    }

    /** Under the lock of the indexes. */
    boolean hide(int index, EngineSocket socket) {
        return index >= 0 && byIndex.compareAndSet(index, socket, null);
    }

    void countStray() {
        strayCount.incrementAndGet();
    }

    private void onConnectTimeout(EngineSocket socket) {
        OpenRequest request = socket.request();
        SocketTimeoutException timeout = new SocketTimeoutException(
                "connect timed out: waitedMillis=" + request.timeoutMillis() + ", " + describe(socket));
        timeout.initCause(new ModemException(
                "module did not report a connection in time",
                channel.details()
                        .command(driver.openCommandName(request.isTls()))
                        .socket(socket.index())));
        if (socket.failConnecting(timeout)) {
            release(socket);
        }
    }

    private String describe(EngineSocket socket) {
        OpenRequest request = socket.request();
        return "host=" + request.host() + ":" + request.port() + ", socket=" + socket.index() + ", port="
                + channel.port().name();
    }

    void enqueueSend(EngineSocket socket) {
        sends.enqueue(socket);
    }

    /** Sends what was written, within the linger time, and frees the index. */
    void closeGracefully(EngineSocket socket) {
        ports.onUnwanted(socket);
        socket.setLingerDeadline(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(settings.lingerMillis()));
        // Kept before the first step, which may free the index and take the time limit back.
        socket.setTimeout(TimerThread.schedule(
                () -> submit(() -> closeStep(socket)), settings.lingerMillis() + 1, TimeUnit.MILLISECONDS));
        submit(() -> closeStep(socket));
    }

    /** Frees the index without sending anything more. */
    void release(EngineSocket socket) {
        socket.setLingerDeadline(System.nanoTime());
        ports.onUnwanted(socket);
        submit(() -> closeStep(socket));
    }

    void failAndRelease(EngineSocket socket, IOException cause) {
        if (socket.fail(cause)) {
            release(socket);
        }
    }

    private void submit(LaneTask task) {
        lane.submit(task);
    }

    // ------------------------------------------------------------------ lane thread

    private void open(EngineSocket socket) {
        if (socket.state() != ModuleSocket.State.CONNECTING) {
            if (!socket.isLive()) {
                // Closed or timed out before the module was told; its own task may have come before it had an index.
                closeStep(socket);
            }
            // Else it was given another index between taking one and being opened, and this is the second task of two.
            return;
        }
        if (!ports.mayOpen(socket)) {
            return;
        }
        int index = indexes.beginOpen(socket);
        if (index < 0) {
            return;
        }
        try {
            driver.open(index, socket.request());
        } catch (AtException e) {
            openFailed(socket, index, e.code(), e);
        } catch (IOException e) {
            failAndRelease(socket, e);
        }
    }

    /**
     * Opens a socket under another index if the module says that this one is another's: it may be that of a connection
     * that it has accepted and has not told of yet, which must not be closed. Lane thread.
     *
     * @return false if the open has failed for another reason, or there is no other index to try
     */
    boolean openElsewhere(IndexHolder holder, int index, int code) {
        return driver.isIndexTaken(code) && endpoints.isAnyListening() && indexes.openElsewhere(holder, index);
    }

    /** Opens a socket as a task of its own. */
    void openLater(EngineSocket socket) {
        submit(() -> open(socket));
    }

    /** Returns true if the module has been asked for no connection that it has not reported on. */
    boolean isNobodyConnecting() {
        return holders().stream()
                        .noneMatch(socket -> socket.state() == ModuleSocket.State.CONNECTING && socket.isAsked())
                && endpoints.isNobodyOpening();
    }

    /** The module has connected: asks it for the local address, which no result of an open tells. */
    private void showOpened(EngineSocket socket) {
        if (socket.state() != ModuleSocket.State.CONNECTING || !holdsIndex(socket)) {
            return;
        }
        InetSocketAddress local = null;
        try {
            local = driver.localAddress(socket.index(), socket.isTls());
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "local address not told: {0}", e.getMessage());
        }
        TlsSessionInfo session = socket.isTls() ? driver.tlsSession(socket.index(), socket.request()) : null;
        if (socket.onOpened(local == null ? UNKNOWN_ADDRESS : local, session)) {
            socket.receive().onOpened();
            // Before anybody writes: an answer to that would have to be read first.
            ports.onWanted(socket);
            socket.signalChange();
        }
    }

    private void openFailed(EngineSocket socket, int index, int code, ModemException cause) {
        if (socket.state() != ModuleSocket.State.CONNECTING
                || socket.index() != index
                || openElsewhere(socket, index, code)) {
            return;
        }
        try {
            boolean freed = driver.close(index, socket.isTls());
            if (freed && driver.openOtherwise(index, socket.request(), code, socket.countFailedOpen())) {
                return;
            }
            failAndRelease(socket, connectException(socket, cause));
        } catch (AtException e) {
            failAndRelease(socket, connectException(socket, e));
        } catch (IOException e) {
            failAndRelease(socket, e);
        }
    }

    /** Says in the JDK's terms what the module said in its own. */
    private IOException connectException(EngineSocket socket, ModemException cause) {
        String message = "connect failed: host=" + socket.request().host() + ":"
                + socket.request().port() + ", " + cause.getMessage();
        IOException exception =
                driver.isNameUnknown(cause.code()) ? new UnknownHostException(message) : new ConnectException(message);
        exception.initCause(cause);
        return exception;
    }

    /**
     * Sends one payload of the socket whose turn it is.
     *
     * @return false if none has anything to send
     */
    public boolean sendNext() throws IOException {
        return sends.sendNext();
    }

    /** Returns true if the module's index is this socket's, and no other's by now. */
    boolean holdsIndex(EngineSocket socket) {
        return byIndex.get(socket.index()) == socket;
    }

    /** Looks, as a task of its own, whether the index of a closed socket can be freed. Any thread. */
    void closeStepLater(EngineSocket socket) {
        submit(() -> closeStep(socket));
    }

    /** One step of freeing an index: when everything was sent, when the peer has it, or when the time is up. */
    private void closeStep(EngineSocket socket) {
        int index = socket.index();
        if (index < 0) {
            indexes.stopAwaiting(socket);
            return;
        }
        if (byIndex.get(index) != socket) {
            return;
        }
        if (ports.isApart(socket)) {
            // Comes here again when it has left its channel.
            ports.onUnwanted(socket);
            return;
        }
        try {
            boolean hurry = !socket.isLingering();
            if (!hurry && socket.unsent().size() > 0) {
                // The send that empties it comes here again, or the end of the linger time does.
                return;
            }
            if (!hurry && !socket.isCloseAnnounced() && socket.hasSentAnything() && !isAcknowledged(socket)) {
                closeLater(socket, ACKNOWLEDGED_POLL_MILLIS);
                return;
            }
            if (driver.close(index, socket.isTls())) {
                indexes.free(socket);
            } else {
                // An index that the module keeps is not given to anybody else: its old peer's bytes may still come.
                closeLater(socket, socket.nextCloseMillis(CLOSE_AGAIN_MILLIS, MAX_CLOSE_AGAIN_MILLIS));
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "socket not closed yet: {0}", e.getMessage());
            if (!channel.isClosed()) {
                closeLater(socket, CLOSE_AGAIN_MILLIS);
            }
        }
    }

    /** Returns true if the peer has everything, or nobody can tell. */
    private boolean isAcknowledged(EngineSocket socket) throws IOException {
        SendCounters counters = driver.sendCounters(socket.index(), socket.isTls());
        return counters == null
                || (counters.unacknowledged() == 0 && socket.sentAudit().isSettled(counters));
    }

    private void closeLater(EngineSocket socket, long millis) {
        TimerThread.schedule(() -> submit(() -> closeStep(socket)), millis, TimeUnit.MILLISECONDS);
    }

    /** The peer has closed: what the module still holds is read before the end of the stream is shown. */
    private void onPeerClosed(EngineSocket socket) throws IOException {
        if (byIndex.get(socket.index()) != socket) {
            return;
        }
        if (indexes.mayCloseBeOfPredecessor(socket.index())) {
            // Before the question: a close that is announced behind its answer must be looked into again.
            socket.unannounceClose();
            if (driver.isConnected(socket.index(), socket.isTls())) {
                strayCount.incrementAndGet();
                return;
            }
            socket.announceClose();
        }
        drain(socket);
    }

    /** The peer has closed: ends the stream behind what the module still holds. */
    void drain(EngineSocket socket) {
        socket.receive().steps().readToTheEnd();
    }

    // ------------------------------------------------------------------ whole-modem events

    /** Fails every socket; the indexes are freed when the module is known to have closed them. Any thread. */
    public void failAll(IOException cause) {
        holders().forEach(socket -> socket.fail(cause));
        endpoints.holders().forEach(endpoint -> endpoint.fail(cause));
    }

    /** Nobody has the port to itself any more: the module was lost. Lane thread. */
    public void forgetPortOwner() {
        ports.reset();
    }

    /** A copy: who hears of a failure and connects anew at once must not be met again further on. */
    private List<EngineSocket> holders() {
        List<EngineSocket> holders = new ArrayList<>();
        for (int index = 0; index < IndexTable.MAX_INDEXES; index++) {
            EngineSocket socket = byIndex.get(index);
            if (socket != null) {
                holders.add(socket);
            }
        }
        return holders;
    }

    /** Frees every index that is taken: the module has closed its sockets or forgotten them. Lane thread. */
    public void freeAll() {
        indexes.freeAll();
    }

    /**
     * Waits until no index is taken.
     *
     * @return false if the time ran out first or the thread was interrupted; its flag then stays set
     */
    public boolean awaitAllFree(long timeoutMillis) {
        return indexes.awaitAllFree(timeoutMillis);
    }

    /** Returns the commands that close every socket unheard. Lane thread. */
    public List<String> closeUnheardCommands() {
        List<String> commands = new ArrayList<>();
        for (int index = 0; index < IndexTable.MAX_INDEXES; index++) {
            EngineSocket socket = byIndex.get(index);
            if (socket != null && !ports.isApart(socket)) {
                commands.add(driver.closeUnheardCommand(index, socket.isTls()));
            } else if (endpoints.get(index) != null) {
                commands.add(driver.closeUnheardCommand(index, false));
            }
        }
        return commands;
    }

    /** Returns the indexes of sockets that believe themselves connected. */
    public List<Integer> liveIndexes() {
        List<Integer> live = new ArrayList<>();
        for (int index = 0; index < IndexTable.MAX_INDEXES; index++) {
            EngineSocket socket = byIndex.get(index);
            if (socket != null && socket.state() == ModuleSocket.State.CONNECTED && !socket.isCloseAnnounced()) {
                live.add(index);
            }
        }
        endpoints.holders().stream()
                .filter(endpoint -> endpoint.stage() == EngineEndpoint.Stage.OPEN)
                .map(EngineEndpoint::index)
                .forEach(live::add);
        return live;
    }

    /**
     * Takes no more connects and fails every socket that is not closed; those that are go on sending what was written.
     * Any thread.
     */
    public void shutDown(IOException cause) {
        indexes.shutDown(cause);
    }

    // ------------------------------------------------------------------ reader thread

    @Override
    public boolean onFrame(int index, boolean tls, int lengthBytes) {
        framed = null;
        endpoints.forgetFrame();
        EngineSocket socket = index < IndexTable.MAX_INDEXES ? byIndex.get(index) : null;
        if (socket == null || socket.isTls() != tls) {
            if (!tls && endpoints.onFrame(index, lengthBytes)) {
                return true;
            }
            strayCount.incrementAndGet();
            return lengthBytes == 0 && !mayLackComma(index);
        }
        if (lengthBytes > 0 && socket.isLive() && !socket.isInputShutdown()) {
            framed = socket.receive().beginPushed(lengthBytes) ? socket : null;
        }
        return true;
    }

    @Override
    public boolean onReadFrame(int index, boolean tls, int lengthBytes) {
        framed = null;
        endpoints.forgetFrame();
        if (endpoints.get(index) != null) {
            endpoints.onFrame(index, lengthBytes);
            return endpoints.isFramed();
        }
        EngineSocket socket = find(index, tls);
        if (socket != null && socket.isLive() && !socket.isInputShutdown()) {
            framed = socket.receive().beginRead(lengthBytes) ? socket : null;
        }
        return framed != null;
    }

    @Override
    public boolean onDatagram(int index, int lengthBytes, long source) {
        framed = null;
        boolean known = endpoints.onDatagram(index, lengthBytes, source);
        if (!known) {
            strayCount.incrementAndGet();
        }
        return known;
    }

    @Override
    public boolean onReadDatagram(int index, int lengthBytes, long source) {
        return onDatagram(index, lengthBytes, source) && endpoints.isFramed();
    }

    @Override
    public void onReadEmpty(int index, boolean tls) {
        if (endpoints.get(index) != null) {
            return;
        }
        EngineSocket socket = find(index, tls);
        if (socket != null) {
            socket.receive().onReadEmpty();
        }
    }

    /** A notice of data for a socket 11 that is not open may be one byte pushed for socket 1 without its comma. */
    private boolean mayLackComma(int index) {
        return index >= 10 && holderOf(index / 10) != null;
    }

    @Override
    public void onPayload(byte[] bytes, int offset, int length) {
        if (framed != null) {
            framed.received().put(bytes, offset, length);
        } else {
            endpoints.onPayload(bytes, offset, length);
        }
    }

    @Override
    public void onFrameEnd() {
        EngineSocket socket = framed;
        if (socket != null) {
            framed = null;
            socket.receive().end();
            socket.signalChange();
        } else {
            endpoints.onFrameEnd();
        }
    }

    @Override
    public void onDoubt(FramingDoubt doubt) {
        ModemException cause = new ModemException(doubt.toMessage(), channel.details());
        holders().stream().filter(socket -> !ports.isApart(socket)).forEach(socket -> socket.fail(cause));
        endpoints.holders().forEach(endpoint -> endpoint.fail(cause));
        lane.wake();
    }

    @Override
    public void onOpened(int index, boolean tls) {
        EngineEndpoint endpoint = endpoints.get(index);
        if (endpoint != null && !tls) {
            endpoints.onOpened(endpoint);
            return;
        }
        EngineSocket socket = findAsked(index, tls);
        if (socket != null && socket.onReported()) {
            // Before every other task, so that those of what follows on the line find a connected socket.
            lane.submitUrgent(() -> showOpened(socket));
        }
    }

    @Override
    public void onOpenFailed(int index, boolean tls, int code, String codeName) {
        EngineEndpoint endpoint = endpoints.get(index);
        if (endpoint != null && !tls) {
            endpoints.onOpenFailed(endpoint, index, code, codeName);
            return;
        }
        EngineSocket socket = findAsked(index, tls);
        if (socket != null && socket.state() == ModuleSocket.State.CONNECTING) {
            ModemException cause = new ModemException(
                    "module could not connect",
                    channel.details()
                            .command(driver.openCommandName(tls))
                            .socket(index)
                            .code(code, codeName));
            submit(() -> openFailed(socket, index, code, cause));
        }
    }

    @Override
    public void onPeerClosed(int index, boolean tls) {
        EngineEndpoint endpoint = endpoints.get(index);
        if (endpoint != null && !tls) {
            endpoints.onClosed(endpoint);
            return;
        }
        EngineSocket socket = find(index, tls);
        if (socket != null && socket.isReported() && socket.announceClose()) {
            submit(() -> onPeerClosed(socket));
        }
    }

    @Override
    public void onDataWaiting(int index, boolean tls) {
        EngineEndpoint endpoint = endpoints.get(index);
        if (endpoint != null && !tls) {
            endpoints.onDataWaiting(endpoint);
            return;
        }
        EngineSocket socket = find(index, tls);
        if (socket != null && socket.isLive()) {
            socket.receive().onDataWaiting();
        }
    }

    @Override
    public void onAccepted(int listener, int index, long peer) {
        EngineServerSocket server = endpoints.get(listener) instanceof EngineServerSocket found ? found : null;
        EngineSocket accepted = new EngineSocket(
                this, EngineDatagramSocket.unpack(peer), server == null ? UNKNOWN_ADDRESS : server.acceptingAddress());
        if (index >= driver.info().maxSockets() || !indexes.adopt(accepted, index)) {
            strayCount.incrementAndGet();
            return;
        }
        if (server == null) {
            // Its listener was closed while the module was accepting it; it would have the index for ever.
            strayCount.incrementAndGet();
            accepted.close();
            return;
        }
        accepted.receive().onOpened();
        server.onAccepted(accepted);
    }

    @Override
    public void onAcceptRefused() {
        // The module does not say whose it would have been.
        endpoints.holders().stream()
                .filter(EngineServerSocket.class::isInstance)
                .findFirst()
                .ifPresent(endpoint -> ((EngineServerSocket) endpoint).countRefused());
    }

    /** A result that comes before the module was asked belongs to whoever had the index before. */
    private EngineSocket findAsked(int index, boolean tls) {
        EngineSocket socket = find(index, tls);
        if (socket != null && !socket.isAsked()) {
            strayCount.incrementAndGet();
            return null;
        }
        return socket;
    }

    private EngineSocket find(int index, boolean tls) {
        EngineSocket socket = index < IndexTable.MAX_INDEXES ? byIndex.get(index) : null;
        if (socket == null || socket.isTls() != tls) {
            strayCount.incrementAndGet();
            return null;
        }
        return socket;
    }

    @Override
    public void onContextLost() {
        IOException cause =
                new ModemException("network has ended the data connection (PDP context)", channel.details());
        List<EngineSocket> lost = holders();
        List<EngineEndpoint> lostEndpoints = endpoints.holders();
        // First, so that who hears of the loss and connects anew at once waits for the network.
        onContextLost.run();
        lost.forEach(socket -> failAndRelease(socket, cause));
        lostEndpoints.forEach(endpoint -> endpoint.failAndRelease(cause));
    }

    @Override
    public void onRestartSuspected() {
        onRestartSuspected.run();
    }
}
