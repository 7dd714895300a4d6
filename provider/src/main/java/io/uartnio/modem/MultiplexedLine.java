package io.uartnio.modem;

import io.uartnio.ModemException;
import io.uartnio.at.AtChannel;
import io.uartnio.at.AtCommand;
import io.uartnio.at.AtException;
import io.uartnio.at.AtTimeoutException;
import io.uartnio.module.BringUpSettings;
import io.uartnio.module.ModuleDriver;
import io.uartnio.mux.Mux;
import io.uartnio.mux.MuxSettings;
import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The line of a modem that multiplexes it: bare while the module is looked for, multiplexed from the driver's AT+CMUX
 * until it is looked for again or left. Lane thread, but for {@link #stop}, which is also for whoever closes the modem.
 */
final class MultiplexedLine {

    private static final int FIRST_STREAM_DLCI = 2;
    private static final long START_MILLIS = 100;
    private static final long FIRST_ANSWER_MILLIS = 1_000;
    private static final int FIRST_ANSWER_ATTEMPTS = 5;

    private final Mux mux;

    MultiplexedLine(UartPort line) {
        this.mux = new Mux(line, MuxSettings.DEFAULT);
    }

    /** Returns the port for commands, bare or multiplexed. */
    UartPort commandPort() {
        return mux.commandPort();
    }

    /** Returns the ports for transparent streams. */
    List<UartPort> streamPorts() {
        return IntStream.rangeClosed(FIRST_STREAM_DLCI, MuxSettings.DEFAULT.channels())
                .mapToObj(mux::channel)
                .toList();
    }

    /** Starts the multiplexer, and leaves the channel at the beginning of a line. */
    void start(ModuleDriver driver, AtChannel channel, BringUpSettings settings) throws IOException {
        settings.progress().accept("starting the multiplexer");
        int frameBytes = driver.startMux(settings);
        if (frameBytes == 0) {
            throw new ModemException(
                    "module has no multiplexer: model=" + driver.info().model(), channel.details());
        }
        // Modules need a moment until they listen for frames instead of text.
        channel.sleep(START_MILLIS);
        mux.start(frameBytes);
        awaitFirstAnswer(channel);
    }

    /** A channel just opened may be deaf for a moment, has an echo of its own, and what was text may lie before it. */
    private static void awaitFirstAnswer(AtChannel channel) throws IOException {
        for (int attempt = 1; ; attempt++) {
            channel.forgetModule();
            try {
                channel.execute(AtCommand.of("ATE0").timeoutMillis(FIRST_ANSWER_MILLIS));
                channel.execute(AtCommand.of("ATV1"));
                channel.execute(AtCommand.of("ATQ0"));
                return;
            } catch (AtTimeoutException | AtException e) {
                if (attempt == FIRST_ANSWER_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** Makes the line bare again; does nothing if it is. */
    void stop() {
        mux.stop();
    }
}
