package io.uartnio.uart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The wire trace: what it writes can be read back byte for byte, and a slow disk never holds up the line. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WireTraceTest {

    private static final LineSettings SETTINGS = new LineSettings(921_600, true);

    private final FakeUartPort below = new FakeUartPort();
    private final RecordingListener listener = new RecordingListener();

    @TempDir
    private Path directory;

    /** By then the file is complete, however slow the disk; the close of the port waits for that a second at most. */
    @AfterEach
    void noThreadOfTheTraceIsLeft() {
        await().atMost(Duration.ofSeconds(50))
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("uartnio-trace-")));
    }

    @Test
    void aTraceShowsBothDirectionsAndTheEventsOfThePort() throws Exception {
        Path file = directory.resolve("wire.log");
        UartPort port = WireTrace.to(file, below);
        port.open(SETTINGS, listener);
        port.setAsserted(ControlLine.DTR, false);
        port.write(bytes("xAT\rx"), 1, 3);
        below.receive(bytes("\r\nOK\r\n> "));
        port.setBaudRate(115_200);
        port.close();
        noThreadOfTheTraceIsLeft();
        assertThat(Files.readAllLines(file).stream().map(line -> line.replaceFirst("^\\S+ ", "")))
                .containsExactly(
                        "-- open port=fake baudRate=921600 hardwareFlowControl=true",
                        "-- DTR released",
                        ">> AT\\r",
                        "<< \\r\\nOK\\r\\n>\\x20",
                        "-- baudRate=115200",
                        "-- closed");
        assertThat(Files.readAllLines(file))
                .allMatch(line -> line.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z .*"));
        assertThat(listener.received()).isEqualTo(bytes("\r\nOK\r\n> "));
        assertThat(below.written()).isEqualTo(bytes("AT\r"));
    }

    @Test
    void whatIsSecretIsLeftOutUnlessAskedForByName() throws Exception {
        Path masked = directory.resolve("masked.log");
        Path full = directory.resolve("full.log");
        UartPort port = WireTrace.to(masked, WireTrace.withSecrets(full, below));
        port.open(SETTINGS, listener);
        port.setConcealed(true);
        port.write(bytes("AT+CPIN=\"1234\"\r"), 0, 15);
        below.receive(bytes("\r\nOK\r\n"));
        port.setConcealed(false);
        port.write(bytes("AT\r"), 0, 3);
        port.close();
        noThreadOfTheTraceIsLeft();
        assertThat(Files.readAllLines(masked).stream().map(line -> line.replaceFirst("^\\S+ ", "")))
                .contains("-- secret >> bytes=15", "-- secret << bytes=6", ">> AT\\r")
                .noneMatch(line -> line.contains("1234"));
        assertThat(Files.readString(full)).contains("AT+CPIN=\"1234\"\\r").doesNotContain("secret");
        assertThat(below.written()).isEqualTo(bytes("AT+CPIN=\"1234\"\rAT\r"));
    }

    @Test
    void everyByteComesBackFromTheTrace() throws Exception {
        Path file = directory.resolve("wire.log");
        UartPort port = WireTrace.to(file, below);
        port.open(SETTINGS, listener);
        Random random = new Random(3);
        ByteArrayOutputStream up = new ByteArrayOutputStream();
        ByteArrayOutputStream down = new ByteArrayOutputStream();
        for (int i = 0; i < 500; i++) {
            byte[] chunk = new byte[1 + random.nextInt(300)];
            random.nextBytes(chunk);
            if (random.nextBoolean()) {
                up.writeBytes(chunk);
                port.write(chunk, 0, chunk.length);
            } else {
                down.writeBytes(chunk);
                below.receive(chunk);
            }
        }
        port.close();
        noThreadOfTheTraceIsLeft();
        assertThat(replay(file, WireTrace.Direction.TO_MODULE)).isEqualTo(up.toByteArray());
        assertThat(replay(file, WireTrace.Direction.FROM_MODULE)).isEqualTo(down.toByteArray());
    }

    private static byte[] replay(Path file, WireTrace.Direction direction) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
            WireTrace.parse(line)
                    .filter(chunk -> chunk.direction() == direction)
                    .ifPresent(chunk -> all.writeBytes(chunk.bytes()));
        }
        return all.toByteArray();
    }

    @Test
    void everySingleByteValueComesBackFromItsLine() {
        Instant time = Instant.parse("2026-03-01T12:00:00.000001Z");
        for (int value = 0; value < 256; value++) {
            StringBuilder line = new StringBuilder();
            byte[] bytes = {(byte) value, (byte) value, (byte) value};
            WireTrace.format(line, time, WireTrace.Direction.FROM_MODULE, bytes);
            WireTrace.Chunk chunk =
                    WireTrace.parse(line.substring(0, line.length() - 1)).orElseThrow();
            assertThat(chunk.bytes()).isEqualTo(bytes);
            assertThat(chunk.time()).isEqualTo(time);
        }
    }

    @Test
    void whatIsNoLineOfATraceIsRefused() {
        for (String line : List.of(
                "",
                "hello",
                "2026-03-01T12:00:00.000001Z ?? AT",
                "yesterday >> AT",
                "2026-03-01T12:00:00.000001Z >> \\q",
                "2026-03-01T12:00:00.000001Z >> \\x4",
                "2026-03-01T12:00:00.000001Z >> \\xZZ",
                "2026-03-01T12:00:00.000001Z >> \\",
                "2026-03-01T12:00:00.000001Z >> \u00e9")) {
            assertThatThrownBy(() -> WireTrace.parse(line)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void theFileIsForItsOwnerOnly() throws Exception {
        Path file = directory.resolve("wire.log");
        UartPort port = WireTrace.to(file, below);
        port.open(SETTINGS, listener);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        port.close();
    }

    @Test
    void aSecondLifeOfThePortIsAppendedAfterTheFirst() throws Exception {
        Path file = directory.resolve("wire.log");
        UartPort port = WireTrace.to(file, below);
        for (int i = 0; i < 2; i++) {
            port.open(SETTINGS, listener);
            below.receive(bytes("RDY" + i));
            below.lose(new IOException("link lost: port=fake"));
        }
        port.close();
        noThreadOfTheTraceIsLeft();
        assertThat(Files.readAllLines(file).stream().map(line -> line.replaceFirst("^\\S+ ", "")))
                .containsExactly(
                        "-- open port=fake baudRate=921600 hardwareFlowControl=true",
                        "<< RDY0",
                        "-- closed: link lost: port=fake",
                        "-- open port=fake baudRate=921600 hardwareFlowControl=true",
                        "<< RDY1",
                        "-- closed: link lost: port=fake");
    }

    @Test
    void theFileIsUpToDateWithoutAClose() throws Exception {
        Path file = directory.resolve("wire.log");
        UartPort port = WireTrace.to(file, below);
        port.open(SETTINGS, listener);
        port.write(bytes("AT\r"), 0, 3);
        port.write(bytes("AT+CSQ\r"), 0, 7);
        await().until(() -> Files.readString(file).contains(">> AT+CSQ\\r\n"));
        port.close();
    }

    @Test
    void aPortThatDoesNotOpenLeavesTheReasonInTheTrace() throws Exception {
        Path file = directory.resolve("wire.log");
        below.open(SETTINGS, listener);
        UartPort port = WireTrace.to(file, below);
        assertThatIOException().isThrownBy(() -> port.open(SETTINGS, listener));
        await().until(() -> Files.readString(file).contains("-- open failed: port is already open: port=fake\n"));
    }

    @Test
    void aFileThatCannotBeWrittenFailsTheOpenAndLeavesThePortClosed() {
        UartPort port = WireTrace.to(directory.resolve("absent").resolve("wire.log"), below);
        assertThatIOException().isThrownBy(() -> port.open(SETTINGS, listener)).withMessageContaining("wire.log");
        assertThat(below.isOpen()).isFalse();
    }

    @Test
    void aDiskThatStallsHoldsUpNobodyAndTheTraceSaysWhatIsMissing() throws Exception {
        CountDownLatch stall = new CountDownLatch(1);
        ByteArrayOutputStream disk = new ByteArrayOutputStream();
        TraceFile trace = new TraceFile(new StallingStream(stall, disk), "test", "fake");
        byte[] chunk = new byte[1_000];
        int chunks = 20_000;
        for (int i = 0; i < chunks; i++) {
            trace.bytes(WireTrace.Direction.FROM_MODULE, chunk, 0, chunk.length);
        }
        trace.end();
        stall.countDown();
        trace.awaitEnd(30_000);
        List<String> lines = disk.toString(StandardCharsets.US_ASCII).lines().toList();
        long kept = lines.stream().filter(line -> line.contains(" << ")).count();
        long missing = lines.stream()
                .filter(line -> line.contains(" -- missing chunks="))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf('=') + 1)))
                .sum();
        assertThat(missing).isPositive();
        assertThat(kept + missing).isEqualTo(chunks);
    }

    @Test
    void aDiskThatFailsEndsTheTraceAndNotTheLink() throws Exception {
        TraceFile trace = new TraceFile(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("no space left, on purpose of a test");
                    }
                },
                "test",
                "fake");
        trace.bytes(WireTrace.Direction.FROM_MODULE, new byte[100], 0, 100);
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("uartnio-trace-")));
        trace.bytes(WireTrace.Direction.FROM_MODULE, new byte[100], 0, 100);
        trace.end();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A disk that takes nothing until it is let go. */
    private static final class StallingStream extends OutputStream {

        private final CountDownLatch stall;
        private final OutputStream disk;

        StallingStream(CountDownLatch stall, OutputStream disk) {
            this.stall = stall;
            this.disk = disk;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            try {
                stall.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            disk.write(buffer, offset, length);
        }
    }
}
