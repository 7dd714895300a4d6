package io.uartnio.cli;

import io.uartnio.FlowControl;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The options that name the module and the server it connects to: those of every command that can do with a played
 * module or with a real one.
 */
final class ModuleOptions {

    /** Where a server for a real module listens, unless it is told. */
    private static final int DEFAULT_PORT = 8443;

    /** Where the played module's network has the server. */
    private static final int PLAYED_PORT = 443;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

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
            names = "--mux",
            description = "Run everything through the 3GPP TS 27.010 multiplexer (AT+CMUX), which takes 6 bytes for"
                    + " every 127.")
    private boolean mux;

    /** Returns true if the line is to be multiplexed. */
    boolean isMultiplexed() {
        return mux;
    }

    /** Returns true if the module is played. */
    boolean isPlayed() {
        return port == null;
    }

    /**
     * Checks the options and says what they come to.
     *
     * @param playedHost the name of the server in the played module's network
     * @throws ParameterException if they make no sense
     */
    ModuleSettings settings(String playedHost) {
        check(port == null || host != null, "--port needs --host HOST[:PORT]: how the module reaches this machine");
        check(simPin == null || simPin.matches("\\d{4,8}"), "--sim-pin must be 4 to 8 digits");
        check(urcPort.matches("[a-z0-9]{1,16}"), "--urc-port must be uart1, usbat or usbmodem");
        HostPort server = host == null
                ? new HostPort(playedHost, PLAYED_PORT)
                : new HostPort(host.host(), host.portOr(port == null ? PLAYED_PORT : DEFAULT_PORT));
        return new ModuleSettings(port, server, address(server), apn, simPin, flowControl, urcPort, mux);
    }

    /** Where the server listens: where it was told to, else as near to the module as will do. */
    private HostPort address(HostPort server) {
        boolean local = port == null
                || server.host().startsWith("127.")
                || server.host().equals("localhost");
        String address = local ? "127.0.0.1" : "0.0.0.0";
        int ownPort = port == null ? 0 : server.port();
        return listen == null ? new HostPort(address, ownPort) : new HostPort(listen.host(), listen.portOr(ownPort));
    }

    private void check(boolean good, String otherwise) {
        if (!good) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }
}
