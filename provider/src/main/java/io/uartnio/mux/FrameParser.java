package io.uartnio.mux;

import static io.uartnio.mux.FrameFormat.FLAG;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bytes in, frames out: driven by the length field, in place where a frame has arrived in one piece. Any cut of the
 * input gives the same frames.
 *
 * <p>The check octet of a UIH frame covers its header only, and a peer can put whole frames into its payload. So
 * behind a frame that is not as it must be, nothing is searched for flags. One of three things happens:
 *
 * <ul>
 *   <li>What one lost, changed or added byte has done can be told ({@link Realignment}): {@link FrameListener#onDamage}
 *       names whom it has cost a frame, and the next frame is read where it begins.
 *   <li>It cannot be told: {@link FrameListener#onPlaceLost}. Everything is passed over until a marker arrives that
 *       only the module can send ({@link #seek}), or somebody knows that the line was silent ({@link #hunt}).
 *   <li>No frame has been whole yet: the next flag may begin one.
 * </ul>
 *
 * <p>Where the check octet of a header happens to be F9, a lost byte of the information makes the closing flag look like
 * the check octet and the next frame's opening flag like the closing one. Such a frame is held until the number of flags
 * behind it is known, and must be followed by as many as frames of this module are.
 *
 * <p>Threads: {@link #feed} is the reader's; the methods that say so are for any thread. Nothing is allocated after
 * construction.
 */
final class FrameParser {

    private static final int NEEDS_MORE = -1;
    private static final int NO_FRAME = -2;

    private static final int NO_ORDER = 0;
    private static final int ORDER_DECIDE = 1;
    private static final int ORDER_HUNT = 2;

    /** More flags than this behind a frame are fill. */
    private static final int MAX_GAP = 8;
    /** How much oftener than any other a number of flags must have been seen to be relied on. */
    private static final int GAP_KNOWN = 3;

    private static final int GAP_CERTAIN = 32;

    private enum Mode {
        /** From the start, or by {@link #hunt}: the next flag may begin a frame. */
        HUNTING,
        /** By a flag: a frame may begin here. */
        AT_A_FLAG,
        /** By the first whole frame: the next byte belongs to a frame, or to the flags before it. */
        IN_STEP,
        /** By damage that could not be explained. */
        LOST
    }

    private final FrameListener listener;
    private final Realignment realignment;
    private final int maxInformationBytes;
    private final byte[] window;

    private final AtomicInteger order = new AtomicInteger(NO_ORDER);
    private volatile byte[] marker;
    private volatile boolean midFrame;
    private volatile boolean holding;

    // Everything below is the reader thread's alone.
    private Mode mode = Mode.HUNTING;
    private int held;
    /** With how many bytes in the window it is worth while to look again. */
    private int wanted = 1;

    private boolean deciding;
    private boolean heldWhole;
    /** Longest information that a whole frame has had, and not less than what was agreed. */
    private int longestBytes;

    private int flags;
    private boolean flagsCount;
    private int usualFlags;
    private int usualFlagsScore;
    private int markerMatched;

    private long frameCount;
    private long damageCount;
    private long placeLostCount;
    private long ignoredByteCount;

    /**
     * Creates a parser.
     *
     * @param channels the highest DLCI in use
     * @param agreedBytes longest information that was agreed on
     * @param maxInformationBytes longest information that is believed
     */
    FrameParser(FrameListener listener, int channels, int agreedBytes, int maxInformationBytes) {
        this.listener = listener;
        this.realignment = new Realignment(channels);
        this.maxInformationBytes = maxInformationBytes;
        this.longestBytes = agreedBytes;
        this.window = new byte[maxInformationBytes + 2 * MAX_GAP + 16];
    }

    // ------------------------------------------------------------------ any thread

    /** Says that nothing has come for so long that what is in hand must be judged as it is, before the next bytes. */
    void decide() {
        order.compareAndSet(NO_ORDER, ORDER_DECIDE);
    }

    /** From the next byte on, takes any flag for the possible begin of a frame: for a line that was silent. */
    void hunt() {
        order.set(ORDER_HUNT);
    }

    /**
     * Sets what shows the place again once it was lost: octets that nobody but the module can know, followed in its
     * frame by the check octet and a flag. The first must not appear again among the others.
     */
    void seek(byte[] octets) {
        marker = octets;
    }

    /** Returns true if a frame has begun and has neither ended nor been given up. */
    boolean isMidFrame() {
        return midFrame;
    }

    /** Returns true if a whole frame waits for what comes behind it, however late that may be. */
    boolean isHolding() {
        return holding;
    }

    /** Returns how many frames were whole. May lag. */
    long frameCount() {
        return frameCount;
    }

    /** Returns how often a frame was damaged and the place found again at once. May lag. */
    long damageCount() {
        return damageCount;
    }

    /** Returns how often the place was lost. May lag. */
    long placeLostCount() {
        return placeLostCount;
    }

    /** Returns how many bytes were passed over while no frame was in hand. May lag. */
    long ignoredByteCount() {
        return ignoredByteCount;
    }

    // ------------------------------------------------------------------ reader thread

    /** Takes the next bytes of the line. */
    void feed(byte[] buffer, int offset, int length) {
        obeyOrder();
        int position = offset;
        int end = offset + length;
        while (position < end) {
            if (held == 0) {
                position = parse(buffer, position, end);
                held = end - position;
                System.arraycopy(buffer, position, window, 0, held);
                position = end;
            } else {
                int taken = Math.min(Math.max(1, wanted - held), end - position);
                System.arraycopy(buffer, position, window, held, taken);
                held += taken;
                position += taken;
                parseWindow();
            }
        }
        // Written when it changes: a volatile write for every piece of input would cost more than the look.
        if (midFrame != held > 0) {
            midFrame = held > 0;
        }
        if (holding != heldWhole) {
            holding = heldWhole;
        }
    }

    private void parseWindow() {
        int parsed = parse(window, 0, held);
        held -= parsed;
        if (parsed > 0) {
            System.arraycopy(window, parsed, window, 0, held);
        }
    }

    private void obeyOrder() {
        int ordered = order.get() == NO_ORDER ? NO_ORDER : order.getAndSet(NO_ORDER);
        if (ordered == ORDER_HUNT) {
            held = 0;
            heldWhole = false;
            mode = Mode.HUNTING;
            flagsCount = false;
        } else if (ordered == ORDER_DECIDE && held > 0) {
            deciding = true;
            parseWindow();
            deciding = false;
        }
    }

    /** Takes frames as far as they go; returns where the first byte stands that must be seen again with what follows. */
    private int parse(byte[] b, int from, int end) {
        int position = from;
        while (position < end) {
            if (mode == Mode.LOST) {
                position = seekMarker(b, position, end);
                continue;
            }
            if (mode == Mode.HUNTING) {
                position = seekFlag(b, position, end);
                continue;
            }
            if (b[position] == FLAG) {
                flags++;
                position++;
                continue;
            }
            int next = frame(b, position, end);
            if (next == NEEDS_MORE) {
                return position;
            }
            position = next;
        }
        wanted = 1;
        return end;
    }

    private int seekFlag(byte[] b, int from, int end) {
        int position = from;
        while (position < end && b[position] != FLAG) {
            position++;
        }
        ignoredByteCount += position - from;
        if (position < end) {
            mode = Mode.AT_A_FLAG;
        }
        return position;
    }

    /** The marker's first octet is not among the others, so a mismatch can only be the begin of it. */
    private int seekMarker(byte[] b, int from, int end) {
        byte[] octets = marker;
        if (octets == null) {
            ignoredByteCount += end - from;
            return end;
        }
        int position = from;
        while (position < end) {
            byte octet = b[position++];
            ignoredByteCount++;
            if (markerMatched > octets.length) {
                if (octet == FLAG) {
                    found();
                    return position;
                }
                markerMatched = 0;
            }
            if (markerMatched == octets.length || octet == octets[markerMatched]) {
                markerMatched++;
            } else {
                markerMatched = octet == octets[0] ? 1 : 0;
            }
        }
        return position;
    }

    private void found() {
        mode = Mode.IN_STEP;
        flags = 1;
        flagsCount = false;
        listener.onPlaceFound();
    }

    /** Takes the frame that begins here; returns where the next byte stands, or that more must be seen. */
    private int frame(byte[] b, int position, int end) {
        heldWhole = false;
        int available = end - position;
        int frameBytes = frameBytes(b, position, available);
        if (frameBytes == NEEDS_MORE && !deciding) {
            wanted = available + 1;
            return NEEDS_MORE;
        }
        if (frameBytes > available && !deciding) {
            wanted = frameBytes;
            return NEEDS_MORE;
        }
        if (frameBytes > 0 && frameBytes <= available && isWhole(b, position, frameBytes)) {
            return wholeFrame(b, position, frameBytes, end);
        }
        return noFrame(b, position, end);
    }

    /** Returns how many bytes the frame takes with its closing flag, as its header says. */
    private int frameBytes(byte[] b, int position, int available) {
        if ((b[position] & 1) == 0) {
            return NO_FRAME;
        }
        if (available < 2) {
            return NEEDS_MORE;
        }
        if (!FrameFormat.isType(FrameFormat.type(b[position + 1]))) {
            return NO_FRAME;
        }
        if (available < 3 || ((b[position + 2] & 1) == 0 && available < 4)) {
            return NEEDS_MORE;
        }
        int information = informationBytes(b, position);
        return information > maxInformationBytes ? NO_FRAME : headerBytes(b, position) + information + 2;
    }

    private static int headerBytes(byte[] b, int position) {
        return (b[position + 2] & 1) != 0 ? 3 : 4;
    }

    /** The second octet of a length has eight plain bits. */
    private static int informationBytes(byte[] b, int position) {
        int low = (b[position + 2] & 0xff) >> 1;
        return (b[position + 2] & 1) != 0 ? low : low | (b[position + 3] & 0xff) << 7;
    }

    private static boolean isWhole(byte[] b, int position, int frameBytes) {
        int last = position + frameBytes - 1;
        if (b[last] != FLAG) {
            return false;
        }
        int covered = FrameFormat.type(b[position + 1]) == FrameFormat.UI ? frameBytes - 2 : headerBytes(b, position);
        return FrameCheck.of(b, position, covered) == (b[last - 1] & 0xff);
    }

    private int wholeFrame(byte[] b, int position, int frameBytes, int end) {
        int behind = position + frameBytes;
        if (mode == Mode.IN_STEP && b[behind - 2] == FLAG && usualFlagsScore >= GAP_KNOWN) {
            int counted = behind;
            while (counted < end && b[counted] == FLAG && counted - behind < MAX_GAP) {
                counted++;
            }
            int gap = counted - behind + 1;
            if (counted == end && gap <= MAX_GAP && !deciding) {
                wanted = end - position + 1;
                heldWhole = true;
                return NEEDS_MORE;
            }
            if (counted < end && gap <= MAX_GAP && gap != usualFlags) {
                damaged(1L << FrameFormat.dlci(b[position]));
                flags = gap;
                return counted;
            }
        }
        mode = Mode.IN_STEP;
        learnFlags();
        deliver(b, position);
        return behind;
    }

    private void learnFlags() {
        if (flagsCount) {
            if (flags == usualFlags) {
                usualFlagsScore = Math.min(usualFlagsScore + 1, GAP_CERTAIN);
            } else if (--usualFlagsScore <= 0) {
                usualFlags = flags;
                usualFlagsScore = 1;
            }
        }
        flags = 1;
        flagsCount = true;
    }

    private void deliver(byte[] b, int position) {
        int information = informationBytes(b, position);
        longestBytes = Math.max(longestBytes, information);
        frameCount++;
        listener.onFrame(
                b[position] & 0xff, b[position + 1] & 0xff, b, position + headerBytes(b, position), information);
    }

    private int noFrame(byte[] b, int position, int end) {
        if (mode != Mode.IN_STEP) {
            // The flag before was none, or this is no frame: the next flag may begin one.
            mode = Mode.HUNTING;
            return position + 1;
        }
        int needed = longestBytes + 10;
        if (end - position < needed && !deciding) {
            wanted = needed;
            return NEEDS_MORE;
        }
        int reach = Math.min(end, position + needed);
        int passed =
                realignment.explain(b, position, reach, longestBytes, usualFlagsScore >= GAP_KNOWN && usualFlags == 1);
        if (passed == Realignment.NOWHERE) {
            placeLostCount++;
            mode = Mode.LOST;
            markerMatched = 0;
            ignoredByteCount += reach - position;
            listener.onPlaceLost();
            return reach;
        }
        flags = 0;
        flagsCount = false;
        if (realignment.dlcis() != 0) {
            damaged(realignment.dlcis());
        }
        return position + passed;
    }

    private void damaged(long dlcis) {
        damageCount++;
        flagsCount = false;
        listener.onDamage(dlcis);
    }
}
