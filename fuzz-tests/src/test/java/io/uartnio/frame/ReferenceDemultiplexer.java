package io.uartnio.frame;

import java.nio.charset.StandardCharsets;

/**
 * What a {@link FrameDemultiplexer} must make of a stream, a byte at a time: no buffers, no looking ahead, and no piece
 * of input that could be cut, but for the one rule that says what the end of a piece means.
 */
final class ReferenceDemultiplexer {

    private enum Place {
        LINE,
        PAYLOAD,
        READ_PAYLOAD,
        BEHIND_PAYLOAD,
        BEHIND_READ,
        BLIND
    }

    private static final int TRAILER_UNKNOWN = -1;

    private final FrameHandler handler;
    private Place place = Place.LINE;
    private boolean strict;
    private boolean promptAwaited;

    private final StringBuilder line = new StringBuilder();
    private boolean afterCarriageReturn;
    private boolean setOff;
    private boolean inMessage;
    private boolean promptSpaceMayCome;

    private final byte[] piece = new byte[1];
    private int remaining;
    private boolean unconfirmed;
    /** How many CR LF this module sends behind payload before the next line's own, once that is known. */
    private int trailers = TRAILER_UNKNOWN;
    /** How many bytes of CR LF have come behind payload. */
    private int behind;

    ReferenceDemultiplexer(FrameHandler handler) {
        this.handler = handler;
    }

    void setStrict(boolean newStrict) {
        strict = newStrict;
    }

    void setPromptAwaited(boolean awaited) {
        promptAwaited = awaited;
    }

    void takeRaw(int lengthBytes) {
        if (lengthBytes > 0) {
            remaining = lengthBytes;
            place = Place.READ_PAYLOAD;
        }
    }

    void order(boolean blind, boolean restart) {
        line.setLength(0);
        afterCarriageReturn = false;
        setOff = false;
        inMessage = false;
        promptSpaceMayCome = false;
        unconfirmed = false;
        place = blind ? Place.BLIND : Place.LINE;
        trailers = restart ? TRAILER_UNKNOWN : trailers;
    }

    boolean isMidFrame() {
        return switch (place) {
            case PAYLOAD, READ_PAYLOAD -> true;
            case BEHIND_PAYLOAD -> unconfirmed;
            case LINE -> !line.isEmpty() && !inMessage && ReferenceGrammar.mayAnnounce(kept());
            case BEHIND_READ, BLIND -> false;
        };
    }

    /** A frame whose payload is complete, with the trailer where this module sends one, does not wait for more. */
    void endOfPiece() {
        if (place == Place.BEHIND_PAYLOAD && unconfirmed && behind >= (trailers == 1 ? 2 : 0)) {
            confirm();
        }
    }

    void accept(byte value) {
        switch (place) {
            case LINE -> line(value);
            case PAYLOAD, READ_PAYLOAD -> payload(value);
            case BEHIND_PAYLOAD -> behindPayload(value);
            case BEHIND_READ -> behindRead(value);
            case BLIND -> {}
        }
    }

    private void line(byte value) {
        if (afterCarriageReturn) {
            afterCarriageReturn = false;
            endLine(value == '\n');
            if (value != '\n') {
                accept(value);
            }
            return;
        }
        boolean atStart = line.isEmpty();
        if (atStart && value == '>' && promptAwaited && !inMessage) {
            promptAwaited = false;
            promptSpaceMayCome = true;
            setOff = false;
            handler.onPrompt();
        } else if (atStart && value == ' ' && promptSpaceMayCome) {
            promptSpaceMayCome = false;
        } else if (value == '\r') {
            afterCarriageReturn = true;
        } else if (value == '\n') {
            endLine(false);
        } else {
            line.append((char) (value & 0xff));
        }
    }

    private String kept() {
        return line.substring(0, Math.min(line.length(), FrameDemultiplexer.MAX_LINE_BYTES));
    }

    private void endLine(boolean complete) {
        String kept = kept();
        boolean overlong = line.length() > kept.length();
        line.setLength(0);
        if (kept.isEmpty()) {
            setOff = complete;
            inMessage = false;
            return;
        }
        if (inMessage) {
            return;
        }
        boolean allowed = setOff && complete;
        setOff = false;
        long announcement = ReferenceGrammar.classify(kept);
        inMessage = announcement == Announcement.MESSAGE_FOLLOWS;
        boolean text = announcement == Announcement.TEXT || inMessage;
        if (overlong) {
            if (!text) {
                doubt(FramingDoubt.DAMAGED_ANNOUNCEMENT);
            }
        } else if (announcement == Announcement.TEXT && !complete && ReferenceGrammar.mayAnnounce(kept)) {
            damaged(kept);
        } else if (text) {
            tell(kept);
        } else if (announcement == Announcement.DAMAGED) {
            damaged(kept);
        } else {
            announced(announcement, allowed, kept);
        }
    }

    private void tell(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        handler.onLine(bytes, 0, bytes.length);
    }

    private void damaged(String text) {
        if (!doubt(FramingDoubt.DAMAGED_ANNOUNCEMENT)) {
            tell(text);
        }
    }

    private void announced(long announcement, boolean allowed, String text) {
        if (!allowed && doubt(FramingDoubt.ANNOUNCEMENT_NOT_SET_OFF)) {
            return;
        }
        int lengthBytes = Announcement.lengthBytes(announcement);
        if (Announcement.isReadDatagram(announcement)) {
            readDatagram(lengthBytes, text);
            return;
        }
        if (Announcement.isDatagram(announcement)) {
            datagram(announcement, lengthBytes, text);
            return;
        }
        if (Announcement.isRead(announcement)) {
            if (handler.onRead(lengthBytes)) {
                takeRaw(lengthBytes);
            } else {
                tell(text);
            }
            return;
        }
        boolean known =
                handler.onFrame(Announcement.index(announcement), Announcement.isTls(announcement), lengthBytes);
        if (!known && doubt(FramingDoubt.UNKNOWN_SOCKET)) {
            return;
        }
        if (lengthBytes == 0) {
            tell(text);
        } else {
            remaining = lengthBytes;
            place = Place.PAYLOAD;
        }
    }

    private void readDatagram(int lengthBytes, String text) {
        if (!handler.onReadDatagram(lengthBytes, ReferenceGrammar.source(text))) {
            tell(text);
        } else if (lengthBytes == 0) {
            handler.onReadEnd();
        } else {
            takeRaw(lengthBytes);
        }
    }

    private void datagram(long announcement, int lengthBytes, String text) {
        boolean known =
                handler.onDatagram(Announcement.index(announcement), lengthBytes, ReferenceGrammar.source(text));
        if (!known && doubt(FramingDoubt.UNKNOWN_SOCKET)) {
            return;
        }
        if (lengthBytes == 0) {
            handler.onFrameEnd();
        } else {
            remaining = lengthBytes;
            place = Place.PAYLOAD;
        }
    }

    private void payload(byte value) {
        boolean read = place == Place.READ_PAYLOAD;
        piece[0] = value;
        if (read) {
            handler.onReadPayload(piece, 0, 1);
        } else {
            handler.onPayload(piece, 0, 1);
        }
        remaining--;
        if (remaining == 0) {
            place = read ? Place.BEHIND_READ : Place.BEHIND_PAYLOAD;
            unconfirmed = !read;
            behind = 0;
        }
    }

    private void behindPayload(byte value) {
        boolean betweenLineEnds = behind == 0 || behind == 2;
        if (value == ' ' && promptSpaceMayCome && betweenLineEnds) {
            promptSpaceMayCome = false;
            return;
        }
        boolean lineEnd = value == '\r' || value == '\n';
        int most = trailers == 0 ? 2 : 4;
        boolean lineMayBegin = behind == most || (behind == 2 && trailers == TRAILER_UNKNOWN);
        if (lineMayBegin && !lineEnd) {
            trailers = behind == 4 ? 1 : 0;
            if (unconfirmed) {
                confirm();
            }
            place = Place.LINE;
            setOff = true;
            accept(value);
        } else if (behind == most || value != (behind % 2 == 0 ? '\r' : '\n')) {
            wrong(value);
        } else {
            behind++;
            trailers = behind == 4 ? 1 : trailers;
        }
    }

    private void behindRead(byte value) {
        if (value != (behind == 0 ? '\r' : '\n')) {
            wrong(value);
            return;
        }
        behind++;
        if (behind == 2) {
            place = Place.LINE;
            setOff = true;
            handler.onReadEnd();
        }
    }

    private void wrong(byte value) {
        if (!doubt(FramingDoubt.WRONG_TAIL)) {
            if (unconfirmed) {
                confirm();
            }
            place = Place.LINE;
            setOff = false;
            accept(value);
        }
    }

    private void confirm() {
        unconfirmed = false;
        handler.onFrameEnd();
    }

    private boolean doubt(FramingDoubt doubt) {
        if (strict) {
            place = Place.BLIND;
            unconfirmed = false;
            handler.onDoubt(doubt);
        }
        return strict;
    }
}
