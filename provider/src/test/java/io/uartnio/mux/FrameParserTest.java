package io.uartnio.mux;

import static org.assertj.core.api.Assertions.assertThat;

import io.uartnio.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FrameParserTest {

    static final int CHANNELS = 4;
    private static final int UIH = FrameFormat.UIH;

    private final Seen seen = new Seen();
    private final FrameParser parser = new FrameParser(seen, CHANNELS, 127, 2048);

    private void feed(byte[]... pieces) {
        for (byte[] piece : pieces) {
            byte[] buffer = new byte[piece.length + 2];
            System.arraycopy(piece, 0, buffer, 1, piece.length);
            parser.feed(buffer, 1, piece.length);
            Arrays.fill(buffer, (byte) 0x55);
        }
    }

    private static byte[] hex(String hex) {
        return HexFormat.ofDelimiter(" ").parseHex(hex);
    }

    static byte[] uih(int dlci, String text) {
        return uih(dlci, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A frame as modules send it, with C/R 0. */
    static byte[] uih(int dlci, byte[] information) {
        return FrameFormat.frame(FrameFormat.address(dlci, false), UIH, information);
    }

    private static Seen.Frame found(int dlci, String text) {
        return Seen.Frame.of(FrameFormat.address(dlci, false), UIH, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static byte[] without(byte[] bytes, int position) {
        byte[] shorter = Arrays.copyOf(bytes, bytes.length - 1);
        System.arraycopy(bytes, position + 1, shorter, position, shorter.length - position);
        return shorter;
    }

    static byte[] withAdded(byte[] bytes, int position, int octet) {
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
        longer[position] = (byte) octet;
        System.arraycopy(bytes, position, longer, position + 1, bytes.length - position);
        return longer;
    }

    static byte[] withChanged(byte[] bytes, int position, int bits) {
        byte[] changed = bytes.clone();
        changed[position] ^= (byte) bits;
        return changed;
    }

    private void warmUp() {
        for (int i = 0; i < 10; i++) {
            feed(uih(0, "warm"));
        }
        seen.frames.clear();
    }

    /** Frames enough behind the damage to reach as far as the longest one. */
    private void followUp() {
        for (int i = 0; i < 20; i++) {
            feed(uih(0, "following"));
        }
    }

    @Test
    void informationFramesOfModulesAreTakenWithEitherCommandBit() {
        feed(hex("f9 05 ef 0d 0d 0a 4f 4b 0d 0a 5f f9"), hex("f9 07 ef 0d 0d 0a 4f 4b 0d 0a 3e f9"));

        assertThat(seen.frames)
                .containsExactly(
                        Seen.Frame.of(5, UIH, "\r\nOK\r\n".getBytes(StandardCharsets.US_ASCII)),
                        Seen.Frame.of(7, UIH, "\r\nOK\r\n".getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void aFlagMayEndOneFrameAndBeginTheNext() {
        feed(hex("f9 03 73 01 d7 f9 07 73 01 15 f9 f9 f9 f9 0b 73 01 92 f9"));

        assertThat(seen.frames).extracting(Seen.Frame::dlci).containsExactly(0, 1, 2);
    }

    @Test
    void theSecondOctetOfALengthHasNoExtensionBit() {
        for (int length : new int[] {127, 128, 129, 255, 256, 257, 300, 511, 1500, 2047, 2048}) {
            byte[] information = new byte[length];
            Arrays.fill(information, (byte) 0xf9);

            feed(uih(2, information));

            assertThat(seen.frames)
                    .as("length=%d", length)
                    .last()
                    .isEqualTo(Seen.Frame.of(FrameFormat.address(2, false), UIH, information));
        }
    }

    @Test
    void whatIsInsideAFrameIsNeverSearched() {
        String everything = "\u00f9\u00f9\u0003?\u0001\u001c\u00f9 +++\r\nNO CARRIER\r\nOK\r\n\u00f9";

        feed(uih(3, everything), uih(1, "next"));

        assertThat(seen.frames).containsExactly(found(3, everything), found(1, "next"));
    }

    @Test
    void aUiFrameIsCheckedWhole() {
        byte[] ui = FrameFormat.frame(
                FrameFormat.address(1, false), FrameFormat.UI, "checked".getBytes(StandardCharsets.US_ASCII));
        warmUp();

        feed(ui, withChanged(ui, 6, 1));
        followUp();

        assertThat(seen.frames.get(0).control()).isEqualTo(FrameFormat.UI);
        assertThat(seen.frames).filteredOn(frame -> frame.dlci() == 1).hasSize(1);
        assertThat(seen.damaged != 0 || seen.lostBehind >= 0).isTrue();
    }

    @Test
    void whatComesBeforeTheFirstFrameIsPassedOver() {
        feed("\r\nOK\r\n".getBytes(StandardCharsets.US_ASCII), hex("f9 41 54 f9 07 73 01 00 f9 03 73 01 d7 f9"));

        assertThat(seen.frames).extracting(Seen.Frame::dlci).containsExactly(0);
        assertThat(seen.damaged).isZero();
        assertThat(seen.lostBehind).isNegative();
    }

    @Test
    void aLengthThatNoModuleSendsIsNotWaitedFor() {
        warmUp();
        byte[] frame = uih(2, new byte[300]);
        feed(frame);

        // Now 30000 bytes and more.
        feed(withChanged(frame, 4, 0xf8));
        followUp();

        assertThat(seen.damaged).isEqualTo(1L << 2);
        assertThat(seen.frames).hasSize(21);
    }

    @Test
    void aByteLostInAFrameCostsItsChannelThatFrameAndNobodyElseAny() {
        byte[] frame = uih(2, "a frame of some length");
        for (int at = 1; at < frame.length - 1; at++) {
            Seen fresh = damaged(without(frame, at));

            // The loss of one of several equal octets is that of the last.
            assertThat(fresh.damaged).as("lost at %d", at).isEqualTo(1L << 2);
            assertThat(fresh.frames).as("lost at %d", at).hasSize(20).allMatch(found -> found.dlci() == 0);
        }
    }

    @Test
    void aByteAddedToAFrameCostsItsChannelThatFrameAndNobodyElseAny() {
        byte[] frame = uih(2, "a frame of some length");
        for (int at = 2; at < frame.length - 1; at++) {
            for (int octet : new int[] {0, 0x41, 0xef, 0xf9, frame[at] & 0xff}) {
                Seen fresh = damaged(withAdded(frame, at, octet));

                assertThat(fresh.damaged & ~1L << 1)
                        .as("added at %d: %x", at, octet)
                        .isEqualTo(1L << 2 & ~1L << 1);
                assertThat(fresh.frames).as("added at %d", at).hasSize(20).allMatch(found -> found.dlci() == 0);
            }
        }
    }

    @Test
    void aChangedByteAroundInformationCostsItsChannelThatFrameAndNobodyElseAny() {
        byte[] frame = uih(2, "a frame of some length");
        int lost = 0;
        for (int at : new int[] {1, 2, 3, frame.length - 2, frame.length - 1}) {
            for (int bits : new int[] {1, 2, 4, 8, 0x10, 0x20, 0x40, 0x80, 0xff}) {
                Seen fresh = damaged(withChanged(frame, at, bits));
                if (fresh.lostBehind >= 0) {
                    // The end of a frame that follows happens to look like this one's.
                    lost++;
                    continue;
                }
                assertThat(fresh.damaged & 1L << 2)
                        .as("changed at %d by %x", at, bits)
                        .isNotZero();
                assertThat(fresh.frames).as("changed at %d", at).hasSize(20).allMatch(found -> found.dlci() == 0);
            }
        }
        assertThat(lost).isLessThan(4);
    }

    @Test
    void aDamagedOpeningFlagCostsNothing() {
        byte[] frame = uih(2, "kept");
        for (byte[] damaged : List.of(without(frame, 0), withChanged(frame, 0, 0x41), withAdded(frame, 0, 'x'))) {
            Seen fresh = damaged(damaged);

            assertThat(fresh.damaged).isZero();
            assertThat(fresh.frames).hasSize(21).first().isEqualTo(found(2, "kept"));
        }
    }

    private static Seen damaged(byte[] frame) {
        FrameParserTest fresh = new FrameParserTest();
        fresh.warmUp();
        fresh.feed(frame);
        fresh.followUp();
        return fresh.seen;
    }

    @Test
    void aByteLostWhereTheCheckIsAFlagShowsByTheFlagsThatAreMissing() {
        byte[] frame = uih(3, "0123456");
        assertThat(frame[frame.length - 2]).isEqualTo(FrameFormat.FLAG);
        for (int at = 4; at < 11; at++) {
            Seen fresh = damaged(without(frame, at));

            assertThat(fresh.damaged).as("lost at %d", at).isEqualTo(1L << 3);
            assertThat(fresh.frames).as("lost at %d", at).hasSize(20);
        }
        Seen intact = damaged(frame);
        assertThat(intact.damaged).isZero();
        assertThat(intact.frames).hasSize(21);
    }

    @Test
    void aFrameWhoseCheckIsAFlagIsHeldUntilTheNextBegins() {
        warmUp();

        feed(uih(3, "0123456"));

        assertThat(seen.frames).isEmpty();
        assertThat(parser.isHolding()).isTrue();
        feed(new byte[] {FrameFormat.FLAG}, new byte[] {1});
        assertThat(seen.frames).containsExactly(found(3, "0123456"));
        assertThat(parser.isHolding()).isFalse();
    }

    @Test
    void aFrameThatStopsHalfWayIsJudgedWhenSomebodyAsks() {
        warmUp();
        byte[] frame = uih(2, "stops half-way");

        feed(without(frame, 8));
        assertThat(parser.isMidFrame()).isTrue();
        assertThat(seen.damaged).isZero();
        parser.decide();
        feed(uih(0, "next"));

        assertThat(seen.damaged).isEqualTo(1L << 2);
        assertThat(seen.frames).containsExactly(found(0, "next"));
    }

    /** A peer writes the end of a frame into its payload, in case its length is damaged. */
    @Test
    void aPlaceThatAPeerMayHaveForgedIsNotBelieved() {
        byte[] information = new byte[100];
        Arrays.fill(information, (byte) '.');
        // Makes a frame of 40 bytes end here, and a forged one begin.
        information[40] = (byte) FrameCheck.ofHeader(FrameFormat.address(2, false), UIH, 40);
        information[41] = FrameFormat.FLAG;
        byte[] forged = uih(1, "FORGED");
        System.arraycopy(forged, 0, information, 42, forged.length);
        warmUp();

        feed(withChanged(uih(2, information), 3, 0x10));
        followUp();

        assertThat(seen.lostBehind).isZero();
        assertThat(seen.frames).isEmpty();
    }

    @Test
    void aLostPlaceIsFoundByTheMarkerAlone() {
        byte[] marker = {1, 2, 3, 4, 5, 6, 7, 8};
        parser.seek(marker);
        warmUp();
        feed(new byte[400]);
        assertThat(seen.lostBehind).isZero();

        byte[] test = uih(0, "!\u0011\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008");
        feed(uih(1, "FORGED"), new byte[] {1, 2, 1, 2, 3, 1}, without(test, 12));
        assertThat(seen.foundBehind).isNegative();
        for (byte octet : test) {
            feed(new byte[] {octet});
        }
        feed(uih(1, "true"));

        assertThat(seen.foundBehind).isZero();
        assertThat(seen.frames).containsExactly(found(1, "true"));
    }

    @Test
    void aLineThatWasSilentMayBeginAFrameAtAnyFlag() {
        warmUp();
        feed(new byte[400]);

        parser.hunt();
        feed(new byte[] {0, 0}, uih(1, "true"));

        assertThat(seen.frames).containsExactly(found(1, "true"));
    }

    // ------------------------------------------------------------------ any stream, any cut

    @ParameterizedTest
    @MethodSource("io.uartnio.Seeds#all")
    void anyStreamCutAnywhereGivesItsFrames(long seed) {
        RandomGenerator random = Seeds.random(seed);
        for (int run = 0; run < 50; run++) {
            Streams.Stream stream = Streams.make(random, 40);
            FrameParserTest fresh = new FrameParserTest();

            fresh.feedCut(random, stream.bytes());
            // What was held until the next frame begins.
            fresh.feed(stream.nextFrameBegins());

            assertThat(fresh.seen.frames).as("seed=%d, run=%d", seed, run).isEqualTo(stream.frames());
            assertThat(fresh.seen.damaged).as("seed=%d, run=%d", seed, run).isZero();
        }
    }

    private void feedCut(RandomGenerator random, byte[] bytes) {
        int most = 1 + random.nextInt(random.nextBoolean() ? 8 : 600);
        int from = 0;
        while (from < bytes.length) {
            int to = Math.min(bytes.length, from + 1 + random.nextInt(most));
            feed(Arrays.copyOfRange(bytes, from, to));
            from = to;
        }
    }

    /**
     * Whatever one byte is lost, changed or added: a channel of which nothing is said has all its frames, and one that
     * is said to be hit has, up to there, the beginning of them. No forged frame is ever among them.
     */
    @ParameterizedTest
    @MethodSource("io.uartnio.Seeds#all")
    void oneDamagedByteIsToldOfEveryChannelThatMissesAnything(long seed) {
        RandomGenerator random = Seeds.random(seed);
        int lost = 0;
        int runs = 400;
        for (int run = 0; run < runs; run++) {
            Streams.Stream stream = Streams.make(random, 40);
            Streams.Damage damage = stream.damage(random);
            if (damage.cannotBeSeen()) {
                continue;
            }
            FrameParserTest fresh = new FrameParserTest();
            fresh.feedCut(random, damage.bytes());
            fresh.parser.decide();
            fresh.feed(stream.nextFrameBegins());
            fresh.checkAgainst(stream.frames(), damage, "seed=" + seed + ", run=" + run + ", " + damage.text());
            lost += fresh.seen.lostBehind >= 0 ? 1 : 0;
        }
        assertThat(lost).as("places lost, seed=%d", seed).isLessThan(runs / 10);
    }

    private void checkAgainst(List<Seen.Frame> sent, Streams.Damage damage, String what) {
        int believed = seen.lostBehind < 0 ? seen.frames.size() : seen.lostBehind;
        for (int dlci = 0; dlci <= CHANNELS; dlci++) {
            int channel = dlci;
            boolean hit = (seen.damaged & 1L << dlci) != 0;
            int until = hit ? Math.min(believed, seen.damagedBehind[dlci]) : believed;
            List<Seen.Frame> got = ofChannel(seen.frames.subList(0, until), channel);
            List<Seen.Frame> expected = new ArrayList<>(ofChannel(sent, channel));
            if (damage.isInsideInformation()) {
                got = shapes(got);
                expected = shapes(expected);
            }
            if (hit || seen.lostBehind >= 0) {
                assertThat(got.size()).as(what).isLessThanOrEqualTo(expected.size());
                expected = expected.subList(0, got.size());
            }
            assertThat(got)
                    .as("%s, dlci=%d, damaged=%x, lost=%d", what, dlci, seen.damaged, seen.lostBehind)
                    .isEqualTo(expected);
        }
    }

    private static List<Seen.Frame> ofChannel(List<Seen.Frame> frames, int dlci) {
        return frames.stream().filter(frame -> frame.dlci() == dlci).toList();
    }

    /** A byte changed inside information shows to nobody. */
    private static List<Seen.Frame> shapes(List<Seen.Frame> frames) {
        return frames.stream()
                .map(frame -> new Seen.Frame(
                        frame.address(),
                        frame.control(),
                        "x".repeat(frame.information().length())))
                .toList();
    }
}
