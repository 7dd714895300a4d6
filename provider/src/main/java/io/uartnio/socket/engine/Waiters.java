package io.uartnio.socket.engine;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads that wait for a socket to change: mostly one that reads and one that writes, so there are a few places
 * and no list, and waiting and waking allocate nothing. Who finds no place looks again by itself after a moment. Safe
 * for any thread.
 */
final class Waiters {

    /** Returned by {@link #enter} if every place is taken. */
    static final int NO_PLACE = -1;

    /** How long somebody without a place may park. */
    static final long LOOK_AGAIN_NANOS = 5_000_000;

    private static final int PLACES = 4;

    private final AtomicReferenceArray<Thread> places = new AtomicReferenceArray<>(PLACES);
    private final AtomicInteger count = new AtomicInteger();

    /**
     * Takes a place for the calling thread. Whoever {@linkplain #wakeAll wakes} after a change that the caller looks
     * for behind this call finds it there.
     */
    int enter() {
        Thread thread = Thread.currentThread();
        for (int place = 0; place < PLACES; place++) {
            if (places.get(place) == null && places.compareAndSet(place, null, thread)) {
                // A full fence before the caller looks whether there is anything to wait for.
                count.incrementAndGet();
                return place;
            }
        }
        return NO_PLACE;
    }

    /** Gives the place back. */
    void leave(int place) {
        if (place != NO_PLACE) {
            places.set(place, null);
            count.decrementAndGet();
        }
    }

    /** Unparks everybody with a place. */
    void wakeAll() {
        if (count.get() > 0) {
            for (int place = 0; place < PLACES; place++) {
                Thread thread = places.get(place);
                if (thread != null) {
                    LockSupport.unpark(thread);
                }
            }
        }
    }
}
