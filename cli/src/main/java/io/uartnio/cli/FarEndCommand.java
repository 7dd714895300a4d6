package io.uartnio.cli;

import io.uartnio.emulator.EmulatorBuilder;
import io.uartnio.emulator.ModuleEmulator;
import io.uartnio.emulator.ModuleProfile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code uartnio bench-far-end}: all that is at the other end of the line, in a JVM of its own, so that its processor
 * time and its heap are not taken for ours. Started by {@link FarEnd}, which writes the run's token to its standard
 * input and ends it by closing that. Prints {@code port NAME} for each played module, {@code listen PORT}, with TLS the
 * certificate to trust, then {@code ready}.
 */
@Command(name = "bench-far-end", hidden = true, description = "The far end of 'uartnio bench'; started by it.")
final class FarEndCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--modems", defaultValue = "0")
    private int modems;

    @Option(names = "--baud", defaultValue = "921600")
    private int baudRate;

    @Option(names = "--turn-around", defaultValue = "0")
    private long turnAroundMillis;

    @Option(names = "--host", required = true, converter = HostPort.Converter.class)
    private HostPort host;

    @Option(names = "--listen", required = true, converter = HostPort.Converter.class)
    private HostPort listen;

    @Option(names = "--listen-port", defaultValue = "0")
    private int listenPort;

    @Option(names = "--tls")
    private boolean tls;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        long token = Long.parseLong(in.readLine());
        DemoCertificates certificates = tls ? DemoCertificates.make(host.host()) : null;
        InetSocketAddress address = new InetSocketAddress(listen.host(), listenPort);
        List<ModuleEmulator> emulators = new ArrayList<>();
        try (BenchPeer peer = new BenchPeer(tls ? certificates.serverContext() : null, address, token)) {
            for (int i = 0; i < modems; i++) {
                ModuleEmulator emulator = emulator(peer.port());
                emulators.add(emulator);
                out.println("port " + emulator.portName());
            }
            out.println("listen " + peer.port());
            if (tls) {
                out.print(certificates.authorityPem());
            }
            out.println("ready");
            out.flush();
            awaitEnd(in);
        } finally {
            emulators.forEach(ModuleEmulator::close);
        }
        return 0;
    }

    private ModuleEmulator emulator(int serverPort) throws IOException {
        InetAddress server = InetAddress.getByName(listen.host().equals("0.0.0.0") ? "127.0.0.1" : listen.host());
        EmulatorBuilder builder = ModuleEmulator.builder()
                .profile(ModuleProfile.EC200N)
                .baudRate(baudRate)
                .host(host.host(), host.port(), new InetSocketAddress(server, serverPort));
        if (turnAroundMillis > 0) {
            builder.latency(Duration.ofMillis(turnAroundMillis));
        }
        return builder.start();
    }

    /** Waits until the one who started us closes our input, as its death does too. */
    private static void awaitEnd(BufferedReader in) throws IOException {
        String line = in.readLine();
        while (line != null) {
            line = in.readLine();
        }
    }
}
