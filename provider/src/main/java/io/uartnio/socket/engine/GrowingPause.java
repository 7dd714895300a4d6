package io.uartnio.socket.engine;

/** A pause that is twice as long each time, up to a limit, until it begins anew. Its owner says whose thread's it is. */
final class GrowingPause {

    private final long firstMillis;
    private final long maxMillis;
    private long nextMillis;

    GrowingPause(long firstMillis, long maxMillis) {
        this.firstMillis = firstMillis;
        this.maxMillis = maxMillis;
        this.nextMillis = firstMillis;
    }

    /** Returns how long to wait this time. */
    long nextMillis() {
        long millis = nextMillis;
        nextMillis = Math.min(2 * millis, maxMillis);
        return millis;
    }

    /** The next one is the first again. */
    void reset() {
        nextMillis = firstMillis;
    }
}
