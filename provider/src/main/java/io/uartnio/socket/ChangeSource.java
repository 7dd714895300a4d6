package io.uartnio.socket;

/**
 * Something whose state other threads wait for: by a listener, or parked. The faces build blocking operations and
 * selection on it. Safe for any thread.
 */
public interface ChangeSource {

    /**
     * Is told that readiness or state may have changed. Called by the modem's own threads and by the closing thread,
     * so it must neither block nor throw; it may be called without a change, never missed with one.
     */
    @FunctionalInterface
    interface ChangeListener {
        /** Readiness or state may have changed: look again. */
        void onChange();
    }

    /**
     * Sets the one listener, or none with null. If something has already happened, the listener is not told of it: look
     * once after setting.
     */
    void setChangeListener(ChangeListener listener);

    /**
     * Waits until readiness or state may have changed since the caller last looked, the deadline has passed, or the
     * thread is interrupted (its flag stays set); may return early. Call it in a loop that looks between
     * {@link #changeStamp()} and this:
     *
     * <pre>{@code
     * for (;;) {
     *     long stamp = socket.changeStamp();
     *     if (socket.isReadable() || closed) break;
     *     socket.awaitChange(stamp, deadlineNanos);
     * }
     * }</pre>
     *
     * <p>Parks, so a virtual thread gives up its carrier.
     *
     * @param stamp what {@link #changeStamp()} returned before the caller looked
     * @param deadlineNanos in {@link System#nanoTime()}'s time; {@link Long#MAX_VALUE} for none
     */
    void awaitChange(long stamp, long deadlineNanos);

    /** Returns a number that is different after every change. */
    long changeStamp();

    /** Wakes everyone in {@link #awaitChange} and counts as a change; for a face whose own state has changed. */
    void signalChange();
}
