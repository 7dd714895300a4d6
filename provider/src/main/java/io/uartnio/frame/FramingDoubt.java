package io.uartnio.frame;

/** Why the place in the stream of bytes was lost: each names what a lost, added or changed byte has shown. */
public enum FramingDoubt {
    /** A line began as an announcement of payload and was not a correct one. */
    DAMAGED_ANNOUNCEMENT("a damaged announcement of payload"),
    /** An announcement was not set off by CR LF before and after it. */
    ANNOUNCEMENT_NOT_SET_OFF("an announcement of payload without the line ends around it"),
    /** Payload was announced for a socket that is not open. */
    UNKNOWN_SOCKET("payload announced for a socket that is not open"),
    /** What came behind payload was not what has come behind payload of this module so far. */
    WRONG_TAIL("payload not followed by what follows payload of this module"),
    /** A frame stopped half-way for longer than its time limit. */
    STALLED("a frame that stopped half-way"),
    /** The port has noticed that bytes are missing. */
    BYTES_LOST("bytes that the port has lost");

    private final String text;

    FramingDoubt(String text) {
        this.text = text;
    }

    /** Returns the reason in words for a message. */
    public String text() {
        return text;
    }

    /** Returns what an exception says, whether the reader or a command in flight was the first to see it. */
    public String toMessage() {
        return "bytes were lost, added or changed on the line, so no stream can be trusted: seen=" + text;
    }
}
