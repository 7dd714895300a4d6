package io.uartnio.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** The options of {@code uartnio demo}, read and checked; {@link DemoRun} does the work. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Opens twelve TLS sockets of a module over one serial line, downloads and uploads on all of them at once,"
                    + " and checks every byte.",
            "",
            "Without --port a played EC200N is started on a pseudo-terminal, paced as a wire would be. With --port and"
                    + " --host it is a real module, and the way is: this machine, module, network, this machine."
        },
        footer = {
            "",
            "Exit code: 0 if every hash matched, 1 if not, 2 for a wrong command line.",
            "",
            "Examples:",
            "  uartnio demo",
            "  uartnio demo --sockets 4 --bytes 1M --plain",
            "  uartnio demo --mux",
            "  uartnio demo --port /dev/ttyUSB2 --host me.example.org:8443 --apn internet"
        })
final class DemoCommand implements Callable<Integer> {

    static final int MAX_SOCKETS = 12;

    private static final String PLAYED_HOST = "demo.example";
    private static final long MAX_BYTES = 1L << 40;
    private static final long TIMEOUT_BASE_SECONDS = 300;
    private static final long TIMEOUT_FACTOR = 5;

    @ParentCommand
    private Main main;

    @Spec
    private CommandSpec spec;

    @Mixin
    private final ModuleOptions module = new ModuleOptions();

    @Option(
            names = "--baud",
            paramLabel = "RATE",
            defaultValue = "921600",
            description = "Rate of the line in bits a second; a real module is found at its own rate and then set to"
                    + " this one, unsaved. Default: ${DEFAULT-VALUE}.")
    private int baudRate;

    @Option(
            names = "--sockets",
            paramLabel = "N",
            defaultValue = "12",
            description = "How many sockets, 1 to 12. Default: ${DEFAULT-VALUE}.")
    private int sockets;

    @Option(
            names = "--bytes",
            paramLabel = "N",
            defaultValue = "96k",
            converter = ByteSize.class,
            description = "How much to download and to upload on each, such as 64k or 1M. Default: ${DEFAULT-VALUE}.")
    private long bytes;

    @Option(names = "--plain", description = "Plain lines instead of a table redrawn in place.")
    private boolean plain;

    @Option(
            names = "--json",
            description = "The result as one JSON object on the last line of standard output; all else goes to standard"
                    + " error.")
    private boolean json;

    @Option(names = "--trace", paramLabel = "FILE", description = "Every byte of the line into a file.")
    private Path trace;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "Limit for all of it; default: 5 min and five times what the line needs.")
    private Long timeoutSeconds;

    @Option(names = "--verbose", description = "The library's log and stack traces on standard error.")
    private boolean verbose;

    @Override
    public Integer call() {
        check(sockets >= 1 && sockets <= MAX_SOCKETS, "--sockets must be 1 to " + MAX_SOCKETS);
        check(bytes >= 1 && bytes <= MAX_BYTES, "--bytes must be 1 to 1048576M");
        check(baudRate >= 300, "--baud must be 300 or more");
        check(timeoutSeconds == null || timeoutSeconds >= 1, "--timeout must be 1 or more");
        DemoSettings settings = new DemoSettings(
                module.settings(PLAYED_HOST),
                baudRate,
                sockets,
                bytes,
                plain || json || verbose,
                json,
                trace,
                timeoutSeconds == null ? defaultTimeoutSeconds() : timeoutSeconds,
                verbose);
        return new DemoRun(
                        settings,
                        spec.commandLine().getOut(),
                        spec.commandLine().getErr(),
                        main.terminal())
                .run();
    }

    private long defaultTimeoutSeconds() {
        return TIMEOUT_BASE_SECONDS + TIMEOUT_FACTOR * 2 * sockets * bytes * 10 / baudRate;
    }

    private void check(boolean good, String otherwise) {
        if (!good) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }
}
