package io.uartnio.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Sees a demultiplexer that has become slower. Its time is stated as a multiple of the time of a parser that never
 * changes, measured in the same JVM; each JVM measures one case, see {@link SpeedRatio}. A ratio above its band is
 * measured twice more and the least counts: what makes the demultiplexer slower makes all three slow, what disturbs a
 * measurement seldom does.
 *
 * <p>The stated ratios hold for the machine that they were measured on, and its like, so the guard stands where
 * {@code -Duartnio.speedGuard=true} sets it up, as continuous integration does. A ratio that is printed well below the
 * stated one is to be stated anew, or the next slow change hides behind the gain.
 */
class SpeedGuardTest {

    private static final int BAND_PERCENT = Integer.getInteger("uartnio.speedBandPercent", 12);
    private static final boolean NEWER_JDK = Runtime.version().feature() >= 21;

    /**
     * What is measured, and the ratio on JDK 17 and on JDK 25: medians of 20 and 16 JVMs on an AMD EPYC with two cores
     * under a load of 7 to 8. None of them was 2 % away from its median, so that a band of 15 % raises no false alarm
     * there, and leaves room for what an innocent change makes of the compiler's mood.
     */
    enum Case {
        SMALL_FRAMES_IN_LARGE_PIECES(16, 4096, 1.10, 1.185),
        LARGE_FRAMES_IN_LARGE_PIECES(1460, 4096, 1.08, 1.12),
        SMALL_FRAMES_BYTE_BY_BYTE(16, 1, 1.55, 1.63),
        LARGE_FRAMES_BYTE_BY_BYTE(1460, 1, 0.995, 1.01);

        private final int payloadBytes;
        private final int pieceBytes;
        private final double expected;

        Case(int payloadBytes, int pieceBytes, double onJdk17, double onJdk25) {
            this.payloadBytes = payloadBytes;
            this.pieceBytes = pieceBytes;
            this.expected = NEWER_JDK ? onJdk25 : onJdk17;
        }

        private boolean isInBand(double ratio) {
            return ratio <= expected * (100 + BAND_PERCENT) / 100;
        }
    }

    @ParameterizedTest
    @EnumSource
    void theDemultiplexerIsAsFastAsStated(Case measured) throws Exception {
        assumeThat(Boolean.getBoolean("uartnio.speedGuard"))
                .as("the speed guard stands where -Duartnio.speedGuard=true says so")
                .isTrue();
        List<Double> ratios = new ArrayList<>(List.of(ratio(measured, 0)));
        if (!measured.isInBand(ratios.get(0))) {
            ratios.add(ratio(measured, 0));
            ratios.add(ratio(measured, 0));
        }
        double least = Collections.min(ratios);
        System.out.println("speed guard: case=" + measured + ", ratio=" + least + ", stated=" + measured.expected);
        assertThat(measured.isInBand(least))
                .as(
                        "time of the demultiplexer in times of the sketch within %d %% of %s, found %s",
                        BAND_PERCENT, measured.expected, ratios)
                .isTrue();
    }

    @Test
    void aDemultiplexerThatTakesAFifthLongerIsSeen() throws Exception {
        assumeThat(Boolean.getBoolean("uartnio.speedGuard"))
                .as("the speed guard stands where -Duartnio.speedGuard=true says so")
                .isTrue();
        double ratio = ratio(Case.SMALL_FRAMES_IN_LARGE_PIECES, 20);

        assertThat(Case.SMALL_FRAMES_IN_LARGE_PIECES.isInBand(ratio))
                .as("ratio %s is in the band", ratio)
                .isEqualTo(BAND_PERCENT > 20);
    }

    /** In a JVM of its own, without the agents of this one. */
    private static double ratio(Case measured, int extraPercent) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(SpeedRatio.JVM_OPTIONS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), SpeedRatio.class.getName()));
        command.add(String.valueOf(measured.payloadBytes));
        command.add(String.valueOf(measured.pieceBytes));
        command.add(String.valueOf(extraPercent));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(process.waitFor()).as("exit code of " + command).isZero();
        // A JVM that cannot have large pages says so before.
        List<String> lines = output.lines().toList();
        return Double.parseDouble(lines.get(lines.size() - 1));
    }
}
