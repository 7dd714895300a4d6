package io.uartnio.frame;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.nio.charset.StandardCharsets;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** Orders to a {@link FrameDemultiplexer} that is being fed: none is lost, and the last one counts. */
public final class DemultiplexerOrderStress {

    private DemultiplexerOrderStress() {}

    /** Writes lines down. */
    private static final class Lines implements FrameHandler {
        final StringBuilder seen = new StringBuilder(8);

        @Override
        public void onLine(byte[] line, int offset, int length) {
            seen.append(new String(line, offset, length, StandardCharsets.US_ASCII));
        }

        @Override
        public void onPrompt() {}

        @Override
        public boolean onFrame(int index, boolean tls, int lengthBytes) {
            return false;
        }

        @Override
        public void onPayload(byte[] payload, int offset, int length) {}

        @Override
        public void onFrameEnd() {}

        @Override
        public boolean onRead(int lengthBytes) {
            return false;
        }

        @Override
        public void onReadPayload(byte[] payload, int offset, int length) {}

        @Override
        public void onReadEnd() {}

        @Override
        public void onDoubt(FramingDoubt doubt) {}
    }

    private static void feed(FrameDemultiplexer demultiplexer, String line) {
        byte[] bytes = ("\r\n" + line + "\r\n").getBytes(StandardCharsets.US_ASCII);
        demultiplexer.feed(bytes, 0, bytes.length);
    }

    /** Blind, and then seeing again. */
    @JCStressTest
    @State
    @Outcome(
            id = {"ABC", "AC", "BC", "C"},
            expect = ACCEPTABLE,
            desc = "blind for none, some or all lines, and seeing in the end")
    @Outcome(expect = FORBIDDEN, desc = "an order was lost: blind for ever")
    public static class BlindThenResume {
        private final Lines lines = new Lines();
        private final FrameDemultiplexer demultiplexer = new FrameDemultiplexer(lines);

        /** Reader thread. */
        @Actor
        public void read() {
            feed(demultiplexer, "A");
            feed(demultiplexer, "B");
        }

        /** Lane thread. */
        @Actor
        public void order() {
            demultiplexer.requestBlind();
            demultiplexer.requestResume();
        }

        /** What is seen with one more line. */
        @Arbiter
        public void end(L_Result r) {
            feed(demultiplexer, "C");
            r.r1 = lines.seen.toString();
        }
    }

    /** Seeing, and then blind. */
    @JCStressTest
    @State
    @Outcome(
            id = {"-", "A", "AB"},
            expect = ACCEPTABLE,
            desc = "blind from some line on")
    @Outcome(expect = FORBIDDEN, desc = "an order was lost: sees what it must not believe")
    public static class Blind {
        private final Lines lines = new Lines();
        private final FrameDemultiplexer demultiplexer = new FrameDemultiplexer(lines);

        /** Reader thread. */
        @Actor
        public void read() {
            feed(demultiplexer, "A");
            feed(demultiplexer, "B");
        }

        /** Timer thread. */
        @Actor
        public void order() {
            demultiplexer.requestBlind();
        }

        /** What is seen with one more line. */
        @Arbiter
        public void end(L_Result r) {
            feed(demultiplexer, "C");
            r.r1 = lines.seen.isEmpty() ? "-" : lines.seen.toString();
        }
    }
}
