package io.uartnio.emulator;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;

/**
 * The module's receiver: what the host sent, at the pace of the line. What is not read waits in the line, which with
 * flow control stops the host when it is full. Here happens what befalls bytes on their way from the host: pace, damage,
 * a wrong rate.
 */
final class LineInput extends PortInput {

    /** A read that took longer than this had to wait, so the line was idle before what it brought. */
    private static final long WAITED_NANOS = 200_000;

    private final Line line;
    private final EmulatorOptions options;
    private final EmulatorCounters counters;
    private final LineRate rate;
    private final Power power;
    private final LinePacer pacer;
    /** What has left the host and not yet crossed the line. */
    private final byte[] staged = new byte[4096];

    private final byte[] run = new byte[staged.length];
    private int stagedPosition;
    private int stagedLimit;
    private long crossedBytes;

    LineInput(Line line, EmulatorOptions options, EmulatorCounters counters, LineRate rate, Power power) {
        super(power);
        this.line = line;
        this.options = options;
        this.counters = counters;
        this.rate = rate;
        this.power = power;
        this.pacer = new LinePacer(rate.paced(), power::isEnded);
    }

    /** Returns when the last run of what the host sent had crossed the line, or will have. Any thread. */
    long crossedAtNanos() {
        return pacer.freeAtNanos();
    }

    void setPace(int baudRate) {
        pacer.setBaudRate(baudRate);
    }

    @Override
    void discard() {
        super.discard();
        line.crossed(stagedLimit - stagedPosition);
        stagedPosition = 0;
        stagedLimit = 0;
    }

    /** Lets the next run cross the line; waits for the host first if it has sent nothing. */
    @Override
    void fill(int timeoutMillis) throws IOException {
        power.awaitThaw(life());
        if (stagedPosition == stagedLimit && !stage(timeoutMillis)) {
            return;
        }
        int count = Math.min(stagedLimit - stagedPosition, pacer.runBytes());
        pacer.pass(count);
        power.awaitThaw(life());
        byte[] passed = staged;
        if (stagedPosition > 0 || count < stagedLimit) {
            System.arraycopy(staged, stagedPosition, run, 0, count);
            passed = run;
        }
        stagedPosition += count;
        counters.readFromLine(count);
        line.crossed(count);
        receive(passed, count);
    }

    private void receive(byte[] passed, int count) {
        LineFilter filter = options.hostLineFilter;
        byte[] in = passed;
        int left = count;
        if (filter != null) {
            byte[] copy = Arrays.copyOf(passed, count);
            in = filter.apply(new LineFrame(LineFrame.Kind.HOST, crossedBytes, -1, 0, copy));
            left = in.length;
        }
        crossedBytes += count;
        give(rate.throughLine(in, left), left);
    }

    private boolean stage(int timeoutMillis) throws IOException {
        if (line.takeDtrDrop()) {
            dtrDrop();
            return false;
        }
        long start = System.nanoTime();
        int count = line.read(staged, 0, staged.length, timeoutMillis);
        if (count < 0) {
            throw new EOFException("the line is closed");
        }
        if (System.nanoTime() - start > WAITED_NANOS) {
            pacer.idle();
        }
        stagedPosition = 0;
        stagedLimit = count;
        return count > 0;
    }
}
