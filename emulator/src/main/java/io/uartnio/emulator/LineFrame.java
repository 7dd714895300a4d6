package io.uartnio.emulator;

import java.util.Arrays;

/**
 * One indivisible run of bytes from the module to the host, or any run of bytes the other way, shown to a {@link LineFilter} before it reaches the line.
 * Immutable.
 */
public final class LineFrame {

    /** What a frame is. */
    public enum Kind {
        /** Echo of what the host typed. */
        ECHO,
        /** A reply to a command: information text, data that was read, result code. */
        REPLY,
        /** The prompt for payload. */
        PROMPT,
        /** An unsolicited result code without payload. */
        URC,
        /** A direct push URC with its payload. */
        PUSH,
        /** Payload of transparent mode. */
        DATA,
        /** A frame of the multiplexer, or several, whatever they carry. */
        MUX,
        /** What the host sent, as it happened to arrive. */
        HOST
    }

    private final Kind kind;
    private final long position;
    private final int socket;
    private final int headerBytes;
    private final byte[] bytes;

    LineFrame(Kind kind, long position, int socket, int headerBytes, byte[] bytes) {
        this.kind = kind;
        this.position = position;
        this.socket = socket;
        this.headerBytes = headerBytes;
        this.bytes = bytes;
    }

    /** Returns what the frame is. */
    public Kind kind() {
        return kind;
    }

    /** Returns how many bytes had been put on the line, in this direction, before the first byte of this frame. */
    public long position() {
        return position;
    }

    /** Returns the socket of a {@link Kind#PUSH} or {@link Kind#DATA} frame, otherwise -1. */
    public int socket() {
        return socket;
    }

    /** Returns how many bytes of a {@link Kind#PUSH} frame come before its payload, otherwise 0. */
    public int headerBytes() {
        return headerBytes;
    }

    /** Returns a copy of the bytes. */
    public byte[] bytes() {
        return Arrays.copyOf(bytes, bytes.length);
    }
}
