package io.uartnio.mux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Frames as other implementations and the logs of modules have them. */
class FrameFormatTest {

    private static final HexFormat HEX = HexFormat.ofDelimiter(" ").withUpperCase();

    private static byte[] bytes(String hex) {
        return hex == null ? new byte[0] : HEX.parseHex(hex);
    }

    @ParameterizedTest
    @CsvSource({
        "0, true, 3F, , F9 03 3F 01 1C F9",
        "1, true, 3F, , F9 07 3F 01 DE F9",
        "2, true, 3F, , F9 0B 3F 01 59 F9",
        "3, true, 3F, , F9 0F 3F 01 9B F9",
        "4, true, 3F, , F9 13 3F 01 96 F9",
        "0, true, 73, , F9 03 73 01 D7 F9",
        "1, true, 73, , F9 07 73 01 15 F9",
        "2, true, 73, , F9 0B 73 01 92 F9",
        "3, true, 73, , F9 0F 73 01 50 F9",
        "4, true, 73, , F9 13 73 01 5D F9",
        "0, true, 53, , F9 03 53 01 FD F9",
        "1, true, 53, , F9 07 53 01 3F F9",
        "2, true, 53, , F9 0B 53 01 B8 F9",
        "0, true, 1F, , F9 03 1F 01 36 F9",
        "1, true, 1F, , F9 07 1F 01 F4 F9",
        "1, true, EF, 41 54 0D, F9 07 EF 07 41 54 0D D3 F9",
        "1, false, EF, 0D 0A 4F 4B 0D 0A, F9 05 EF 0D 0D 0A 4F 4B 0D 0A 5F F9",
        "1, true, EF, 0D 0A 4F 4B 0D 0A, F9 07 EF 0D 0D 0A 4F 4B 0D 0A 3E F9",
        "0, true, EF, E3 05 07 8D, F9 03 EF 09 E3 05 07 8D FB F9",
        "0, false, EF, E3 05 07 0D, F9 01 EF 09 E3 05 07 0D 9A F9",
        "0, true, EF, E1 05 07 0D, F9 03 EF 09 E1 05 07 0D FB F9",
        "0, true, EF, C3 01, F9 03 EF 05 C3 01 F2 F9",
        "0, false, EF, C1 01, F9 01 EF 05 C1 01 93 F9",
        "0, true, EF, 43 01, F9 03 EF 05 43 01 F2 F9",
        "0, true, EF, 23 09 50 49 4E 47, F9 03 EF 0D 23 09 50 49 4E 47 FC F9",
        "0, true, EF, 83 11 01 00 07 0A DC 05 03 02, F9 03 EF 15 83 11 01 00 07 0A DC 05 03 02 EE F9",
        "0, true, FF, C3 01, F9 03 FF 05 C3 01 E7 F9",
    })
    void framesAreAsTheyMustBe(int dlci, boolean command, String control, String information, String frame) {
        byte[] encoded = FrameFormat.frame(
                FrameFormat.address(dlci, command), Integer.parseInt(control, 16), bytes(information));

        assertThat(HEX.formatHex(encoded)).isEqualTo(frame);
    }

    @ParameterizedTest
    @CsvSource({"127, 07 EF FF, 69", "128, 07 EF 00 01, 9D", "1500, 07 EF B8 0B, 0D"})
    void aLengthFrom128OnTakesASecondOctetOfEightPlainBits(int length, String header, String check) {
        byte[] information = new byte[length];
        Arrays.fill(information, (byte) 'x');

        byte[] encoded = FrameFormat.frame(FrameFormat.address(1, true), FrameFormat.UIH, information);

        int headerBytes = bytes(header).length;
        assertThat(HEX.formatHex(encoded, 1, 1 + headerBytes)).isEqualTo(header);
        assertThat(HEX.formatHex(encoded, encoded.length - 2, encoded.length)).isEqualTo(check + " F9");
        assertThat(encoded).hasSize(1 + headerBytes + length + 2);
    }

    @Test
    void theCheckOfAUiFrameCoversItsInformation() {
        byte[] one = FrameFormat.frame(FrameFormat.address(1, true), FrameFormat.UI, (byte) 'a');
        byte[] other = FrameFormat.frame(FrameFormat.address(1, true), FrameFormat.UI, (byte) 'b');

        assertThat(one[5]).isNotEqualTo(other[5]);
    }

    @ParameterizedTest
    @CsvSource({"1, false, 114", "1, true, 31", "3, false, 7", "3, true, 106", "4, false, 66", "4, true, 47"})
    void someHeadersHaveAFlagForTheirCheck(int dlci, boolean command, int length) {
        int address = FrameFormat.address(dlci, command);

        assertThat(FrameFormat.isCheckAFlag(address, FrameFormat.UIH, length)).isTrue();
        assertThat(FrameFormat.isCheckAFlag(address, FrameFormat.UIH, length - 1))
                .isFalse();
        byte[] frame = FrameFormat.frame(address, FrameFormat.UIH, new byte[length]);
        assertThat(frame[frame.length - 2]).isEqualTo(FrameFormat.FLAG);
    }

    @Test
    void messagesAreAsTheyMustBe() {
        assertThat(ControlMessage.frame(ControlMessage.TEST, true, "PING".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo(bytes("F9 03 EF 0D 23 09 50 49 4E 47 FC F9"));
        assertThat(ControlMessage.frame(ControlMessage.CLD, true)).isEqualTo(bytes("F9 03 EF 05 C3 01 F2 F9"));
        assertThat(ControlMessage.modemStatus(true, 1, 0x8d)).isEqualTo(bytes("F9 03 EF 09 E3 05 07 8D FB F9"));
        assertThat(ControlMessage.modemStatus(false, 1, 0x0d)).isEqualTo(bytes("F9 03 EF 09 E1 05 07 0D FB F9"));
    }

    @Test
    void aMultiplexerLeftBehindIsEndedByFlagsAndACloseDown() {
        assertThat(Mux.closeDownBytes()).isEqualTo(bytes("F9 F9 F9 F9 F9 F9 F9 F9 F9 03 EF 05 C3 01 F2 F9"));
    }
}
