package io.uartnio.uart;

import com.code_intelligence.jazzer.junit.DictionaryFile;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.uartnio.uart.WireTrace.Chunk;
import io.uartnio.uart.WireTrace.Direction;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/** The wire trace: what was written can be read back, and what cannot have been written is refused. */
class WireTraceFuzzTest {

    private static final Instant TIME = Instant.parse("2026-03-01T12:00:00.123456Z");

    @FuzzTest
    @DictionaryFile(resourcePath = "WireTraceFuzzTest.dict")
    void whatIsWrittenIsReadBackAndAnythingElseRefused(byte[] data) {
        Chunk chunk = parsed(written(data)).orElseThrow(() -> new AssertionError("bytes became an event"));
        if (!Arrays.equals(chunk.bytes(), data)) {
            throw new AssertionError("read back: " + Arrays.toString(chunk.bytes()));
        }
        Optional<Chunk> any;
        try {
            any = WireTrace.parse(new String(data, StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException e) {
            return;
        }
        any.ifPresent(read -> {
            byte[] again = parsed(written(read.bytes())).orElseThrow().bytes();
            if (!Arrays.equals(again, read.bytes())) {
                throw new AssertionError("read, written and read back: " + Arrays.toString(again));
            }
        });
    }

    private static String written(byte[] bytes) {
        StringBuilder line = new StringBuilder();
        WireTrace.format(line, TIME, Direction.FROM_MODULE, bytes);
        return line.substring(0, line.length() - 1);
    }

    private static Optional<Chunk> parsed(String line) {
        return WireTrace.parse(line);
    }
}
