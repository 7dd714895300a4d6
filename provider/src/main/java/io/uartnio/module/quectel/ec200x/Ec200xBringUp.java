package io.uartnio.module.quectel.ec200x;

import io.uartnio.FlowControl;
import io.uartnio.ModemException;
import io.uartnio.at.AtChannel;
import io.uartnio.at.AtCommand;
import io.uartnio.at.AtException;
import io.uartnio.at.AtTimeoutException;
import io.uartnio.module.BringUpSettings;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * From a module that answers to one whose sockets can be used: settings that the driver relies on, session rate, SIM,
 * registration, PDP context. Nothing is saved in the module. Lane thread.
 */
final class Ec200xBringUp {

    private static final long QIACT_MILLIS = 150_000;
    private static final long QIDEACT_MILLIS = 40_000;
    private static final long CPIN_MILLIS = 5_000;
    /** While a module starts, a SIM may be "not inserted" for a moment; not longer than this. */
    private static final long SIM_ABSENT_MILLIS = 3_000;

    private static final int SIM_NOT_INSERTED = 10;
    private static final int SIM_FAILURE = 13;
    private static final int SIM_BUSY = 14;

    private final Ec200xCommands commands;
    private final BringUpSettings settings;
    private boolean terminalReadyHeeded;

    Ec200xBringUp(Ec200xCommands commands, BringUpSettings settings) {
        this.commands = commands;
        this.settings = settings;
    }

    /** What every later command relies on, in the order that loses no line on the way. */
    void prepareLine() throws IOException {
        commands.run("AT+CMEE=1");
        // Both values must be equal on this platform.
        commands.run(settings.flowControl() == FlowControl.RTS_CTS ? "AT+IFC=2,2" : "AT+IFC=0,0");
        raiseRate();
        // DCD follows the connection; DTR falling is to lead out of data mode, not to hang up as by default.
        commands.tryToRun("AT&C1");
        terminalReadyHeeded = commands.tryToRun("AT&D1");
        // As the manual shows it, a module's URCs go to its USB port until told otherwise.
        commands.tryToRun("AT+QURCCFG=\"urcport\",\"" + settings.urcPort() + "\"");
        commands.tryToRun("AT+QCFG=\"urc/cache\",0");
        commands.tryToRun("AT+QISDE=0");
        for (String item : List.of(
                "\"viewmode\",0", "\"dataformat\",0,0", "\"recvind\",0", "\"sendinfo\",0", "\"close/mode\",0")) {
            commands.tryToRun("AT+QICFG=" + item);
        }
    }

    /** Returns true if the module leaves its data mode when DTR falls, and keeps the connection (AT&amp;D1). */
    boolean isTerminalReadyHeeded() {
        return terminalReadyHeeded;
    }

    /** The new rate counts behind the OK (AT manual 3.4); it is not saved, so a restart undoes it. */
    private void raiseRate() throws IOException {
        int wanted = settings.baudRate();
        AtChannel channel = commands.channel();
        if (wanted == 0) {
            return;
        }
        String line = commands.run(AtCommand.of("AT+IPR?").requiredInformation("+IPR:"))
                .firstLine();
        String now = line.substring(line.indexOf(':') + 1).strip();
        if (now.equals(Integer.toString(wanted))) {
            return;
        }
        settings.progress().accept("raising the rate from " + now + " to " + wanted + " baud");
        commands.run("AT+IPR=" + wanted);
        channel.port().awaitTransmitIdle(1_000);
        channel.port().setBaudRate(wanted);
        channel.setBaudRate(wanted);
        for (int attempt = 0; attempt < 10; attempt++) {
            try {
                channel.awaitSilence(50, 500);
                channel.execute(AtCommand.of("AT").timeoutMillis(500));
                return;
            } catch (AtTimeoutException | AtException e) {
                channel.forgetAnswers();
            }
        }
        throw new ModemException(
                "module does not answer at the rate it was set to: baudRate=" + wanted,
                channel.details().command("AT+IPR=" + wanted));
    }

    void readySim() throws IOException {
        long start = System.nanoTime();
        boolean pinSent = false;
        for (; ; ) {
            String state;
            try {
                String line = commands.run(AtCommand.of("AT+CPIN?")
                                .requiredInformation("+CPIN:")
                                .timeoutMillis(CPIN_MILLIS))
                        .firstLine();
                state = line.substring(line.indexOf(':') + 1).strip();
            } catch (AtException e) {
                waitForSim(e, elapsedMillis(start));
                continue;
            }
            if (state.equals("READY")) {
                return;
            }
            if (!state.equals("SIM PIN") || settings.simPin() == null) {
                throw new ModemException(
                        "SIM is not ready, it asks for: " + state,
                        commands.channel().details().command("AT+CPIN?"));
            }
            if (!pinSent) {
                // Sent once: three wrong PINs block a SIM. A refusal is told as it is.
                commands.run(AtCommand.of("AT+CPIN=\"" + settings.simPin() + "\"")
                        .secret(settings.simPin())
                        .timeoutMillis(CPIN_MILLIS));
                pinSent = true;
            } else if (elapsedMillis(start) > settings.simTimeoutMillis()) {
                throw new ModemException(
                        "SIM did not become ready behind its PIN",
                        commands.channel().details().command("AT+CPIN?"));
            }
            commands.channel().sleep(200);
        }
    }

    private void waitForSim(AtException refusal, long elapsedMillis) throws IOException {
        long limitMillis = switch (refusal.code()) {
            case SIM_BUSY, SIM_FAILURE -> settings.simTimeoutMillis();
            case SIM_NOT_INSERTED -> Math.min(SIM_ABSENT_MILLIS, settings.simTimeoutMillis());
            default -> 0;
        };
        if (elapsedMillis >= limitMillis) {
            throw refusal;
        }
        settings.progress().accept("waiting for the SIM: " + refusal.codeName());
        commands.channel().sleep(300);
    }

    /** Registered in any of the domains is enough: which of them a network answers for differs. */
    void awaitRegistration() throws IOException {
        long start = System.nanoTime();
        int status = 0;
        do {
            for (String domain : List.of("CEREG", "CGREG", "CREG")) {
                status = registration(domain);
                if (status == 1 || status == 5) {
                    settings.progress().accept(status == 1 ? "registered" : "registered, roaming");
                    return;
                }
            }
            settings.progress().accept("waiting for the network: " + statusName(status));
            commands.channel().sleep(500);
        } while (elapsedMillis(start) < settings.registrationTimeoutMillis());
        throw new ModemException(
                "not registered with a network: status=" + status + " (" + statusName(status) + "), waitedMillis="
                        + elapsedMillis(start),
                commands.channel().details().command("AT+CREG?"));
    }

    /**
     * The URC of the same name has one field less: {@code +CREG: <stat>[,"<lac>"...]}. The answer has two numbers
     * before anything in quotes.
     */
    private int registration(String domain) throws IOException {
        String prefix = "+" + domain + ": ";
        try {
            String line = commands.run(AtCommand.of("AT+" + domain + "?")
                            .information(text -> text.matches("\\Q" + prefix + "\\E\\d,\\d(,.*)?"), true))
                    .firstLine();
            return line.charAt(prefix.length() + 2) - '0';
        } catch (AtException e) {
            return 0;
        }
    }

    private static String statusName(int status) {
        return switch (status) {
            case 0 -> "not searching";
            case 2 -> "searching";
            case 3 -> "registration denied";
            default -> "unknown";
        };
    }

    /**
     * QIACT answers ERROR if the context is active already, as many modules make it at start: so look first.
     *
     * @return the module's address in the network as the module writes it, empty if it cannot be told
     */
    String activateContext() throws IOException {
        Optional<String> address = contextAddress();
        boolean active = address.isPresent();
        if (settings.apn() != null && !isAccessPointSet()) {
            if (active) {
                commands.run(
                        AtCommand.of("AT+QIDEACT=" + Ec200xDriver.PDP_CONTEXT).timeoutMillis(QIDEACT_MILLIS));
                active = false;
            }
            setAccessPoint();
        }
        if (!active) {
            settings.progress().accept("activating the data connection");
            commands.run(AtCommand.of("AT+QIACT=" + Ec200xDriver.PDP_CONTEXT).timeoutMillis(QIACT_MILLIS));
            address = contextAddress();
        }
        return address.orElse("");
    }

    /** {@code +QIACT: <ctx>,<1 active>,<type>,"<address>"}: empty if it is not active. */
    private Optional<String> contextAddress() throws IOException {
        String wanted = "+QIACT: " + Ec200xDriver.PDP_CONTEXT + ",1,";
        return commands.run(AtCommand.of("AT+QIACT?").information("+QIACT:")).lines().stream()
                .filter(line -> line.startsWith(wanted))
                .map(line -> line.substring(line.lastIndexOf(',') + 1)
                        .replace("\"", "")
                        .strip())
                .findFirst();
    }

    private boolean isAccessPointSet() throws IOException {
        try {
            String line = commands.run(AtCommand.of("AT+QICSGP=" + Ec200xDriver.PDP_CONTEXT)
                            .requiredInformation("+QICSGP:")
                            .secretData())
                    .firstLine();
            String[] fields = line.substring(line.indexOf(':') + 1).strip().split(",", -1);
            return fields.length >= 4
                    && fields[1].equals('"' + settings.apn() + '"')
                    && fields[2].equals('"' + orEmpty(settings.apnUser()) + '"')
                    && fields[3].equals('"' + orEmpty(settings.apnPassword()) + '"');
        } catch (AtException e) {
            return false;
        }
    }

    private void setAccessPoint() throws IOException {
        String user = orEmpty(settings.apnUser());
        String password = orEmpty(settings.apnPassword());
        // Context type 1 is IPv4; authentication 0 none, 2 CHAP.
        int authentication = user.isEmpty() ? 0 : 2;
        commands.run(AtCommand.of("AT+QICSGP=" + Ec200xDriver.PDP_CONTEXT + ",1,\"" + settings.apn() + "\",\"" + user
                        + "\",\"" + password + "\"," + authentication)
                .secret(password));
    }

    /** Returns what {@link #activateContext} does. */
    String restoreContext() throws IOException {
        try {
            // Required behind "pdpdeact" before the context can be activated again.
            commands.run(AtCommand.of("AT+QIDEACT=" + Ec200xDriver.PDP_CONTEXT).timeoutMillis(QIDEACT_MILLIS));
        } catch (AtException e) {
            settings.progress().accept("context was not active any more");
        }
        awaitRegistration();
        return activateContext();
    }

    private static String orEmpty(String text) {
        return text == null ? "" : text;
    }

    private static long elapsedMillis(long startNanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    }
}
