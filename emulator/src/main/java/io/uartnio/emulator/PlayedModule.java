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
    final LineInput input;
    final LineOutput output;
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
    /** What {@code AT+QIGETERROR} answers; set by the command thread and the network thread. */
    volatile int lastError;

    final CarrierDetect carrier;

    PlayedModule(EmulatorOptions options, Line line, EmulatorCounters counters) throws IOException {
        this.options = options;
        this.line = line;
        this.counters = counters;
        carrier = new CarrierDetect(line::setCarrier);
        rate = new LineRate(line, options);
        input = new LineInput(line, counters, rate, power);
        settings = new ModuleSettings(options);
        tcpSettings = new TcpSettings(options);
        sockets = new SocketTable(options, counters);
        socketOutput = new SocketOutput(sockets, options, counters, settings, tcpSettings, timer, carrier);
        output = new LineOutput(
                line,
                options,
                counters,
                rate,
                new StrayUrcs(() -> settings.urcPort().equals("uart1")),
                // With a latency the module is to take its time.
                options.latencyMillis > 0 ? System::nanoTime : input::crossedAtNanos);
        urcs = new Urcs(options, settings, output, timer, () -> socketOutput.transparent() != null);
        network = new NetworkLoop(sockets, counters, timer, output::wake);
        socketOutput.connect(urcs, network, output::wake);
        lateReplies = new LateReplies(options, counters, power, timer);
        files = new FileStore(options);
        clock = new ModuleClock(options);
        tls = new TlsFactory(files, clock);
        registration = new Registration(options, power, timer, this::registered);
        registration.connect(urcs);
        sim = new SimCard(options, this::simReady);
    }

    void start() {
        network.start();
        output.start(socketOutput);
    }

    /** Ends every thread but the command thread, whose reads end with the line. */
    void close() {
        power.end();
        line.close();
        output.close();
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
        socketOutput.setTransparent(null);
        dropSockets();
        output.clear();
        urcs.clear();
        settings.boot();
        applyProfile();
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

    /** Makes the line obey what the profile says of it. */
    void applyProfile() {
        line.setFlowControl(settings.profile().flowControl == 2);
        carrier.follow(settings.profile().carrierDetect);
    }

    void setBaudRate(int baudRate) {
        rate.setBaudRate(baudRate);
        output.setPace(rate.paced());
        input.setPace(rate.paced());
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
