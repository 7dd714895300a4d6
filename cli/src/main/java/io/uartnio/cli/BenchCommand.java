package io.uartnio.cli;

import io.uartnio.AccessMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of {@code uartnio bench}, read and checked; {@link BenchRun} does the work. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Measures the whole line: goodput each way, fairness, processor time, heap, connects, latency.",
            "",
            "Without --port the module is a played EC200N on a pseudo-terminal, paced as a wire would be, in another"
                    + " JVM together with the server it connects to, so that their processor time and heap are not"
                    + " counted. With --port and --host it is a real module."
        },
        footer = {
            "",
            "How goodput is measured: all sockets are connected, then each carries the same number of bytes in one"
                    + " direction. Payload is counted where it arrives, from the first arrival to the last. The limit"
                    + " is the framing limit: payload / (payload + every other byte that must cross in that direction"
                    + " for it) at 1460-byte payloads. Fairness is Jain's index of what each socket got while all were"
                    + " busy. CPU is that of this process for all of the run, after a warm-up; the system counts it in"
                    + " steps of 10 ms, so longer runs are truer. Heap is what is left after a collection with all"
                    + " sockets open.",
            "",
            "How connects are measured: all sockets but one are connected and either idle or carry bulk one way. The"
                    + " remaining one connects, asks for 32 bytes, waits for them and closes, again and again. 'connect'"
                    + " is from the call to its return, 'exchange' from then to the last of the 32 bytes.",
            "",
            "How latency is measured: on pseudo-terminals, since nobody can tell when a byte reaches a real tty. A"
                    + " modem is brought up and connects over a relay, one 32-byte push frame of the module is"
                    + " recorded, and then this frame is written to the pseudo-terminal again and again, each time"
                    + " after a pause in which everything falls asleep. The time runs from just before that write to"
                    + " the return of SocketChannel.read; what is 'added' is the part of it after jSerialComm's blocking"
                    + " read under the modem had returned, sample by sample. 'bare' is the same frame by the same writer on another"
                    + " pseudo-terminal, up to the return of jSerialComm's blocking read; 'hand-over' is from unpark in"
                    + " one thread to the return of park in another; and 'handed over' is the bare read and then that, as"
                    + " everything must that does not run in the port's own thread. The paths take turns in the same run.",
            "",
            "How modems are measured: one of them alone with its sockets while the others are up and idle, then all"
                    + " of them, on one selector in one thread.",
            "",
            "Exit code: 0 if all was measured, 1 if not, 2 for a wrong command line.",
            "",
            "Examples:",
            "  uartnio bench",
            "  uartnio bench --baud 115200,921600 --sockets 1,12 --all --html bench.html",
            "  uartnio bench --access-mode push,buffer,adaptive --turn-around 10",
            "  uartnio bench --parts connect --sockets 12 --turn-around 10",
            "  uartnio bench --parts modems --modems 8 --seconds 10",
            "  uartnio bench --mux --baud 921600",
            "  uartnio bench --port /dev/ttyUSB2 --host me.example.org:8443 --json -"
        })
final class BenchCommand implements Callable<Integer> {

    private static final int MAX_SOCKETS = 12;
    private static final int MAX_MODEMS = 64;
    private static final int MAX_PAYLOAD = 1 << 20;
    private static final String PLAYED_HOST = "bench.example";
    private static final long TIMEOUT_BASE_SECONDS = 300;
    private static final long TIMEOUT_FACTOR = 5;

    /** No modem is brought up sooner where the network is real. */
    private static final long TIMEOUT_PER_RUN_SECONDS = 60;

    /** At the slowest rates, under load. */
    private static final long SECONDS_PER_CONNECT = 15;

    /** The rates of the played module, as {@code EmulatorBuilder.baudRate} has them. */
    private static final SortedSet<Integer> PLAYED_RATES =
            new TreeSet<>(Set.of(4800, 9600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 921_600));

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--parts",
            split = ",",
            paramLabel = "PART",
            description = "What to measure: goodput, connect, latency, modems. Default: goodput, latency without --port"
                    + " and --mux, and modems with --modems.")
    private List<BenchPart> parts;

    @Mixin
    private final ModuleOptions module = new ModuleOptions();

    @Option(
            names = "--baud",
            split = ",",
            paramLabel = "RATE",
            defaultValue = "115200,921600",
            description = "Rates of the line in bits a second. Default: ${DEFAULT-VALUE}.")
    private List<Integer> baudRates;

    @Option(
            names = "--sockets",
            split = ",",
            paramLabel = "N",
            defaultValue = "1,4,12",
            description = "How many sockets at once, 1 to 12. Default: ${DEFAULT-VALUE}.")
    private List<Integer> sockets;

    @Option(
            names = "--payload",
            split = ",",
            paramLabel = "BYTES",
            defaultValue = "64,512,1460",
            description = "How much the sender writes at a time. Default: ${DEFAULT-VALUE}.")
    private List<Integer> payloads;

    @Option(
            names = "--all",
            description = "Measure every combination of these three. Default: each varied by itself, the others at"
                    + " their last value.")
    private boolean all;

    @Option(
            names = "--access-mode",
            split = ",",
            paramLabel = "MODE",
            defaultValue = "push",
            converter = AccessModes.class,
            description = "How received data crosses the line, as far as the module offers it: push, buffer, adaptive."
                    + " Several are measured in one run, for each rate one after the other. Default:"
                    + " ${DEFAULT-VALUE}.")
    private List<AccessMode> accessModes;

    @Option(names = "--tls", description = "TLS by the module instead of plain TCP.")
    private boolean tls;

    @Option(
            names = "--modems",
            paramLabel = "N",
            defaultValue = "1",
            description = "Also measure so many played modems at once, on one selector.")
    private int modems;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "2",
            description = "About how long each direction of a run takes; longer where so little would cross that"
                    + " sockets could not be compared. Default: ${DEFAULT-VALUE}.")
    private double seconds;

    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "4000",
            description = "How many latencies to take on each path. Default: ${DEFAULT-VALUE}.")
    private int samples;

    @Option(
            names = "--connects",
            paramLabel = "N",
            defaultValue = "40",
            description = "How many connects to take under each load. Default: ${DEFAULT-VALUE}.")
    private int connects;

    @Option(
            names = "--turn-around",
            paramLabel = "MS",
            defaultValue = "0",
            description = "What the played module waits before each prompt and result. Default: ${DEFAULT-VALUE}.")
    private long turnAroundMillis;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "All figures, with machine, JDK and date, as JSON; - for standard output, and all else goes"
                    + " to standard error.")
    private String json;

    @Option(names = "--html", paramLabel = "FILE", description = "The same as a page with plots that needs no network.")
    private Path html;

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description =
                    "Every byte of the line into a file, in the goodput and connect parts; costs processor" + " time.")
    private Path trace;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "Limit for all of it; default: generous.")
    private Long timeoutSeconds;

    @Option(names = "--verbose", description = "The library's log and stack traces on standard error.")
    private boolean verbose;

    @Override
    public Integer call() {
        checkAll();
        BenchSettings settings = new BenchSettings(
                parts(),
                module.settings(PLAYED_HOST),
                baudRates,
                sockets,
                payloads,
                all,
                List.copyOf(new LinkedHashSet<>(accessModes)),
                tls,
                modems,
                seconds,
                samples,
                connects,
                turnAroundMillis,
                trace,
                json,
                html,
                timeoutSeconds == null ? defaultTimeoutSeconds() : timeoutSeconds,
                verbose);
        return new BenchRun(
                        settings,
                        spec.commandLine().getOut(),
                        spec.commandLine().getErr())
                .run();
    }

    private void checkAll() {
        check(inRange(baudRates, 300, 10_000_000), "--baud must be 300 or more");
        check(
                !module.isPlayed() || PLAYED_RATES.containsAll(baudRates),
                "--baud must be rates that a played module has: " + PLAYED_RATES);
        check(inRange(sockets, 1, MAX_SOCKETS), "--sockets must be 1 to " + MAX_SOCKETS);
        check(inRange(payloads, 1, MAX_PAYLOAD), "--payload must be 1 to " + MAX_PAYLOAD);
        check(modems >= 1 && modems <= MAX_MODEMS, "--modems must be 1 to " + MAX_MODEMS);
        check(seconds >= 0.1 && seconds <= 3600, "--seconds must be 0.1 to 3600");
        check(samples >= 10 && samples <= 1_000_000, "--samples must be 10 to 1000000");
        check(connects >= 1 && connects <= 100_000, "--connects must be 1 to 100000");
        check(
                !accessModes.contains(AccessMode.TRANSPARENT),
                "--access-mode transparent leaves no line for other sockets, so there is nothing to compare");
        check(turnAroundMillis >= 0 && turnAroundMillis <= 60_000, "--turn-around must be 0 to 60000");
        check(module.isPlayed() || turnAroundMillis == 0, "--turn-around is for a played module");
        check(timeoutSeconds == null || timeoutSeconds >= 1, "--timeout must be 1 or more");
        boolean needsPlayed = parts != null && (parts.contains(BenchPart.LATENCY) || parts.contains(BenchPart.MODEMS));
        boolean needsBareLine = parts != null && parts.contains(BenchPart.LATENCY);
        check(!module.isMultiplexed() || !needsBareLine, "latency is measured without --mux");
        check(module.isPlayed() || (!needsPlayed && modems == 1), "latency and modems are measured without --port");
        check(json == null || json.equals("-") || isInDirectory(Path.of(json)), "--json: no such directory: " + json);
        check(html == null || isInDirectory(html), "--html: no such directory: " + html);
        check(parts == null || !parts.contains(BenchPart.MODEMS) || modems > 1, "--parts modems needs --modems");
    }

    private static boolean inRange(List<Integer> values, int least, int most) {
        return !values.isEmpty() && values.stream().allMatch(value -> value >= least && value <= most);
    }

    /** Asked before the measurement, which would be lost for it. */
    private static boolean isInDirectory(Path file) {
        return Files.isDirectory(file.toAbsolutePath().getParent());
    }

    private Set<BenchPart> parts() {
        if (parts != null) {
            return EnumSet.copyOf(parts);
        }
        Set<BenchPart> usual = EnumSet.of(BenchPart.GOODPUT);
        if (module.isPlayed() && !module.isMultiplexed()) {
            usual.add(BenchPart.LATENCY);
        }
        if (modems > 1) {
            usual.add(BenchPart.MODEMS);
        }
        return usual;
    }

    private long defaultTimeoutSeconds() {
        long runs = 2L * baudRates.size() * accessModes.size() * sockets.size() * payloads.size() + 4;
        return TIMEOUT_BASE_SECONDS
                + runs * (TIMEOUT_PER_RUN_SECONDS + TIMEOUT_FACTOR * Math.round(seconds))
                + samples / 50
                + SECONDS_PER_CONNECT
                        * connects
                        * BulkLoad.Kind.values().length
                        * baudRates.size()
                        * accessModes.size();
    }

    private void check(boolean good, String otherwise) {
        if (!good) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }
}
