package io.uartnio.at;

import static org.assertj.core.api.Assertions.assertThat;

import io.uartnio.Seeds;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** In time that the test makes up: a stretched run takes no longer than any other. */
class PlusSignsTest {

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final PlusSigns plusSigns = new PlusSigns();
    private final EscapeModel line = new EscapeModel();
    private final ByteArrayOutputStream given = new ByteArrayOutputStream();
    private byte[] pending = {};
    private long now = Long.MAX_VALUE - 3_000 * MILLI;

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private void give(byte[] bytes) {
        given.writeBytes(bytes);
        int before = pending.length;
        pending = Arrays.copyOf(pending, before + bytes.length);
        System.arraycopy(bytes, 0, pending, before, bytes.length);
    }

    /** Writes what can be written until the time is up or nothing is left. */
    private void runFor(long nanos) {
        long end = now + nanos;
        while (end - now >= 0 && pending.length > 0) {
            int offered = Math.min(pending.length, PlusSigns.MAX_BLOCK_BYTES);
            int block = plusSigns.next(Arrays.copyOf(pending, offered), offered, now);
            if (block == 0) {
                long next = plusSigns.notBeforeNanos();
                assertThat(next - now).as("time to wait").isPositive();
                if (end - next < 0) {
                    break;
                }
                now = next;
            } else {
                assertThat(block).isBetween(1, offered);
                line.write(now, pending, block);
                now += MILLI;
                plusSigns.written(pending, block, now);
                pending = Arrays.copyOfRange(pending, block, pending.length);
            }
        }
        now = end;
    }

    private void assertWhole() {
        runFor(TimeUnit.HOURS.toNanos(10));
        assertThat(pending).as("left unwritten").isEmpty();
        assertThat(line.all()).isEqualTo(given.toByteArray());
        assertThat(line.findEscape(PlusSigns.LONG_RUN)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+++",
                "++++",
                "+++++",
                "+",
                "++",
                "+++\r",
                "+++ATH\r",
                "x+++",
                "x+++y",
                "+++x+++",
                "x++++++++++",
                "a+b+c",
                "+++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++"
            })
    void whatStandsAloneIsNoEscape(String text) {
        give(ascii(text));
        assertWhole();
    }

    @Test
    void threePlusSignsGivenOneByOneAreStretched() {
        for (int i = 0; i < 3; i++) {
            give(ascii("+"));
            runFor(100 * MILLI);
        }
        assertWhole();
    }

    @Test
    void plusSignsWaitForWhatComesNext() {
        give(ascii("some text, x+++"));
        runFor(5 * MILLI);
        give(ascii("y"));
        runFor(MILLI);
        assertThat(new String(line.all(), StandardCharsets.US_ASCII)).isEqualTo("some text, x+++y");
        assertThat(line.writeCount()).isEqualTo(2);
        assertWhole();
    }

    @Test
    void plusSignsAmongOthersCostNoTime() {
        byte[] text = ascii("0123456789+++abc++++def\r\n".repeat(4_000));
        give(text);
        runFor(text.length / 1_000L * MILLI);
        assertThat(pending).isEmpty();
        assertWhole();
    }

    @Test
    void aLongRunIsNotStretched() {
        byte[] run = new byte[100_000];
        Arrays.fill(run, (byte) '+');
        give(ascii("x"));
        give(run);
        runFor(1_000 * MILLI);
        assertThat(pending).isEmpty();
        assertWhole();
    }

    @Test
    void withoutPlusSignsEverythingGoesAtOnce() {
        give(new byte[PlusSigns.MAX_BLOCK_BYTES - 1]);
        runFor(0);
        assertThat(pending).isEmpty();
        assertThat(line.writeCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("io.uartnio.Seeds#all")
    void noMixtureIsEverAnEscape(long seed) {
        RandomGenerator random = Seeds.random(seed);
        for (int step = 0; step < 400; step++) {
            give(piece(random));
            runFor(pause(random));
        }
        assertWhole();
    }

    private static byte[] piece(RandomGenerator random) {
        int length = switch (random.nextInt(8)) {
            case 0 -> random.nextInt(3_000);
            case 1 -> 3;
            default -> random.nextInt(6);
        };
        int plusOfTen = random.nextInt(11);
        byte[] piece = new byte[length];
        for (int i = 0; i < length; i++) {
            piece[i] = (byte) (random.nextInt(10) < plusOfTen ? '+' : 'a' + random.nextInt(26));
        }
        return piece;
    }

    private static long pause(RandomGenerator random) {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> random.nextLong(30 * MILLI);
            case 2 -> random.nextLong(1_500 * MILLI);
            default -> random.nextLong(4_000 * MILLI);
        };
    }
}
