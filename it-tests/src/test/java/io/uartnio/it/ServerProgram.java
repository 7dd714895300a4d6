package io.uartnio.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assertions;

/** A real server, a child process in the foreground that ends with the test or with the JVM. */
final class ServerProgram implements AutoCloseable {

    private final Process process;
    private final Thread killer;

    private ServerProgram(Process process) {
        this.process = process;
        this.killer = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(killer);
    }

    /** Returns where a program is; Debian keeps servers where an ordinary user's PATH does not look. */
    static Optional<Path> find(String name) {
        Stream<String> path =
                Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":", -1));
        return Stream.concat(path, Stream.of("/usr/sbin", "/usr/local/sbin"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Returns where a program is; aborts the test where it is not installed, or fails it if servers are required. */
    static Path required(String name) {
        Optional<Path> found = find(name);
        if (found.isEmpty() && Boolean.getBoolean(WebServer.REQUIRE_SERVERS)) {
            Assertions.fail(name + " is not installed, and " + WebServer.REQUIRE_SERVERS + "=true");
        }
        assumeTrue(
                found.isPresent(), name + " is not installed; -D" + WebServer.REQUIRE_SERVERS + "=true insists on it");
        return found.orElseThrow();
    }

    /** Starts the program; returns it once the port takes connections, or empty if the program has ended. */
    static Optional<ServerProgram> start(List<String> command, Path output, int port) throws IOException {
        Process child = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        Awaitility.await().atMost(1, TimeUnit.MINUTES).until(() -> !child.isAlive() || isListening(port));
        return child.isAlive() ? Optional.of(new ServerProgram(child)) : Optional.empty();
    }

    private static boolean isListening(int port) {
        try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return probe.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().removeShutdownHook(killer);
    }
}
