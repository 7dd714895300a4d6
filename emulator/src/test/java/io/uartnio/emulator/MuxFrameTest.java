package io.uartnio.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Frames of 3GPP TS 27.010 to the octet, against vectors that others have published or that were reckoned by hand. */
class MuxFrameTest {

    private static final HexFormat HEX = HexFormat.ofDelimiter(" ").withUpperCase();

    private static final class Found implements MuxParser.Sink {
        private final List<String> frames = new ArrayList<>();
        private int bad;

        @Override
        public void frame(int dlci, boolean commandBit, int control, byte[] information, int length) {
            frames.add(dlci + " " + (commandBit ? 1 : 0) + " " + Integer.toHexString(control) + " "
                    + HexFormat.of().formatHex(information, 0, length));
        }

        @Override
        public void badFrame() {
            bad++;
        }
    }

    private static byte[] frame(int dlci, int commandBit, int control, byte[] information) {
        byte[] target = new byte[information.length + MuxFrame.LONGEST_OVERHEAD];
        int end = MuxFrame.write(target, 0, dlci, commandBit == 1, control, information, 0, information.length);
        return Arrays.copyOf(target, end);
    }

    @ParameterizedTest
    @CsvSource({
        "0,1,3F,'',F9 03 3F 01 1C F9",
        "1,1,3F,'',F9 07 3F 01 DE F9",
        "2,1,3F,'',F9 0B 3F 01 59 F9",
        "3,1,3F,'',F9 0F 3F 01 9B F9",
        "4,1,3F,'',F9 13 3F 01 96 F9",
        "0,1,73,'',F9 03 73 01 D7 F9",
        "1,1,73,'',F9 07 73 01 15 F9",
        "2,1,73,'',F9 0B 73 01 92 F9",
        "3,1,73,'',F9 0F 73 01 50 F9",
        "4,1,73,'',F9 13 73 01 5D F9",
        "0,1,53,'',F9 03 53 01 FD F9",
        "1,1,53,'',F9 07 53 01 3F F9",
        "2,1,53,'',F9 0B 53 01 B8 F9",
        "0,1,1F,'',F9 03 1F 01 36 F9",
        "1,1,1F,'',F9 07 1F 01 F4 F9",
        "1,1,EF,41 54 0D,F9 07 EF 07 41 54 0D D3 F9",
        "1,0,EF,0D 0A 4F 4B 0D 0A,F9 05 EF 0D 0D 0A 4F 4B 0D 0A 5F F9",
        "1,1,EF,0D 0A 4F 4B 0D 0A,F9 07 EF 0D 0D 0A 4F 4B 0D 0A 3E F9",
        "0,1,EF,E3 05 07 8D,F9 03 EF 09 E3 05 07 8D FB F9",
        "0,0,EF,E3 05 07 0D,F9 01 EF 09 E3 05 07 0D 9A F9",
        "0,1,EF,E1 05 07 0D,F9 03 EF 09 E1 05 07 0D FB F9",
        "0,1,EF,C3 01,F9 03 EF 05 C3 01 F2 F9",
        "0,0,EF,C1 01,F9 01 EF 05 C1 01 93 F9",
        "0,1,EF,43 01,F9 03 EF 05 43 01 F2 F9",
        "0,1,EF,23 09 50 49 4E 47,F9 03 EF 0D 23 09 50 49 4E 47 FC F9",
        "0,1,EF,83 11 01 00 07 0A DC 05 03 02,F9 03 EF 15 83 11 01 00 07 0A DC 05 03 02 EE F9",
        "0,1,FF,C3 01,F9 03 FF 05 C3 01 E7 F9",
        "0,1,EF,C3,F9 03 EF 03 C3 16 F9"
    })
    void aFrameIsWrittenAndFoundToTheOctet(
            int dlci, int commandBit, String control, String information, String octets) {
        byte[] content = information.isEmpty() ? new byte[0] : HEX.parseHex(information);
        int type = Integer.parseInt(control, 16);

        byte[] written = frame(dlci, commandBit, type, content);

        assertThat(HEX.formatHex(written)).isEqualTo(octets);
        Found found = new Found();
        new MuxParser(1509, found).accept(written, 0, written.length);
        assertThat(found.frames)
                .containsExactly(dlci + " " + commandBit + " " + Integer.toHexString(type) + " "
                        + HexFormat.of().formatHex(content));
        assertThat(found.bad).isZero();
    }

    @ParameterizedTest
    @CsvSource({"127,07 EF FF,69", "128,07 EF 00 01,9D", "1500,07 EF B8 0B,0D"})
    void theLengthHasOneOctetUpTo127AndThenTwo(int length, String header, String check) {
        byte[] written = frame(1, 1, 0xEF, new byte[length]);

        String octets = HEX.formatHex(written);
        assertThat(octets).startsWith("F9 " + header + " 00").endsWith(" 00 " + check + " F9");
        Found found = new Found();
        new MuxParser(1509, found).accept(written, 0, written.length);
        assertThat(found.frames).hasSize(1);
    }

    @Test
    void theCheckOfUiCoversTheInformationToo() {
        byte[] written = frame(1, 1, 0x03, new byte[] {1, 2, 3});
        Found found = new Found();
        MuxParser parser = new MuxParser(127, found);
        parser.accept(written, 0, written.length);
        assertThat(found.frames).containsExactly("1 1 3 010203");
        written[5] ^= 1;
        parser.accept(written, 0, written.length);
        assertThat(found.frames).hasSize(1);
        assertThat(found.bad).isEqualTo(1);
    }

    @Test
    void oneFlagOrManyMayStandBetweenFramesAndInformationMayBeFlags() {
        Found found = new Found();
        MuxParser parser = new MuxParser(127, found);
        byte[] all = HEX.parseHex("F9 F9 F9 03 3F 01 1C F9 07 3F 01 DE F9 F9 F9");
        parser.accept(all, 0, all.length);
        byte[] flags = frame(2, 1, 0xEF, HEX.parseHex("F9 F9 F9"));
        parser.accept(flags, 0, flags.length);
        assertThat(found.frames).containsExactly("0 1 3f ", "1 1 3f ", "2 1 ef f9f9f9");
        assertThat(found.bad).isZero();
    }

    @Test
    void aLengthBeyondTheLongestIsNotSwallowedAndSilenceEndsAHalfFrame() {
        Found found = new Found();
        MuxParser parser = new MuxParser(127, found);
        byte[] all = HEX.parseHex("F9 07 EF B8 0B F9 03 3F 01 1C F9 07 EF 21 41 54");
        parser.accept(all, 0, all.length);
        assertThat(found.frames).containsExactly("0 1 3f ");
        parser.silence();
        byte[] close = HEX.parseHex("F9 03 EF 05 C3 01 F2 F9");
        parser.accept(close, 0, close.length);
        assertThat(found.frames).containsExactly("0 1 3f ", "0 1 ef c301");
        assertThat(found.bad).isEqualTo(2);
    }

    @Test
    void framesBehindDamageAreFoundAgainInPiecesOfAnySize() {
        Random random = new Random(11);
        for (int round = 0; round < 2000; round++) {
            byte[] hurt = frame(1 + random.nextInt(4), 1, 0xEF, new byte[random.nextInt(100)]);
            int at = random.nextInt(hurt.length);
            hurt[at] ^= (byte) (1 << random.nextInt(8));
            Found found = new Found();
            MuxParser parser = new MuxParser(127, found);
            parser.accept(hurt, 0, hurt.length);
            // At most the longest frame is swallowed before the next flag counts again.
            byte[] fill = new byte[200];
            parser.accept(fill, 0, fill.length);
            found.frames.clear();
            byte[] good = frame(3, 1, 0xEF, new byte[] {(byte) round, (byte) 0xF9});
            for (int i = 0; i < good.length; i++) {
                parser.accept(good, i, 1);
            }
            assertThat(found.frames)
                    .as("round=%d, octet=%d", round, at)
                    .containsExactly("3 1 ef " + HexFormat.of().toHexDigits((byte) round) + "f9");
        }
    }
}
