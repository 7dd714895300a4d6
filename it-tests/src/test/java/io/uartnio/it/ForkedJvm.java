package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM with options of its own that runs one program of this test module: some options count only from the start. */
final class ForkedJvm {

    private static final long LIMIT_SECONDS = 120;

    private final Path directory;
    private final List<String> options = new ArrayList<>();

    /** Describes a JVM whose output goes to a file of the directory. */
    ForkedJvm(Path directory) {
        this.directory = directory;
        if (Runtime.version().feature() >= 22) {
            options.add("--enable-native-access=ALL-UNNAMED");
        }
    }

    /** Describes one whose default provider is this project's. */
    static ForkedJvm withProvider(Path directory) {
        return withProviderButNoWayBack(directory).option("--add-exports", "java.base/sun.nio.ch=ALL-UNNAMED");
    }

    static ForkedJvm withProviderButNoWayBack(Path directory) {
        return new ForkedJvm(directory)
                .option("-Djava.nio.channels.spi.SelectorProvider=io.uartnio.nio.UartSelectorProvider");
    }

    /** Describes one in which the JDK disables nothing that TLS ever had. */
    static ForkedJvm withOldTls(Path directory) throws IOException {
        Path security = Files.writeString(
                directory.resolve("old-tls.security"),
                "jdk.tls.disabledAlgorithms=\njdk.tls.legacyAlgorithms=\njdk.certpath.disabledAlgorithms=\n");
        return new ForkedJvm(directory).option("-Djava.security.properties=" + security);
    }

    ForkedJvm option(String... words) {
        options.addAll(List.of(words));
        return this;
    }

    /** Sets what a modem over the port needs. */
    ForkedJvm port(String portName) {
        return option("-Duartnio.port=" + portName, "-Duartnio.apn=internet");
    }

    /** Makes the names of the test networks resolvable: the module's to an address that leads nowhere from here. */
    ForkedJvm hosts() throws IOException {
        Path hosts =
                Files.writeString(directory.resolve("hosts"), "127.0.0.1 localhost\n192.0.2.1 " + Bench.HOST + "\n");
        return option("-Djdk.net.hosts.file=" + hosts);
    }

    /** Runs the program to its end and returns what it has printed. Fails if it did not end well. */
    String run(Class<?> program, Object... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Path output = Files.createTempFile(directory, program.getSimpleName(), ".out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
            String printed = Files.readString(output);
            assertThat(ended).as("ended, output: %s", printed).isTrue();
            assertThat(process.exitValue()).as("exit code, output: %s", printed).isZero();
            return printed;
        } finally {
            process.destroyForcibly();
        }
    }
}
