package io.uartnio.emulator;

/** The states of a socket with the numbers that {@code AT+QISTATE} and {@code AT+QSSLSTATE} give them. */
enum SocketState {
    /** The index is in use but nothing is connected: an open failed and the knob keeps its index. */
    INITIAL(0),
    /** Entered by {@code QIOPEN} and {@code QSSLOPEN}: TCP connects, TLS negotiates. */
    OPENING(1),
    /** Entered when the connection is announced. */
    CONNECTED(2),
    /** Entered when a listening socket listens. */
    LISTENING(3),
    /** Entered when the peer's close, the loss of the PDP context or the host's own close is known. */
    CLOSING(4);

    private final int code;

    SocketState(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
