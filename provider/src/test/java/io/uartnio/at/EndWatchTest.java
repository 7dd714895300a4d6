package io.uartnio.at;

import static org.assertj.core.api.Assertions.assertThat;

import io.uartnio.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EndWatchTest {

    private static final String END = "\r\nNO CARRIER\r\n";
    private static final String OK = "\r\nOK\r\n";
    private static final byte[] END_BYTES = bytes(END);
    private static final byte[] OK_BYTES = bytes(OK);
    private static final String[] PIECES = {
        "\r",
        "\n",
        "\r\n",
        "NO CARRIER",
        "NO ",
        "CARRIER\r\n",
        END,
        OK,
        "OK",
        "\r\n+QIURC: \"recv\",3\r\n",
        "text",
        "\u00f9\u0000\u00ff",
        "\r\nNO CARRIE",
        "NO CARRIER\r",
        "+++",
        "\r\nRING\r\n",
        "x".repeat(700)
    };

    private final StringBuilder handedOn = new StringBuilder();
    private final EndWatch watch =
            new EndWatch((bytes, offset, length) -> handedOn.append(Bytes.text(bytes, offset, length)));

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private boolean accept(String text) {
        byte[] padded = bytes("<<" + text + ">>");
        return watch.accept(padded, 2, padded.length - 4);
    }

    private String behind() {
        return new String(watch.end(false), StandardCharsets.ISO_8859_1);
    }

    @Test
    void payloadIsHandedOnAtOnce() {
        watch.reset(END_BYTES);
        assertThat(accept("NO CARRIER, says the payload")).isFalse();
        assertThat(handedOn).hasToString("NO CARRIER, says the payload");
        assertThat(watch.isHolding()).isFalse();
    }

    @Test
    void theEndLineIsHeldBackBehindTheLastPayload() {
        watch.reset(END_BYTES);
        assertThat(accept("last bytes\r\n" + END)).isTrue();
        assertThat(handedOn).hasToString("last bytes\r\n");
        assertThat(watch.complete()).isSameAs(END_BYTES);
        assertThat(behind()).isEmpty();
    }

    @Test
    void ofSeveralTheLastIsTheModules() {
        watch.reset(END_BYTES);
        accept(END + END);
        assertThat(handedOn).hasToString(END);
        accept(END);
        assertThat(handedOn).hasToString(END + END);
        assertThat(behind()).isEmpty();
    }

    @Test
    void urcsBehindTheEndAreText() {
        watch.reset(END_BYTES);
        accept("data" + END + "\r\n+QIURC: \"recv\",1\r\n");
        accept("\r\n+QIURC: \"closed\",1\r\n\r");
        assertThat(handedOn).hasToString("data");
        assertThat(behind()).isEqualTo("\r\n+QIURC: \"recv\",1\r\n\r\n+QIURC: \"closed\",1\r\n\r");
    }

    @Test
    void whatGoesOnBehindTheLineWasPayload() {
        watch.reset(END_BYTES);
        accept(END);
        accept("x");
        assertThat(handedOn).hasToString(END + "x");
        accept(END + "\r\nline\r\n\u0080");
        assertThat(handedOn).hasToString(END + "x" + END + "\r\nline\r\n\u0080");
        assertThat(watch.complete()).isNull();
    }

    @Test
    void moreLinesThanAModuleKeepsWerePayload() {
        watch.reset(END_BYTES);
        String much = END + "\r\nline\r\n".repeat(200) + "!";
        accept(much);
        assertThat(watch.complete()).isNull();
        assertThat(handedOn).hasToString(much);
    }

    @Test
    void aBeginningTooLongInComingIsHandedOnAndStillSeen() {
        watch.reset(END_BYTES);
        accept("abc\r\nNO");
        assertThat(handedOn).hasToString("abc");
        watch.release();
        assertThat(handedOn).hasToString("abc\r\nNO");
        assertThat(watch.isHolding()).isFalse();
        assertThat(accept(" CARRIER\r\n")).isTrue();
        assertThat(watch.isBeginningReleased()).isTrue();
        accept("!");
        assertThat(handedOn).hasToString("abc\r\nNO CARRIER\r\n!");
    }

    @Test
    void whenLeavingTheLastOkIsTheModules() {
        watch.reset(END_BYTES);
        accept("a" + END);
        watch.setEndLines(OK_BYTES, END_BYTES);
        assertThat(watch.complete()).isSameAs(END_BYTES);
        assertThat(accept(OK)).isTrue();
        assertThat(handedOn).hasToString("a" + END);
        assertThat(accept(OK + "\r\n+QIURC: \"recv\",1\r\n")).isTrue();
        assertThat(handedOn).hasToString("a" + END + OK);
        assertThat(watch.complete()).isSameAs(OK_BYTES);
        assertThat(behind()).isEqualTo("\r\n+QIURC: \"recv\",1\r\n");
    }

    @ParameterizedTest
    @MethodSource("io.uartnio.Seeds#all")
    void nothingIsLostOrHeldWithoutReasonInAnySplit(long seed) {
        RandomGenerator random = Seeds.random(seed);
        for (int round = 0; round < 2_000; round++) {
            handedOn.setLength(0);
            watch.reset(END_BYTES);
            StringBuilder sent = new StringBuilder();
            for (int piece = random.nextInt(12); piece >= 0; piece--) {
                sent.append(PIECES[random.nextInt(PIECES.length)]);
            }
            String stream = sent.toString();
            for (int from = 0; from < stream.length(); ) {
                int to = Math.min(stream.length(), from + 1 + random.nextInt(random.nextBoolean() ? 3 : 2_000));
                accept(stream.substring(from, to));
                from = to;
                assertHeldRightly(stream.substring(0, to), seed);
                if (random.nextInt(20) == 0) {
                    watch.release();
                    assertThat(handedOn).as("seed=%d", seed).hasToString(stream.substring(0, to));
                }
            }
        }
    }

    private void assertHeldRightly(String soFar, long seed) {
        assertThat(soFar).as("seed=%d", seed).startsWith(handedOn);
        String held = soFar.substring(handedOn.length());
        if (soFar.endsWith(END)) {
            assertThat(watch.complete())
                    .as("seed=%d, stream ends in the line", seed)
                    .isSameAs(END_BYTES);
            assertThat(watch.isBeginningReleased() ? "" : held).isIn("", END);
        } else if (watch.complete() == null) {
            assertThat(held.length()).as("seed=%d, held=%s", seed, held).isLessThan(END.length());
            assertThat(held.isEmpty() || END.endsWith(held) || END.contains(held))
                    .isTrue();
        } else if (!watch.isBeginningReleased()) {
            assertThat(held).as("seed=%d", seed).startsWith(END).hasSizeLessThanOrEqualTo(EndWatch.MAX_HELD_BYTES);
        }
    }
}
