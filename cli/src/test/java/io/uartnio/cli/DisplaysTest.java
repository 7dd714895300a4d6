package io.uartnio.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tables, lines and reports with numbers as large as they get. */
class DisplaysTest {

    private final Traffic down = new Traffic(12);
    private final Traffic up = new Traffic(12);
    private final List<DemoSocket> sockets = IntStream.range(0, 12)
            .mapToObj(number -> new DemoSocket(new DemoRequest(1, number, 1L << 33), 7, down))
            .toList();
    private final DemoStatus status = new DemoStatus(sockets, down, up, 921_600, 1L << 33, false);

    private void moveMuch() {
        for (int socket = 0; socket < 12; socket++) {
            for (int times = 0; times < 4; times++) {
                down.count(socket, Integer.MAX_VALUE);
                up.count(socket, Integer.MAX_VALUE);
            }
        }
        sockets.get(3).fail(new IOException("link lost"));
    }

    @Test
    void theTableIsAtMostSeventyNineColumnsWideWhateverItShows() {
        assertThat(LiveTable.lines(status, false)).hasSize(12 + LiveTable.OTHER_LINES);
        moveMuch();

        assertThat(LiveTable.lines(status, false))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(LiveTable.WIDTH))
                .anyMatch(line -> line.contains("failed"))
                .noneMatch(line -> line.contains("\u001b"));
    }

    @Test
    void coloursComeOnlyWhereTheyAreWelcome() {
        sockets.get(3).fail(new IOException("link lost"));

        assertThat(LiveTable.lines(status, true)).anyMatch(line -> line.contains("\u001b[31mfailed  \u001b[0m"));
    }

    @Test
    void plainLinesAndTheReportAreAtMostEightyColumnsWide() {
        moveMuch();
        StringWriter text = new StringWriter();
        DemoReport.write(status, false, new PrintWriter(text));

        assertThat(PlainDisplay.line(status)).hasSizeLessThanOrEqualTo(80);
        assertThat(text.toString().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void jsonHasTheSixNumbersAndNoOtherForm() {
        assertThat(DemoReport.json(12, 11, 1_179_648, 5, 27.6, 0.92345))
                .isEqualTo("{\"sockets\":12,\"verified\":11,\"bytesDown\":1179648,\"bytesUp\":5,"
                        + "\"seconds\":27.600,\"lineUtilisation\":0.9235}");
    }

    @Test
    void theFramingLimitCountsWhatMustCrossWithAPayload() {
        assertThat(FramingLimit.of(Direction.DOWN, true, false)).isEqualTo(1460.0 / (1460 + 27 + 2));
        assertThat(FramingLimit.of(Direction.UP, true, false)).isEqualTo(1460.0 / (1460 + 19));
        assertThat(FramingLimit.lineShare(92_160, 921_600)).isEqualTo(1.0);
    }

    @Test
    void theFirstArrivalIsLeftOutOfTheRate() {
        Traffic traffic = new Traffic(1);
        traffic.count(0, 1000);
        assertThat(traffic.bytesPerSecond()).isZero();
        traffic.count(0, 500);

        assertThat(traffic.bytes()).isEqualTo(1500);
        assertThat(traffic.bytesInTime()).isEqualTo(500);
    }

    @Test
    void sizesAreReadAndWrittenAsPeopleDo() {
        ByteSize size = new ByteSize();
        assertThat(List.of(size.convert("65536"), size.convert("64k"), size.convert("64KiB"), size.convert("1M")))
                .containsExactly(65_536L, 65_536L, 65_536L, 1_048_576L);
        assertThat(List.of(ByteSize.text(0), ByteSize.text(1023), ByteSize.text(98_304), ByteSize.text(1L << 20)))
                .containsExactly("0 B", "1023 B", "96.0 KiB", "1.00 MiB");
        assertThat(ByteSize.text(9999L << 20)).hasSizeLessThanOrEqualTo(9);
    }
}
