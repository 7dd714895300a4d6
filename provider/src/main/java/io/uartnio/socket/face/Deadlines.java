package io.uartnio.socket.face;

/** Time limits as {@link io.uartnio.socket.ModuleSocket#awaitChange} takes them. */
public final class Deadlines {

    /** Means that there is no time limit. */
    public static final long NONE = Long.MAX_VALUE;

    private Deadlines() {}

    /** Returns the moment so many milliseconds from now, or {@link #NONE} for 0. */
    public static long after(long timeoutMillis) {
        return timeoutMillis == 0 ? NONE : System.nanoTime() + timeoutMillis * 1_000_000;
    }

    /** Returns true if the moment has come. */
    public static boolean isPast(long deadlineNanos) {
        return deadlineNanos != NONE && deadlineNanos - System.nanoTime() <= 0;
    }
}
