package io.uartnio.modem;

import io.uartnio.AccessMode;
import io.uartnio.FlowControl;
import io.uartnio.Modem;
import io.uartnio.ModemConfiguration;
import io.uartnio.ModemException;
import io.uartnio.ModuleInfo;
import io.uartnio.SocketInfo;
import io.uartnio.TlsProfile;
import io.uartnio.at.AtChannel;
import io.uartnio.at.CommandLane;
import io.uartnio.at.LaneTask;
import io.uartnio.at.LaneWork;
import io.uartnio.at.ModuleSilentException;
import io.uartnio.module.BringUpSettings;
import io.uartnio.module.Identity;
import io.uartnio.module.ModuleDriver;
import io.uartnio.module.ModuleDriverProvider;
import io.uartnio.module.ModuleFinder;
import io.uartnio.mux.Mux;
import io.uartnio.net.ModuleSocketFactory;
import io.uartnio.nio.ModuleSelectorProvider;
import io.uartnio.socket.ModuleSocketSource;
import io.uartnio.socket.ModuleSockets;
import io.uartnio.socket.engine.EngineSettings;
import io.uartnio.socket.engine.SocketEngine;
import io.uartnio.tls.ModuleSslContext;
import io.uartnio.tls.ModuleSslSocketFactory;
import io.uartnio.tls.RecordSockets;
import io.uartnio.uart.GuardedUartPort;
import io.uartnio.uart.LineSettings;
import io.uartnio.uart.TimerThread;
import io.uartnio.uart.UartPort;
import io.uartnio.uart.WireTrace;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.spi.SelectorProvider;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

/**
 * A modem over a port: assembles the floors, brings the module up, and puts things right again when the place in the
 * stream, the network, the module or the port was lost.
 *
 * <p>Threads: the port's reader, the lane and the JVM's timer; {@link #prepare} and what it calls belong to the lane.
 */
final class PortModem implements Modem, ModuleSocketSource, LaneWork {

    private static final Logger LOG = System.getLogger(PortModem.class.getName());

    private static final int FACTORY_RATE = 115_200;
    private static final long FRAME_TIMEOUT_MILLIS = 2_000;
    private static final long FIRST_RETRY_MILLIS = 500;
    private static final long MAX_RETRY_MILLIS = 60_000;
    private static final long LANE_END_MILLIS = 1_000;
    /** Guard time, escape, guard time, the answer, and to spare. */
    private static final long LEAVE_DATA_MODE_MILLIS = 6_000;

    private static final long THREADS_END_MILLIS = 5_000;

    /** How far the module can be relied on. Written by the lane thread. */
    private enum Phase {
        /** From the start until the module has been brought up for the first time. */
        OPENING,
        /** The module was brought up. */
        UP,
        /** The module or the port was lost; it is looked for with growing pauses. */
        LOST
    }

    private final ModemConfiguration configuration;
    private final AtChannel channel;
    private final CommandLane lane;
    private final SocketEngine engine;
    /** Where the faces get their sockets. */
    private final ModuleSockets sockets;

    private final SelectorProvider plainProvider;
    private final SocketFactory plainFactory;
    /** Between the line and the channel, null without one. */
    private final MultiplexedLine mux;

    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicBoolean contextLost = new AtomicBoolean();
    private final AtomicBoolean restartSuspected = new AtomicBoolean();

    private volatile ModuleDriver driver;
    private volatile Phase phase = Phase.OPENING;

    // The lane thread's alone.
    private final OddityLog oddities;
    private int lastRate;
    private long retryMillis;
    private long retryNanos;

    PortModem(ModemConfiguration configuration) {
        this.configuration = configuration;
        this.lastRate = configuration.baudRate();
        this.engine = new SocketEngine(
                new EngineSettings(
                        configuration.receiveBufferBytes(),
                        configuration.sendBufferBytes(),
                        configuration.reserveBytes(),
                        wantedAccessMode(),
                        configuration.connectTimeout().toMillis(),
                        configuration.lingerTimeout().toMillis()),
                () -> raise(contextLost),
                () -> raise(restartSuspected));
        GuardedUartPort line =
                new GuardedUartPort(traced(), configuration.writeTimeout().toMillis());
        this.mux = configuration.mux() ? new MultiplexedLine(line) : null;
        // The command channel may be stopped by the module while the line is not, so it has a limit of its own.
        GuardedUartPort port = mux == null
                ? line
                : new GuardedUartPort(
                        mux.commandPort(), configuration.writeTimeout().toMillis());
        this.lane = new CommandLane(port.name(), this);
        this.channel = new AtChannel(
                port,
                engine.frames(),
                lane::wake,
                configuration.commandTimeout().toMillis(),
                FRAME_TIMEOUT_MILLIS);
        if (mux != null) {
            engine.useChannels(mux.streamPorts());
        }
        engine.attach(channel, lane);
        engine.setPatience(port::setPatient);
        this.oddities = new OddityLog(channel, engine);
        this.sockets = new RecordSockets(engine);
        this.plainProvider = new ModuleSelectorProvider(sockets, null);
        this.plainFactory = new ModuleSocketFactory(sockets, null);
    }

    private UartPort traced() {
        if (configuration.wireTrace() == null) {
            return configuration.port();
        }
        return configuration.wireTraceWithSecrets()
                ? WireTrace.withSecrets(configuration.wireTrace(), configuration.port())
                : WireTrace.to(configuration.wireTrace(), configuration.port());
    }

    private AccessMode wantedAccessMode() {
        if (configuration.accessMode() != null) {
            return configuration.accessMode();
        }
        return configuration.flowControl() == FlowControl.NONE ? AccessMode.BUFFER : AccessMode.ADAPTIVE;
    }

    private void raise(AtomicBoolean flag) {
        flag.set(true);
        lane.wake();
    }

    // ------------------------------------------------------------------ any thread

    void open() throws IOException {
        openPort();
        lane.start();
        CompletableFuture<Void> result = new CompletableFuture<>();
        lane.submit(new LaneTask() {
            @Override
            public void run() {
                try {
                    bringUp();
                    phase = Phase.UP;
                    result.complete(null);
                } catch (Throwable e) {
                    result.completeExceptionally(e);
                }
            }

            @Override
            public void abandon() {
                result.completeExceptionally(new ModemException("modem is closed", channel.details()));
            }
        });
        try {
            result.get();
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the module was brought up: port=" + portName());
        } catch (ExecutionException e) {
            close();
            rethrow(e.getCause());
        }
    }

    private static void rethrow(Throwable cause) throws IOException {
        if (cause instanceof IOException io) {
            throw io;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        throw cause instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(cause);
    }

    private void openPort() throws IOException {
        int rate = lastRate == 0 ? FACTORY_RATE : lastRate;
        channel.port()
                .open(new LineSettings(rate, configuration.flowControl() == FlowControl.RTS_CTS), channel.listener());
        channel.setBaudRate(rate);
    }

    @Override
    public ModuleInfo info() {
        return driver.info();
    }

    @Override
    public String portName() {
        return channel.port().name();
    }

    @Override
    public SelectorProvider selectorProvider() {
        return plainProvider;
    }

    @Override
    public SelectorProvider tlsSelectorProvider() {
        return tlsSelectorProvider(builtWithTls());
    }

    @Override
    public SelectorProvider tlsSelectorProvider(TlsProfile profile) {
        return new ModuleSelectorProvider(sockets, Objects.requireNonNull(profile, "profile"));
    }

    @Override
    public SSLContext sslContext() {
        return sslContext(builtWithTls());
    }

    @Override
    public SSLContext sslContext(TlsProfile profile) {
        return ModuleSslContext.of(sockets, profile, () -> sslSocketFactory(profile));
    }

    private TlsProfile builtWithTls() {
        if (configuration.tls() == null) {
            throw new IllegalStateException("no TLS profile was given to the builder: port=" + portName());
        }
        return configuration.tls();
    }

    @Override
    public SocketFactory socketFactory() {
        return plainFactory;
    }

    @Override
    public SSLSocketFactory sslSocketFactory() {
        return sslSocketFactory(builtWithTls());
    }

    @Override
    public SSLSocketFactory sslSocketFactory(TlsProfile profile) {
        return new ModuleSslSocketFactory(profile, new ModuleSocketFactory(sockets, profile));
    }

    @Override
    public ModuleSockets moduleSockets() {
        return sockets;
    }

    @Override
    public TlsProfile tlsProfile() {
        return configuration.tls();
    }

    @Override
    public List<SocketInfo> sockets() {
        return engine.sockets();
    }

    @Override
    public List<String> removeUnusedFiles() throws IOException {
        CompletableFuture<List<String>> result = new CompletableFuture<>();
        lane.submit(new LaneTask() {
            @Override
            public void run() {
                if (result.isDone()) {
                    // Whoever asked has gone.
                    return;
                }
                try {
                    result.complete(driver.removeUnusedFiles());
                } catch (Throwable e) {
                    result.completeExceptionally(e);
                }
            }

            @Override
            public void abandon() {
                result.completeExceptionally(new ModemException("modem is closed", channel.details()));
            }
        });
        long limitMillis = configuration.connectTimeout().toMillis();
        try {
            return result.get(limitMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            result.cancel(false);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while files were removed: port=" + portName());
        } catch (TimeoutException e) {
            result.cancel(false);
            throw new ModemException(
                    "files were not removed in time: waitedMillis=" + limitMillis, channel.details(), e);
        } catch (ExecutionException e) {
            rethrow(e.getCause());
            throw new AssertionError("always thrown", e);
        }
    }

    @Override
    public boolean isOpen() {
        return !closed.get();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        long leaveMillis = engine.isPortOwned() || !engine.indexesApart().isEmpty() ? LEAVE_DATA_MODE_MILLIS : 0;
        engine.shutDown(new ModemException("modem was closed", channel.details()));
        if (phase == Phase.UP && !lane.isLaneThread() && !channel.isClosed()) {
            engine.awaitAllFree(configuration.lingerTimeout().toMillis() + LANE_END_MILLIS + leaveMillis);
        }
        lane.close();
        lane.awaitEnd(LANE_END_MILLIS);
        engine.endThreads();
        if (mux != null) {
            mux.stop();
        }
        // Ends a command that is still being waited for, and the reader.
        channel.port().close();
        if (!lane.awaitEnd(THREADS_END_MILLIS)) {
            LOG.log(Level.WARNING, "thread that writes did not end: port={0}", portName());
        }
    }

    // ------------------------------------------------------------------ lane thread

    @Override
    public boolean sendNext() throws IOException {
        return phase == Phase.UP && engine.sendNext();
    }

    @Override
    public void onFailure(Throwable cause) {
        if (cause instanceof IOException) {
            // A lost place, a quarantine or a lost port: prepare() deals with it next.
            LOG.log(Level.DEBUG, "command failed: {0}", cause.getMessage());
        } else {
            LOG.log(Level.ERROR, "failure on port " + portName(), cause);
            lose(new ModemException("modem has failed", channel.details(), cause));
        }
    }

    @Override
    public boolean prepare() {
        if (phase == Phase.OPENING) {
            return true;
        }
        try {
            if (phase == Phase.UP && channel.isClosed()) {
                throw new ModemException("port was lost", channel.details(), channel.closeCause());
            }
            if (phase == Phase.UP && !engine.servePortOwner()) {
                // What is written would be payload.
                return false;
            }
            return phase == Phase.LOST ? findAgain() : putRight();
        } catch (IOException e) {
            lose(e);
            // A closed modem waits for nobody's return: its lane only has to end.
            return closed.get();
        }
    }

    private boolean putRight() throws IOException {
        oddities.logNow();
        if (channel.doubt() != null) {
            LOG.log(
                    Level.WARNING,
                    "place in the stream lost, port={0}: {1}",
                    portName(),
                    channel.doubt().text());
            channel.recoverFraming(engine.closeUnheardCommands());
            driver.closeAllBut(engine.indexesApart());
            engine.freeAll();
        }
        channel.settle();
        if (contextLost.compareAndSet(true, false)) {
            driver.restoreNetwork(bringUpSettings());
        }
        if (restartSuspected.compareAndSet(true, false)) {
            checkStillThere();
        }
        return true;
    }

    /** A banner is only a hint: a module that still knows our sockets has not restarted. */
    private void checkStillThere() throws IOException {
        List<Integer> live = engine.liveIndexes();
        List<Integer> known = driver.openIndexes();
        if (!live.isEmpty() && known.stream().noneMatch(live::contains)) {
            throw new ModemException("module has restarted", channel.details());
        }
        if (live.isEmpty()) {
            driver.bringUp(bringUpSettings());
        }
    }

    private void lose(IOException cause) {
        if (phase == Phase.LOST || closed.get()) {
            engine.failAll(cause);
            return;
        }
        LOG.log(Level.WARNING, "module lost, port={0}: {1}", portName(), cause.getMessage());
        phase = Phase.LOST;
        engine.failAll(cause);
        engine.forgetPortOwner();
        retryMillis = 0;
        retryNanos = System.nanoTime();
        if (cause instanceof ModuleSilentException && !channel.isClosed() && driver != null) {
            restartModule();
        }
    }

    private void restartModule() {
        try {
            driver.restart();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "module not restarted: {0}", e.getMessage());
        }
    }

    /** Looks for the module again when its time has come; until then the lane has nothing to do. */
    private boolean findAgain() {
        if (closed.get()) {
            engine.freeAll();
            return true;
        }
        if (retryNanos - System.nanoTime() > 0) {
            return false;
        }
        try {
            // A port that could not be opened again leaves a channel that does not know itself closed.
            if (channel.isClosed() || !channel.port().isOpen()) {
                channel.reopen();
                openPort();
            }
            bringUp();
            engine.freeAll();
            phase = Phase.UP;
            LOG.log(Level.INFO, "module found again, port={0}", portName());
            return true;
        } catch (IOException e) {
            retryMillis = retryMillis == 0 ? FIRST_RETRY_MILLIS : Math.min(2 * retryMillis, MAX_RETRY_MILLIS);
            retryNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(retryMillis);
            TimerThread.schedule(lane::wake, retryMillis, TimeUnit.MILLISECONDS);
            LOG.log(Level.INFO, "module not found yet, retryMillis={0}: {1}", retryMillis, e.getMessage());
            return false;
        }
    }

    private void bringUp() throws IOException {
        channel.forgetModule();
        if (mux != null) {
            // The module is looked for on the bare line.
            mux.stop();
        }
        Identity identity = new ModuleFinder(channel, this::progress, Mux.closeDownBytes())
                .find(lastRate, configuration.findTimeout().toMillis());
        ModuleDriverProvider provider = providerOf(identity);
        ModuleDriver found = provider.create(identity, channel, engine.events());
        checkAccessMode(found.info());
        if (mux != null) {
            mux.start(found, channel, bringUpSettings());
        }
        channel.setGrammar(found.grammar());
        channel.setProbe(found.probe());
        channel.setUnsolicitedHandler(found);
        found.bringUp(bringUpSettings());
        lastRate = channel.baudRate();
        driver = found;
        engine.setDriver(found);
        contextLost.set(false);
        restartSuspected.set(false);
        progress("ready");
    }

    private void checkAccessMode(ModuleInfo info) throws ModemException {
        AccessMode mode = configuration.accessMode();
        if (mode != null && !info.accessModes().contains(mode)) {
            throw new ModemException(
                    "module does not have this access mode: mode=" + mode + ", model=" + info.model() + ", modes="
                            + info.accessModes(),
                    channel.details());
        }
    }

    /** What a caller's listener throws is the caller's business and must not stop the lane. */
    private void progress(String step) {
        try {
            configuration.progress().accept(step);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "progress listener has failed", e);
        }
    }

    private ModuleDriverProvider providerOf(Identity identity) throws ModemException {
        for (ModuleDriverProvider provider :
                ServiceLoader.load(ModuleDriverProvider.class, PortModem.class.getClassLoader())) {
            if (provider.drives(identity)) {
                return provider;
            }
        }
        throw new ModemException(
                "no driver knows this module: vendor=" + identity.vendor() + ", model=" + identity.model(),
                channel.details().command("ATI"));
    }

    private BringUpSettings bringUpSettings() {
        return new BringUpSettings(
                configuration.baudRate(),
                configuration.flowControl(),
                configuration.apn(),
                configuration.apnUser(),
                configuration.apnPassword(),
                configuration.simPin(),
                configuration.urcPort(),
                configuration.simTimeout().toMillis(),
                configuration.registrationTimeout().toMillis(),
                this::progress);
    }
}
