package io.uartnio.mux;

import static io.uartnio.mux.FrameFormat.FLAG;

/**
 * Finds out what one byte that was lost, changed or added has done to a frame: where the frame behind it begins, and
 * which DLC the damaged one was for. Nothing is searched for flags, because payload may hold any number of frames that
 * a peer has made up. Instead each frame that the module could have sent here is tried with each such change; if all
 * that explain what has arrived end at the same place, that is the place. If none does, or they disagree as when a peer
 * has put the end of a frame into its payload, nobody can tell.
 *
 * <p>The bytes given must reach as far as the longest frame, so that the true explanation is among those tried and a
 * forged one cannot be the only one. Reader thread; nothing is allocated.
 */
final class Realignment {

    /** The outcome when no place or more than one can be told. */
    static final int NOWHERE = -1;

    /** No UI frames, which are never asked for: their check covers the byte that is missing and would tell nothing. */
    private static final int[] INFORMATION_CONTROLS = {FrameFormat.UIH, FrameFormat.UIH | FrameFormat.POLL_FINAL};

    private static final int[] OTHER_CONTROLS = {
        FrameFormat.SABM,
        FrameFormat.SABM | FrameFormat.POLL_FINAL,
        FrameFormat.UA,
        FrameFormat.UA | FrameFormat.POLL_FINAL,
        FrameFormat.DM,
        FrameFormat.DM | FrameFormat.POLL_FINAL,
        FrameFormat.DISC,
        FrameFormat.DISC | FrameFormat.POLL_FINAL
    };
    private final int channels;

    // The frame being tried: its header, the length of its information and its check octet.
    private final byte[] header = new byte[4];
    private int headerBytes;
    private int length;
    private int check;

    // What is to be explained.
    private byte[] bytes;
    private int start;
    private int count;
    private boolean sharedFlags;

    private int place;
    private long dlcis;
    private boolean disagreed;
    /** Where the whole frame behind one odd byte ends, 0 if there is none; and whose it is. */
    private int wholeEnd;

    private int wholeDlci;

    /** Knows DLCIs 0 to {@code channels}. */
    Realignment(int channels) {
        this.channels = channels;
    }

    /** Returns the DLCs, a bit each, that the damaged frame may have been for: 0 if it came through whole. */
    long dlcis() {
        return dlcis;
    }

    /**
     * Explains bytes that begin behind the last flag of a whole frame, at the first that is no flag, and are no frame.
     *
     * @param longest information that this module sends, in bytes
     * @param sharedFlags true if one flag both ends a frame and begins the next
     * @return how many bytes to go on behind, or {@link #NOWHERE}
     */
    int explain(byte[] buffer, int offset, int end, int longest, boolean sharedFlags) {
        this.bytes = buffer;
        this.start = offset;
        this.count = end - offset;
        this.sharedFlags = sharedFlags;
        place = NOWHERE;
        dlcis = 0;
        disagreed = false;
        wholeEnd = 0;
        boolean whole = count == 1 || isWholeBehindOne(longest);
        for (int dlci = 0; dlci <= channels; dlci++) {
            tryFrames(dlci, FrameFormat.address(dlci, true), longest);
            tryFrames(dlci, FrameFormat.address(dlci, false), longest);
        }
        bytes = null;
        if (whole && place == NOWHERE) {
            // Only an octet between two frames: what is behind it is read as ever.
            return 1;
        }
        return disagreed ? NOWHERE : place;
    }

    /** Returns true if all but the first byte is a whole frame, with or without flags before it. */
    private boolean isWholeBehindOne(int longest) {
        int i = 1;
        while (i < count && at(i) == (FLAG & 0xff)) {
            i++;
        }
        if (i == count) {
            return true;
        }
        if (count - i < 3 || !FrameFormat.isType(FrameFormat.type(at(i + 1)))) {
            return false;
        }
        int headerOctets = (at(i + 2) & 1) != 0 ? 3 : 4;
        if (count - i < headerOctets) {
            return false;
        }
        int information = headerOctets == 3 ? at(i + 2) >> 1 : at(i + 2) >> 1 | at(i + 3) << 7;
        int checkAt = i + headerOctets + information;
        boolean ui = FrameFormat.type(at(i + 1)) == FrameFormat.UI;
        boolean whole = information <= longest
                && FrameFormat.dlci(at(i)) <= channels
                && checkAt + 1 < count
                && at(checkAt) == FrameCheck.of(bytes, start + i, headerOctets + (ui ? information : 0))
                && at(checkAt + 1) == (FLAG & 0xff);
        if (whole) {
            // If anything else explains it too, it must lead to the end of this frame, and the frame is not trusted.
            wholeEnd = pastFlags(checkAt + 2);
            wholeDlci = FrameFormat.dlci(at(i));
        }
        return whole;
    }

    private void tryFrames(int dlci, int address, int longest) {
        for (int control : INFORMATION_CONTROLS) {
            for (int information = 0; information <= longest; information++) {
                tryFrame(dlci, address, control, information);
            }
        }
        for (int control : OTHER_CONTROLS) {
            tryFrame(dlci, address, control, 0);
        }
    }

    private void tryFrame(int dlci, int address, int control, int information) {
        header[0] = (byte) address;
        header[1] = (byte) control;
        if (information <= FrameFormat.MAX_SHORT_LENGTH) {
            headerBytes = 3;
            header[2] = (byte) (information << 1 | 1);
        } else {
            headerBytes = 4;
            header[2] = (byte) (information << 1 & 0xfe);
            header[3] = (byte) (information >> 7);
        }
        length = information;
        check = FrameCheck.of(header, 0, headerBytes);
        tryDamagedHeader(dlci);
        tryDamageBehindHeader(dlci);
    }

    private void tryDamagedHeader(int dlci) {
        int end = headerBytes + length + 2;
        for (int at = 0; at < headerBytes; at++) {
            if (headerMatches(0, at, 0) && headerMatches(at + 1, headerBytes, 0) && isEnd(headerBytes + length)) {
                explained(dlci, end);
            }
            if (headerMatches(0, at, 0) && headerMatches(at + 1, headerBytes, -1) && isEnd(headerBytes + length - 1)) {
                explained(dlci, end - 1);
            }
            if (at > 0
                    && headerMatches(0, at, 0)
                    && headerMatches(at, headerBytes, 1)
                    && isEnd(headerBytes + length + 1)) {
                explained(dlci, end + 1);
            }
        }
    }

    private void tryDamageBehindHeader(int dlci) {
        if (!headerMatches(0, headerBytes, 0)) {
            return;
        }
        int checkAt = headerBytes + length;
        // A byte of the information was lost, or one was added.
        if (length > 0 && isEnd(checkAt - 1)) {
            explained(dlci, checkAt + 1);
        }
        if (isEnd(checkAt + 1)) {
            explained(dlci, checkAt + 3);
        }
        // The check octet was changed, or lost.
        if (is(checkAt + 1, FLAG & 0xff)) {
            explained(dlci, checkAt + 2);
        }
        if (is(checkAt, FLAG & 0xff)) {
            explained(dlci, checkAt + 1);
        }
        // The closing flag was changed, or one added before it, or it was lost.
        if (is(checkAt, check) && !is(checkAt + 1, FLAG & 0xff)) {
            if (is(checkAt + 2, FLAG & 0xff)) {
                explained(dlci, checkAt + 3);
            } else if (sharedFlags) {
                // Either the flag is another octet now, or it is gone: there are two places to go on.
                explained(dlci, checkAt + 1);
                explained(dlci, checkAt + 2);
            }
        }
    }

    private void explained(int dlci, int end) {
        if (end > count) {
            return;
        }
        int found = pastFlags(end);
        if (!mayBeHeader(found)) {
            // Only one byte is damaged, so a frame would have to begin there.
            return;
        }
        disagreed |= (place != NOWHERE && place != found) || (wholeEnd != 0 && wholeEnd != found);
        place = found;
        dlcis |= 1L << dlci | (wholeEnd == 0 ? 0 : 1L << wholeDlci);
    }

    private boolean mayBeHeader(int position) {
        return (position >= count || (at(position) & 1) != 0)
                && (position + 1 >= count || FrameFormat.isType(FrameFormat.type(at(position + 1))));
    }

    private int pastFlags(int position) {
        int i = position;
        while (i < count && at(i) == (FLAG & 0xff)) {
            i++;
        }
        return i;
    }

    /** Returns true if octets of the header, from and to, stand where they belong, shifted by some places. */
    private boolean headerMatches(int from, int to, int shift) {
        for (int i = from; i < to; i++) {
            if (!is(i + shift, header[i] & 0xff)) {
                return false;
            }
        }
        return true;
    }

    /** Returns true if the check octet stands there and the closing flag behind it. */
    private boolean isEnd(int checkAt) {
        return is(checkAt, check) && is(checkAt + 1, FLAG & 0xff);
    }

    private boolean is(int position, int octet) {
        return position >= 0 && position < count && at(position) == octet;
    }

    private int at(int position) {
        return bytes[start + position] & 0xff;
    }
}
