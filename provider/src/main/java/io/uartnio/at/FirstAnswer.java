package io.uartnio.at;

import java.io.IOException;

/**
 * The beginning of a conversation over a channel of a multiplexer that has just been opened: it may be deaf for a
 * moment, and has an echo of its own. Lane thread of that channel.
 */
public final class FirstAnswer {

    private static final long ANSWER_MILLIS = 1_000;
    private static final int ATTEMPTS = 5;

    private FirstAnswer() {}

    /**
     * Turns the echo off and runs the commands, from the first on again until all have been answered.
     *
     * @throws IOException of the last attempt, or at once if the port is closed
     */
    public static void await(AtChannel channel, String... commands) throws IOException {
        for (int attempt = 1; ; attempt++) {
            channel.forgetModule();
            try {
                channel.execute(AtCommand.of("ATE0").timeoutMillis(ANSWER_MILLIS));
                for (String command : commands) {
                    channel.execute(AtCommand.of(command));
                }
                return;
            } catch (AtTimeoutException | AtException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }
}
