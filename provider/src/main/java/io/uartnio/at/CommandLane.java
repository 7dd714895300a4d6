package io.uartnio.at;

import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;

/**
 * The one thread that writes to a port. It takes a queued task and a queued payload in turn, so that neither bulk
 * starves opens and closes nor the other way round, and parks when there is neither.
 *
 * <p>{@link #submit} and {@link #wake} are for any thread and never block.
 */
public final class CommandLane {

    private final Queue<LaneTask> tasks = new MpscUnboundedVarHandleArrayQueue<>(64);
    private final LaneWork work;
    private final Thread thread;
    private volatile boolean closing;
    private volatile boolean parked;
    /** The lane takes nothing out of the queue any more, but for what it abandons. */
    private volatile boolean ended;

    /** Creates a lane for a port; {@link #start()} starts its thread. */
    public CommandLane(String portName, LaneWork work) {
        this.work = work;
        this.thread = new Thread(this::run, "uartnio-write-" + portName);
        thread.setDaemon(true);
    }

    /** Starts the thread. */
    public void start() {
        thread.start();
    }

    /** Queues a task; it is run, or abandoned when the lane closes first. Any thread. */
    public void submit(LaneTask task) {
        tasks.add(task);
        wake();
        if (ended) {
            // The lane may have looked for the last time before the task was there.
            abandonTasks();
        }
    }

    /** Makes the lane look for work. Any thread. */
    public void wake() {
        if (parked) {
            LockSupport.unpark(thread);
        }
    }

    /** Ends the lane behind the command in hand; tasks that have not run are abandoned. Any thread. */
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
    }

    /**
     * Waits until the thread has ended; returns at once on the lane itself.
     *
     * @return false if the time ran out first
     */
    public boolean awaitEnd(long timeoutMillis) {
        if (Thread.currentThread() == thread) {
            return true;
        }
        boolean interrupted = false;
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        for (long left = timeoutMillis; left > 0 && thread.isAlive(); ) {
            try {
                thread.join(left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    /** Returns true if the caller is the lane thread. */
    public boolean isLaneThread() {
        return Thread.currentThread() == thread;
    }

    private void run() {
        while (!closing) {
            if (!step()) {
                parkUntilWoken();
            }
        }
        ended = true;
        abandonTasks();
    }

    /** The queue has one consumer: the lane, and when that has ended whoever holds this lock. */
    private void abandonTasks() {
        synchronized (tasks) {
            for (LaneTask task = tasks.poll(); task != null; task = tasks.poll()) {
                task.abandon();
            }
        }
    }

    private boolean step() {
        try {
            if (!work.prepare()) {
                return false;
            }
            LaneTask task = tasks.poll();
            if (task != null) {
                task.run();
            }
            boolean sent = !closing && work.sendNext();
            return task != null || sent;
        } catch (Throwable e) {
            // Whatever it is, the thread that everybody waits for must live.
            work.onFailure(e);
            return true;
        }
    }

    private void parkUntilWoken() {
        parked = true;
        // What was queued before the flag could be seen did not unpark: look once more.
        boolean nothing = !closing;
        try {
            nothing = nothing && !step();
        } finally {
            if (nothing) {
                LockSupport.park(this);
            }
            parked = false;
        }
    }
}
