package io.uartnio.emulator;

import java.io.IOException;

/**
 * The module's multiplexer after 3GPP TS 27.010, basic option: from the OK of {@code AT+CMUX} until the host closes it
 * down, or the module restarts, the UART carries frames, and each of four channels is a {@link ModulePort} of its own.
 * What a run of it needs is a {@link MuxSession}; this is what lasts. The thread behind the UART runs it.
 */
final class Multiplexer {

    /** How many channels there are besides channel 0, after the ports {@code cmux1} to {@code cmux4} of the SSL note. */
    static final int CHANNELS = 4;

    private static final int DEFAULT_FRAME_BYTES = 127;

    private final PlayedModule module;
    private volatile MuxSession session;
    private volatile int frameBytes = DEFAULT_FRAME_BYTES;
    private volatile MuxSession asked;

    Multiplexer(PlayedModule module) {
        this.module = module;
    }

    /** Says whether the UART carries frames. Any thread. */
    boolean isRunning() {
        return session != null;
    }

    /** Returns N1 of the last run. */
    int frameBytes() {
        return frameBytes;
    }

    /** Returns the port that shows URCs: the bound channel, or the lowest that is open, or null. Any thread. */
    ModulePort urcPort() {
        MuxSession current = session;
        if (current == null) {
            return null;
        }
        ModulePort bound = current.port(module.settings.muxUrcPort());
        for (int dlci = 1; bound == null && dlci <= CHANNELS; dlci++) {
            bound = current.port(dlci);
        }
        return bound;
    }

    /** The command is accepted: {@link #runIfAskedFor} follows. */
    void askFor(int n1) {
        frameBytes = n1;
        asked = new MuxSession(module, n1);
    }

    /** The OK is about to be on its way: nothing but frames follows it. The transmitter's thread. */
    void takeLine() {
        MuxSession next = asked;
        if (next != null) {
            session = next;
            module.transmitter.use(next.sender());
        }
    }

    /** Serves the multiplexer until it ends, if {@code AT+CMUX} has just asked for it. */
    void runIfAskedFor() throws IOException {
        if (asked != null) {
            run();
        }
    }

    /** Serves a multiplexer that was never started in this life of the module. */
    void runAsLeftByAnEarlierHost() throws IOException {
        askFor(DEFAULT_FRAME_BYTES);
        asked.openAll();
        takeLine();
        run();
    }

    private void run() throws IOException {
        MuxSession current = asked;
        try {
            current.run();
        } finally {
            asked = null;
            session = null;
            current.abandonChannels();
            if (!current.wasClosedDown()) {
                module.transmitter.use(module.uartFeed);
            }
        }
    }
}
