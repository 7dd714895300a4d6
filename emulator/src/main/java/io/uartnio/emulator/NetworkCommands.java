package io.uartnio.emulator;

import io.uartnio.emulator.AtCommand.Form;
import io.uartnio.emulator.Connection.Kind;
import java.net.InetAddress;
import java.util.Optional;

/** SIM, registration, clock, PDP contexts and DNS. Command thread. */
final class NetworkCommands {

    private static final int DNS_TTL_SECONDS = 600;

    private final PlayedModule module;

    NetworkCommands(PlayedModule module) {
        this.module = module;
    }

    void addTo(CommandTable table) {
        table.add("+CPIN", this::pin);
        table.add("+CREG", this::registration);
        table.add("+CGREG", this::registration);
        table.add("+CEREG", this::registration);
        table.add("+CSQ", CommandTable.forms(this::signal, Form.EXECUTE));
        table.add("+CCLK", this::clock);
        table.addSocketCommand("+QICSGP", CommandTable.forms(this::configure, Form.WRITE));
        table.addSocketCommand("+QIACT", CommandTable.forms(this::activate, Form.READ, Form.WRITE));
        table.addSocketCommand("+QIDEACT", CommandTable.forms(this::deactivate, Form.WRITE));
        table.addSocketCommand("+QIDNSGIP", CommandTable.forms(this::resolve, Form.WRITE));
        table.addSocketCommand("+QIDNSCFG", CommandTable.forms(this::dnsServers, Form.WRITE));
    }

    private Result pin(AtCommand command, Exchange exchange) {
        return switch (command.form()) {
            case READ -> module.sim.query(exchange);
            case WRITE -> {
                command.count(1, 1);
                yield module.sim.enter(command.text(0));
            }
            default -> Result.OK;
        };
    }

    private Result registration(AtCommand command, Exchange exchange) {
        switch (command.form()) {
            case READ -> exchange.info(module.registration.answer(command.name()));
            case WRITE -> module.registration.setReport(command.name(), command.number(0, 0, 2));
            case TEST -> exchange.info(command.name() + ": (0-2)");
            default -> {
                return Result.ERROR;
            }
        }
        return Result.OK;
    }

    private Result signal(AtCommand command, Exchange exchange) {
        exchange.info("+CSQ: " + (module.registration.isRegistered() ? "24" : "99") + ",99");
        return Result.OK;
    }

    private Result clock(AtCommand command, Exchange exchange) {
        return switch (command.form()) {
            case READ -> {
                exchange.info("+CCLK: \"" + module.clock.text() + "\"");
                yield Result.OK;
            }
            case WRITE -> module.clock.set(command.text(0)) ? Result.OK : Result.ERROR;
            case TEST -> Result.OK;
            case EXECUTE -> Result.ERROR;
        };
    }

    private static int context(AtCommand command) {
        return command.number(0, 1, PdpContexts.CONTEXTS);
    }

    private Result configure(AtCommand command, Exchange exchange) {
        command.count(1, 6);
        int context = context(command);
        if (command.count() == 1) {
            exchange.info("+QICSGP: " + module.pdp.configuration(context));
            return Result.OK;
        }
        String user = command.has(3) ? command.text(3) : "";
        String password = command.has(4) ? command.text(4) : "";
        String apn = command.has(2) ? command.text(2) : "";
        module.pdp.configure(
                context,
                command.number(1, 1, 3) + ",\"" + apn + "\",\"" + user + "\",\"" + password + "\","
                        + command.number(5, 0, 2, 0));
        return Result.OK;
    }

    private Result activate(AtCommand command, Exchange exchange) {
        if (command.form() == Form.READ) {
            exchange.info(module.pdp.activeLines());
            return Result.OK;
        }
        int context = context(command);
        module.power.sleep(module.options.pdpActivationMillis, exchange.life());
        if (module.options.pdpRefused || !module.registration.isRegistered()) {
            return Result.error(ErrorCodes.OPEN_PDP_FAILED);
        }
        return module.pdp.activate(context) ? Result.OK : Result.error(ErrorCodes.NOT_ALLOWED);
    }

    /** Closes every socket of the context. */
    private Result deactivate(AtCommand command, Exchange exchange) {
        int context = context(command);
        module.pdp.deactivate(context);
        module.sockets.locked(() -> module.sockets.all().stream()
                .filter(connection -> connection.pdpContext == context)
                .forEach(module::drop));
        return Result.OK;
    }

    private Result resolve(AtCommand command, Exchange exchange) {
        command.count(2, 2);
        String host = command.text(1);
        if (!module.pdp.isActive(context(command))) {
            return Result.error(ErrorCodes.OPEN_PDP_FAILED);
        }
        return Result.OK.then(() -> {
            Optional<InetAddress> address = module.options.hosts.resolve(host);
            String prefix = Kind.TCP.urcPrefix() + "\"dnsgip\",";
            if (address.isEmpty()) {
                module.urcs.sendSocketUrc(prefix + ErrorCodes.DNS_PARSE_FAILED);
            } else {
                module.urcs.sendSocketUrc(prefix + "0,1," + DNS_TTL_SECONDS);
                module.urcs.sendSocketUrc(prefix + "\"" + address.get().getHostAddress() + "\"");
            }
        });
    }

    private Result dnsServers(AtCommand command, Exchange exchange) {
        command.count(1, 3);
        int context = context(command);
        if (command.count() == 1) {
            exchange.info("+QIDNSCFG: " + context + "," + module.pdp.dnsServers(context));
        } else {
            String second = command.has(2) ? command.text(2) : "0.0.0.0";
            module.pdp.setDnsServers(context, "\"" + command.text(1) + "\",\"" + second + "\"");
        }
        return Result.OK;
    }
}
