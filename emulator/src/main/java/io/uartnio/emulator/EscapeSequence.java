package io.uartnio.emulator;

/**
 * Finds {@code +++} in a stream of payload: at least one second without any byte before it, the three bytes within one
 * second, at least one second of silence behind. Anything else is payload. Command thread.
 */
final class EscapeSequence {

    static final int LENGTH = 3;
    static final long GUARD_MILLIS = 1000;

    private static final long GUARD_NANOS = GUARD_MILLIS * 1_000_000;

    private long lastByteNanos = System.nanoTime() - GUARD_NANOS;
    private long firstPlusNanos;
    private int pluses;

    /** Looks at bytes that have just arrived; silence before them is what passed since the last call. */
    void received(byte[] bytes, int length) {
        long now = System.nanoTime();
        boolean afterSilence = now - lastByteNanos >= GUARD_NANOS;
        lastByteNanos = now;
        boolean onlyPluses = true;
        for (int i = 0; i < length; i++) {
            onlyPluses &= bytes[i] == '+';
        }
        if (afterSilence && onlyPluses && length <= LENGTH) {
            pluses = length;
            firstPlusNanos = now;
        } else if (pluses > 0 && onlyPluses && pluses + length <= LENGTH && now - firstPlusNanos <= GUARD_NANOS) {
            pluses += length;
        } else {
            pluses = 0;
        }
    }

    /** Says whether the last bytes may be the sequence or its beginning, so that silence decides. */
    boolean isPossible() {
        return pluses > 0;
    }

    /** Says whether the guard time has passed since the last byte. */
    boolean isGuardOver() {
        return System.nanoTime() - lastByteNanos >= GUARD_NANOS;
    }

    /** Says whether the sequence is complete now that nothing came for the guard time. */
    boolean silence() {
        boolean complete = pluses == LENGTH && isGuardOver();
        pluses = 0;
        return complete;
    }
}
