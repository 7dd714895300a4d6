package io.uartnio.emulator;

import io.uartnio.emulator.AtCommand.BadArgumentException;
import java.io.IOException;
import java.util.Optional;

/**
 * Carries out the command lines of one port: one line at a time, command by command, then whatever the line led to. What
 * the host sends meanwhile waits in the port's input. For the port's command thread.
 */
final class CommandInterpreter {

    private static final System.Logger LOGGER = System.getLogger(CommandInterpreter.class.getName());

    private final PlayedModule module;
    private final ModulePort port;
    private final CommandTable table = new CommandTable();
    private final CommandLine lines;
    private final Exchange exchange;
    private final TransparentMode transparent;
    private final FileCommands files;
    private final SocketOperations operations;

    CommandInterpreter(PlayedModule module, ModulePort port) {
        this.module = module;
        this.port = port;
        lines = new CommandLine(port);
        exchange = new Exchange(module, port);
        operations = new SocketOperations(module, port);
        transparent = new TransparentMode(module, port, operations);
        SendProcedure sending = new SendProcedure(module, port, operations);
        files = new FileCommands(module, port);
        new GeneralCommands(module, port).addTo(table);
        new NetworkCommands(module).addTo(table);
        new TcpCommands(module, operations, sending).addTo(table);
        new SslCommands(module, operations, sending).addTo(table);
        new MuxCommands(module, port).addTo(table);
        files.addTo(table);
        table.add("O", this::backOnline);
    }

    /** Forgets what is left of an earlier life. */
    void reset() {
        lines.reset();
        transparent.reset();
        files.reset();
    }

    /** Waits for one line, carries it out, and passes data on if it led to that. */
    void serveLine() throws IOException {
        execute(lines.next());
        Connection connection = module.socketOutput.transparent(port);
        if (connection != null) {
            finishData(transparent.run(connection));
        }
    }

    /** The port is gone: a socket that still owns it is left in buffer access mode. */
    void leaveDataMode() {
        Connection connection = module.socketOutput.transparent(port);
        if (connection != null) {
            transparent.suspend(connection);
        }
    }

    private void finishData(Result due) {
        if (due.kind() != Result.Kind.NOTHING) {
            exchange.begin();
            exchange.finish(due);
        }
    }

    private void execute(String line) throws IOException {
        exchange.begin();
        Result result = Result.OK;
        for (String text : CommandSplitter.split(line)) {
            result = execute(text, exchange);
            if (!result.isGood()) {
                break;
            }
            exchange.after(result);
        }
        exchange.finish(result);
    }

    private Result execute(String text, Exchange reply) throws IOException {
        AtCommand command;
        try {
            command = CommandSplitter.isExtended(text.charAt(0))
                    ? AtCommand.parseExtended(text)
                    : CommandSplitter.parseBasic(text);
        } catch (BadArgumentException e) {
            return Result.ERROR;
        }
        Optional<CommandHandler> handler = table.find(command.name());
        if (handler.isEmpty()) {
            return Result.ERROR;
        }
        module.counters.executed(command.name());
        boolean socketCommand =
                command.name().startsWith("+QI") || command.name().startsWith("+QSSL");
        Result result = run(handler.get(), command, reply);
        if (socketCommand && !command.name().equals("+QIGETERROR")) {
            // The manual keeps the reason of the last command only, and 0 if it went well.
            module.lastError = result.isGood() ? 0 : result.code();
        }
        return result;
    }

    /** A mistake of the emulator must show and must not end it. */
    private static Result run(CommandHandler handler, AtCommand command, Exchange reply) throws IOException {
        try {
            return handler.execute(command, reply);
        } catch (Power.LifeOverException e) {
            throw e;
        } catch (RuntimeException e) {
            LOGGER.log(System.Logger.Level.ERROR, "emulator failed at a command: command=" + command, e);
            return Result.error(ErrorCodes.UNKNOWN);
        }
    }

    /** {@code ATO}: back to the data of the socket that {@code +++} suspended. */
    private Result backOnline(AtCommand command, Exchange reply) {
        Connection connection = transparent.suspended();
        if (connection == null || operations.connected(connection.kind, connection.id) != connection) {
            return Result.text("NO CARRIER");
        }
        Result result = operations.switchMode(connection, Connection.TRANSPARENT);
        boolean plain = module.options.connectText.isEmpty() || !result.isGood();
        return plain
                ? result
                : Result.text("CONNECT " + module.options.connectText).then(result.afterwards());
    }
}
