package io.uartnio.emulator;

/**
 * What becomes of data that waits unread in the module when {@code AT+QISWTMD} moves a socket from buffer access mode
 * to direct push mode or to transparent mode. No manual says.
 */
public enum Leftovers {
    /** It is pushed or streamed, like data that arrives later. */
    PUSHED,
    /** It stays until {@code QIRD} or {@code QSSLRECV} reads it; data that arrives later goes past it. */
    KEPT,
    /**
     * It stays until read, and until it has been read empty what arrives later is added to it and not pushed. In
     * transparent mode, where nothing can be read, it is streamed.
     */
    KEPT_AND_ADDED_TO
}
