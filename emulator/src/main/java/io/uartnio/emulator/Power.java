package io.uartnio.emulator;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whether the module runs, and which of its lives this is. The command thread waits for everything in slices or on
 * conditions and checks here each time, so that a restart, a freeze or the end of the emulator is never stuck behind a
 * command. Set by any thread.
 */
final class Power {

    /** Thrown in the command thread when the life in which a command began is over. */
    static final class LifeOverException extends RuntimeException {
        private static final long serialVersionUID = 1;

        LifeOverException() {
            super("the module was restarted or switched off", null, false, false);
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Changed under the lock; read without it, as it is asked for at every byte. */
    private final AtomicLong life = new AtomicLong();

    private boolean on = true;
    private boolean frozen;
    private boolean ended;

    /** A new life begins. */
    void restart() {
        change(() -> {
            life.incrementAndGet();
            on = true;
        });
    }

    /** The module is off until {@link #restart}. */
    void off() {
        change(() -> {
            life.incrementAndGet();
            on = false;
        });
    }

    void freeze(boolean freeze) {
        change(() -> frozen = freeze);
    }

    void end() {
        change(() -> {
            life.incrementAndGet();
            ended = true;
        });
    }

    long life() {
        return life.get();
    }

    boolean isEnded() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    boolean isOn() {
        lock.lock();
        try {
            return on;
        } finally {
            lock.unlock();
        }
    }

    /** Returns at once unless the module is frozen; then when it thaws. */
    void awaitThaw(long expectedLife) {
        lock.lock();
        try {
            check(expectedLife);
            while (frozen) {
                changed.awaitUninterruptibly();
                check(expectedLife);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Passes time as the module does when it is busy; ends early with the life. */
    void sleep(long millis, long expectedLife) {
        long remaining = millis * 1_000_000;
        lock.lock();
        try {
            check(expectedLife);
            while (remaining > 0) {
                remaining = changed.awaitNanos(remaining);
                check(expectedLife);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LifeOverException();
        } finally {
            lock.unlock();
        }
    }

    void check(long expectedLife) {
        if (life.get() != expectedLife) {
            throw new LifeOverException();
        }
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
