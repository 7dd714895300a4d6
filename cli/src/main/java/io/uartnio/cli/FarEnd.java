package io.uartnio.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The running {@link FarEndCommand}: played modules and the server that they connect to, in another JVM. Started and
 * closed by the thread that measures.
 */
final class FarEnd implements AutoCloseable {

    private static final long END_LIMIT_SECONDS = 5;

    private final Process process;
    private final List<String> ports = new ArrayList<>();
    private final StringBuilder authorityPem = new StringBuilder();
    private int listenPort;

    /**
     * Starts it and waits until it is ready.
     *
     * @param modems how many modules to play
     * @param token what the server's requests begin with
     * @throws IOException if it does not start; it has said why on standard error
     */
    FarEnd(BenchSettings settings, int modems, long token) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx256m");
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), "bench-far-end"));
        command.add("--modems=" + modems);
        command.add("--baud=" + settings.fastest());
        command.add("--turn-around=" + settings.turnAroundMillis());
        command.add("--host=" + settings.module().host());
        command.add("--listen=" + new HostPort(settings.module().listen().host(), 0));
        command.add("--listen-port=" + settings.module().listen().port());
        if (settings.tls()) {
            command.add("--tls");
        }
        process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
        try {
            // Not flushed by closing it: an open input is what keeps the far end alive.
            OutputStream input = process.getOutputStream();
            input.write((token + "\n").getBytes(StandardCharsets.US_ASCII));
            input.flush();
            awaitReady();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void awaitReady() throws IOException {
        BufferedReader output = process.inputReader(StandardCharsets.US_ASCII);
        for (String line = output.readLine(); !"ready".equals(line); line = output.readLine()) {
            if (line == null) {
                throw new IOException("far end did not start: it has said why above");
            } else if (line.startsWith("port ")) {
                ports.add(line.substring(5));
            } else if (line.startsWith("listen ")) {
                listenPort = Integer.parseInt(line.substring(7));
            } else {
                authorityPem.append(line).append('\n');
            }
        }
    }

    /** Returns the ports of the played modules. */
    List<String> ports() {
        return ports;
    }

    /** Returns the port that its server listens on. */
    int listenPort() {
        return listenPort;
    }

    /** Returns the certificate that its server's was signed with, as PEM; empty without TLS. */
    String authorityPem() {
        return authorityPem.toString();
    }

    /** Ends it, by force if need be. */
    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        try {
            process.getOutputStream().close();
            if (!process.waitFor(END_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            interrupted = true;
            process.destroyForcibly();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
