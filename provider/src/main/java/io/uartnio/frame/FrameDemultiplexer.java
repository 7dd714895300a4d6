package io.uartnio.frame;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bytes in, frames out. One pass over the input, in place: text is taken a byte at a time, payload by its announced
 * length and never looked at, so a peer can send whatever it likes. Any split of the input gives the same events.
 *
 * <p>The stream is
 *
 * <pre>
 *   CR LF text CR LF                           a reply, a result code, an unsolicited result code
 *   CR LF &gt; [space] [CR LF]                    the prompt, only while one is awaited
 *   CR LF announcement CR LF payload [CR LF]   a frame
 *   CR LF CONNECT CR LF bytes                  one stream that has the line to itself
 * </pre>
 *
 * <p>No manual says whether CR LF follows payload, so that is learnt from the first frames of a module and then
 * demanded: after payload come exactly the bytes that this module sends there, or the place is lost. While the
 * demultiplexer is {@linkplain #setStrict strict}, that is a {@link FramingDoubt}: the frame in hand is dropped and
 * everything is ignored until {@link #requestResume()}, because what follows may be payload that imitates frames.
 * While it is not, as before the first socket, oddities are counted and the text goes on.
 *
 * <p>Payload is reported as it comes and {@linkplain FrameHandler#onFrameEnd confirmed} when the line behind it begins
 * as it must. That line may be long in coming, so a frame does not wait for it: when what has arrived ends behind the
 * payload, or behind the trailing CR LF where a module sends one, that is enough.
 *
 * <p>Threads: {@link #feed} belongs to the reader thread, and so do the handler's calls; the methods that say so are
 * for any thread. Nothing is allocated after construction.
 */
public final class FrameDemultiplexer {

    /** Longest line of text that is kept, in bytes; a longer one is dropped and counted. */
    public static final int MAX_LINE_BYTES = 2048;

    /** Longest payload that an announcement may claim, in bytes; above every family's limit. */
    public static final int MAX_PAYLOAD_BYTES = 1500;

    /** What comes behind the payload of a pushed frame. */
    private enum Trailer {
        /** No frame has been followed by anything yet. */
        UNKNOWN,
        /** The next line's CR LF follows payload directly. */
        NONE,
        /** CR LF follows payload, and then the next line's own. */
        CR_LF
    }

    // Where the next byte belongs. Ints, not an enum: the switch over them runs for every piece of input.
    private static final int TEXT = 0;
    private static final int PAYLOAD = 1;
    private static final int READ_PAYLOAD = 2;
    private static final int TAIL = 3;
    private static final int READ_TAIL = 4;
    private static final int BLIND = 5;
    private static final int DATA = 6;

    private static final int NO_ORDER = 0;
    private static final int ORDER_BLIND = 1;
    private static final int ORDER_RESUME = 2;
    private static final int ORDER_RESTART = 3;

    private final FrameHandler handler;
    private final byte[] carry = new byte[MAX_LINE_BYTES];

    private volatile FrameGrammar grammar = FrameGrammar.TEXT_ONLY;
    private volatile boolean strict;
    private volatile boolean promptAwaited;
    private final AtomicInteger order = new AtomicInteger(NO_ORDER);

    // Everything below is the reader thread's alone.
    private int state = TEXT;
    private int carried;
    private boolean carryFull;
    private boolean carriageReturnPending;
    /** The line being collected comes behind an empty line, as every announcement must. */
    private boolean setOff;
    /** Lines up to the next empty one are a message that somebody sent and mean nothing. */
    private boolean inMessage;
    /** A prompt has come whose space has not: some modules send it late. */
    private boolean promptSpaceMayCome;

    private int remaining;
    private boolean frameUnconfirmed;
    private Trailer trailer = Trailer.UNKNOWN;
    private int tailPosition;

    private long lineCount;
    private long frameCount;
    private long payloadByteCount;
    private long overlongLineCount;
    private long oddityCount;
    private long ignoredByteCount;

    /** Creates a demultiplexer that is not strict and knows no announcement. */
    public FrameDemultiplexer(FrameHandler handler) {
        this.handler = Objects.requireNonNull(handler, "handler");
    }

    /** Sets what the lines of the module at hand look like. Any thread. */
    public void setGrammar(FrameGrammar grammar) {
        this.grammar = Objects.requireNonNull(grammar, "grammar");
    }

    /** Says whether an oddity puts the whole stream in doubt: so while any socket may be pushed data. Any thread. */
    public void setStrict(boolean strict) {
        this.strict = strict;
    }

    /** Says whether a {@code >} at the start of a line is the prompt. The first one found ends the wait. Any thread. */
    public void setPromptAwaited(boolean awaited) {
        this.promptAwaited = awaited;
    }

    /** From the next byte on, ignores everything until {@link #requestResume()}. Any thread. */
    public void requestBlind() {
        order.set(ORDER_BLIND);
    }

    /** From the next byte on, reads again, as text. Any thread. */
    public void requestResume() {
        order.set(ORDER_RESUME);
    }

    /** From the next byte on, reads as text and learns anew what the module sends behind payload. Any thread. */
    public void requestRestart() {
        order.set(ORDER_RESTART);
    }

    /** Returns true while an oddity puts the whole stream in doubt. Any thread. */
    public boolean isStrict() {
        return strict;
    }

    /**
     * The next bytes are payload of a download whose length the host knows. To be called from
     * {@link FrameHandler#onLine} only, for the line that announces it.
     */
    public void takeRaw(int lengthBytes) {
        if (lengthBytes > 0) {
            remaining = lengthBytes;
            state = READ_PAYLOAD;
        }
    }

    /**
     * From the byte behind this line on everything belongs to one stream and goes to {@link FrameHandler#onData}, until
     * that says otherwise or {@link #requestResume()}. To be called from {@link FrameHandler#onLine} only, for the line
     * that announces it.
     */
    public void takeData() {
        state = DATA;
    }

    /** Returns true if a frame has begun and not ended, as far as the bytes so far tell. Reader thread. */
    public boolean isMidFrame() {
        return switch (state) {
            case PAYLOAD, READ_PAYLOAD -> true;
            case TAIL -> frameUnconfirmed;
            case TEXT -> carried > 0 && !inMessage && grammar.mayAnnounce(carry, 0, carried);
            default -> false;
        };
    }

    /** Takes the next bytes of the stream. Reader thread. */
    public void feed(byte[] buffer, int offset, int length) {
        obeyOrder();
        int position = offset;
        int end = offset + length;
        while (position < end) {
            position = switch (state) {
                case TEXT -> text(buffer, position, end);
                case PAYLOAD, READ_PAYLOAD -> payload(buffer, position, end);
                case TAIL -> tail(buffer, position, end);
                case READ_TAIL -> readTail(buffer, position);
                case DATA -> data(buffer, position, end);
                default -> ignore(position, end);
            };
        }
        if (frameUnconfirmed && state == TAIL && tailPosition >= (trailer == Trailer.CR_LF ? 2 : 0)) {
            // What comes next may be long in coming, so the frame does not wait for it.
            confirmFrame();
        }
    }

    private void obeyOrder() {
        // Read first: an exchange for every piece of input would be the dearest thing here.
        int ordered = order.get() == NO_ORDER ? NO_ORDER : order.getAndSet(NO_ORDER);
        if (ordered != NO_ORDER) {
            carried = 0;
            carryFull = false;
            carriageReturnPending = false;
            setOff = false;
            frameUnconfirmed = false;
            promptSpaceMayCome = false;
            inMessage = false;
            state = ordered == ORDER_BLIND ? BLIND : TEXT;
            trailer = ordered == ORDER_RESTART ? Trailer.UNKNOWN : trailer;
        }
    }

    private int ignore(int position, int end) {
        ignoredByteCount += end - position;
        return end;
    }

    private int data(byte[] buffer, int position, int end) {
        byte[] heldBack = handler.onData(buffer, position, end - position);
        if (heldBack == null) {
            payloadByteCount += end - position;
            return end;
        }
        state = TEXT;
        if (heldBack.length > 0) {
            feed(heldBack, 0, heldBack.length);
        }
        return position;
    }

    private int text(byte[] buffer, int position, int end) {
        if (carriageReturnPending) {
            carriageReturnPending = false;
            boolean complete = buffer[position] == '\n';
            endCarriedLine(complete);
            return complete ? position + 1 : position;
        }
        if (carried == 0 && !carryFull) {
            byte first = buffer[position];
            if (first == '>' && promptAwaited && !inMessage) {
                takePrompt();
                return position + 1;
            }
            if (first == ' ' && promptSpaceMayCome) {
                promptSpaceMayCome = false;
                return position + 1;
            }
        }
        int i = position;
        byte b = 0;
        while (i < end && (b = buffer[i]) != '\r' && b != '\n') {
            i++;
        }
        if (i == end) {
            carry(buffer, position, i);
            return end;
        }
        if (b == '\r' && i + 1 == end) {
            carry(buffer, position, i);
            carriageReturnPending = true;
            return end;
        }
        boolean complete = b == '\r' && buffer[i + 1] == '\n';
        if (carried == 0 && !carryFull) {
            endLine(buffer, position, i - position, complete);
        } else {
            carry(buffer, position, i);
            endCarriedLine(complete);
        }
        return complete ? i + 2 : i + 1;
    }

    private void takePrompt() {
        promptAwaited = false;
        promptSpaceMayCome = true;
        setOff = false;
        handler.onPrompt();
    }

    private void carry(byte[] buffer, int from, int to) {
        int length = to - from;
        if (carryFull || carried + length > carry.length) {
            carryFull = true;
            length = Math.min(length, carry.length - carried);
        }
        System.arraycopy(buffer, from, carry, carried, length);
        carried += length;
    }

    private void endCarriedLine(boolean complete) {
        int length = carried;
        boolean overlong = carryFull;
        carried = 0;
        carryFull = false;
        if (overlong) {
            dropOverlongLine(carry, 0);
        } else {
            endLine(carry, 0, length, complete);
        }
    }

    private void dropOverlongLine(byte[] line, int offset) {
        overlongLineCount++;
        setOff = false;
        if (inMessage) {
            return;
        }
        long announcement = grammar.classify(line, offset, MAX_LINE_BYTES);
        inMessage = announcement == Announcement.MESSAGE_FOLLOWS;
        if (announcement != Announcement.TEXT && !inMessage) {
            doubt(FramingDoubt.DAMAGED_ANNOUNCEMENT);
        }
    }

    /** A line has ended; complete if by CR LF, else by one of them alone. */
    private void endLine(byte[] line, int offset, int length, boolean complete) {
        if (length == 0) {
            setOff = complete;
            inMessage = false;
            return;
        }
        if (inMessage) {
            return;
        }
        if (length > MAX_LINE_BYTES) {
            dropOverlongLine(line, offset);
            return;
        }
        boolean announcementAllowed = setOff && complete;
        setOff = false;
        lineCount++;
        long announcement = grammar.classify(line, offset, length);
        if (announcement == Announcement.TEXT && !complete && grammar.mayAnnounce(line, offset, length)) {
            // A lone CR or LF, come in or made of another byte, has cut an announcement in two.
            announcement = Announcement.DAMAGED;
        }
        if (announcement == Announcement.TEXT || announcement == Announcement.MESSAGE_FOLLOWS) {
            inMessage = announcement == Announcement.MESSAGE_FOLLOWS;
            handler.onLine(line, offset, length);
        } else {
            announced(announcement, announcementAllowed, line, offset, length);
        }
    }

    private void announced(long announcement, boolean allowed, byte[] line, int offset, int length) {
        int lengthBytes = Announcement.lengthBytes(announcement);
        if (announcement == Announcement.DAMAGED || lengthBytes > MAX_PAYLOAD_BYTES) {
            if (!doubt(FramingDoubt.DAMAGED_ANNOUNCEMENT)) {
                handler.onLine(line, offset, length);
            }
        } else if (!allowed && doubt(FramingDoubt.ANNOUNCEMENT_NOT_SET_OFF)) {
            return;
        } else if (Announcement.isRead(announcement)) {
            if (handler.onRead(lengthBytes)) {
                takeRaw(lengthBytes);
            } else {
                handler.onLine(line, offset, length);
            }
        } else if (!Announcement.isPushed(announcement)) {
            announcedDatagram(announcement, line, offset, length);
        } else if (handler.onFrame(Announcement.index(announcement), Announcement.isTls(announcement), lengthBytes)
                || !doubt(FramingDoubt.UNKNOWN_SOCKET)) {
            if (lengthBytes == 0) {
                handler.onLine(line, offset, length);
            } else {
                remaining = lengthBytes;
                state = PAYLOAD;
            }
        }
    }

    private void announcedDatagram(long announcement, byte[] line, int offset, int length) {
        int lengthBytes = Announcement.lengthBytes(announcement);
        long source = grammar.source(line, offset, length);
        if (Announcement.isReadDatagram(announcement)) {
            if (!handler.onReadDatagram(lengthBytes, source)) {
                handler.onLine(line, offset, length);
            } else if (lengthBytes == 0) {
                handler.onReadEnd();
            } else {
                takeRaw(lengthBytes);
            }
        } else if (handler.onDatagram(Announcement.index(announcement), lengthBytes, source)
                || !doubt(FramingDoubt.UNKNOWN_SOCKET)) {
            if (lengthBytes == 0) {
                // Whether a line end of its own follows no payload, no manual says: with it or without, lines follow.
                frameCount++;
                handler.onFrameEnd();
            } else {
                remaining = lengthBytes;
                state = PAYLOAD;
            }
        }
    }

    private int payload(byte[] buffer, int position, int end) {
        int length = Math.min(remaining, end - position);
        if (state == PAYLOAD) {
            handler.onPayload(buffer, position, length);
        } else {
            handler.onReadPayload(buffer, position, length);
        }
        remaining -= length;
        payloadByteCount += length;
        if (remaining == 0) {
            frameUnconfirmed = state == PAYLOAD;
            state = frameUnconfirmed ? TAIL : READ_TAIL;
            tailPosition = 0;
        }
        return position + length;
    }

    /**
     * One byte behind a frame's payload: CR LF, and where the trailer is a CR LF of its own another, then neither.
     */
    private int tail(byte[] buffer, int position, int end) {
        int lineEnds = trailer == Trailer.CR_LF ? 4 : 2;
        if (tailPosition == 0
                && trailer != Trailer.UNKNOWN
                && !promptSpaceMayCome
                && isLineBehind(buffer, position, end, lineEnds)) {
            // Most frames end here: all of what follows has come with them. A prompt's late space may stand in it.
            beginLine();
            return position + lineEnds;
        }
        return tailByte(buffer, position);
    }

    /** Returns true if that many bytes of CR LF, CR LF come next and then the first byte of a line. */
    private static boolean isLineBehind(byte[] buffer, int position, int end, int lineEnds) {
        if (end - position <= lineEnds) {
            return false;
        }
        for (int i = 0; i < lineEnds; i += 2) {
            if (buffer[position + i] != '\r' || buffer[position + i + 1] != '\n') {
                return false;
            }
        }
        byte first = buffer[position + lineEnds];
        return first != '\r' && first != '\n';
    }

    private void beginLine() {
        if (frameUnconfirmed) {
            confirmFrame();
        }
        state = TEXT;
        setOff = true;
    }

    private int tailByte(byte[] buffer, int position) {
        byte b = buffer[position];
        if (b == ' ' && promptSpaceMayCome && (tailPosition == 0 || tailPosition == 2)) {
            promptSpaceMayCome = false;
            return position + 1;
        }
        boolean asExpected = b == ((tailPosition & 1) == 0 ? '\r' : '\n');
        boolean lineMayBegin = tailPosition == (trailer == Trailer.CR_LF ? 4 : 2);
        if (lineMayBegin && b != '\r' && b != '\n') {
            trailer = trailer == Trailer.UNKNOWN ? Trailer.NONE : trailer;
            beginLine();
            return position;
        }
        if (!asExpected || (lineMayBegin && trailer != Trailer.UNKNOWN)) {
            return wrongTail(position);
        }
        tailPosition++;
        if (tailPosition == 4 && trailer == Trailer.UNKNOWN) {
            trailer = Trailer.CR_LF;
        }
        return position + 1;
    }

    /** One byte behind the payload of a read: CR LF, and then whatever ends the reply. */
    private int readTail(byte[] buffer, int position) {
        if (buffer[position] != (tailPosition == 0 ? '\r' : '\n')) {
            return wrongTail(position);
        }
        if (++tailPosition == 2) {
            state = TEXT;
            setOff = true;
            handler.onReadEnd();
        }
        return position + 1;
    }

    private int wrongTail(int position) {
        if (!doubt(FramingDoubt.WRONG_TAIL)) {
            if (frameUnconfirmed) {
                confirmFrame();
            }
            state = TEXT;
            setOff = false;
        }
        return position;
    }

    private void confirmFrame() {
        frameUnconfirmed = false;
        frameCount++;
        handler.onFrameEnd();
    }

    /** Gives the stream up if strict. */
    private boolean doubt(FramingDoubt doubt) {
        oddityCount++;
        if (!strict) {
            return false;
        }
        state = BLIND;
        frameUnconfirmed = false;
        handler.onDoubt(doubt);
        return true;
    }

    /** Returns how many lines of text, announcements included, have been read. Any thread; may lag. */
    public long lineCount() {
        return lineCount;
    }

    /** Returns how many pushed frames were whole. Any thread; may lag. */
    public long frameCount() {
        return frameCount;
    }

    /** Returns how many bytes of payload have been read. Any thread; may lag. */
    public long payloadByteCount() {
        return payloadByteCount;
    }

    /** Returns how many lines were too long to keep. Any thread; may lag. */
    public long overlongLineCount() {
        return overlongLineCount;
    }

    /** Returns how often the stream was not as it should be. Any thread; may lag. */
    public long oddityCount() {
        return oddityCount;
    }

    /** Returns how many bytes were ignored while the place in the stream was lost. Any thread; may lag. */
    public long ignoredByteCount() {
        return ignoredByteCount;
    }
}
