package io.uartnio.emulator;

/**
 * What becomes of data that waits unread in the module when {@code AT+QISWTMD} moves a socket from buffer access mode
 * to direct push mode. No manual says.
 */
public enum Leftovers {
    /** It is pushed, like data that arrives later. */
    PUSHED,
    /** It stays until {@code QIRD} or {@code QSSLRECV} reads it; data that arrives later is pushed past it. */
    KEPT,
    /** It stays until read, and until it has been read empty what arrives later is added to it and not pushed. */
    KEPT_AND_ADDED_TO
}
