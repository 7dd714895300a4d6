package io.uartnio.modem;

import io.uartnio.ModemException;
import io.uartnio.at.AtChannel;
import io.uartnio.at.FirstAnswer;
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
        // What was text on the line may lie before the first.
        FirstAnswer.await(channel, "ATV1", "ATQ0");
    }

    /** Makes the line bare again; does nothing if it is. */
    void stop() {
        mux.stop();
    }
}
