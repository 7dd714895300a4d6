package io.uartnio.emulator;

import io.uartnio.emulator.LineFrame.Kind;

/**
 * What a port sends next: a reply or URC of the queue as it lies there, or frames of sockets that were copied together.
 * Reused; for the transmitter's thread.
 */
final class OutputBatch {

    private static final int CAPACITY = 32 * 1024;

    private final byte[] own = new byte[CAPACITY];

    byte[] bytes = own;
    int length;
    /** Of the last frame; the whole truth when the batch is of one. */
    Kind kind = Kind.URC;

    int socket = -1;
    int headerBytes;
    /** What happens just before the host can have seen the whole batch, or null. */
    Runnable beforeLastRun;
    /** What happens once the batch has reached the line, or null. */
    Runnable afterwards;
    /** It came out of the queue. */
    boolean queued;

    /** Begins an empty batch of its own. */
    void reset() {
        bytes = own;
        length = 0;
        kind = Kind.URC;
        socket = -1;
        headerBytes = 0;
        beforeLastRun = null;
        afterwards = null;
        queued = false;
    }

    int room() {
        return own.length - length;
    }

    void text(String text) {
        for (int i = 0; i < text.length(); i++) {
            bytes[length++] = (byte) text.charAt(i);
        }
    }
}
