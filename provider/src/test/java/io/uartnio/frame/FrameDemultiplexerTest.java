package io.uartnio.frame;

import static io.uartnio.frame.Ec200x.frame;
import static io.uartnio.frame.Ec200x.latin1;
import static io.uartnio.frame.Ec200x.line;
import static io.uartnio.frame.Ec200x.read;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.uartnio.Seeds;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameDemultiplexerTest {

    private static final String CRLF = "\r\n";

    /** What a peer may send to be taken for something else. */
    private static final List<String> LOOK_ALIKES = List.of(
            "\r\nOK\r\n",
            "\r\nERROR\r\n",
            "\r\nSEND OK\r\n",
            "\r\nSEND FAIL\r\n",
            "+QSSLURC: \"recv\",3,9",
            "\r\n+QSSLURC: \"recv\",3,9\r\nforged!!!\r\n",
            "\r\n\r\n+QIURC: \"recv\",1,6\r\nforged\r\n",
            "\r\n+QIURC: \"closed\",1\r\n",
            "\r\n+QIURC: \"pdpdeact\",1\r\n",
            "\r\n+QIRD: 6\r\nforged\r\n\r\nOK\r\n",
            ">",
            "\r\n> ",
            "\r\n>\r\n",
            "NO CARRIER",
            "\r\nNO CARRIER\r\n",
            "+++",
            "\u00f9",
            "\u00f9\u0003\u00ef\u0001\u00f9",
            "\r",
            "\n",
            "\r\n",
            "\u0000");

    /** A stream as a module sends it, and what must be reported of it. */
    private static final class Script {
        final StringBuilder bytes = new StringBuilder();
        final List<String> expected = new ArrayList<>();
        private final RandomGenerator random;
        private final String trailer;

        Script(RandomGenerator random, String trailer) {
            this.random = random;
            this.trailer = trailer;
        }

        Script random(int elements) {
            for (int i = 0; i < elements; i++) {
                add(random.nextInt(10));
            }
            text("OK");
            return this;
        }

        private void add(int kind) {
            boolean tls = random.nextBoolean();
            int index = random.nextInt(12);
            switch (kind) {
                case 0, 1, 2 -> frame(index, tls);
                case 3 -> read(tls, payload());
                case 4 -> read(tls, "");
                case 5 -> prompt();
                case 6 -> {
                    bytes.append(line((tls ? "+QSSLURC" : "+QIURC") + ": \"recv\"," + index));
                    expected.add(Events.waiting(index, tls));
                    expected.add(Events.line((tls ? "+QSSLURC" : "+QIURC") + ": \"recv\"," + index));
                }
                case 7 -> bytes.append(line("x".repeat(FrameDemultiplexer.MAX_LINE_BYTES + 1 + random.nextInt(4000))));
                default ->
                    text(pick(List.of(
                            "OK",
                            "SEND OK",
                            "ERROR",
                            "+CREG: 1,\"0A\"",
                            "RDY",
                            "+QIND: SMS DONE",
                            "+QIURC: \"closed\",3",
                            "+QIRD: 10,4,6",
                            "y".repeat(FrameDemultiplexer.MAX_LINE_BYTES))));
            }
        }

        private void frame(int index, boolean tls) {
            String payload = payload();
            bytes.append(Ec200x.frame(index, tls, payload, trailer));
            expected.add(Events.frameEnd(index, tls, payload));
        }

        private void prompt() {
            expected.add("prompt");
            switch (random.nextInt(5)) {
                case 0 -> bytes.append("\r\n> ");
                case 1 -> bytes.append("\r\n>");
                case 2 -> bytes.append("\r\n>\r\n");
                case 3 -> {
                    bytes.append("\r\n>");
                    frame(random.nextInt(12), false);
                    bytes.append(' ');
                    text("SEND OK");
                }
                default -> {
                    bytes.append("\r\n>");
                    text("+CSQ: 1,99");
                    bytes.append(' ');
                    text("SEND OK");
                }
            }
        }

        void text(String text) {
            bytes.append(line(text));
            expected.add(Events.line(text));
        }

        void read(boolean tls, String payload) {
            bytes.append(Ec200x.read(tls, payload));
            expected.add(Events.readEnd(payload));
            text("OK");
        }

        private String payload() {
            int wanted = 1 + random.nextInt(random.nextInt(4) == 0 ? 1500 : 40);
            StringBuilder payload = new StringBuilder();
            while (payload.length() < wanted) {
                if (random.nextInt(3) == 0) {
                    payload.append((char) random.nextInt(256));
                } else {
                    payload.append(pick(LOOK_ALIKES));
                }
            }
            payload.setLength(wanted);
            return payload.toString();
        }

        private String pick(List<String> choices) {
            return choices.get(random.nextInt(choices.size()));
        }
    }

    private static void feedInPieces(FrameDemultiplexer demultiplexer, byte[] stream, RandomGenerator random, int max) {
        for (int at = 0; at < stream.length; ) {
            int length = Math.min(stream.length - at, 1 + random.nextInt(max));
            // A buffer of its own, wiped behind the call: nothing may be kept of it.
            byte[] piece = new byte[length + 2];
            System.arraycopy(stream, at, piece, 1, length);
            demultiplexer.feed(piece, 1, length);
            Arrays.fill(piece, (byte) '#');
            at += length;
        }
    }

    private static List<String> eventsOf(byte[] stream, boolean strict, RandomGenerator random, int maxPiece) {
        Events events = new Events();
        FrameDemultiplexer demultiplexer = events.demultiplexer(Ec200x.grammar(), strict);
        demultiplexer.setPromptAwaited(true);
        feedInPieces(demultiplexer, stream, random, maxPiece);
        return events.seen;
    }

    @ParameterizedTest
    @MethodSource("io.uartnio.Seeds#all")
    void anyStreamCutAnywhereGivesTheSameEvents(long seed) {
        RandomGenerator random = Seeds.random(seed);
        for (int round = 0; round < 40; round++) {
            String trailer = random.nextBoolean() ? CRLF : "";
            boolean strict = random.nextBoolean();
            Script script = new Script(random, trailer).random(30);
            byte[] stream = latin1(script.bytes.toString());
            for (int maxPiece : new int[] {Integer.MAX_VALUE / 2, 1, 2, 7, 100, 3000}) {
                List<String> seen =
                        maxPiece > 10_000 ? whole(stream, strict) : eventsOf(stream, strict, random, maxPiece);
                assertThat(seen)
                        .as(
                                "seed=%d, round=%d, trailer=%d, strict=%s, pieces=%d",
                                seed, round, trailer.length(), strict, maxPiece)
                        .isEqualTo(script.expected);
            }
        }
    }

    private static List<String> whole(byte[] stream, boolean strict) {
        Events events = new Events();
        FrameDemultiplexer demultiplexer = events.demultiplexer(Ec200x.grammar(), strict);
        demultiplexer.setPromptAwaited(true);
        demultiplexer.feed(stream, 0, stream.length);
        return events.seen;
    }

    @Test
    void everySinglePlaceToCutGivesTheSameEvents() {
        for (String trailer : List.of("", CRLF)) {
            byte[] stream = latin1(line("OK") + frame(3, true, "a\r\nOK\r\n", trailer) + "\r\n> "
                    + frame(0, false, "\r\n\r\n", trailer) + line("SEND OK") + "\r\n>\r\n" + line("SEND OK")
                    + read(false, "\r\n> ") + line("OK") + frame(11, false, ">", trailer) + line("+CREG: 1"));
            List<String> expected = whole(stream, true);
            assertThat(expected).hasSize(11).doesNotContain("doubt");
            for (int cut = 1; cut < stream.length; cut++) {
                Events events = new Events();
                FrameDemultiplexer demultiplexer = events.demultiplexer(Ec200x.grammar(), true);
                demultiplexer.setPromptAwaited(true);
                demultiplexer.feed(stream, 0, cut);
                demultiplexer.feed(stream, cut, stream.length - cut);
                assertThat(events.seen).as("cut=%d", cut).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", CRLF})
    void noLookAlikeInPayloadReachesAnyoneButItsSocket(String trailer) {
        for (String lookAlike : LOOK_ALIKES) {
            String payload = lookAlike + "x" + lookAlike;
            byte[] stream = latin1(line("OK")
                    + frame(2, false, payload, trailer)
                    + frame(2, false, lookAlike, trailer)
                    + line("OK")
                    + read(true, payload)
                    + line("OK"));
            for (int maxPiece : new int[] {1, 5, 10_000}) {
                assertThat(eventsOf(stream, true, Seeds.random(1), maxPiece))
                        .as(
                                "payload=%s, pieces=%d",
                                lookAlike.replace('\r', '?').replace('\n', '!'), maxPiece)
                        .containsExactly(
                                "line OK",
                                Events.frameEnd(2, false, payload),
                                Events.frameEnd(2, false, lookAlike),
                                "line OK",
                                Events.readEnd(payload),
                                "line OK");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.uartnio.Seeds#all")
    void textIsCutIntoLinesAsAPlainReferenceDoes(long seed) {
        RandomGenerator random = Seeds.random(seed);
        for (int round = 0; round < 200; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(60); i >= 0; i--) {
                text.append("ab> \r\n\r\n".charAt(random.nextInt(8)));
            }
            text.append("end\r\n");
            List<String> expected = new ArrayList<>();
            for (String line : text.toString().split("\r\n|\r|\n", -1)) {
                if (!line.isEmpty()) {
                    expected.add(Events.line(line));
                }
            }
            Events events = new Events();
            feedInPieces(
                    events.demultiplexer(Ec200x.grammar(), false),
                    latin1(text.toString()),
                    random,
                    1 + random.nextInt(9));
            assertThat(events.seen).as("seed=%d, round=%d", seed, round).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("io.uartnio.Seeds#all")
    void randomBytesThrowNothingAndTheTextGoesOnBehindThem(long seed) {
        RandomGenerator random = Seeds.random(seed);
        for (boolean strict : new boolean[] {false, true}) {
            Events events = new Events();
            FrameDemultiplexer demultiplexer = events.demultiplexer(Ec200x.grammar(), strict);
            byte[] noise = new byte[4096];
            for (int round = 0; round < 300; round++) {
                demultiplexer.setPromptAwaited(random.nextBoolean());
                noise(noise, random);
                feedInPieces(demultiplexer, noise, random, 5000);
                events.seen.clear();
            }
            demultiplexer.requestResume();
            byte[] sane = latin1(line("OK") + frame(1, false, "abc", CRLF) + line("OK"));
            demultiplexer.requestRestart();
            demultiplexer.feed(sane, 0, sane.length);
            assertThat(events.seen)
                    .as("seed=%d, strict=%s", seed, strict)
                    .containsExactly("line OK", Events.frameEnd(1, false, "abc"), "line OK");
        }
    }

    /** Bytes that often are nearly right. */
    private static void noise(byte[] target, RandomGenerator random) {
        random.nextBytes(target);
        for (int at = 0; at < target.length - 64; at += 1 + random.nextInt(80)) {
            byte[] piece = latin1(LOOK_ALIKES.get(random.nextInt(LOOK_ALIKES.size())));
            System.arraycopy(piece, 0, target, at, piece.length);
        }
    }

    @Test
    void whatFollowsPayloadIsLearntAndThenDemanded() {
        String opening = line("OK") + frame(0, false, "abc", CRLF) + line("OK");
        assertThat(whole(latin1(opening + frame(0, false, "def", "") + line("OK")), true))
                .containsExactly("line OK", Events.frameEnd(0, false, "abc"), "line OK", "doubt WRONG_TAIL");
        String bare = line("OK") + frame(0, false, "abc", "") + line("OK");
        assertThat(whole(latin1(bare + frame(0, false, "def", CRLF) + line("OK")), true))
                .containsExactly("line OK", Events.frameEnd(0, false, "abc"), "line OK", "doubt WRONG_TAIL");
    }

    @Test
    void aRestartedModuleMaySendSomethingElseBehindPayload() {
        Events events = new Events();
        FrameDemultiplexer demultiplexer = events.demultiplexer(Ec200x.grammar(), true);
        byte[] first = latin1(line("OK") + frame(0, false, "abc", CRLF) + line("OK"));
        demultiplexer.feed(first, 0, first.length);
        demultiplexer.requestRestart();
        byte[] second = latin1(line("RDY") + frame(0, false, "abc", "") + line("OK"));
        demultiplexer.feed(second, 0, second.length);
        assertThat(events.isInDoubt()).isFalse();
    }

    @Test
    void aPromptIsOneOnlyWhileItIsAwaited() {
        Events events = new Events();
        FrameDemultiplexer demultiplexer = events.demultiplexer(Ec200x.grammar(), true);
        byte[] prompt = latin1("\r\n>\r\n");
        demultiplexer.feed(prompt, 0, prompt.length);
        assertThat(events.seen).containsExactly("line >");
    }

    @Test
    void theTextOfAMessageIsNeitherAResultNorAPromptNorAnAnnouncement() {
        String message = "\r\n+CMT: \"+861234\",,\"26/01/31,10:00:00+32\"\r\nOK\r\n> \r\n+QIURC: \"recv\",0,3\r\n";
        for (int maxPiece : new int[] {1, 100_000}) {
            assertThat(eventsOf(latin1(message + line("SEND OK")), true, Seeds.random(1), maxPiece))
                    .as("pieces=%d", maxPiece)
                    .containsExactly("line +CMT: \"+861234\",,\"26/01/31,10:00:00+32\"", "line SEND OK");
        }
    }

    @Test
    void aPromptsSpaceMayComeBehindAMessage() {
        for (int maxPiece : new int[] {1, 100_000}) {
            Events events = new Events();
            FrameDemultiplexer demultiplexer = events.demultiplexer(Ec200x.grammar(), true);
            demultiplexer.setPromptAwaited(true);
            byte[] stream = latin1("\r\n>" + "\r\n+CMT: \"+861234\"\r\nhello\r\n" + " " + line("SEND OK"));
            feedInPieces(demultiplexer, stream, Seeds.random(1), maxPiece);
            assertThat(events.seen)
                    .as("pieces=%d", maxPiece)
                    .containsExactly("prompt", "line +CMT: \"+861234\"", "line SEND OK");
        }
    }

    @Test
    void aGreaterThanSignInsideALineIsNoPrompt() {
        assertThat(whole(latin1("\r\nERROR> \r\n"), true)).containsExactly("line ERROR> ");
    }

    @Test
    void aLineThatIsTooLongIsDroppedAndCountedHoweverItArrives() {
        for (int maxPiece : new int[] {1, 500, 100_000}) {
            Events events = new Events();
            FrameDemultiplexer demultiplexer = events.demultiplexer(Ec200x.grammar(), true);
            byte[] stream =
                    latin1(line("z".repeat(FrameDemultiplexer.MAX_LINE_BYTES)) + line("z".repeat(20_000)) + line("OK"));
            feedInPieces(demultiplexer, stream, Seeds.random(1), maxPiece);
            assertThat(events.seen)
                    .as("pieces=%d", maxPiece)
                    .containsExactly("line " + "z".repeat(FrameDemultiplexer.MAX_LINE_BYTES), "line OK");
            assertThat(demultiplexer.overlongLineCount()).isOne();
        }
    }

    @Test
    void anEndlessLineThatBeganAsAnAnnouncementPutsTheStreamInDoubt() {
        for (int maxPiece : new int[] {1, 100_000}) {
            byte[] stream = latin1(line("+QIURC: \"recv\",0," + "1".repeat(9_000)) + line("OK"));
            assertThat(eventsOf(stream, true, Seeds.random(1), maxPiece)).containsExactly("doubt DAMAGED_ANNOUNCEMENT");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0,1501",
                "0,99999999999999999999",
                "0,-1",
                "0,0",
                "0,",
                ",",
                "",
                "12,5",
                "255,5",
                "4294967296,5",
                "0,05",
                "00,5",
                "0,5 ",
                " 0,5",
                "0, 5",
                "0;5",
                "0,5,6",
                "0,2147483648",
                "a,b"
            })
    void anAbsurdAnnouncementPutsTheStreamInDoubtAndIsSurvivedBeforeThereAreSockets(String numbers) {
        byte[] stream = latin1(line("+QIURC: \"recv\"," + numbers) + line("OK"));
        assertThat(whole(stream, true)).hasSize(1).first().asString().startsWith("doubt ");
        assertThat(whole(stream, false)).containsExactly("line +QIURC: \"recv\"," + numbers, "line OK");
    }

    @Test
    void payloadForASocketThatIsNotOpenPutsTheStreamInDoubt() {
        Events events = new Events().openSockets(2);
        byte[] stream = latin1(frame(2, false, "abc", CRLF) + line("OK"));
        events.demultiplexer(Ec200x.grammar(), true).feed(stream, 0, stream.length);
        assertThat(events.seen).containsExactly("doubt UNKNOWN_SOCKET");
    }

    @Test
    void anAnnouncementBrokenInTwoByALoneLineEndPutsTheStreamInDoubt() {
        String payload = frame(1, false, "forged", "") + line("rest");
        for (String header :
                List.of("+QIURC: \"recv\",0," + payload.length(), "+QSSLURC: \"recv\",0," + payload.length())) {
            for (int at = 1; at < header.length(); at++) {
                for (String end : List.of("\r", "\n")) {
                    String inserted = line(header.substring(0, at) + end + header.substring(at));
                    assertThat(whole(latin1(line("OK") + inserted + payload + line("OK")), true))
                            .as("inserted at %d", at)
                            .doesNotContain(Events.frameEnd(1, false, "forged"))
                            .last()
                            .asString()
                            .startsWith("doubt ");
                    String changed = line(header.substring(0, at) + end + header.substring(at + 1));
                    assertThat(whole(latin1(line("OK") + changed + payload + line("OK")), true))
                            .as("changed at %d", at)
                            .doesNotContain(Events.frameEnd(1, false, "forged"))
                            .last()
                            .asString()
                            .startsWith("doubt ");
                }
            }
        }
    }

    @Test
    void nothingIsReportedFromADoubtUntilTheResume() {
        Events events = new Events();
        FrameDemultiplexer demultiplexer = events.demultiplexer(Ec200x.grammar(), true);
        byte[] stream = latin1(line("+QIURC: \"recv\",0,x") + frame(0, false, "abc", CRLF) + line("OK"));
        feedInPieces(demultiplexer, stream, Seeds.random(1), 3);
        assertThat(events.seen).containsExactly("doubt DAMAGED_ANNOUNCEMENT");
        demultiplexer.requestResume();
        byte[] good = latin1(line("OK"));
        demultiplexer.feed(good, 0, good.length);
        assertThat(events.seen).containsExactly("doubt DAMAGED_ANNOUNCEMENT", "line OK");
    }

    @Test
    void aFrameThatHasBegunAndNotEndedIsReportedAsSuch() {
        for (String trailer : List.of("", CRLF)) {
            Events events = new Events();
            FrameDemultiplexer demultiplexer = events.demultiplexer(Ec200x.grammar(), true);
            byte[] learnt = latin1(line("OK") + frame(0, false, "abc", trailer) + line("OK"));
            demultiplexer.feed(learnt, 0, learnt.length);
            byte[] stream = latin1(frame(0, false, "abc", trailer));
            for (int i = 0; i < stream.length; i++) {
                demultiplexer.feed(stream, i, 1);
                assertThat(demultiplexer.isMidFrame())
                        .as("trailer=%d, behind byte %d", trailer.length(), i)
                        .isEqualTo(i >= 2 && i < stream.length - 1);
            }
        }
    }

    @Test
    void aFrameInSteadyUseAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        AtomicLong frames = new AtomicLong();
        FrameDemultiplexer demultiplexer = new FrameDemultiplexer(new Counting(frames));
        demultiplexer.setGrammar(Ec200x.grammar());
        demultiplexer.setStrict(true);
        byte[] stream = latin1(line("OK") + frame(0, false, "p".repeat(1460), CRLF)
                + frame(7, true, "q".repeat(100), CRLF) + "\r\n> " + line("SEND OK"));
        long thread = Thread.currentThread().getId();
        feedOften(demultiplexer, stream, 3_000);
        frames.set(0);
        long before = threads.getThreadAllocatedBytes(thread);
        feedOften(demultiplexer, stream, 10_000);
        long allocated = threads.getThreadAllocatedBytes(thread) - before;
        assertThat(frames.get()).isEqualTo(20_000);
        // The measure itself may cost something once; a frame nothing.
        assertThat(allocated).as("bytes for %d frames", frames.get()).isLessThan(frames.get());
    }

    private static void feedOften(FrameDemultiplexer demultiplexer, byte[] stream, int times) {
        for (int i = 0; i < times; i++) {
            demultiplexer.setPromptAwaited(true);
            int cut = 1 + i % (stream.length - 1);
            demultiplexer.feed(stream, 0, cut);
            demultiplexer.feed(stream, cut, stream.length - cut);
        }
    }

    private record Counting(AtomicLong frames) implements FrameHandler {
        @Override
        public void onLine(byte[] line, int offset, int length) {}

        @Override
        public void onPrompt() {}

        @Override
        public boolean onFrame(int index, boolean tls, int lengthBytes) {
            return true;
        }

        @Override
        public void onPayload(byte[] payload, int offset, int length) {}

        @Override
        public void onFrameEnd() {
            frames.incrementAndGet();
        }

        @Override
        public boolean onRead(int lengthBytes) {
            return true;
        }

        @Override
        public void onReadPayload(byte[] payload, int offset, int length) {}

        @Override
        public void onReadEnd() {}

        @Override
        public void onDoubt(FramingDoubt doubt) {
            throw new AssertionError(doubt);
        }
    }
}
