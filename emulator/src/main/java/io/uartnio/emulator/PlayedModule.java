package io.uartnio.emulator;

import java.io.IOException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The parts of the played module and how they hang together; what a circuit board is to its chips. The parts are final;
 * which thread may use which stands with each.
 */
final class PlayedModule {

    final EmulatorOptions options;
    final EmulatorCounters counters;
    final Power power = new Power();
    final ScheduledExecutorService timer = Threads.timer();
    final Line line;
    final LineRate rate;
    final LineInput lineInput;
    final Transmitter transmitter;
    /** The port that is there when no multiplexer runs. */
    final ModulePort uart;

    final Transmitter.Feed uartFeed;
    final Multiplexer multiplexer;
    final ModuleSettings settings;
    final TcpSettings tcpSettings;
    final SocketTable sockets;
    final SocketOutput socketOutput;
    final NetworkLoop network;
    final Urcs urcs;
    final LateReplies lateReplies;
    final FileStore files;
    final ModuleClock clock;
    final TlsFactory tls;
    final SslSettings[] sslContexts = new SslSettings[SslSettings.CONTEXTS];
    final PdpContexts pdp = new PdpContexts();
    final Registration registration;
    final SimCard sim;
    /** Sends that are to fail on a test's order. */
    final AtomicInteger sendsToFail = new AtomicInteger();
    /** What {@code AT+QIGETERROR} answers; set by the command threads and the network thread. */
    volatile int lastError;

    PlayedModule(EmulatorOptions options, Line line, EmulatorCounters counters) throws IOException {
        this.options = options;
        this.line = line;
        this.counters = counters;
        rate = new LineRate(line, options);
        lineInput = new LineInput(line, options, counters, rate, power);
        settings = new ModuleSettings(options);
        tcpSettings = new TcpSettings(options);
        sockets = new SocketTable(options, counters);
        socketOutput = new SocketOutput(sockets, options, counters, settings, tcpSettings, timer);
        transmitter = new Transmitter(
                line,
                options,
                counters,
                rate,
                // With a latency the module is to take its time.
                options.latencyMillis > 0 ? System::nanoTime : lineInput::crossedAtNanos);
        uart = new ModulePort("uart1", lineInput, this::output, line::setCarrier, power);
        uartFeed = new UartFeed(transmitter, uart.output);
        multiplexer = new Multiplexer(this);
        urcs = new Urcs(
                options,
                settings,
                timer,
                this::urcPort,
                port -> socketOutput.transparent(port) != null,
                transmitter::wake);
        network = new NetworkLoop(sockets, options, counters, timer, transmitter::wake);
        socketOutput.connect(urcs, network, transmitter::wake);
        network.services().setAcceptor(new IncomingConnections(this)::accepted);
        lateReplies = new LateReplies(options, counters, power, timer);
        files = new FileStore(options);
        clock = new ModuleClock(options);
        tls = new TlsFactory(files, clock);
        registration = new Registration(options, power, timer, this::registered);
        registration.connect(urcs);
        sim = new SimCard(options, this::simReady);
    }

    /** Makes the output of a port. */
    PortOutput output(ModulePort port) {
        StrayUrcs strays = new StrayUrcs(() -> settings.urcPort().equals("uart1") && urcPort() == port);
        PortOutput.Source source = (batch, single) -> socketOutput.fill(port, batch, single);
        return new PortOutput(transmitter, source, strays, options, counters);
    }

    /** Returns the port that shows URCs, or null while a multiplexer runs and none of its channels is open. */
    ModulePort urcPort() {
        return multiplexer.isRunning() ? multiplexer.urcPort() : uart;
    }

    void start() {
        network.start();
        transmitter.use(uartFeed);
        transmitter.start();
    }

    /** Ends every thread but those of commands, whose reads end with the line. */
    void close() {
        power.end();
        line.close();
        transmitter.close();
        network.close();
        timer.shutdownNow();
        try {
            timer.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Begins a life: everything that is not saved is as at the factory. For the command thread. */
    void boot() {
        socketOutput.setTransparent(uart, null);
        dropSockets();
        uart.output.clear();
        urcs.clear();
        settings.boot();
        uart.setProfile(settings.savedProfile());
        applyProfile(uart);
        tcpSettings.reset();
        for (int i = 0; i < sslContexts.length; i++) {
            sslContexts[i] = new SslSettings();
        }
        tls.reset();
        clock.reset();
        pdp.boot();
        registration.boot();
        lastError = 0;
        setBaudRate(settings.savedBaudRate());
    }

    /** The module has started: it says so, and looks for its SIM. */
    void booted() {
        urcs.send("RDY");
        urcs.send("+CFUN: 1");
        sim.boot();
    }

    /** Makes the lines of a port obey what its profile says of them. */
    void applyProfile(ModulePort port) {
        if (port == uart) {
            line.setFlowControl(port.profile().flowControl == 2);
        }
        port.carrier.follow(port.profile().carrierDetect);
    }

    void setBaudRate(int baudRate) {
        rate.setBaudRate(baudRate);
        transmitter.setPace(rate.paced());
        lineInput.setPace(rate.paced());
    }

    /** Closes all sockets without a word and frees their indexes. */
    void dropSockets() {
        sockets.locked(() -> sockets.all().forEach(this::drop));
    }

    /** Closes one socket without a word and frees its index; the caller holds the lock of the sockets. */
    void drop(Connection connection) {
        sockets.remove(connection);
        connection.closing = true;
        network.abort(connection);
        sockets.signal();
    }

    private void simReady() {
        urcs.send("+CPIN: READY");
        urcs.send("+QUSIM: 1");
        urcs.send("+QIND: SMS DONE");
        urcs.send("+QIND: PB DONE");
        registration.search();
    }

    private void registered() {
        if (options.pdpActiveAtBoot) {
            pdp.activate(1);
        }
    }
}
