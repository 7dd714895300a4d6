package io.uartnio.socket.engine;

import io.uartnio.module.ReceiveCounters;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Compares what has arrived for a socket with what the module says that it has handed over. What a module counts shows
 * at the first comparison that leaves no choice, and holds for all its sockets. The lane thread's alone.
 */
final class ReceiveAudit {

    /** What a module counts as handed over; shared by all its sockets. */
    enum Counting {
        /** Nothing has shown it. */
        UNKNOWN,
        /** Once the counters were right for all that had arrived, and not for what was read. */
        ALL,
        /** Once the counters were right for what was read, and not for all that had arrived. */
        READS,
        /** They were right for neither, with nothing under way: they say nothing. */
        SOMETHING_ELSE
    }

    /** What a comparison says. */
    enum Verdict {
        /** Everything that was handed over has arrived, or the counters say nothing. */
        AGREED,
        /** Not everything; it may be under way. */
        DIFFER,
        /** Not everything, and nothing can be under way any more. */
        NEVER
    }

    /** After so many comparisons in a row that differ nothing is under way. */
    private static final int MAX_DIFFERENT = 20;

    /** Modules count in 31 bits, 32, or more. */
    private static final long COUNTED = 0x7fff_ffffL;

    private final AtomicReference<Counting> counting;
    private long readBytes;
    private int different;
    /** What the module counts of this socket has been passed by. */
    private volatile boolean passedBy;

    ReceiveAudit(AtomicReference<Counting> counting) {
        this.counting = counting;
    }

    /** So many bytes were read. */
    void onRead(int bytes) {
        readBytes += bytes;
    }

    /** The socket's data has crossed in transparent access mode, and whether that is counted nobody says. Any thread. */
    void passBy() {
        passedBy = true;
    }

    /** Returns true if the module's counters say nothing. */
    boolean isUseless() {
        return passedBy || counting.get() == Counting.SOMETHING_ELSE;
    }

    /**
     * Compares what was handed over.
     *
     * @param arrivedBefore bytes that had arrived when the module was asked
     * @param arrivedBehind bytes that had arrived with its answer
     */
    Verdict compareHandedOver(ReceiveCounters counters, long arrivedBefore, long arrivedBehind) {
        return compare(counters.total() - counters.unread(), arrivedBefore, arrivedBehind);
    }

    /** Compares, when the module has nothing more, everything that it has received. */
    Verdict compareTotal(ReceiveCounters counters, long arrived) {
        return compare(counters.total(), arrived, arrived);
    }

    private Verdict compare(long counted, long from, long to) {
        boolean all = isBetween(counted, from, to);
        boolean reads = isBetween(counted, readBytes, readBytes);
        boolean right = switch (counting.get()) {
            case UNKNOWN -> all || reads;
            case ALL -> all;
            case READS -> reads;
            case SOMETHING_ELSE -> true;
        };
        if (right) {
            different = 0;
            if (all != reads) {
                counting.compareAndSet(Counting.UNKNOWN, all ? Counting.ALL : Counting.READS);
            }
            return Verdict.AGREED;
        }
        if (++different < MAX_DIFFERENT) {
            return Verdict.DIFFER;
        }
        different = 0;
        boolean useless = counting.compareAndSet(Counting.UNKNOWN, Counting.SOMETHING_ELSE) || isUseless();
        return useless ? Verdict.AGREED : Verdict.NEVER;
    }

    private static boolean isBetween(long counted, long from, long to) {
        return ((counted - from) & COUNTED) <= to - from;
    }
}
