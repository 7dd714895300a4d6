package io.uartnio.mux;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;

/**
 * The frame parser of the multiplexer and a slow reference are given the same bytes: both must find the same, whatever
 * the bytes are and wherever they are cut.
 *
 * <p>An input begins with the number of pieces (its low four bits) and for each piece its length less 1 in six bits and
 * what happens before it in two (1 what is in hand is to be judged, 2 the line was silent). The pieces' lengths repeat;
 * what happens does not. The rest is the stream.
 */
class FrameParserFuzzTest {

    private static final int CHANNELS = 4;
    /** Short, so that an input needs few bytes to reach as far as the longest frame. */
    private static final int AGREED_BYTES = 16;

    private static final int LONGEST_BYTES = 200;
    private static final byte[] MARKER = {'m', 'a', 'r', 'k'};

    @FuzzTest
    void findsWhatAPlainReferenceFinds(byte[] data) {
        if (data.length < 1) {
            return;
        }
        int pieces = data[0] & 0x0f;
        int at = 1 + pieces;
        if (data.length < at) {
            return;
        }
        EventLog seen = new EventLog();
        EventLog expected = new EventLog();
        FrameParser parser = new FrameParser(seen, CHANNELS, AGREED_BYTES, LONGEST_BYTES);
        parser.seek(MARKER);
        ReferenceParser reference = new ReferenceParser(expected, CHANNELS, AGREED_BYTES, LONGEST_BYTES, MARKER);
        byte[] scratch = new byte[Math.max(64, data.length) + 2];
        for (int piece = 0; at < data.length; piece++) {
            int control = pieces == 0 ? 0x3f : data[1 + piece % pieces] & 0xff;
            int length = pieces == 0 ? data.length - at : Math.min(1 + (control & 0x3f), data.length - at);
            int order = piece < pieces ? control >> 6 : 0;
            if (order == 1) {
                parser.decide();
                reference.decide();
            } else if (order == 2) {
                parser.hunt();
                reference.hunt();
            }
            // A buffer that holds something else as soon as the call has returned, as a port's does.
            System.arraycopy(data, at, scratch, 1, length);
            parser.feed(scratch, 1, length);
            Arrays.fill(scratch, 0, length + 2, (byte) 0xf9);
            for (int i = 0; i < length; i++) {
                reference.accept(data[at + i]);
            }
            at += length;
        }
        if (!seen.text().equals(expected.text())) {
            throw new AssertionError("found:\n" + seen.text() + "expected:\n" + expected.text());
        }
    }

    /** Writes down what is found. */
    private static final class EventLog implements FrameListener {

        private final StringBuilder text = new StringBuilder();

        String text() {
            return text.toString();
        }

        @Override
        public void onFrame(int address, int control, byte[] buffer, int offset, int length) {
            text.append("frame ").append(address).append(' ').append(control);
            for (int i = 0; i < length; i++) {
                text.append(' ').append(buffer[offset + i]);
            }
            text.append('\n');
        }

        @Override
        public void onDamage(long dlcis) {
            text.append("damage ").append(dlcis).append('\n');
        }

        @Override
        public void onPlaceLost() {
            text.append("lost\n");
        }

        @Override
        public void onPlaceFound() {
            text.append("found\n");
        }
    }
}
