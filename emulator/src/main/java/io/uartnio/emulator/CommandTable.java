package io.uartnio.emulator;

import io.uartnio.emulator.AtCommand.BadArgumentException;
import io.uartnio.emulator.AtCommand.Form;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The commands that the module knows. A test form that a handler does not answer itself is answered {@code OK}: the
 * command exists. Filled before the start, then used by the command thread.
 */
final class CommandTable {

    private final Map<String, CommandHandler> handlers = new HashMap<>();

    /** Adds a command whose bad arguments are answered with this result. */
    void add(String name, Result badArgument, CommandHandler handler) {
        handlers.put(name, (command, exchange) -> {
            try {
                return handler.execute(command, exchange);
            } catch (BadArgumentException e) {
                return badArgument;
            }
        });
    }

    /** Adds a command of the general manual, whose bad arguments are plain errors. */
    void add(String name, CommandHandler handler) {
        add(name, Result.ERROR, handler);
    }

    /** Adds a command of the TCP/IP or SSL note, whose bad arguments are error 552. */
    void addSocketCommand(String name, CommandHandler handler) {
        add(name, Result.error(ErrorCodes.INVALID_PARAMETER), handler);
    }

    Optional<CommandHandler> find(String name) {
        return Optional.ofNullable(handlers.get(name));
    }

    /** Runs a handler only for the forms that it has; the rest is an error, the test form OK. */
    static CommandHandler forms(CommandHandler handler, Form... forms) {
        return (command, exchange) -> {
            for (Form form : forms) {
                if (command.form() == form) {
                    return handler.execute(command, exchange);
                }
            }
            return command.form() == Form.TEST ? Result.OK : throwBad();
        };
    }

    private static Result throwBad() throws IOException {
        throw new BadArgumentException("the command has no such form");
    }
}
