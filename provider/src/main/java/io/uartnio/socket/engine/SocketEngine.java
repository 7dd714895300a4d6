package io.uartnio.socket.engine;

import io.uartnio.AccessMode;
import io.uartnio.ModemException;
import io.uartnio.SocketInfo;
import io.uartnio.TlsProfile;
import io.uartnio.at.AtChannel;
import io.uartnio.at.CommandLane;
import io.uartnio.at.PayloadSink;
import io.uartnio.module.ModuleDriver;
import io.uartnio.module.ModuleEvents;
import io.uartnio.module.OpenRequest;
import io.uartnio.socket.ModuleDatagramSocket;
import io.uartnio.socket.ModuleServerSocket;
import io.uartnio.socket.ModuleSocket;
import io.uartnio.socket.ModuleSockets;
import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The sockets of one module, put together: {@link Connections} and {@link Endpoints} under the indexes of
 * {@link IndexTable}; {@link EngineFrames} and {@link EngineEvents}, which the reader thread tells what arrives;
 * {@link SendScheduler} for whose bytes are sent next, {@link ReceiveModes} for how bytes are received, and
 * {@link TransparentPorts} for who has a port to himself. This class creates sockets and deals with all of them at once.
 * None of them knows a command; the driver does.
 *
 * <p>Threads: application threads come in by {@link ModuleSockets} and the sockets; the reader thread by {@link #frames}
 * and {@link #events}; the lane thread by the methods that say so. The others are for any.
 */
public final class SocketEngine implements ModuleSockets {

    /** For the local address of a module that does not tell it. */
    static final InetSocketAddress UNKNOWN_ADDRESS = new InetSocketAddress("0.0.0.0", 0);

    private final EngineSettings settings;
    private final OverflowReserve reserve;
    private final ReceiveModes receiveModes;
    private final BarePort barePort;
    /** Who has a port to himself; the bare port unless the modem has channels. */
    private TransparentPorts ports;

    private final IndexTable indexes = new IndexTable(this::holderOf);
    private final Connections connections = new Connections(this, indexes);
    private final Endpoints endpoints = new Endpoints(this, indexes);
    private final EngineFrames frames = new EngineFrames(this, connections, endpoints, indexes);
    private final EngineEvents events;
    private final SendScheduler sends = new SendScheduler(this);
    private final AtomicLong strayCount = new AtomicLong();

    private volatile AtChannel channel;
    private volatile CommandLane lane;
    private volatile ModuleDriver driver;

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
        this.events = new EngineEvents(this, connections, endpoints, indexes, onContextLost, onRestartSuspected);
    }

    /** Sets the channel and the lane, before anything is connected. */
    public void attach(AtChannel newChannel, CommandLane newLane) {
        this.channel = newChannel;
        this.lane = newLane;
        indexes.attach(newChannel);
        sends.attach(newChannel, newLane);
        receiveModes.attach(newChannel, newLane);
        connections.attach(newChannel, newLane);
        endpoints.attach(newChannel, newLane);
        ports.attach(newChannel, newLane);
    }

    /** Sets the driver of the module, before the first socket and again when the module was found again. */
    public void setDriver(ModuleDriver newDriver) {
        sends.setDriver(newDriver);
        receiveModes.setDriver(newDriver);
        connections.setDriver(newDriver);
        endpoints.setDriver(newDriver);
        ports.setDriver(newDriver);
        driver = newDriver;
        indexes.setSize(newDriver.info().maxSockets());
    }

    /** Returns what takes the payload that the port brings. The reader thread calls it. */
    public PayloadSink frames() {
        return frames;
    }

    /** Returns what is told of the module's unsolicited lines. The reader thread calls it. */
    public ModuleEvents events() {
        return events;
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

    /** Returns what every socket with an index is doing, ordered by index. Any thread. */
    public List<SocketInfo> sockets() {
        return Stream.concat(connections.holders().stream().map(EngineSocket::describe), endpoints.describe().stream())
                .sorted(Comparator.comparingInt(SocketInfo::index))
                .toList();
    }

    Connections connections() {
        return connections;
    }

    Endpoints endpoints() {
        return endpoints;
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
        ports = new ChannelPorts(connections, receiveModes, channels);
    }

    /** Returns the indexes of sockets that have a channel of their own, which no command may concern. Any thread. */
    public Set<Integer> indexesApart() {
        return connections.holders().stream()
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

    /** Returns the beginning of an error's details. */
    ModemException.Details details() {
        return channel.details();
    }

    int maxSockets() {
        return driver.info().maxSockets();
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

    private IndexHolder holderOf(int index) {
        EngineSocket socket = connections.get(index);
        return socket != null ? socket : endpoints.get(index);
    }

    void countStray() {
        strayCount.incrementAndGet();
    }

    void enqueueSend(EngineSocket socket) {
        sends.enqueue(socket);
    }

    // ------------------------------------------------------------------ lane thread

    /**
     * Opens a socket under another index if the module says that this one is another's: it may be that of a connection
     * that it has accepted and has not told of yet, which must not be closed. Lane thread.
     *
     * @return false if the open has failed for another reason, or there is no other index to try
     */
    boolean openElsewhere(IndexHolder holder, int index, int code) {
        return driver.isIndexTaken(code) && endpoints.isAnyListening() && indexes.openElsewhere(holder, index);
    }

    /** Returns true if the module has been asked for no connection that it has not reported on. */
    boolean isNobodyConnecting() {
        return connections.isNobodyConnecting() && endpoints.isNobodyOpening();
    }

    /**
     * Sends one payload of the socket whose turn it is.
     *
     * @return false if none has anything to send
     */
    public boolean sendNext() throws IOException {
        return sends.sendNext();
    }

    // ------------------------------------------------------------------ whole-modem events

    /** Fails every socket; the indexes are freed when the module is known to have closed them. Any thread. */
    public void failAll(IOException cause) {
        connections.holders().forEach(socket -> socket.fail(cause));
        endpoints.holders().forEach(endpoint -> endpoint.fail(cause));
    }

    /**
     * Fails every socket whose bytes come by the port of the commands, as the place in its stream is lost, and has the
     * lane put it right. Reader or timer thread.
     */
    void failAllButApart(IOException cause) {
        connections.holders().stream().filter(socket -> !ports.isApart(socket)).forEach(socket -> socket.fail(cause));
        endpoints.holders().forEach(endpoint -> endpoint.fail(cause));
        lane.wake();
    }

    /** Nobody has the port to itself any more: the module was lost. Lane thread. */
    public void forgetPortOwner() {
        ports.reset();
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
            EngineSocket socket = connections.get(index);
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
            EngineSocket socket = connections.get(index);
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
}
