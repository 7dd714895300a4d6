package io.uartnio.uart;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The JVM's one timer thread: every time limit of every port, command and socket runs here, so that a thousand waits
 * cost one thread. It is a daemon named {@code uartnio-timer}, starts with the first time limit and ends by itself
 * about a second after the last one has gone. Internal: public only because the upper floors live in other packages;
 * it may change without notice.
 *
 * <p>A task must not block nor call code that a user wrote: it would hold up everybody's time limits. It wakes or
 * starts a thread that does. What a task throws is logged and harms no other task. All methods are thread-safe.
 */
public final class TimerThread {

    private static final Logger LOG = System.getLogger(TimerThread.class.getName());

    private static final String THREAD_NAME = "uartnio-timer";

    private static final long IDLE_MILLIS = 1_000;

    private static final ScheduledThreadPoolExecutor EXECUTOR = newExecutor();

    /** A time limit that has been set. Safe for any thread. */
    public interface Timeout {

        /**
         * Takes the time limit back.
         *
         * @return true if its task will not run; false if it has run, is running, or was taken back before
         */
        boolean cancel();
    }

    private TimerThread() {}

    /**
     * Runs a task once, on the timer thread, when the delay has passed.
     *
     * @param task short and never blocking
     * @param delay how long to wait; 0 or less runs the task as soon as the thread is free
     * @param unit of {@code delay}
     * @return a handle by which the task can be taken back
     */
    public static Timeout schedule(Runnable task, long delay, TimeUnit unit) {
        Objects.requireNonNull(task, "task");
        // Of run and cancel the first one wins. A future alone lets itself be cancelled while its task runs.
        AtomicBoolean settled = new AtomicBoolean();
        Future<?> future = EXECUTOR.schedule(
                () -> {
                    if (settled.compareAndSet(false, true)) {
                        run(task);
                    }
                },
                delay,
                unit);
        return () -> {
            boolean takenBack = settled.compareAndSet(false, true);
            if (takenBack) {
                future.cancel(false);
            }
            return takenBack;
        };
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable t) {
            LOG.log(
                    Level.ERROR,
                    "time limit's task failed: task=" + task.getClass().getName(),
                    t);
        }
    }

    /** Returns how many time limits are set, everybody's, for tests. */
    static int pending() {
        return EXECUTOR.getQueue().size();
    }

    /** Makes what runs the time limits: one for this JVM, and one that a test need not share. */
    static ScheduledThreadPoolExecutor newExecutor() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, THREAD_NAME);
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        executor.setKeepAliveTime(IDLE_MILLIS, TimeUnit.MILLISECONDS);
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }
}
