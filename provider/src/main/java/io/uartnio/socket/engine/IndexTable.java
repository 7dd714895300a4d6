package io.uartnio.socket.engine;

import io.uartnio.ModemException;
import io.uartnio.at.AtChannel;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;

/**
 * Shares out the module's indexes: who takes one, who waits for the next, and who had one last. Its lock is held for some
 * instructions, and whoever takes or gives an index shows or hides itself under it.
 *
 * <p>Threads: any, but where a method says so.
 */
final class IndexTable {

    /** No family has more. */
    static final int MAX_INDEXES = 16;

    /** A second announcement of a close may reach whoever has the index next; older ones are not expected. */
    private static final long DOUBLE_CLOSE_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** Finds who shows itself under an index, null if nobody does. */
    private final IntFunction<IndexHolder> holders;

    private volatile AtChannel channel;

    /** Guards the fields below it. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition freed = lock.newCondition();
    private final ArrayDeque<Integer> free = new ArrayDeque<>();
    private final ArrayDeque<IndexHolder> waiting = new ArrayDeque<>();
    private final long[] freedNanos = new long[MAX_INDEXES];
    private final boolean[] peerClosedLast = new boolean[MAX_INDEXES];
    private int size;
    private int used;
    private IOException shutDown;

    IndexTable(IntFunction<IndexHolder> holders) {
        this.holders = holders;
    }

    /** Sets the channel that is told whether anybody has an index. Before the first is taken. */
    void attach(AtChannel newChannel) {
        channel = newChannel;
    }

    /** Says how many indexes the module has; a smaller number than before changes nothing. */
    void setSize(int count) {
        lock.lock();
        try {
            while (size < count) {
                free.add(size++);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many indexes are taken, those of sockets that are closing included. */
    int used() {
        lock.lock();
        try {
            return used;
        } finally {
            lock.unlock();
        }
    }

    /** Returns true if somebody has this index. */
    boolean isHeld(int index) {
        return holders.apply(index) != null;
    }

    // ------------------------------------------------------------------ taking

    /**
     * Takes an index, or queues for the next one while one is being closed.
     *
     * @return true if it has one
     * @throws IOException if the modem is closed, or all indexes are in use
     */
    boolean takeOrAwait(IndexHolder holder) throws IOException {
        lock.lock();
        try {
            if (shutDown != null) {
                throw new ModemException("modem is closed", channel.details(), shutDown);
            }
            boolean taken = take(holder);
            if (!taken && !isAnyClosing()) {
                throw new ModemException("no socket is free: inUse=" + used + ", max=" + size, channel.details());
            }
            if (!taken) {
                waiting.add(holder);
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private boolean take(IndexHolder holder) {
        Integer index = free.poll();
        if (index == null) {
            return false;
        }
        takeThis(holder, index);
        return true;
    }

    private void takeThis(IndexHolder holder, int index) {
        used++;
        holder.take(index);
        channel.setStrict(true);
    }

    private boolean isAnyClosing() {
        for (int index = 0; index < MAX_INDEXES; index++) {
            IndexHolder holder = holders.apply(index);
            if (holder != null && !holder.isLive()) {
                return true;
            }
        }
        return false;
    }

    void stopAwaiting(IndexHolder holder) {
        lock.lock();
        try {
            waiting.remove(holder);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Notes that the module is about to be asked to open a socket. Lane thread.
     *
     * @return the index to open it under; -1 if it has been asked already
     */
    int beginOpen(IndexHolder holder) {
        lock.lock();
        try {
            if (holder.isAsked()) {
                return -1;
            }
            holder.setAsked(true);
            return holder.index();
        } finally {
            lock.unlock();
        }
    }

    // ------------------------------------------------------------------ indexes that the module chooses

    /**
     * Has a socket opened under another index, if there is one: the module says that this one is another's. Lane thread.
     *
     * @return false if there is no other to try
     */
    boolean openElsewhere(IndexHolder holder, int index) {
        lock.lock();
        try {
            if (holder.index() != index) {
                // Moved already, and opened again by a task of its own.
                return true;
            }
            if (holder.countMove() > MAX_INDEXES || free.isEmpty() || !holder.give()) {
                return false;
            }
            used--;
            move(holder);
            free.add(index);
        } finally {
            lock.unlock();
        }
        holder.openLater();
        return true;
    }

    /** Gives one that is being opened another index; false if there is none. */
    private boolean move(IndexHolder holder) {
        holder.setAsked(false);
        return take(holder);
    }

    /**
     * Shows a connection that the module has accepted under the index that it has chosen. Whoever of ours has that index
     * is either about to be opened, and gets another, or has been closed in the module; who waited for that index, and
     * has no other to wait for, is told so. Reader thread.
     *
     * @return false if that cannot be
     */
    boolean adopt(IndexHolder accepted, int index) {
        IndexHolder before;
        boolean opening = false;
        boolean moved = false;
        List<IndexHolder> stranded;
        lock.lock();
        try {
            before = holders.apply(index);
            if (before == null) {
                if (!free.remove(index)) {
                    return false;
                }
            } else {
                opening = before.isOpening();
                if (!opening && before.isLive()) {
                    return false;
                }
                before.give();
                used--;
                noteFreed(index, before);
            }
            takeThis(accepted, index);
            moved = opening && move(before);
            stranded = isAnyClosing() ? List.of() : allWaiting();
        } finally {
            lock.unlock();
        }
        if (moved) {
            before.openLater();
        } else if (opening) {
            before.failAndRelease(takenByModule(index));
        } else if (before != null) {
            before.forget();
        }
        stranded.forEach(holder -> holder.failAndRelease(takenByModule(index)));
        return true;
    }

    private ModemException takenByModule(int index) {
        return new ModemException(
                "no socket is free: the module has taken the last one for a connection to a listening socket",
                channel.details().socket(index));
    }

    /** Returns who waits; they do not any more. Under the lock. */
    private List<IndexHolder> allWaiting() {
        List<IndexHolder> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }

    // ------------------------------------------------------------------ freeing

    /** Gives an index to whoever waits for one: the module has closed its socket or forgotten it. Lane thread. */
    void free(IndexHolder holder) {
        int index = holder.index();
        IndexHolder next = null;
        lock.lock();
        try {
            if (!holder.give()) {
                return;
            }
            noteFreed(index, holder);
            used--;
            freed.signalAll();
            free.add(index);
            next = nextWaiting();
            if (used == 0) {
                channel.setStrict(false);
            }
        } finally {
            lock.unlock();
        }
        holder.forget();
        if (next != null) {
            next.openLater();
        }
    }

    private void noteFreed(int index, IndexHolder holder) {
        freedNanos[index] = System.nanoTime();
        peerClosedLast[index] = holder instanceof EngineSocket socket && socket.isCloseAnnounced();
    }

    private IndexHolder nextWaiting() {
        for (IndexHolder next = waiting.poll(); next != null; next = waiting.poll()) {
            if (next.isOpening() && take(next)) {
                return next;
            }
        }
        return null;
    }

    /** Frees every index whose holder is no longer live: the module has closed its sockets or forgotten them. Lane thread. */
    void freeAll() {
        for (int index = 0; index < MAX_INDEXES; index++) {
            IndexHolder holder = holders.apply(index);
            if (holder != null && !holder.isLive()) {
                free(holder);
            }
        }
        lock.lock();
        try {
            // Who has taken an index meanwhile will be pushed data.
            channel.setStrict(used > 0);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until no index is taken.
     *
     * @return false if the time ran out first or the thread was interrupted; its flag then stays set
     */
    boolean awaitAllFree(long timeoutMillis) {
        long leftNanos = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        lock.lock();
        try {
            while (used > 0) {
                if (leftNanos <= 0) {
                    return false;
                }
                leftNanos = freed.awaitNanos(leftNanos);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Returns true if an announced close may be that of whoever had the index before, told twice. */
    boolean mayCloseBeOfPredecessor(int index) {
        lock.lock();
        try {
            return peerClosedLast[index] && System.nanoTime() - freedNanos[index] < DOUBLE_CLOSE_NANOS;
        } finally {
            lock.unlock();
        }
    }

    /** Gives nobody an index any more, for this cause, and fails everyone who has one or waits for one. */
    void shutDown(IOException cause) {
        List<IndexHolder> awaiting;
        lock.lock();
        try {
            if (shutDown == null) {
                shutDown = cause;
            }
            awaiting = allWaiting();
        } finally {
            lock.unlock();
        }
        awaiting.forEach(holder -> holder.failAndRelease(cause));
        for (int index = 0; index < MAX_INDEXES; index++) {
            IndexHolder holder = holders.apply(index);
            if (holder != null) {
                holder.failAndRelease(cause);
            }
        }
    }
}
