package io.uartnio.nio;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;

/**
 * The key of one of the module's channels. Its interest set may be changed by any thread, so all four accessors go
 * through one {@link VarHandle}: the defaults of {@link SelectionKey} lock the key for two of them and would lose
 * updates against the other two. The flag {@code queued} keeps the key at most once in its selector's queue.
 */
final class ModuleSelectionKey extends UartSelectionKey {

    private static final VarHandle INTEREST_OPS;
    private static final VarHandle QUEUED;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            INTEREST_OPS = lookup.findVarHandle(ModuleSelectionKey.class, "interestOps", int.class);
            QUEUED = lookup.findVarHandle(ModuleSelectionKey.class, "queued", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ModuleChannel channel;

    private volatile int interestOps;

    @SuppressWarnings("unused") // by way of QUEUED
    private volatile boolean queued;

    /** True while the key is in its selector's list of candidates; only the selecting thread touches it. */
    boolean candidate;

    ModuleSelectionKey(UartSelector selector, ModuleChannel channel) {
        super(selector);
        this.channel = channel;
    }

    /** Makes the key behind another, for a channel that turned out to be the module's. */
    ModuleSelectionKey(UartSelectionKey shown, ModuleChannel channel) {
        super(shown);
        this.channel = channel;
    }

    @Override
    public SelectableChannel channel() {
        return channel.selectable();
    }

    @Override
    public int interestOps() {
        ensureValid();
        return interestOps;
    }

    @Override
    public SelectionKey interestOps(int ops) {
        ensureValid();
        checkOps(ops, channel.selectable().validOps());
        int before = (int) INTEREST_OPS.getAndSet(this, ops);
        lookAgainIfWider(before, ops);
        return this;
    }

    @Override
    public int interestOpsOr(int ops) {
        ensureValid();
        checkOps(ops, channel.selectable().validOps());
        int before = (int) INTEREST_OPS.getAndBitwiseOr(this, ops);
        lookAgainIfWider(before, ops);
        return before;
    }

    @Override
    public int interestOpsAnd(int ops) {
        ensureValid();
        return (int) INTEREST_OPS.getAndBitwiseAnd(this, ops);
    }

    /** A narrower interest cannot make a key ready, and one that stays a candidate is looked at in any case. */
    private void lookAgainIfWider(int before, int after) {
        if ((after & ~before) != 0) {
            uartSelector().keyChanged(this);
        }
    }

    /** Returns what the channel is ready for now, of what the key asks for; 0 for a cancelled key. */
    int readyNow() {
        return shown().isValid() ? channel.readyOps(interestOps) : 0;
    }

    /**
     * Marks the key as queued. A read-modify-write even when the flag is set already: the selecting thread's
     * {@link #clearQueued} then reads from it, and so sees the change that the caller has made before.
     *
     * @return true if the caller has to put the key into the queue
     */
    boolean markQueued() {
        return !(boolean) QUEUED.getAndSet(this, true);
    }

    /** Must come before the selecting thread looks at the channel, so that no later change goes unqueued. */
    void clearQueued() {
        QUEUED.getAndSet(this, false);
    }

    /** Makes the channel tell this key of its changes. */
    @Override
    void join() {
        channel.keys().add(this);
    }

    @Override
    boolean isHosted() {
        return false;
    }

    @Override
    void released() {
        channel.keys().remove(this);
    }
}
