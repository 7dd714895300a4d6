package io.uartnio.cli;

import io.uartnio.emulator.EmulatorBuilder;
import io.uartnio.emulator.EmulatorCounters;
import io.uartnio.emulator.ModuleEmulator;
import io.uartnio.emulator.ModuleProfile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/**
 * {@code uartnio emulate}: plays a module on a pseudo-terminal until it is stopped, for programs in any language. One
 * thread, which waits and tells the counters if asked to.
 */
@Command(
        name = "emulate",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        abbreviateSynopsis = true,
        description =
                "Plays a module on a pseudo-terminal until Ctrl-C, with real connections to the hosts of its table."
                        + " Options name what a real module may do in one way or another, or awkwardly.",
        footer = {
            "",
            "Examples:",
            "  uartnio emulate --link /tmp/modem --host example.org=127.0.0.1",
            "  uartnio emulate --baud 921600 --host example.org:443=127.0.0.1:8443",
            "  uartnio emulate --split-writes --stray-urcs 0.2 --send-fail-rate 0.1"
        })
final class EmulateCommand implements Callable<Integer> {

    private static final long FOREVER_MILLIS = Long.MAX_VALUE;

    @ParentCommand
    private Main main;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--profile",
            paramLabel = "MODULE",
            defaultValue = "EC200N",
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private ModuleProfile profile;

    @Option(names = "--revision", paramLabel = "TEXT", description = "Firmware revision that it tells.")
    private String revision;

    @Option(
            names = "--baud",
            paramLabel = "RATE",
            description = "Pace the line as 8N1 would at this rate; default: as fast as the machine.")
    private Integer baudRate;

    @Option(
            names = "--host",
            paramLabel = "NAME[:PORT]=ADDRESS[:PORT]",
            converter = HostEntry.Converter.class,
            description = "A host that the module sees, and where it really is; may be repeated. Dotted addresses need"
                    + " no entry.")
    private List<HostEntry> hosts = new ArrayList<>();

    @Option(names = "--link", paramLabel = "PATH", description = "A symbolic link to the port while it runs.")
    private Path link;

    @Option(
            names = "--stats",
            paramLabel = "SECONDS",
            arity = "0..1",
            fallbackValue = "2",
            description = "Tell the counters every so many seconds (${FALLBACK-VALUE}).")
    private Integer statsSeconds;

    @Option(
            names = "--plain",
            description = "For programs: the first line is the port's name alone, and nothing is redrawn in place.")
    private boolean plain;

    @ArgGroup(validate = false)
    private final EmulatorKnobs knobs = new EmulatorKnobs();

    @Override
    public Integer call() throws IOException {
        if (statsSeconds != null && statsSeconds < 1) {
            throw new ParameterException(spec.commandLine(), "--stats must be 1 or more");
        }
        PrintWriter out = spec.commandLine().getOut();
        EmulatorBuilder builder = builder();
        try (Stop stop = new Stop();
                ModuleEmulator emulator = builder.start()) {
            Path made = link == null ? null : makeLink(Path.of(emulator.portName()));
            try {
                announce(emulator, out);
                return play(emulator, stop, out);
            } finally {
                if (made != null) {
                    Files.deleteIfExists(made);
                }
            }
        }
    }

    private EmulatorBuilder builder() throws IOException {
        try {
            EmulatorBuilder builder = ModuleEmulator.builder().profile(profile);
            if (revision != null) {
                builder.revision(revision);
            }
            if (baudRate != null) {
                builder.baudRate(baudRate);
            }
            for (HostEntry host : hosts) {
                host.addTo(builder);
            }
            knobs.applyTo(builder);
            return builder;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    /** Replaces a link that a run left behind, and nothing else. */
    private Path makeLink(Path port) throws IOException {
        if (Files.isSymbolicLink(link)) {
            Files.delete(link);
        } else if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(link.toString(), null, "file is in the way of --link");
        }
        return Files.createSymbolicLink(link, port);
    }

    private void announce(ModuleEmulator emulator, PrintWriter out) {
        if (plain) {
            out.println(emulator.portName());
            return;
        }
        out.println("port   " + emulator.portName() + (link == null ? "" : "  (" + link + ")"));
        out.println("plays  " + profile + (baudRate == null ? ", not paced" : ", paced at " + baudRate + " baud"));
        for (HostEntry host : hosts) {
            out.println("host   " + host);
        }
        out.println("Ctrl-C ends it.");
    }

    /** Waits for the signal that ends it, which is how it is meant to end. */
    private int play(ModuleEmulator emulator, Stop stop, PrintWriter out) {
        boolean inPlace = main.terminal().interactive() && !plain;
        try {
            while (stop.reason() == null) {
                Thread.sleep(statsSeconds == null ? FOREVER_MILLIS : statsSeconds * 1000L);
                tell(emulator.counters(), inPlace, out);
            }
        } catch (InterruptedException e) {
            if (statsSeconds != null) {
                tell(emulator.counters(), inPlace, out);
            }
        }
        if (inPlace) {
            out.println();
        }
        return 0;
    }

    private static void tell(EmulatorCounters counters, boolean inPlace, PrintWriter out) {
        String line = line(counters);
        out.print(inPlace ? "\r" + line + "\u001b[K" : line + System.lineSeparator());
        out.flush();
    }

    /** Says in one line what the module has done. */
    static String line(EmulatorCounters counters) {
        return String.format(
                Locale.ROOT,
                "sockets %d of %d  in %s  out %s  sends %d (%d failed)",
                counters.currentSockets(),
                counters.opens(),
                ByteSize.text(counters.bytesFromHost()),
                ByteSize.text(counters.bytesToHost()),
                counters.sends(),
                counters.sendFails());
    }
}
