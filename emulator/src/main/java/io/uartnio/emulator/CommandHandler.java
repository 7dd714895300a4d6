package io.uartnio.emulator;

import java.io.IOException;

/** Carries out one command, in the command thread; it may wait, as the module does, and then holds the line. */
@FunctionalInterface
interface CommandHandler {

    /**
     * Carries out a command.
     *
     * @throws IOException if the line is closed
     */
    Result execute(AtCommand command, Exchange exchange) throws IOException;
}
