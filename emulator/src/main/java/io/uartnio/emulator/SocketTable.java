package io.uartnio.emulator;

import io.uartnio.emulator.Connection.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * The twelve sockets and the one lock over all of them. The command thread, the transmitter and the network thread meet
 * here; each holds the lock only to copy bytes and to change states, never over a system call. A lock order: this one
 * before the transmitter's queue, never the other way.
 */
final class SocketTable {

    /** Indexes 0 to 11, and no more sockets than that. */
    static final int IDS = 12;

    /** How often a wait looks whether the life of the module is over: nobody signals that here. */
    private static final long CHECK_NANOS = 50_000_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final boolean shared;
    private final EmulatorCounters counters;
    private final Connection[] tcp = new Connection[IDS];
    private final Connection[] ssl;

    SocketTable(EmulatorOptions options, EmulatorCounters counters) {
        this.shared = options.sharedIds;
        this.ssl = shared ? tcp : new Connection[IDS];
        this.counters = counters;
    }

    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    /** Tells every waiter to look again; the caller holds the lock. */
    void signal() {
        changed.signalAll();
    }

    /** Runs with the lock held. */
    void locked(Runnable body) {
        lock.lock();
        try {
            body.run();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits, with the lock held, until the condition holds.
     *
     * @return false if the time ran out first
     */
    boolean await(BooleanSupplier condition, long timeoutMillis, Runnable check) {
        long remaining = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        while (!condition.getAsBoolean()) {
            check.run();
            if (remaining <= 0) {
                return false;
            }
            long slice = Math.min(remaining, CHECK_NANOS);
            try {
                remaining += changed.awaitNanos(slice) - slice;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Power.LifeOverException();
            }
        }
        return true;
    }

    /** Returns the socket of an index if a command of this kind may use it, otherwise null. */
    Connection find(Kind kind, int id) {
        Connection found = table(kind)[id];
        return found != null && found.kind == kind ? found : null;
    }

    /** Says whether an index is that of a UDP service. */
    boolean isService(int id) {
        lock.lock();
        try {
            return tcp[id] != null && tcp[id].service == Connection.Service.UDP_SERVICE;
        } finally {
            lock.unlock();
        }
    }

    boolean isTaken(Kind kind, int id) {
        return table(kind)[id] != null;
    }

    /** Says whether the twelve sockets that the module can have at all are in use. */
    boolean isFull() {
        return all().size() >= IDS;
    }

    void add(Connection connection) {
        table(connection.kind)[connection.id] = connection;
        counters.sockets(all().size());
    }

    /** Frees the index. */
    void remove(Connection connection) {
        Connection[] table = table(connection.kind);
        if (table[connection.id] == connection) {
            table[connection.id] = null;
            if (connection.openResult == 0) {
                counters.closed();
            }
            counters.sockets(all().size());
        }
    }

    /** Returns all sockets in order of index, TCP first. */
    List<Connection> all() {
        List<Connection> all = new ArrayList<>(IDS);
        Arrays.stream(tcp).filter(c -> c != null).forEach(all::add);
        if (!shared) {
            Arrays.stream(ssl).filter(c -> c != null).forEach(all::add);
        }
        return all;
    }

    /** Returns the socket of a place in the round that the transmitter makes, or null; places are 0 to 23. */
    Connection at(int place) {
        if (place < IDS) {
            return tcp[place];
        }
        return shared ? null : ssl[place - IDS];
    }

    private Connection[] table(Kind kind) {
        return kind == Kind.TCP ? tcp : ssl;
    }
}
