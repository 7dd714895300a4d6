package io.uartnio;

/** How a socket's received data crosses the UART; the data access modes of the vendors' manuals, and a mix of two. */
public enum AccessMode {
    /** The module keeps what it received until it is asked for it, and closes its TCP window meanwhile. */
    BUFFER,
    /** The module sends what it received at once, framed by a line that announces its length. */
    DIRECT_PUSH,
    /**
     * The port belongs to the socket: every byte is payload, and nothing is spent on framing. All other sockets wait
     * meanwhile: what they write stays in their buffers, their connects time out, their closes are carried out
     * afterwards. One socket at a time can be in this mode, and none while a server socket is open, or a datagram socket
     * that is pushed to: asking for it is then an {@link java.io.IOException}. It is connected in {@link #BUFFER} and moved at once, or
     * when its peer first pauses; closing it, or asking for another mode, gives the port back, which takes half a second
     * by DTR and three seconds without. The peer's end of the stream shows some seconds late where the port has no DCD.
     */
    TRANSPARENT,
    /**
     * Direct push that falls back to buffer access while the reader is slow, and returns. On a module that refuses to
     * switch it is {@link #BUFFER}; the first such socket is opened so, to find out.
     */
    ADAPTIVE
}
