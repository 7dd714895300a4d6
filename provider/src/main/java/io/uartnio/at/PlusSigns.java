package io.uartnio.at;

import java.util.concurrent.TimeUnit;

/**
 * Cuts what an application sends over a line of its own into writes that no module can take for the escape sequence:
 * at least a second of silence, {@code +++} within a second, at least a second of silence.
 *
 * <p>The line may fall silent between two writes, and when the module or the system holds it even within one. So three
 * plus signs in a row must not be the escape sequence even if the line fell silent between any writes and in one more
 * place. That leaves two ways to send them:
 *
 * <ul>
 *   <li>in one write with what stands before and behind them, so that it would take a silence in two places of it: what
 *       ends in plus signs waits a moment, with the byte before them, for what comes next;
 *   <li>stretched, where nothing stands before or nothing follows: two at most together, and the next no sooner than
 *       {@link #STRETCH_NANOS} later, so that they never come within a second, nor with less than a second between them.
 * </ul>
 *
 * <p>A run of {@link #LONG_RUN} or more is sent as it is: three of its first or last would have to be cut off from so
 * many others by the line falling silent for a second exactly there.
 *
 * <p>The lane thread's. Times are those of {@link System#nanoTime()}.
 */
final class PlusSigns {

    /** The most that is written at once. */
    static final int MAX_BLOCK_BYTES = TransparentStream.MAX_WRITE_BYTES;

    /** How long what ends in plus signs waits for what comes next. */
    static final long HOLD_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** The pause before a plus sign that would make three: the guard time of a second, and a margin. */
    static final long STRETCH_NANOS = TimeUnit.MILLISECONDS.toNanos(1_200);

    /** So many plus signs in a row cannot be mistaken. */
    static final int LONG_RUN = 64;

    /** The most plus signs of a shorter run that may begin or end a write. */
    private static final int PAIR = 2;

    /** How many plus signs end what was written so far, 2 standing for more. */
    private int trailing;

    private boolean lastBeganBlock;
    private boolean lastButOneBeganBlock;
    private long lastPlusNanos;

    private boolean holding;
    private long holdUntilNanos;
    private long notBeforeNanos;

    /** Forgets what was written: the module has answered a command since. */
    void reset() {
        trailing = 0;
        holding = false;
    }

    /**
     * Says how many of the bytes that wait are to be written at once now.
     *
     * @param pending the oldest bytes that wait
     * @param length how many; {@link #MAX_BLOCK_BYTES} if there are as many or more
     * @return the size of the write, or 0 if it has to wait until {@link #notBeforeNanos()} or for more bytes
     */
    int next(byte[] pending, int length, long nowNanos) {
        if (length == 0) {
            holding = false;
            notBeforeNanos = Long.MAX_VALUE;
            return 0;
        }
        int block = cut(pending, length, nowNanos);
        if (block > 0 && isStretched(pending, block) && nowNanos - (lastPlusNanos + STRETCH_NANOS) < 0) {
            notBeforeNanos = lastPlusNanos + STRETCH_NANOS;
            return 0;
        }
        if (block > 0) {
            holding = false;
        }
        return block;
    }

    /** Returns when to ask again if the last answer was 0 and nothing more is written. */
    long notBeforeNanos() {
        return notBeforeNanos;
    }

    private int cut(byte[] pending, int length, long nowNanos) {
        int leading = run(pending, 0, length);
        if (leading == length) {
            return cutRun(leading, nowNanos);
        }
        if (leading > PAIR && leading < LONG_RUN) {
            // So many that two are left to go with what follows them.
            return Math.min(PAIR, leading - PAIR);
        }
        if (length >= MAX_BLOCK_BYTES) {
            return cutFull(pending, length);
        }
        int trailingRun = trailingRun(pending, length);
        if (trailingRun == 0) {
            return length;
        }
        int block = cutApart(pending, length - trailingRun - 1);
        if (block > 0) {
            return block;
        }
        if (isHeld(nowNanos)) {
            return 0;
        }
        return trailingRun <= PAIR || trailingRun >= LONG_RUN ? length : length - trailingRun + PAIR;
    }

    /** Nothing but plus signs waits. */
    private int cutRun(int length, long nowNanos) {
        if (length < MAX_BLOCK_BYTES && isHeld(nowNanos)) {
            return 0;
        }
        if (length < LONG_RUN) {
            return Math.min(PAIR, length);
        }
        // What is left of a run longer than this is long again.
        return length < MAX_BLOCK_BYTES ? length : length - LONG_RUN;
    }

    /** More waits behind a full block: it ends between two bytes that are no plus signs, or at least behind one. */
    private static int cutFull(byte[] pending, int length) {
        int block = cutApart(pending, length - 1);
        if (block > 0) {
            return block;
        }
        for (block = length - 1; block > 0; block--) {
            if (pending[block - 1] != '+' && isShortOrLong(run(pending, block, length))) {
                return block;
            }
        }
        return trailingRun(pending, length) >= LONG_RUN ? length - LONG_RUN : length;
    }

    private static boolean isShortOrLong(int run) {
        return run <= PAIR || run >= LONG_RUN;
    }

    /** Returns the last place up to the given one that has no plus sign on either side, or 0. */
    private static int cutApart(byte[] pending, int from) {
        int place = from;
        while (place > 0 && (pending[place] == '+' || pending[place - 1] == '+')) {
            place--;
        }
        return Math.max(place, 0);
    }

    private static int run(byte[] pending, int from, int length) {
        int end = from;
        while (end < length && pending[end] == '+') {
            end++;
        }
        return end - from;
    }

    private static int trailingRun(byte[] pending, int length) {
        int begin = length;
        while (begin > 0 && pending[begin - 1] == '+') {
            begin--;
        }
        return length - begin;
    }

    private boolean isHeld(long nowNanos) {
        if (!holding) {
            holding = true;
            holdUntilNanos = nowNanos + HOLD_NANOS;
        }
        notBeforeNanos = holdUntilNanos;
        return nowNanos - holdUntilNanos < 0;
    }

    /**
     * Returns true if three plus signs, some of them written before, would be one silence away from standing alone:
     * where one of them begins or ends a write, the line may be silent there anyhow.
     */
    private boolean isStretched(byte[] pending, int block) {
        int leading = Math.min(run(pending, 0, block), PAIR);
        boolean withFirst = leading >= 1 && trailing >= 2 && (lastButOneBeganBlock || block == 1);
        boolean withSecond = leading >= 2 && trailing >= 1 && (lastBeganBlock || block == 2);
        return withFirst || withSecond;
    }

    /**
     * The bytes have been written.
     *
     * @param block as {@link #next} said
     * @param nowNanos when the last of them had left
     */
    void written(byte[] pending, int block, long nowNanos) {
        int run = trailingRun(pending, block);
        if (run > 0) {
            lastPlusNanos = nowNanos;
        }
        if (run < block) {
            trailing = Math.min(run, PAIR);
            lastBeganBlock = false;
            lastButOneBeganBlock = false;
            return;
        }
        trailing = Math.min(trailing + run, PAIR);
        lastButOneBeganBlock = run == 1 ? lastBeganBlock : run == PAIR;
        lastBeganBlock = run == 1;
    }
}
