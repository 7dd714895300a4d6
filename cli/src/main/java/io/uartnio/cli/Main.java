package io.uartnio.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The command {@code uartnio}. It only chooses among its subcommands and settles how each of them ends: 0 if all went
 * well, 1 with one line if not, 2 for a command line that makes no sense, 130 and 143 when stopped by a signal.
 */
@Command(
        name = "uartnio",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Ordinary Java networking over the sockets of a wireless module on a serial port.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            BenchCommand.class,
            EmulateCommand.class,
            FarEndCommand.class,
            CommandLine.HelpCommand.class
        },
        footer = {"", "'uartnio COMMAND --help' tells the options of a command."})
public final class Main implements Callable<Integer> {

    /** Something went wrong: said in one line. */
    static final int EXIT_FAILURE = 1;
    /** The command line makes no sense. */
    static final int EXIT_USAGE = 2;

    @Spec
    private CommandSpec spec;

    private final Terminal terminal;

    private Main(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Runs the command and ends the JVM with its exit code. */
    public static void main(String[] args) {
        PrintWriter out = writer(FileDescriptor.out);
        PrintWriter err = writer(FileDescriptor.err);
        int code = execute(out, err, Terminal.ofStandardOutput(), args);
        out.flush();
        err.flush();
        System.exit(code);
    }

    private static PrintWriter writer(FileDescriptor descriptor) {
        return new PrintWriter(
                new OutputStreamWriter(new FileOutputStream(descriptor), Charset.defaultCharset()), true);
    }

    /** Runs the command; returns its exit code. */
    static int execute(PrintWriter out, PrintWriter err, Terminal terminal, String... args) {
        return new CommandLine(new Main(terminal))
                .setOut(out)
                .setErr(err)
                .setUsageHelpAutoWidth(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, arguments) -> complain(e, err))
                .setExecutionExceptionHandler((e, command, parsed) -> fail(e, err))
                .execute(args);
    }

    private static int complain(ParameterException e, PrintWriter err) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        err.println(command + ": " + e.getMessage());
        err.println("Try '" + command + " --help'.");
        return EXIT_USAGE;
    }

    private static int fail(Exception e, PrintWriter err) {
        err.println("uartnio: " + Failures.describe(e));
        return EXIT_FAILURE;
    }

    Terminal terminal() {
        return terminal;
    }

    /** Without a subcommand there is nothing to do but to say which ones there are. */
    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return EXIT_USAGE;
    }

    /** Says which build this is and what it runs on, as a bug report needs it. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {
                "uartnio " + (version == null ? "(not from its jar)" : version),
                "Java " + Runtime.version() + ", " + System.getProperty("os.name") + " " + System.getProperty("os.arch")
            };
        }
    }
}
