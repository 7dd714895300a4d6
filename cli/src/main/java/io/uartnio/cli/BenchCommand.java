package io.uartnio.cli;

import io.uartnio.AccessMode;
import io.uartnio.FlowControl;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
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
            "Measures the whole line: goodput each way, fairness, processor time, heap, latency.",
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
            "  uartnio bench --parts modems --modems 8 --seconds 10",
            "  uartnio bench --port /dev/ttyUSB2 --host me.example.org:8443 --json -"
        })
final class BenchCommand implements Callable<Integer> {

    private static final int MAX_SOCKETS = 12;
    private static final int MAX_MODEMS = 64;
    private static final int MAX_PAYLOAD = 1 << 20;
    private static final int DEFAULT_PORT = 8443;
    private static final HostPort EMULATED_HOST = new HostPort("bench.example", 443);
    private static final long TIMEOUT_BASE_SECONDS = 300;
    private static final long TIMEOUT_FACTOR = 5;

    /** No modem is brought up sooner where the network is real. */
    private static final long TIMEOUT_PER_RUN_SECONDS = 60;

    /** The rates of the played module, as {@code EmulatorBuilder.baudRate} has them. */
    private static final SortedSet<Integer> PLAYED_RATES =
            new TreeSet<>(Set.of(4800, 9600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 921_600));

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--parts",
            split = ",",
            paramLabel = "PART",
            description = "What to measure: goodput, latency, modems. Default: goodput, latency without --port, and"
                    + " modems with --modems.")
    private List<BenchPart> parts;

    @Option(
            names = "--port",
            paramLabel = "DEVICE",
            description = "Serial port of a real EC200x or EC800x, such as /dev/ttyUSB2; default: a played one.")
    private String port;

    @Option(
            names = "--host",
            paramLabel = "HOST[:PORT]",
            converter = HostPort.Converter.class,
            description = "How the module reaches this machine, required with --port. The server listens on that port"
                    + " (" + DEFAULT_PORT + ") here, on all interfaces unless HOST is a loopback address.")
    private HostPort host;

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS[:PORT]",
            converter = HostPort.Converter.class,
            description = "Where the server listens instead, if ports are forwarded.")
    private HostPort listen;

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
            paramLabel = "MODE",
            defaultValue = "DIRECT_PUSH",
            description = "How received data crosses the line, as far as the module offers it. Default:"
                    + " ${DEFAULT-VALUE}.")
    private AccessMode accessMode;

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
            names = "--turn-around",
            paramLabel = "MS",
            defaultValue = "0",
            description = "What the played module waits before each prompt and result. Default: ${DEFAULT-VALUE}.")
    private long turnAroundMillis;

    @Option(names = "--apn", paramLabel = "NAME", description = "Access point name; default: as the module has it.")
    private String apn;

    @Option(names = "--sim-pin", paramLabel = "PIN", description = "PIN of the SIM, sent once.")
    private String simPin;

    @Option(
            names = "--flow-control",
            paramLabel = "MODE",
            defaultValue = "RTS_CTS",
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private FlowControl flowControl;

    @Option(
            names = "--urc-port",
            paramLabel = "NAME",
            defaultValue = "uart1",
            description = "Which of its ports the module calls this one: uart1, usbat, usbmodem. Default:"
                    + " ${DEFAULT-VALUE}.")
    private String urcPort;

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
            description = "Every byte of the goodput part's line into a file; costs processor time.")
    private Path trace;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "Limit for all of it; default: generous.")
    private Long timeoutSeconds;

    @Option(names = "--verbose", description = "The library's log and stack traces on standard error.")
    private boolean verbose;

    @Override
    public Integer call() {
        checkAll();
        HostPort target = target();
        BenchSettings settings = new BenchSettings(
                parts(),
                port,
                target,
                address(target),
                baudRates,
                sockets,
                payloads,
                all,
                accessMode,
                tls,
                modems,
                seconds,
                samples,
                turnAroundMillis,
                apn,
                simPin,
                flowControl,
                urcPort,
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
        check(port == null || host != null, "--port needs --host HOST[:PORT]: how the module reaches this machine");
        check(inRange(baudRates, 300, 10_000_000), "--baud must be 300 or more");
        check(
                port != null || PLAYED_RATES.containsAll(baudRates),
                "--baud must be rates that a played module has: " + PLAYED_RATES);
        check(inRange(sockets, 1, MAX_SOCKETS), "--sockets must be 1 to " + MAX_SOCKETS);
        check(inRange(payloads, 1, MAX_PAYLOAD), "--payload must be 1 to " + MAX_PAYLOAD);
        check(modems >= 1 && modems <= MAX_MODEMS, "--modems must be 1 to " + MAX_MODEMS);
        check(seconds >= 0.1 && seconds <= 3600, "--seconds must be 0.1 to 3600");
        check(samples >= 10 && samples <= 1_000_000, "--samples must be 10 to 1000000");
        check(turnAroundMillis >= 0 && turnAroundMillis <= 60_000, "--turn-around must be 0 to 60000");
        check(port == null || turnAroundMillis == 0, "--turn-around is for a played module");
        check(timeoutSeconds == null || timeoutSeconds >= 1, "--timeout must be 1 or more");
        check(simPin == null || simPin.matches("\\d{4,8}"), "--sim-pin must be 4 to 8 digits");
        check(urcPort.matches("[a-z0-9]{1,16}"), "--urc-port must be uart1, usbat or usbmodem");
        boolean needsPlayed = parts != null && (parts.contains(BenchPart.LATENCY) || parts.contains(BenchPart.MODEMS));
        check(port == null || (!needsPlayed && modems == 1), "latency and modems are measured without --port");
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
        if (port == null) {
            usual.add(BenchPart.LATENCY);
        }
        if (modems > 1) {
            usual.add(BenchPart.MODEMS);
        }
        return usual;
    }

    private HostPort target() {
        if (host == null) {
            return EMULATED_HOST;
        }
        return new HostPort(host.host(), host.portOr(port == null ? EMULATED_HOST.port() : DEFAULT_PORT));
    }

    /** Where the server listens: where it was told to, else as near to the module as will do. */
    private HostPort address(HostPort target) {
        boolean local = port == null
                || target.host().startsWith("127.")
                || target.host().equals("localhost");
        String address = local ? "127.0.0.1" : "0.0.0.0";
        int ownPort = port == null ? 0 : target.port();
        return listen == null ? new HostPort(address, ownPort) : new HostPort(listen.host(), listen.portOr(ownPort));
    }

    private long defaultTimeoutSeconds() {
        long runs = 2L * baudRates.size() * sockets.size() * payloads.size() + 4;
        return TIMEOUT_BASE_SECONDS
                + runs * (TIMEOUT_PER_RUN_SECONDS + TIMEOUT_FACTOR * Math.round(seconds))
                + samples / 50;
    }

    private void check(boolean good, String otherwise) {
        if (!good) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }
}
