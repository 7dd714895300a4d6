package io.uartnio.nio;

import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.spi.AbstractSelectableChannel;

/**
 * The key of a channel of the JDK in a {@link UartSelector}. The channel is registered with the JDK selector inside,
 * and that registration keeps the interest set and is cancelled with this key. A second registration, with a JDK
 * selector that is only ever flushed, makes sure that the last selector to let a closed channel go is one of the
 * JDK's: only those then free the file descriptor, and the inner one may let go while this key still stands.
 */
final class HostedSelectionKey extends UartSelectionKey {

    private final AbstractSelectableChannel channel;

    /** The key with the inner selector, which keeps the interest set; null before {@link #join}. */
    private volatile SelectionKey inner;

    /** The key with the selector that lets go last; null before {@link #join}. */
    private volatile SelectionKey hold;

    /** What the inner selector has just found ready; only the selecting thread touches it. */
    int collectedOps;

    HostedSelectionKey(UartSelector selector, AbstractSelectableChannel channel) {
        super(selector);
        this.channel = channel;
    }

    /** Makes the key behind another, for a channel that turned out to be the JDK's. */
    HostedSelectionKey(UartSelectionKey shown, AbstractSelectableChannel channel) {
        super(shown);
        this.channel = channel;
    }

    /** Registers the channel with both selectors of the JDK; the locks of its own {@code register} are re-entrant. */
    @Override
    void join() throws ClosedChannelException {
        inner = channel.register(uartSelector().inner(), 0, this);
        try {
            hold = channel.register(uartSelector().releaser(), 0);
        } catch (ClosedChannelException | RuntimeException e) {
            inner.cancel();
            throw e;
        }
    }

    @Override
    public SelectableChannel channel() {
        return channel;
    }

    @Override
    public int interestOps() {
        ensureValid();
        return inner.interestOps();
    }

    @Override
    public SelectionKey interestOps(int ops) {
        ensureValid();
        inner.interestOps(ops);
        uartSelector().hostedInterestChanged();
        return this;
    }

    @Override
    public int interestOpsOr(int ops) {
        ensureValid();
        int before = inner.interestOpsOr(ops);
        uartSelector().hostedInterestChanged();
        return before;
    }

    @Override
    public int interestOpsAnd(int ops) {
        ensureValid();
        return inner.interestOpsAnd(ops);
    }

    @Override
    boolean isHosted() {
        return true;
    }

    @Override
    void released() {
        cancel(inner);
        cancel(hold);
    }

    private static void cancel(SelectionKey key) {
        if (key != null) {
            key.cancel();
        }
    }

    /**
     * The identity, and the only moment to learn of a cancel. {@code AbstractSelectionKey.cancel()} is final, but it
     * puts the key into a hash set, and so comes by here with the key already invalid. The JDK's keys must be invalid
     * when it returns: {@code key.cancel(); channel.configureBlocking(true)} is legal without a select in between, and
     * the channel refuses it while any of its keys is valid. Cancelling them again later is harmless, so it does not
     * matter who else asks for the hash.
     */
    @Override
    public int hashCode() {
        if (!isValid()) {
            released();
        }
        return System.identityHashCode(this);
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }
}
