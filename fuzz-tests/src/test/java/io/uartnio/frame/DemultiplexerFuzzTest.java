package io.uartnio.frame;

import com.code_intelligence.jazzer.junit.DictionaryFile;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.uartnio.module.Identity;
import io.uartnio.module.quectel.ec200x.Ec200xDriverProvider;
import java.util.Arrays;

/**
 * The demultiplexer and a slow reference are given the same bytes: both must report the same, whatever the bytes are
 * and wherever they are cut.
 *
 * <p>An input begins with how: a byte of switches (1 strict, 2 a prompt is awaited, 4 and again behind each, 8 a read is
 * in flight, the upper half the number of open sockets), a byte with the number of pieces in its upper and the length
 * of a download in its lower half, and for each piece its length less 1 in six bits and what happens before it in two
 * (1 a prompt is awaited, 2 an order, 3 the other strictness). The pieces' lengths repeat; what happens does not. The
 * rest is the stream.
 */
class DemultiplexerFuzzTest {

    private static final FrameGrammar GRAMMAR = new Ec200xDriverProvider()
            .create(new Identity("Quectel", "EC200N", "fuzz"), null, null)
            .grammar();

    private static final int STRICT = 1;
    private static final int PROMPT_AWAITED = 2;
    private static final int EVERY_PROMPT_AWAITED = 4;
    private static final int READING = 8;

    @FuzzTest
    @DictionaryFile(resourcePath = "DemultiplexerFuzzTest.dict")
    void reportsWhatAPlainReferenceReports(byte[] data) {
        if (data.length < 2) {
            return;
        }
        int pieces = (data[1] & 0xff) >> 4;
        int streamStart = 2 + pieces;
        if (data.length < streamStart) {
            return;
        }
        Pair pair = new Pair(data[0], data[1] & 0x0f);
        byte[] scratch = new byte[Math.max(64, data.length) + 2];
        int at = streamStart;
        for (int piece = 0; at < data.length; piece++) {
            int control = pieces == 0 ? 0 : data[2 + piece % pieces];
            int length = pieces == 0 ? data.length - at : Math.min(1 + (control & 0x3f), data.length - at);
            if (piece < pieces) {
                pair.happen((control & 0xff) >> 6, control & 0x3f);
            }
            // A buffer that holds something else as soon as the call has returned, as a port's does.
            System.arraycopy(data, at, scratch, 1, length);
            pair.feed(scratch, 1, length);
            Arrays.fill(scratch, 0, length + 2, (byte) '7');
            at += length;
        }
        pair.compare();
    }

    /** The demultiplexer and its reference. */
    private static final class Pair {
        private final EventLog seen;
        private final EventLog expected;
        private final FrameDemultiplexer demultiplexer;
        private final ReferenceDemultiplexer reference;
        private boolean strict;

        Pair(int switches, int downloadBytes) {
            boolean reading = (switches & READING) != 0;
            int openSockets = (switches & 0xff) >> 4;
            seen = new EventLog(openSockets, reading, downloadBytes);
            expected = new EventLog(openSockets, reading, downloadBytes);
            demultiplexer = new FrameDemultiplexer(seen);
            demultiplexer.setGrammar(GRAMMAR);
            reference = new ReferenceDemultiplexer(expected);
            boolean again = (switches & EVERY_PROMPT_AWAITED) != 0;
            seen.answers(() -> demultiplexer.setPromptAwaited(again), demultiplexer::takeRaw);
            expected.answers(() -> reference.setPromptAwaited(again), reference::takeRaw);
            setStrict((switches & STRICT) != 0);
            if ((switches & PROMPT_AWAITED) != 0) {
                awaitPrompt();
            }
        }

        private void setStrict(boolean newStrict) {
            strict = newStrict;
            demultiplexer.setStrict(strict);
            reference.setStrict(strict);
        }

        private void awaitPrompt() {
            demultiplexer.setPromptAwaited(true);
            reference.setPromptAwaited(true);
        }

        void happen(int what, int which) {
            switch (what) {
                case 1 -> awaitPrompt();
                case 2 -> order(which % 3);
                case 3 -> setStrict(!strict);
                default -> {
                    // nothing happens
                }
            }
        }

        private void order(int which) {
            switch (which) {
                case 0 -> demultiplexer.requestResume();
                case 1 -> demultiplexer.requestRestart();
                default -> demultiplexer.requestBlind();
            }
            reference.order(which == 2, which == 1);
        }

        void feed(byte[] buffer, int offset, int length) {
            demultiplexer.feed(buffer, offset, length);
            for (int i = 0; i < length; i++) {
                reference.accept(buffer[offset + i]);
            }
            reference.endOfPiece();
            if (demultiplexer.isMidFrame() != reference.isMidFrame()) {
                throw new AssertionError("in the middle of a frame: " + demultiplexer.isMidFrame() + ", expected: "
                        + reference.isMidFrame() + ", so far:\n" + seen);
            }
        }

        void compare() {
            if (!seen.isSameAs(expected)) {
                throw new AssertionError("reported:\n" + seen + "expected:\n" + expected);
            }
        }
    }
}
