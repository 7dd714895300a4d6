package io.uartnio.nio;

import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectionKey;

/**
 * What a key of a {@link UartSelector} is, whichever kind of channel it stands for. The ready set is written only by
 * the selecting thread; the interest set belongs to the subclass, because a hosted channel keeps its own in the JDK's
 * key. Identity is the equality of a key, as in the JDK.
 *
 * <p>A key may stand behind another, which alone is shown to the selector's user: see {@link RoutedSelectionKey}.
 */
abstract class UartSelectionKey extends AbstractSelectionKey {

    private final UartSelector selector;
    private volatile int readyOps;

    private final UartSelectionKey shown;

    UartSelectionKey(UartSelector selector) {
        this.selector = selector;
        this.shown = this;
    }

    /** Makes a key that stands behind another. It is never in the selector's sets, and never cancelled itself. */
    UartSelectionKey(UartSelectionKey shown) {
        this.selector = shown.selector;
        this.shown = shown;
    }

    /** Returns the key that the selector's user knows, mostly this one. */
    final UartSelectionKey shown() {
        return shown;
    }

    @Override
    public final Selector selector() {
        return selector;
    }

    final UartSelector uartSelector() {
        return selector;
    }

    @Override
    public final int readyOps() {
        ensureValid();
        return readyOps;
    }

    /** Replaces the ready set, as for a key that is not in the selected-key set. */
    final void setReadyOps(int ops) {
        readyOps = ops;
    }

    /**
     * Adds to the ready set, as for a key that is in the selected-key set already.
     *
     * @return true if that changed it, which makes the key count
     */
    @SuppressWarnings("NonAtomicVolatileUpdate") // only the selecting thread writes, under the selector's monitor
    final boolean addReadyOps(int ops) {
        int before = readyOps;
        readyOps = before | ops;
        return readyOps != before;
    }

    /**
     * Takes the channel in for its selector, with no interest yet. Runs inside the channel's {@code register}.
     *
     * @throws ClosedChannelException if another thread has closed the channel
     * @throws java.nio.channels.IllegalSelectorException if the channel is not for this selector
     */
    abstract void join() throws ClosedChannelException;

    /** Returns true if selectors of the JDK have to be flushed for the channel once the key has left. */
    abstract boolean isHosted();

    /** Undoes what {@link #join} did outside the selector's own sets; called when the key leaves its selector. */
    abstract void released();

    final void ensureValid() {
        if (!isValid()) {
            throw new CancelledKeyException();
        }
    }

    static void checkOps(int ops, int validOps) {
        if ((ops & ~validOps) != 0) {
            throw new IllegalArgumentException(
                    "operations not supported by the channel: ops=" + ops + ", validOps=" + validOps);
        }
    }
}
