package io.uartnio.socket.engine;

import io.uartnio.socket.ChangeSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** What the sockets have in common: who waits for a change, and who is told of it. Safe for any thread. */
final class Changes implements ChangeSource {

    private final AtomicLong changes = new AtomicLong();
    private final Waiters waiters = new Waiters();
    private volatile ChangeListener listener;

    @Override
    public void setChangeListener(ChangeListener newListener) {
        this.listener = newListener;
    }

    @Override
    public void awaitChange(long stamp, long deadlineNanos) {
        int place = waiters.enter();
        try {
            while (changes.get() == stamp && !Thread.currentThread().isInterrupted()) {
                long left = deadlineNanos == Long.MAX_VALUE ? Long.MAX_VALUE : deadlineNanos - System.nanoTime();
                if (left <= 0) {
                    return;
                }
                LockSupport.parkNanos(
                        this, place == Waiters.NO_PLACE ? Math.min(left, Waiters.LOOK_AGAIN_NANOS) : left);
            }
        } finally {
            waiters.leave(place);
        }
    }

    @Override
    public long changeStamp() {
        return changes.get();
    }

    @Override
    public void signalChange() {
        changes.incrementAndGet();
        waiters.wakeAll();
        ChangeListener told = listener;
        if (told != null) {
            told.onChange();
        }
    }
}
