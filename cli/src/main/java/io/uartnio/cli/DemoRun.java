package io.uartnio.cli;

import io.uartnio.Modem;
import io.uartnio.ModuleInfo;
import io.uartnio.emulator.ModuleEmulator;
import io.uartnio.emulator.ModuleProfile;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One run of the demo: a TLS server, a module on a serial line (played unless a port is given), twelve sockets between
 * them, and a report. One thread does it all but for the server's; a {@link Stop} may end it at any point, and then
 * everything that was opened is closed again.
 */
final class DemoRun {

    /** All that was asked for has been answered when the modem is closed, so nothing has to linger. */
    private static final Duration LINGER = Duration.ofSeconds(2);

    private final DemoSettings settings;
    private final PrintWriter out;
    private final PrintWriter err;
    private final PrintWriter text;
    private final Terminal terminal;
    private final Warnings warnings;
    private final SecureRandom random = new SecureRandom();
    private final long token = random.nextLong();
    private final Traffic down;
    private final Traffic up;
    private final List<DemoSocket> sockets;
    private DemoStatus status;

    DemoRun(DemoSettings settings, PrintWriter out, PrintWriter err, Terminal terminal) {
        this.settings = settings;
        this.out = out;
        this.err = err;
        this.text = settings.json() ? err : out;
        this.terminal = terminal;
        this.warnings = Warnings.install(settings.verbose() ? err : null);
        this.down = new Traffic(settings.sockets());
        this.up = new Traffic(settings.sockets());
        this.sockets = IntStream.range(0, settings.sockets())
                .mapToObj(number ->
                        new DemoSocket(new DemoRequest(token, number, settings.bytes()), random.nextLong(), down))
                .toList();
    }

    /** Runs the demo; returns the exit code. */
    int run() {
        int code;
        try (Stop stop = new Stop()) {
            stop.limitTo(settings.timeoutSeconds());
            code = run(stop);
        }
        warnings.drain(err);
        if (settings.json()) {
            err.flush();
            out.println(json());
        }
        return code;
    }

    private int run(Stop stop) {
        try {
            transfer(stop);
        } catch (IOException | RuntimeException e) {
            return explain(e, stop);
        }
        DemoReport.write(status, colours(), text);
        text.flush();
        DemoReport.writeFailures(status, err);
        if (settings.verbose()) {
            sockets.stream().map(DemoSocket::failure).filter(e -> e != null).forEach(e -> e.printStackTrace(err));
        }
        if (stop.reason() != null) {
            return explain(null, stop);
        }
        if (status.verified() < settings.sockets()) {
            err.println("uartnio demo: not verified: sockets=" + (settings.sockets() - status.verified()));
            return Main.EXIT_FAILURE;
        }
        return 0;
    }

    private int explain(Exception failure, Stop stop) {
        Stop.Reason reason = stop.reason();
        warnings.drain(err);
        if (failure != null && settings.verbose()) {
            failure.printStackTrace(err);
        }
        if (reason == null) {
            err.println("uartnio demo: " + Failures.describe(failure));
            // Refused before anything was sent: a value that no module can take.
            return failure instanceof IllegalArgumentException ? Main.EXIT_USAGE : Main.EXIT_FAILURE;
        }
        String limit = reason == Stop.Reason.TIMED_OUT ? ": timeoutSeconds=" + settings.timeoutSeconds() : "";
        err.println("uartnio demo: " + reason.text() + limit);
        return reason.exitCode();
    }

    private String json() {
        return DemoReport.json(
                settings.sockets(),
                status == null ? 0 : status.verified(),
                down.bytes(),
                up.bytes(),
                status == null ? 0 : status.seconds(),
                status == null ? 0 : status.lineUtilisation());
    }

    private boolean colours() {
        return terminal.colours() && !settings.plain();
    }

    // ------------------------------------------------------------------ what is opened, and in which order

    private void transfer(Stop stop) throws IOException {
        DemoCertificates certificates =
                DemoCertificates.make(settings.module().host().host());
        HostPort listen = settings.module().listen();
        InetSocketAddress address = new InetSocketAddress(listen.host(), listen.port());
        try (DemoServer server = new DemoServer(
                certificates.serverContext(), address, token, settings.sockets(), settings.bytes(), up)) {
            say("TLS server on " + where(listen.host(), server.port()) + "; to the module "
                    + settings.module().host());
            if (!settings.module().isPlayed()) {
                transfer(settings.module().port(), certificates, stop);
                return;
            }
            try (ModuleEmulator emulator = emulator(server.port())) {
                say("played EC200N on " + emulator.portName() + ", paced at " + settings.baudRate() + " baud");
                transfer(emulator.portName(), certificates, stop);
            }
        }
    }

    private static String where(String address, int port) {
        return address.equals("0.0.0.0") ? "all interfaces, port " + port : new HostPort(address, port).toString();
    }

    private ModuleEmulator emulator(int serverPort) throws IOException {
        String listen = settings.module().listen().host();
        InetAddress address = InetAddress.getByName(listen.equals("0.0.0.0") ? "127.0.0.1" : listen);
        return ModuleEmulator.builder()
                .profile(ModuleProfile.EC200N)
                .baudRate(settings.baudRate())
                .host(
                        settings.module().host().host(),
                        settings.module().host().port(),
                        new InetSocketAddress(address, serverPort))
                .start();
    }

    private void transfer(String port, DemoCertificates certificates, Stop stop) throws IOException {
        try (Modem modem = open(port, certificates)) {
            try {
                transfer(modem, stop);
            } finally {
                Thread.interrupted(); // a stop has done its work: what follows is to be closed in peace
            }
        }
    }

    private Modem open(String port, DemoCertificates certificates) throws IOException {
        Modem.Builder builder = settings.module()
                .modem()
                .port(port)
                .baudRate(settings.baudRate())
                .lingerTimeout(LINGER)
                .progress(step -> say("modem: " + step))
                .tls(DemoCertificates.profileTrusting(certificates.authorityPem()));
        if (settings.trace() != null) {
            builder.wireTrace(settings.trace());
        }
        return builder.open();
    }

    private void transfer(Modem modem, Stop stop) throws IOException {
        ModuleInfo info = modem.info();
        say(info.model() + " (" + info.firmware() + "): " + settings.sockets() + " TLS sockets, "
                + ByteSize.text(settings.bytes()) + " each way on each");
        text.println();
        text.flush();
        status = new DemoStatus(
                sockets,
                down,
                up,
                settings.baudRate(),
                settings.bytes(),
                settings.module().mux());
        DemoDisplay display = display();
        try {
            InetSocketAddress server = InetSocketAddress.createUnresolved(
                    settings.module().host().host(), settings.module().host().port());
            new DemoClient(modem.tlsSelectorProvider(), server).run(sockets, () -> {
                display.update(status);
                return stop.reason() == null;
            });
        } finally {
            status.end();
            if (stop.reason() != null) {
                sockets.forEach(
                        socket -> socket.fail(new IOException(stop.reason().text())));
            }
            display.end();
        }
    }

    private DemoDisplay display() {
        boolean live = !settings.plain() && terminal.fits(settings.sockets() + LiveTable.OTHER_LINES, LiveTable.WIDTH);
        return live ? new LiveTable(text, warnings, terminal.colours()) : new PlainDisplay(text, warnings);
    }

    /** Said by this thread, or by the modem's while this one waits for it. */
    private void say(String line) {
        text.println(line);
        text.flush();
    }
}
