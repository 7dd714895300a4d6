package io.uartnio;

/** How a socket's received data crosses the UART; the data access modes of the vendors' manuals, and a mix of two. */
public enum AccessMode {
    /** The module keeps what it received until it is asked for it, and closes its TCP window meanwhile. */
    BUFFER,
    /** The module sends what it received at once, framed by a line that announces its length. */
    DIRECT_PUSH,
    /** The port belongs to the socket: every byte is payload. */
    TRANSPARENT,
    /**
     * Direct push that falls back to buffer access while the reader is slow, and returns. On a module that refuses to
     * switch it is {@link #BUFFER}; the first such socket is opened so, to find out.
     */
    ADAPTIVE
}
