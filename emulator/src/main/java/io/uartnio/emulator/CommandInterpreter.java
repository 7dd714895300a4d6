package io.uartnio.emulator;

import io.uartnio.emulator.AtCommand.BadArgumentException;
import java.io.IOException;
import java.util.Optional;

/**
 * The module's command thread: one line at a time, command by command, then whatever the line led to. What the host
 * sends meanwhile waits in the line. One round of the outer loop is one life of the module.
 */
final class CommandInterpreter {

    private static final System.Logger LOGGER = System.getLogger(CommandInterpreter.class.getName());

    private final PlayedModule module;
    private final CommandTable table = new CommandTable();
    private final CommandLine lines;
    private final Exchange exchange;
    private final TransparentMode transparent;
    private final FileCommands files;
    private final SocketOperations operations;
    private final Thread thread;
    private long life;

    CommandInterpreter(PlayedModule module) {
        this.module = module;
        lines = new CommandLine(module.input, module.output, module.settings);
        exchange = new Exchange(module.output, module.options, module.settings, module.power, module.lateReplies);
        operations = new SocketOperations(module);
        transparent = new TransparentMode(module, operations);
        SendProcedure sending = new SendProcedure(module, operations);
        files = new FileCommands(module);
        new GeneralCommands(module).addTo(table);
        new NetworkCommands(module).addTo(table);
        new TcpCommands(module, operations, sending).addTo(table);
        new SslCommands(module, operations, sending).addTo(table);
        files.addTo(table);
        table.add("O", this::backOnline);
        thread = Threads.create("commands", this::run);
    }

    void start() {
        thread.start();
    }

    void join() {
        Threads.join(thread);
    }

    private void run() {
        while (!module.power.isEnded()) {
            try {
                live();
            } catch (Power.LifeOverException e) {
                // The next round is the next life.
            } catch (IOException e) {
                return;
            }
        }
    }

    private void live() throws IOException {
        life = module.power.life();
        module.input.reset(life);
        lines.reset();
        transparent.reset();
        files.reset();
        module.boot();
        if (!module.power.isOn()) {
            beDeaf(Long.MAX_VALUE / 2_000_000);
        }
        beDeaf(module.options.bootMillis);
        module.booted();
        while (true) {
            execute(lines.next());
            Connection connection = module.socketOutput.transparent();
            if (connection != null) {
                finishData(transparent.run(connection, life));
            }
        }
    }

    private void finishData(Result due) {
        if (due.kind() != Result.Kind.NOTHING) {
            exchange.begin(life);
            exchange.finish(due);
        }
    }

    /** What the host sends while the module boots or is off is lost. */
    private void beDeaf(long millis) throws IOException {
        long end = System.nanoTime() + millis * 1_000_000;
        long left = millis;
        while (left > 0) {
            if (module.input.read(left) != LineInput.TIMEOUT) {
                module.input.discard();
            }
            left = (end - System.nanoTime()) / 1_000_000;
        }
    }

    private void execute(String line) throws IOException {
        exchange.begin(life);
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
