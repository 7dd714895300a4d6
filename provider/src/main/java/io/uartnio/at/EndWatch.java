package io.uartnio.at;

import java.util.Arrays;

/**
 * Looks in the bytes of a stream that has the line to itself for the line of text by which the module takes it back. Any
 * peer can send that line as payload, so nothing is decided here: the last bytes so far are held back from where they
 * are such a line or the beginning of one, and when whatever comes next shows that they are not, they are handed on.
 *
 * <p>Behind the whole line, lines of URCs that the module has kept meanwhile may stand. Of several whole lines the last
 * counts, since the module sends one only.
 *
 * <p>Not thread-safe: belongs to whoever holds the lock of its {@link TransparentStream}.
 */
final class EndWatch {

    /** Takes what is payload for certain. */
    @FunctionalInterface
    interface Payload {
        void accept(byte[] bytes, int offset, int length);
    }

    /** More than every socket's URC at once; if more follows the line, it was payload. */
    static final int MAX_HELD_BYTES = 1024;

    private static final int PIECE_BYTES = 4096;
    private static final byte[][] NONE = {};

    private final Payload payload;
    private final byte[] held = new byte[MAX_HELD_BYTES];
    private final byte[] joined = new byte[MAX_HELD_BYTES + PIECE_BYTES];
    private byte[][] endLines = NONE;
    private int heldBytes;
    /** How many of the bytes held have been handed on all the same. */
    private int releasedBytes;
    /** Which end line the held bytes begin with, or null if with the beginning of one only. */
    private byte[] complete;

    EndWatch(Payload payload) {
        this.payload = payload;
    }

    /** Forgets what is held and looks for these lines, each in CR LF on both sides, from now on. */
    void reset(byte[]... newEndLines) {
        heldBytes = 0;
        releasedBytes = 0;
        complete = null;
        endLines = newEndLines.clone();
    }

    /** Looks for these lines in what is held and all that comes. */
    void setEndLines(byte[]... newEndLines) {
        endLines = newEndLines.clone();
        take(held.clone(), 0, heldBytes, 0);
    }

    /** Takes the next bytes; returns true if a whole end line has come with them, and nothing behind it contradicts. */
    boolean accept(byte[] bytes, int offset, int length) {
        boolean completed = false;
        for (int done = 0; done < length; done += PIECE_BYTES) {
            completed = acceptPiece(bytes, offset + done, Math.min(PIECE_BYTES, length - done));
        }
        return completed;
    }

    private boolean acceptPiece(byte[] bytes, int offset, int length) {
        if (heldBytes == 0) {
            return take(bytes, offset, length, 0);
        }
        int before = heldBytes;
        System.arraycopy(held, 0, joined, 0, before);
        System.arraycopy(bytes, offset, joined, before, length);
        return take(joined, 0, before + length, before);
    }

    /** Hands on what cannot be the end any more and holds the rest back; the first bytes have been here before. */
    private boolean take(byte[] bytes, int offset, int length, int before) {
        int end = offset + length;
        int keep = whole(bytes, offset, end);
        boolean completed = complete != null && keep + complete.length > offset + before;
        if (complete == null) {
            keep = beginning(bytes, offset, end);
        }
        int from = offset + releasedBytes;
        if (keep > from) {
            payload.accept(bytes, from, keep - from);
        }
        releasedBytes = Math.max(0, from - keep);
        heldBytes = end - keep;
        System.arraycopy(bytes, keep, held, 0, heldBytes);
        return completed;
    }

    /** Finds the last whole end line that nothing behind it contradicts. */
    private int whole(byte[] bytes, int offset, int end) {
        complete = null;
        boolean anyLine = true;
        for (int from = end - 1; from >= Math.max(offset, end - MAX_HELD_BYTES) && anyLine; from--) {
            byte[] line = bytes[from] == '\r' ? endLineAt(bytes, from, end) : null;
            if (line != null) {
                complete = isLineEnd(bytes, from + line.length, end) ? line : null;
                return from;
            }
            anyLine = isText(bytes[from]);
        }
        return end;
    }

    private byte[] endLineAt(byte[] bytes, int from, int end) {
        for (byte[] line : endLines) {
            if (Bytes.startsWith(bytes, from, end - from, line)) {
                return line;
            }
        }
        return null;
    }

    /** Lines begin with CR LF, so what follows the end line at once begins so. */
    private static boolean isLineEnd(byte[] bytes, int from, int end) {
        return (from >= end || bytes[from] == '\r') && (from + 1 >= end || bytes[from + 1] == '\n');
    }

    private static boolean isText(byte b) {
        return (b >= ' ' && b <= '~') || b == '\r' || b == '\n';
    }

    /** Finds where the last bytes begin that are the beginning of an end line. */
    private int beginning(byte[] bytes, int offset, int end) {
        int first = end;
        for (byte[] line : endLines) {
            for (int from = Math.max(offset, end - line.length + 1); from < first; from++) {
                if (isBeginning(line, bytes, from, end)) {
                    first = from;
                }
            }
        }
        return first;
    }

    private static boolean isBeginning(byte[] line, byte[] bytes, int from, int end) {
        for (int i = from; i < end; i++) {
            if (bytes[i] != line[i - from]) {
                return false;
            }
        }
        return true;
    }

    /** Returns true if anything is held back. */
    boolean isHolding() {
        return heldBytes > releasedBytes;
    }

    /** Returns the end line that the bytes held begin with, or null. */
    byte[] complete() {
        return complete;
    }

    /** Returns true if the beginning of the end line, too long in coming, has been handed on as payload. */
    boolean isBeginningReleased() {
        return releasedBytes > 0;
    }

    /**
     * Hands on what is held. If it was the beginning of an end line, the rest of it is still recognised; if it was a
     * whole one it was payload.
     */
    void release() {
        payload.accept(held, releasedBytes, heldBytes - releasedBytes);
        releasedBytes = heldBytes;
        if (complete != null) {
            heldBytes = 0;
            releasedBytes = 0;
            complete = null;
        }
    }

    /**
     * The end line was the end.
     *
     * @param withLine true for the line itself too
     * @return what stands behind the end of the stream
     */
    byte[] end(boolean withLine) {
        byte[] behind = Arrays.copyOfRange(held, withLine ? 0 : complete.length, heldBytes);
        reset();
        return behind;
    }
}
