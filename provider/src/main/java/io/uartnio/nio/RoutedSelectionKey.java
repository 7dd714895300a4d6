package io.uartnio.nio;

import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;

/**
 * The key of a channel that decides at its connect whose it is. Before that it is ready for nothing. From then on a key
 * of that kind stands behind it and does the work; the interest set is carried over, and the selector's user goes on
 * with this one. Its interest is guarded by its monitor, held for a few instructions and while the selector is told.
 */
final class RoutedSelectionKey extends UartSelectionKey {

    private final RoutedSocketChannel channel;

    // Guarded by this key's monitor, which comes after the channel's state lock.

    private int interestOps;

    /** The key that does the work; null before the connect. */
    private UartSelectionKey behind;

    private boolean released;

    RoutedSelectionKey(UartSelector selector, RoutedSocketChannel channel) {
        super(selector);
        this.channel = channel;
    }

    @Override
    public SelectableChannel channel() {
        return channel;
    }

    @Override
    public int interestOps() {
        ensureValid();
        synchronized (this) {
            return interestOps;
        }
    }

    @Override
    public RoutedSelectionKey interestOps(int ops) {
        ensureValid();
        checkOps(ops, channel.validOps());
        synchronized (this) {
            setInterest(ops);
        }
        return this;
    }

    @Override
    public int interestOpsOr(int ops) {
        ensureValid();
        checkOps(ops, channel.validOps());
        synchronized (this) {
            int before = interestOps;
            setInterest(before | ops);
            return before;
        }
    }

    @Override
    public int interestOpsAnd(int ops) {
        ensureValid();
        synchronized (this) {
            int before = interestOps;
            setInterest(before & ops);
            return before;
        }
    }

    private void setInterest(int ops) {
        interestOps = ops;
        if (behind != null) {
            behind.interestOps(ops);
        }
    }

    @Override
    void join() throws ClosedChannelException {
        channel.addKey(this);
    }

    /**
     * Puts a key of the target's kind behind this one. Called by the channel, under its state lock.
     *
     * @throws ClosedChannelException if the target has been closed
     */
    synchronized void route(SocketChannel target) throws ClosedChannelException {
        if (released) {
            return;
        }
        UartSelectionKey made = target instanceof ModuleSocketChannel module
                ? new ModuleSelectionKey(this, module)
                : new HostedSelectionKey(this, target);
        made.join();
        behind = made;
        try {
            made.interestOps(interestOps);
        } catch (CancelledKeyException e) {
            // closed by another thread since; this key is about to be cancelled too
        }
    }

    /** Takes the key behind away again: the connect was refused before it began. */
    void unroute() {
        UartSelectionKey left;
        synchronized (this) {
            left = behind;
            behind = null;
        }
        if (left != null) {
            left.released();
        }
    }

    @Override
    synchronized boolean isHosted() {
        return behind != null && behind.isHosted();
    }

    /** Leaves the channel outside the monitor: the channel's state lock comes before it. */
    @Override
    void released() {
        UartSelectionKey left;
        synchronized (this) {
            released = true;
            left = behind;
        }
        if (left != null) {
            left.released();
        }
        channel.removeKey(this);
    }
}
