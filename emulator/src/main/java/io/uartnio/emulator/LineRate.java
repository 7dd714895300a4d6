package io.uartnio.emulator;

import java.io.IOException;
import java.util.Random;

/**
 * The rate of the module's UART, and what becomes of bytes when the host's differs: the same number of bytes arrives,
 * and they mean nothing. The host's rate is what the program at the other end of the line has set. Read by
 * the threads of both directions; set by the command thread.
 */
final class LineRate {

    private final Line line;
    private final boolean checked;
    private final boolean pacing;
    private final Random random;
    private volatile int baudRate;

    LineRate(Line line, EmulatorOptions options) {
        this.line = line;
        this.checked = options.checksBaud();
        this.pacing = options.baudRate > 0;
        this.random = new Random(options.seed);
        this.baudRate = options.startBaudRate();
    }

    int baudRate() {
        return baudRate;
    }

    void setBaudRate(int rate) {
        baudRate = rate;
    }

    /** Returns the rate to pace the line at, 0 for no pace. */
    int paced() {
        return pacing ? baudRate : 0;
    }

    /** Returns the bytes as the far end of the line sees them: the same array, or garbage of the same length. */
    byte[] throughLine(byte[] bytes, int length) {
        if (!checked || isMatched()) {
            return bytes;
        }
        byte[] garbage = new byte[Math.max(length, 1)];
        for (int i = 0; i < length; i++) {
            garbage[i] = (byte) (0x80 | random.nextInt(128));
        }
        return garbage;
    }

    private boolean isMatched() {
        try {
            return line.hostBaudRate() == baudRate;
        } catch (IOException e) {
            return true;
        }
    }
}
