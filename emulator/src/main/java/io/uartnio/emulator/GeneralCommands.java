package io.uartnio.emulator;

import io.uartnio.emulator.AtCommand.Form;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Identification, echo and result codes, the UART, saving and restarting: the general part of the AT manual. Command
 * thread.
 */
final class GeneralCommands {

    /** A made-up equipment identity with a correct check digit. */
    private static final String IMEI = "490154203237518";

    private static final long FLUSH_MILLIS = 1000;

    private final PlayedModule module;
    private final ModulePort port;
    private final ModuleSettings settings;
    private final ModuleProfile profile;
    private final String revision;

    GeneralCommands(PlayedModule module, ModulePort port) {
        this.module = module;
        this.port = port;
        this.settings = module.settings;
        this.profile = module.options.profile;
        this.revision = module.options.revision.orElse(profile.revision());
    }

    void addTo(CommandTable table) {
        addIdentity(table);
        addBasic(table);
        table.add("+CMEE", this::errorReports);
        table.add("+IPR", this::baudRate);
        table.add("+IFC", this::flowControl);
        table.add("+CFUN", this::functionality);
        table.add("+QPOWD", this::powerDown);
        table.add("+QURCCFG", this::urcPort);
        table.add("+QCFG", this::extendedSettings);
        table.add("+QINDCFG", this::indications);
    }

    private void addIdentity(CommandTable table) {
        table.add("I", (command, exchange) -> {
            exchange.info(List.of(profile.vendor(), profile.objectId(), "Revision: " + revision));
            return Result.OK;
        });
        addFact(table, profile.vendor(), "+CGMI", "+GMI");
        addFact(table, profile.objectId(), "+CGMM", "+GMM");
        addFact(table, revision, "+CGMR", "+GMR");
        addFact(table, IMEI, "+CGSN", "+GSN");
    }

    private static void addFact(CommandTable table, String fact, String... names) {
        for (String name : names) {
            table.add(
                    name,
                    CommandTable.forms(
                            (command, exchange) -> {
                                exchange.info(fact);
                                return Result.OK;
                            },
                            Form.EXECUTE));
        }
    }

    private void addBasic(CommandTable table) {
        table.add("E", (command, exchange) -> set(() -> port.profile().echo = flag(command)));
        table.add("Q", (command, exchange) -> set(() -> port.profile().quiet = flag(command)));
        table.add("V", (command, exchange) -> set(() -> port.profile().verbose = flag(command)));
        table.add("X", (command, exchange) -> set(() -> number(command, 4)));
        table.add("&C", (command, exchange) -> setForLine(() -> port.profile().carrierDetect = number(command, 1)));
        table.add("&D", (command, exchange) -> set(() -> port.profile().terminalReady = number(command, 2)));
        table.add("&F", (command, exchange) -> setForLine(() -> port.setProfile(new ModuleSettings.Profile())));
        table.add("Z", (command, exchange) -> setForLine(() -> port.setProfile(settings.savedProfile())));
        table.add("&W", (command, exchange) -> set(() -> settings.save(port.profile(), module.rate.baudRate())));
    }

    private static Result set(Runnable change) {
        change.run();
        return Result.OK;
    }

    private Result setForLine(Runnable change) {
        change.run();
        module.applyProfile(port);
        return Result.OK;
    }

    private static boolean flag(AtCommand command) {
        return number(command, 1) == 1;
    }

    /** A basic command without its number means 0. */
    private static int number(AtCommand command, int max) {
        return command.number(0, 0, max, 0);
    }

    private Result errorReports(AtCommand command, Exchange exchange) {
        switch (command.form()) {
            case READ -> exchange.info("+CMEE: " + port.profile().errorReports);
            case TEST -> exchange.info("+CMEE: (0-2)");
            default -> port.profile().errorReports = command.number(0, 0, 2);
        }
        return Result.OK;
    }

    /** The new rate holds from the end of the OK, which still has the old one. */
    private Result baudRate(AtCommand command, Exchange exchange) {
        switch (command.form()) {
            case READ -> exchange.info("+IPR: " + module.rate.baudRate());
            case TEST ->
                exchange.info("+IPR: (),("
                        + EmulatorBuilder.BAUD_RATES.stream()
                                .sorted()
                                .map(String::valueOf)
                                .collect(Collectors.joining(","))
                        + ")");
            default -> {
                int wanted = command.number(0, 4800, 921_600);
                if (!EmulatorBuilder.BAUD_RATES.contains(wanted) || module.multiplexer.isRunning()) {
                    return Result.ERROR;
                }
                exchange.beforeHostSeesResult(() -> module.setBaudRate(wanted));
            }
        }
        return Result.OK;
    }

    /** Both directions must be the same on this platform. */
    private Result flowControl(AtCommand command, Exchange exchange) {
        switch (command.form()) {
            case READ -> exchange.info("+IFC: " + port.profile().flowControl + "," + port.profile().flowControl);
            case TEST -> exchange.info("+IFC: (0,2),(0,2)");
            default -> {
                command.count(2, 2);
                int byHost = command.number(0, 0, 2);
                if (byHost == 1 || command.number(1, 0, 2) != byHost) {
                    return Result.ERROR;
                }
                setForLine(() -> port.profile().flowControl = byHost);
            }
        }
        return Result.OK;
    }

    private Result functionality(AtCommand command, Exchange exchange) {
        switch (command.form()) {
            case READ -> exchange.info("+CFUN: 1");
            case TEST -> exchange.info("+CFUN: (0,1,4),(0,1)");
            default -> {
                command.count(1, 2);
                // Minimum functionality would need a radio to switch off; only the full one is played.
                command.number(0, 1, 1);
                if (command.number(1, 0, 1, 0) == 1) {
                    return Result.OK.then(() -> {
                        port.output.flush(FLUSH_MILLIS);
                        module.power.restart();
                    });
                }
            }
        }
        return Result.OK;
    }

    private Result powerDown(AtCommand command, Exchange exchange) {
        command.count(0, 1);
        command.number(0, 0, 1, 1);
        return Result.OK.then(() -> {
            module.urcs.send("POWERED DOWN");
            port.output.flush(FLUSH_MILLIS);
            module.power.off();
        });
    }

    private Result urcPort(AtCommand command, Exchange exchange) {
        if (command.form() == Form.TEST) {
            exchange.info("+QURCCFG: \"urcport\",(\"usbat\",\"usbmodem\",\"uart1\")");
            return Result.OK;
        }
        command.count(1, 2);
        if (!command.text(0).equalsIgnoreCase("urcport")) {
            return Result.ERROR;
        }
        if (command.count() == 1) {
            exchange.info("+QURCCFG: \"urcport\",\"" + settings.urcPort() + "\"");
        } else if (Stream.of("usbat", "usbmodem", "uart1").anyMatch(command.text(1)::equals)) {
            settings.setUrcPort(command.text(1));
        } else {
            return Result.ERROR;
        }
        return Result.OK;
    }

    private Result extendedSettings(AtCommand command, Exchange exchange) {
        command.count(1, 2);
        boolean query = command.count() == 1;
        switch (command.text(0)) {
            case "urc/cache" -> {
                if (query) {
                    exchange.info("+QCFG: \"urc/cache\"," + (settings.urcCache() ? 1 : 0));
                } else {
                    settings.setUrcCache(command.number(1, 0, 1) == 1);
                    return settings.urcCache() ? Result.OK : Result.OK.then(module.urcs::release);
                }
            }
            case "urcdelay" -> {
                if (query) {
                    exchange.info("+QCFG: \"urcdelay\"," + settings.urcDelaySeconds());
                } else {
                    settings.setUrcDelaySeconds(command.number(1, 0, 120));
                }
            }
            case "cmux/urcport" -> {
                if (query) {
                    exchange.info("+QCFG: \"cmux/urcport\"," + settings.muxUrcPort());
                } else {
                    settings.setMuxUrcPort(command.number(1, 1, Multiplexer.CHANNELS));
                }
            }
            default -> {
                return Result.ERROR;
            }
        }
        return Result.OK;
    }

    private Result indications(AtCommand command, Exchange exchange) {
        command.count(1, 3);
        List<String> classes = List.of(
                "all",
                "csq",
                "datastatus",
                "mode",
                "smsfull",
                "smsincoming",
                "act",
                "sqi",
                "phonebook",
                "ring",
                "nocarrier");
        if (!classes.contains(command.text(0))) {
            return Result.ERROR;
        }
        if (command.count() == 1) {
            exchange.info("+QINDCFG: \"" + command.text(0) + "\",1");
        } else {
            command.number(1, 0, 1);
        }
        return Result.OK;
    }
}
