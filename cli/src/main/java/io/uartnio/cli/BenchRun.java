package io.uartnio.cli;

import io.uartnio.AccessMode;
import io.uartnio.Modem;
import io.uartnio.ModuleInfo;
import io.uartnio.TlsProfile;
import io.uartnio.uart.SerialUartPort;
import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One measurement: a far end in another JVM, modems here, and the parts that were asked for, one after the other on this
 * thread. A {@link Stop} may end it at any point, and then everything that was opened is closed again.
 */
final class BenchRun {

    /** All that was asked for has been answered when a modem is closed, so nothing has to linger. */
    private static final Duration LINGER = Duration.ofSeconds(2);

    /** The least that a socket carries, in frames: of fewer no fairness could be told. */
    private static final int LEAST_FRAMES = 4;

    private static final int FRAME_BYTES = 1460;
    private static final double WARM_UP_SECONDS = 1;
    private static final int SMALL_PAYLOAD = ConnectProbe.ANSWER_BYTES;

    private final BenchSettings settings;
    private final PrintWriter out;
    private final PrintWriter err;
    private final BenchTable table;
    private final Warnings warnings;
    private final long token = new SecureRandom().nextLong();
    private final BenchResults results = new BenchResults();
    private FarEnd farEnd;
    private Stop stop;
    private TlsProfile tls;
    private boolean warm;

    BenchRun(BenchSettings settings, PrintWriter out, PrintWriter err) {
        this.settings = settings;
        this.out = out;
        this.err = err;
        this.table = new BenchTable(settings.jsonOnStandardOutput() ? err : out);
        this.warnings = Warnings.install(settings.verbose() ? err : null);
    }

    /** Measures; returns the exit code. */
    int run() {
        int code;
        try (Stop limited = new Stop()) {
            stop = limited;
            stop.limitTo(settings.timeoutSeconds());
            code = measureAndTell();
        }
        warnings.drain(err);
        return code;
    }

    private int measureAndTell() {
        try {
            table.begin(results, settings);
            measure();
            tell();
            return 0;
        } catch (UncheckedIOException e) {
            return explain(e.getCause());
        } catch (IOException | RuntimeException e) {
            return explain(e);
        }
    }

    private int explain(Exception failure) {
        warnings.drain(err);
        if (settings.verbose()) {
            failure.printStackTrace(err);
        }
        Stop.Reason reason = stop.reason();
        if (reason == null) {
            err.println("uartnio bench: " + Failures.describe(failure));
            // Refused before anything was sent: a value that no module can take.
            return failure instanceof IllegalArgumentException ? Main.EXIT_USAGE : Main.EXIT_FAILURE;
        }
        String limit = reason == Stop.Reason.TIMED_OUT ? ": timeoutSeconds=" + settings.timeoutSeconds() : "";
        err.println("uartnio bench: " + reason.text() + limit);
        return reason.exitCode();
    }

    private void tell() throws IOException {
        if (settings.jsonOnStandardOutput()) {
            err.flush();
            out.println(Json.text(results.toMap(settings)));
        } else if (settings.json() != null) {
            Files.writeString(Path.of(settings.json()), Json.text(results.toMap(settings)) + "\n");
        }
        if (settings.html() != null) {
            Files.writeString(settings.html(), BenchPage.of(results, settings));
        }
    }

    // --------------------------------------------------------------------------------------- what is opened, and when

    private void measure() throws IOException {
        int modems =
                !settings.module().isPlayed() ? 0 : settings.parts().contains(BenchPart.MODEMS) ? settings.modems() : 1;
        try (FarEnd started = new FarEnd(settings, modems, token)) {
            farEnd = started;
            tls = settings.tls() ? DemoCertificates.profileTrusting(started.authorityPem()) : null;
            for (BenchPart part : settings.parts()) {
                switch (part) {
                    case GOODPUT -> measureGoodput();
                    case CONNECT -> measureConnects();
                    case LATENCY -> measureLatency();
                    case MODEMS -> measureModems();
                }
            }
        }
    }

    private Modem open(UartPort port, int baudRate, AccessMode accessMode, Path trace) throws IOException {
        Modem.Builder builder =
                settings.module().modem().port(port).accessMode(accessMode).lingerTimeout(LINGER);
        if (baudRate > 0) {
            builder.baudRate(baudRate);
        }
        if (tls != null) {
            builder.tls(tls);
        }
        if (trace != null) {
            builder.wireTrace(trace);
        }
        Modem modem = builder.open();
        try {
            check(modem.info(), accessMode);
        } catch (RuntimeException e) {
            modem.close();
            throw e;
        }
        return modem;
    }

    private void check(ModuleInfo info, AccessMode accessMode) {
        results.setModule(info.vendor() + " " + info.model() + " " + info.firmware());
        if (!info.accessModes().contains(accessMode)) {
            throw new IllegalArgumentException(
                    "access mode is not offered: accessMode=" + accessMode + ", offered=" + info.accessModes());
        }
        if (settings.mostSockets() > info.maxSockets()) {
            throw new IllegalArgumentException("module has fewer sockets: sockets=" + settings.mostSockets()
                    + ", maxSockets=" + info.maxSockets());
        }
    }

    private SelectorProvider provider(Modem modem) {
        return settings.tls() ? modem.tlsSelectorProvider() : modem.selectorProvider();
    }

    private InetSocketAddress server() {
        return InetSocketAddress.createUnresolved(
                settings.module().host().host(), settings.module().host().port());
    }

    private BenchClient client(List<Modem> modems, int sockets) throws IOException {
        List<SelectorProvider> providers = modems.stream().map(this::provider).toList();
        return new BenchClient(providers, sockets, server(), token, () -> stop.reason() == null);
    }

    /** The port that is measured where there is but one. */
    private UartPort port() {
        return new SerialUartPort(
                settings.module().isPlayed()
                        ? farEnd.ports().get(0)
                        : settings.module().port());
    }

    // ------------------------------------------------------------------------------------------------------- goodput

    private void measureGoodput() throws IOException {
        for (int baudRate : settings.baudRates()) {
            for (AccessMode accessMode : settings.accessModes()) {
                table.goodputHeader(accessMode);
                try (Modem modem = open(port(), baudRate, accessMode, settings.trace())) {
                    try {
                        measureGoodput(modem, baudRate, accessMode);
                    } finally {
                        Thread.interrupted(); // a stop has done its work: what follows is to be closed in peace
                    }
                }
            }
        }
        if (settings.accessModes().size() > 1) {
            table.byAccessMode(results.goodputs(), settings.accessModes());
        }
    }

    private void measureGoodput(Modem modem, int baudRate, AccessMode accessMode) throws IOException {
        for (int sockets : settings.sockets()) {
            List<Integer> payloads = settings.payloads().stream()
                    .filter(payload -> settings.includes(baudRate, sockets, payload))
                    .toList();
            if (payloads.isEmpty()) {
                continue;
            }
            try (BenchClient client = client(List.of(modem), sockets)) {
                warmUp(client, baudRate);
                for (int payload : payloads) {
                    for (Direction direction : Direction.values()) {
                        table.add(run(client, baudRate, accessMode, 1, payload, direction, results.goodputs()));
                    }
                }
            }
        }
    }

    private BenchResults.Goodput run(
            BenchClient client,
            int baudRate,
            AccessMode accessMode,
            int modems,
            int payload,
            Direction direction,
            List<BenchResults.Goodput> to)
            throws IOException {
        long bytesEach = bytesEach(baudRate, client.sockets() / modems, settings.seconds());
        BenchClient.Transfer transfer = client.run(direction, payload, bytesEach);
        BenchResults.Goodput result =
                BenchResults.Goodput.of(transfer, settings, baudRate, accessMode, modems, payload, direction);
        to.add(result);
        return result;
    }

    /** What a socket carries in the time, if its share of the line is an equal one. */
    private static long bytesEach(int baudRate, int socketsOfLine, double seconds) {
        long share = Math.round(seconds * baudRate / 10 / socketsOfLine);
        long frames = Math.max(LEAST_FRAMES, (share + FRAME_BYTES - 1) / FRAME_BYTES);
        return frames * FRAME_BYTES;
    }

    /** Classes are loaded and the busiest methods compiled before anything counts. */
    private void warmUp(BenchClient client, int baudRate) throws IOException {
        if (!warm) {
            warm = true;
            for (Direction direction : Direction.values()) {
                client.run(direction, FRAME_BYTES, bytesEach(baudRate, client.sockets(), WARM_UP_SECONDS));
            }
        }
    }

    // ------------------------------------------------------------------------------------------------------ connects

    private void measureConnects() throws IOException {
        int others = settings.mostSockets() - 1;
        table.connectsHeader(settings.connects(), others);
        for (int baudRate : settings.baudRates()) {
            for (AccessMode accessMode : settings.accessModes()) {
                try (Modem modem = open(port(), baudRate, accessMode, settings.trace())) {
                    try {
                        for (BulkLoad.Kind load : BulkLoad.Kind.values()) {
                            results.connects().add(measureConnects(modem, baudRate, accessMode, load, others));
                        }
                    } finally {
                        Thread.interrupted(); // a stop has done its work: what follows is to be closed in peace
                    }
                }
                results.connects().stream()
                        .skip(results.connects().size() - BulkLoad.Kind.values().length)
                        .forEach(table::add);
            }
        }
    }

    private BenchResults.Connect measureConnects(
            Modem modem, int baudRate, AccessMode accessMode, BulkLoad.Kind load, int others) throws IOException {
        long[] connects = new long[settings.connects()];
        long[] exchanges = new long[settings.connects()];
        try (BulkLoad bulk = new BulkLoad(
                load,
                goesOn -> new BenchClient(
                        List.of(provider(modem)),
                        others,
                        server(),
                        token,
                        () -> stop.reason() == null && goesOn.getAsBoolean()))) {
            new ConnectProbe(provider(modem), server(), token).measure(connects, exchanges);
            bulk.check();
        }
        return new BenchResults.Connect(
                baudRate,
                accessMode,
                load,
                others,
                BenchResults.Latency.of("connect", connects),
                BenchResults.Latency.of("exchange", exchanges));
    }

    // ------------------------------------------------------------------------------------------------------- latency

    private void measureLatency() throws IOException {
        table.latencyHeader(settings.samples());
        int baudRate = settings.fastest();
        try (LineRelay relay = new LineRelay(farEnd.ports().get(0), baudRate)) {
            measureLatency(relay, baudRate);
        }
        results.latencies().forEach(table::add);
        table.latencyVerdict(results.latencies());
    }

    private void measureLatency(LineRelay relay, int baudRate) throws IOException {
        StampingUartPort port =
                new StampingUartPort(new SerialUartPort(relay.terminal().name()));
        // What is written to the terminal is a push frame, whatever mode is measured otherwise.
        try (Modem modem = open(port, 0, AccessMode.DIRECT_PUSH, null)) {
            try {
                measureLatency(relay, port, modem, baudRate);
            } catch (InterruptedException e) {
                throw stopped(e);
            } finally {
                Thread.interrupted(); // a stop has done its work: what follows is to be closed in peace
            }
        }
    }

    private void measureLatency(LineRelay relay, StampingUartPort port, Modem modem, int baudRate)
            throws IOException, InterruptedException {
        List<LatencyProbe> probes = new ArrayList<>();
        try {
            SocketChannel blocking = connect(modem);
            byte[] frame = recordFrame(relay, blocking);
            probes.add(new LatencyProbe.HandOver());
            probes.add(new LatencyProbe.BareRead(frame, baudRate));
            probes.add(new LatencyProbe.HandedRead(frame, baudRate));
            probes.add(new LatencyProbe.BlockingRead(relay.terminal(), port, frame, blocking, SMALL_PAYLOAD));
            SocketChannel selected = connect(modem);
            byte[] other = recordFrame(relay, selected);
            probes.add(new LatencyProbe.SelectedRead(
                    relay.terminal(), port, other, selected, provider(modem).openSelector(), SMALL_PAYLOAD));
            results.latencies().addAll(LatencyProbe.compare(probes, settings.samples()));
        } finally {
            for (LatencyProbe probe : probes) {
                probe.close();
            }
        }
    }

    private SocketChannel connect(Modem modem) throws IOException {
        SocketChannel channel = provider(modem).openSocketChannel();
        channel.connect(server());
        return channel;
    }

    /** Lets the server send one small payload, and returns the frame in which the module announces it. */
    private byte[] recordFrame(LineRelay relay, SocketChannel channel) throws IOException, InterruptedException {
        relay.startRecord();
        ConnectProbe.exchange(channel, token, ByteBuffer.allocate(SMALL_PAYLOAD));
        return relay.awaitFrame(SMALL_PAYLOAD);
    }

    private static InterruptedIOException stopped(InterruptedException cause) {
        InterruptedIOException stopped = new InterruptedIOException("measurement was stopped");
        stopped.initCause(cause);
        return stopped;
    }

    // -------------------------------------------------------------------------------------------------------- modems

    private void measureModems() throws IOException {
        int baudRate = settings.fastest();
        AccessMode accessMode = settings.accessModes().get(0);
        table.modemsHeader(settings.modems());
        List<Modem> modems = new ArrayList<>();
        try {
            for (String port : farEnd.ports()) {
                modems.add(open(new SerialUartPort(port), baudRate, accessMode, null));
            }
            for (List<Modem> group : List.of(modems.subList(0, 1), modems)) {
                try (BenchClient client = client(group, settings.mostSockets())) {
                    warmUp(client, baudRate);
                    for (Direction direction : Direction.values()) {
                        table.add(run(
                                client, baudRate, accessMode, group.size(), FRAME_BYTES, direction, results.scaling()));
                    }
                }
            }
        } finally {
            Thread.interrupted(); // a stop has done its work: what follows is to be closed in peace
            modems.forEach(Modem::close);
        }
        table.modemsVerdict(results.scaling());
    }
}
