package io.uartnio.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assertions;

/** A real Redis, a child process that keeps everything in memory. */
final class RedisServer implements AutoCloseable {

    private final int port;
    private final Process process;
    private final Thread killer;

    private RedisServer(Path executable, Path directory) throws IOException {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = any.getLocalPort();
        }
        process = new ProcessBuilder(
                        executable.toString(),
                        "--bind",
                        "127.0.0.1",
                        "--port",
                        Integer.toString(port),
                        "--save",
                        "",
                        "--appendonly",
                        "no",
                        "--dir",
                        directory.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("redis.out").toFile())
                .start();
        killer = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(killer);
        Awaitility.await().until(() -> !process.isAlive() || isListening());
        if (!process.isAlive()) {
            throw new IOException("redis-server does not start: " + Files.readString(directory.resolve("redis.out")));
        }
    }

    /** Starts Redis; aborts the test where it is not installed. */
    static RedisServer start(Path directory) throws IOException {
        Optional<Path> executable = executable();
        if (executable.isEmpty() && Boolean.getBoolean(WebServer.REQUIRE_SERVERS)) {
            Assertions.fail("redis-server is not installed, and " + WebServer.REQUIRE_SERVERS + "=true");
        }
        assumeTrue(
                executable.isPresent(),
                "redis-server is not installed; -D" + WebServer.REQUIRE_SERVERS + "=true insists on it");
        return new RedisServer(executable.get(), directory);
    }

    private static Optional<Path> executable() {
        Stream<String> path =
                Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":", -1));
        return path.filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "redis-server"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private boolean isListening() {
        try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return probe.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    int port() {
        return port;
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
