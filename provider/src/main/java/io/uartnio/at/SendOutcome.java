package io.uartnio.at;

/** How the module answered a send. */
public enum SendOutcome {
    /** {@code SEND OK}: the module has taken the payload. */
    TAKEN,
    /** {@code SEND FAIL}: the module's buffer is full and nothing was taken; the same bytes may be sent again. */
    BUFFER_FULL,
    /** {@code ERROR}: the socket cannot send; nothing was taken. */
    REFUSED,
    /** A late answer of an earlier send came with this one's, and they differ: what was taken is not known. */
    UNKNOWN
}
