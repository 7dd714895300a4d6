package io.uartnio.mux;

import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One life of a channel, from its open to its close: passes on what arrives, and that it has ended. A listener is never
 * called by two threads at once, and by nobody behind its end, though any thread may end it: if the reader is inside the
 * listener just then, the reader tells it on its way out, else the one who ends it does.
 */
final class Delivery {

    private static final int IDLE = 0;
    private static final int DELIVERING = 1;
    private static final int DELIVERING_LAST = 2;
    private static final int ENDED = 3;

    private final UartPort.Listener listener;
    private final AtomicInteger gate = new AtomicInteger(IDLE);
    private final AtomicBoolean ending = new AtomicBoolean();
    /** Written by the one who ends it, before the gate says so. */
    private IOException cause;

    Delivery(UartPort.Listener listener) {
        this.listener = listener;
    }

    /**
     * Passes bytes on. Reader thread.
     *
     * @return false if the listener has failed and the channel must be closed
     */
    boolean received(byte[] buffer, int offset, int length) {
        if (!gate.compareAndSet(IDLE, DELIVERING)) {
            return true;
        }
        try {
            listener.onReceived(buffer, offset, length);
            return true;
        } catch (RuntimeException e) {
            // The other channels' listeners are not to suffer.
            return false;
        } finally {
            if (!gate.compareAndSet(DELIVERING, IDLE)) {
                gate.set(ENDED);
                listener.onClosed(cause);
            }
        }
    }

    /** Ends it; does nothing the second time. Any thread. */
    void end(IOException why) {
        if (!ending.compareAndSet(false, true)) {
            return;
        }
        cause = why;
        // Round again only if the reader has come or gone in between.
        for (; ; ) {
            if (gate.compareAndSet(IDLE, ENDED)) {
                listener.onClosed(why);
                return;
            }
            if (gate.compareAndSet(DELIVERING, DELIVERING_LAST)) {
                return;
            }
        }
    }
}
