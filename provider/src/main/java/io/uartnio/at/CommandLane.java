package io.uartnio.at;

import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;

/**
 * The one thread that writes to a port. Three kinds of work wait for it: tasks, reads of what the module holds, and
 * sends. It takes one of each kind that has any in turn, so that none of them can starve another: what is at the head of
 * its queue waits for what is in hand and at most one piece of each other kind. {@linkplain #submitUrgent Urgent} tasks
 * are outside that order and go before it. When there is nothing it parks.
 *
 * <p>How long a wait is follows from the longest piece of each kind; {@code docs/threads.md} states it.
 *
 * <p>{@link #submit}, {@link #submitRead}, {@link #submitUrgent} and {@link #wake} are for any thread and never block.
 */
public final class CommandLane {

    /** What is taken in turn. */
    private enum Turn {
        TASK,
        READ,
        SEND;

        private static final int COUNT = values().length;

        Turn next() {
            return switch (this) {
                case TASK -> READ;
                case READ -> SEND;
                case SEND -> TASK;
            };
        }
    }

    private final Queue<LaneTask> urgent = new MpscUnboundedVarHandleArrayQueue<>(16);
    private final Queue<LaneTask> tasks = new MpscUnboundedVarHandleArrayQueue<>(64);
    private final Queue<LaneTask> reads = new MpscUnboundedVarHandleArrayQueue<>(64);
    private final LaneWork work;
    private final Thread thread;
    private volatile boolean closing;
    /**
     * The lane has found nothing and parks, or is about to: set by the lane, cleared by whoever wakes it. That it is
     * cleared is what wakes; to unpark alone would not do, as a lock that the lane waits for in its last look, such as
     * that of an event loop's queue, parks too, and takes what an unpark has left behind.
     */
    private volatile boolean parked;
    /** The lane takes nothing out of the queue any more, but for what it abandons. */
    private volatile boolean ended;
    /** Whose turn it is; the lane thread's alone. */
    private Turn turn = Turn.TASK;

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
        enqueue(tasks, task);
    }

    /**
     * Queues a task that reads what the module holds, one command of it: whoever has more to read queues the next. It
     * is run, or abandoned when the lane closes first. Any thread.
     */
    public void submitRead(LaneTask task) {
        enqueue(reads, task);
    }

    /**
     * Queues a task that is run before any other task, read or send, behind the piece of work in hand and urgent tasks
     * that are queued already; or abandoned when the lane closes first. For what bounds memory, such as stopping a
     * module that pushes more than is read: whoever used it for bulk would starve everybody. Any thread.
     */
    public void submitUrgent(LaneTask task) {
        enqueue(urgent, task);
    }

    private void enqueue(Queue<LaneTask> queue, LaneTask task) {
        queue.add(task);
        wake();
        if (ended) {
            // The lane may have looked for the last time before the task was there.
            abandonAll();
        }
    }

    /** Makes the lane look for work. Any thread. */
    public void wake() {
        if (parked) {
            parked = false;
            LockSupport.unpark(thread);
        }
    }

    /** Ends the lane behind the command in hand; tasks that have not run are abandoned. Any thread. */
    public void close() {
        closing = true;
        wake();
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
        abandonAll();
    }

    /** The queues have one consumer: the lane, and when that has ended whoever holds this lock. */
    private void abandonAll() {
        synchronized (tasks) {
            abandon(urgent);
            abandon(tasks);
            abandon(reads);
        }
    }

    private static void abandon(Queue<LaneTask> queue) {
        for (LaneTask task = queue.poll(); task != null; task = queue.poll()) {
            task.abandon();
        }
    }

    /** Does one piece of work; returns false if there was none. */
    private boolean step() {
        try {
            return work.prepare() && (run(urgent) || takeTurn());
        } catch (Throwable e) {
            // Whatever it is, the thread that everybody waits for must live.
            work.onFailure(e);
            return true;
        }
    }

    private boolean takeTurn() throws IOException {
        boolean done = false;
        for (int looked = 0; !done && looked < Turn.COUNT; looked++) {
            Turn now = turn;
            turn = now.next();
            done = switch (now) {
                case TASK -> run(tasks);
                case READ -> run(reads);
                case SEND -> work.sendNext();
            };
        }
        return done;
    }

    private static boolean run(Queue<LaneTask> queue) throws IOException {
        LaneTask task = queue.poll();
        if (task == null) {
            return false;
        }
        task.run();
        return true;
    }

    private void parkUntilWoken() {
        parked = true;
        // What was queued before the flag could be seen did not clear it: look once more.
        if (closing || step()) {
            parked = false;
        }
        while (parked) {
            LockSupport.park(this);
        }
    }
}
