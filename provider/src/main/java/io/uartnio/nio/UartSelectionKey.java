package io.uartnio.nio;

import java.nio.channels.CancelledKeyException;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectionKey;

/**
 * What a key of a {@link UartSelector} is, whichever kind of channel it stands for. The ready set is written only by
 * the selecting thread; the interest set belongs to the subclass, because a hosted channel keeps its own in the JDK's
 * key. Identity is the equality of a key, as in the JDK.
 */
abstract class UartSelectionKey extends AbstractSelectionKey {

    private final UartSelector selector;
    private volatile int readyOps;

    UartSelectionKey(UartSelector selector) {
        this.selector = selector;
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

    /** Undoes what {@code register} did outside the selector's own sets; called when the key leaves its selector. */
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
