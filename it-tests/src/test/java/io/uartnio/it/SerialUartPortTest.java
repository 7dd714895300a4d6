package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.uartnio.emulator.PseudoTerminal;
import io.uartnio.uart.ControlLine;
import io.uartnio.uart.GuardedUartPort;
import io.uartnio.uart.LineSettings;
import io.uartnio.uart.SerialUartPort;
import io.uartnio.uart.UartPort;
import io.uartnio.uart.WireTrace;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@link SerialUartPort} over a pseudo-terminal of the kernel: what a real serial port does with the reader, a blocked
 * writer, a hang-up and a second user, seen through the real library.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SerialUartPortTest {

    private static final LineSettings SETTINGS = new LineSettings(921_600, true);

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void noThreadOfThePortIsLeft() {
        threads.shutdownNow();
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(threadNames()).noneMatch(name -> name.startsWith("uartnio-read-")));
    }

    @Test
    void bytesOfAnySizeArriveBothWaysUnchanged() throws Exception {
        Random random = new Random(7);
        try (PseudoTerminal far = PseudoTerminal.open();
                SerialUartPort port = new SerialUartPort(far.name())) {
            Recorder recorder = new Recorder();
            port.open(SETTINGS, recorder);
            ByteArrayOutputStream sent = new ByteArrayOutputStream();
            for (int size : new int[] {0, 1, 2, 1_460, 4_095, 4_096, 4_097, 100_000}) {
                byte[] bytes = new byte[size];
                random.nextBytes(bytes);
                sent.writeBytes(bytes);
                Future<byte[]> arriving = threads.submit(() -> readFully(far, size));
                port.write(bytes, 0, size);
                assertThat(arriving.get()).isEqualTo(bytes);
                far.write(bytes, 0, size);
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> recorder.size() >= sent.size());
            assertThat(recorder.bytes()).isEqualTo(sent.toByteArray());
        }
    }

    @Test
    void aSliceOfALargerArrayIsWrittenFromItsOffset() throws Exception {
        try (PseudoTerminal far = PseudoTerminal.open();
                SerialUartPort port = new SerialUartPort(far.name())) {
            port.open(SETTINGS, new Recorder());
            byte[] large = new byte[20_000];
            new Random(1).nextBytes(large);
            Future<byte[]> arriving = threads.submit(() -> readFully(far, 9_000));
            port.write(large, 5_000, 9_000);
            assertThat(arriving.get()).isEqualTo(Arrays.copyOfRange(large, 5_000, 14_000));
            assertThatThrownBy(() -> port.write(large, 19_999, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void bytesThatWereWaitingInTheLineBeforeTheOpenAreDelivered() throws Exception {
        try (PseudoTerminal far = PseudoTerminal.open();
                SerialUartPort port = new SerialUartPort(far.name())) {
            byte[] banner = ascii("\r\nRDY\r\n");
            far.write(banner, 0, banner.length);
            Recorder recorder = new Recorder();
            port.open(SETTINGS, recorder);
            await().atMost(Duration.ofSeconds(60)).until(() -> recorder.size() == banner.length);
            assertThat(recorder.bytes()).isEqualTo(banner);
        }
    }

    @Test
    void closeEndsABlockedReadAndTellsTheListenerOnceWithoutACause() throws Exception {
        try (PseudoTerminal far = PseudoTerminal.open()) {
            SerialUartPort port = new SerialUartPort(far.name());
            Recorder recorder = new Recorder();
            port.open(SETTINGS, recorder);
            assertThat(port.isOpen()).isTrue();
            port.close();
            assertThat(port.isOpen()).isFalse();
            assertThat(recorder.closes()).containsExactly((IOException) null);
            assertThat(threadNames()).noneMatch(name -> name.equals("uartnio-read-" + far.name()));
            port.close();
            assertThat(recorder.closes()).hasSize(1);
        }
    }

    @Test
    void closeEndsABlockedWrite() throws Exception {
        try (PseudoTerminal far = PseudoTerminal.open()) {
            SerialUartPort port = new SerialUartPort(far.name());
            Recorder recorder = new Recorder();
            port.open(SETTINGS, recorder);
            Future<Throwable> write =
                    threads.submit(() -> catchThrowable(() -> port.write(new byte[1 << 20], 0, 1 << 20)));
            awaitWriterInsideLibrary();
            port.close();
            assertThat(write.get(30, TimeUnit.SECONDS))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("port is closed: port=" + far.name());
            assertThat(recorder.closes()).containsExactly((IOException) null);
        }
    }

    @Test
    void aStuckWriteIsEndedByTheGuardAndTheListenerIsToldWhy() throws Exception {
        try (PseudoTerminal far = PseudoTerminal.open();
                UartPort port = new GuardedUartPort(new SerialUartPort(far.name()), 200)) {
            Recorder recorder = new Recorder();
            port.open(SETTINGS, recorder);
            Future<Throwable> write =
                    threads.submit(() -> catchThrowable(() -> port.write(new byte[100_000], 0, 100_000)));
            assertThat(write.get(20, TimeUnit.SECONDS))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("write stuck: port=" + far.name() + ", waitedMillis=");
            await().atMost(Duration.ofSeconds(60)).until(() -> recorder.closes().size() == 1);
            assertThat(recorder.closes().get(0)).hasMessageContaining("write stuck: port=" + far.name());
            assertThat(port.isOpen()).isFalse();
        }
    }

    @Test
    void aHangUpIsToldOnceWithItsCauseAndWritesFailAfterwards() throws Exception {
        PseudoTerminal far = PseudoTerminal.open(false);
        try (SerialUartPort port = new SerialUartPort(far.name())) {
            Recorder recorder = new Recorder();
            port.open(SETTINGS, recorder);
            far.close();
            await().atMost(Duration.ofSeconds(60)).until(() -> recorder.closes().size() == 1);
            assertThat(recorder.closes().get(0)).hasMessageContaining("link lost: port=" + far.name());
            assertThat(port.isOpen()).isFalse();
            assertThatIOException()
                    .isThrownBy(() -> port.write(new byte[1], 0, 1))
                    .withMessageContaining("port is closed: port=" + far.name())
                    .withCause(recorder.closes().get(0));
            assertThatIOException().isThrownBy(() -> port.awaitTransmitIdle(10));
            assertThatIOException().isThrownBy(() -> port.setBaudRate(9_600));
            port.close();
            assertThat(recorder.closes()).hasSize(1);
        } finally {
            far.close();
        }
    }

    @Test
    void aHangUpEndsABlockedWrite() throws Exception {
        PseudoTerminal far = PseudoTerminal.open(false);
        try (SerialUartPort port = new SerialUartPort(far.name())) {
            Recorder recorder = new Recorder();
            port.open(SETTINGS, recorder);
            Future<Throwable> write =
                    threads.submit(() -> catchThrowable(() -> port.write(new byte[1 << 20], 0, 1 << 20)));
            awaitWriterInsideLibrary();
            far.close();
            assertThat(write.get(30, TimeUnit.SECONDS))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("port=" + far.name());
            await().atMost(Duration.ofSeconds(60)).until(() -> recorder.closes().size() == 1);
            assertThat(recorder.closes().get(0)).isNotNull();
        } finally {
            far.close();
        }
    }

    @Test
    void aPortThatThisProgramHasOpenIsBusyAndFreeAfterItsClose() throws Exception {
        try (PseudoTerminal far = PseudoTerminal.open();
                SerialUartPort first = new SerialUartPort(far.name());
                SerialUartPort second = new SerialUartPort(far.name())) {
            first.open(SETTINGS, new Recorder());
            assertThatThrownBy(() -> second.open(SETTINGS, new Recorder()))
                    .isInstanceOf(FileSystemException.class)
                    .isNotInstanceOf(NoSuchFileException.class)
                    .hasMessageContaining(far.name())
                    .hasMessageContaining("in use");
            assertThatIOException()
                    .isThrownBy(() -> first.open(SETTINGS, new Recorder()))
                    .withMessageContaining("port is already open: port=" + far.name());
            first.close();
            second.open(SETTINGS, new Recorder());
            assertThat(second.isOpen()).isTrue();
        }
    }

    @Test
    void aPortThatAnotherProgramHasLockedIsBusy() throws Exception {
        try (PseudoTerminal far = PseudoTerminal.open();
                SerialUartPort port = new SerialUartPort(far.name())) {
            Process other =
                    new ProcessBuilder("flock", "--exclusive", far.name(), "sh", "-c", "echo locked; cat").start();
            try {
                assertThat(other.inputReader().readLine()).isEqualTo("locked");
                assertThatThrownBy(() -> port.open(SETTINGS, new Recorder()))
                        .isInstanceOf(FileSystemException.class)
                        .hasMessageContaining(far.name())
                        .hasMessageContaining("in use by another program");
            } finally {
                other.getOutputStream().close();
                other.waitFor();
            }
            port.open(SETTINGS, new Recorder());
        }
    }

    @Test
    void anAbsentPortIsNamed() {
        for (String name : List.of("/dev/ttyUARTNIO9", "ttyUARTNIO9", "/nowhere/null")) {
            assertThatThrownBy(() -> new SerialUartPort(name).open(SETTINGS, new Recorder()))
                    .isInstanceOf(NoSuchFileException.class)
                    .hasMessageContaining(name)
                    .hasMessageContaining("no such serial port");
        }
    }

    @Test
    void aFileThatIsNoSerialPortIsRefused(@TempDir Path directory) throws Exception {
        Path file = Files.createFile(directory.resolve("not-a-port"));
        for (Path wrong : List.of(file, directory)) {
            assertThatThrownBy(() -> new SerialUartPort(wrong.toString()).open(SETTINGS, new Recorder()))
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining(wrong.toString())
                    .hasMessageContaining("not a serial port");
        }
    }

    @Test
    void aSymbolicLinkAndANameBelowDevLeadToThePort(@TempDir Path directory) throws Exception {
        try (PseudoTerminal far = PseudoTerminal.open()) {
            Path link = Files.createSymbolicLink(directory.resolve("modem"), Path.of(far.name()));
            String belowDev = far.name().substring("/dev/".length());
            for (String name : List.of(link.toString(), belowDev)) {
                try (SerialUartPort port = new SerialUartPort(name)) {
                    port.open(SETTINGS, new Recorder());
                    assertThat(port.name()).isEqualTo(name);
                    port.write(ascii("AT\r"), 0, 3);
                    assertThat(readFully(far, 3)).isEqualTo(ascii("AT\r"));
                }
            }
        }
    }

    @Test
    void aClosedPortOpensAgainAndWorksAtAnotherRate() throws Exception {
        try (PseudoTerminal far = PseudoTerminal.open();
                SerialUartPort port = new SerialUartPort(far.name())) {
            for (int baudRate : new int[] {115_200, 921_600, 1_234_567}) {
                Recorder recorder = new Recorder();
                port.open(new LineSettings(baudRate, false), recorder);
                assertThat(far.hostBaudRate()).isEqualTo(baudRate);
                far.write(ascii("OK"), 0, 2);
                await().atMost(Duration.ofSeconds(60)).until(() -> recorder.size() == 2);
                port.write(ascii("AT"), 0, 2);
                assertThat(readFully(far, 2)).isEqualTo(ascii("AT"));
                port.close();
                assertThat(recorder.closes()).hasSize(1);
            }
        }
    }

    @Test
    void theRateOfAnOpenPortChangesWhileItReads() throws Exception {
        try (PseudoTerminal far = PseudoTerminal.open();
                SerialUartPort port = new SerialUartPort(far.name())) {
            Recorder recorder = new Recorder();
            port.open(new LineSettings(115_200, true), recorder);
            port.setBaudRate(460_800);
            assertThat(far.hostBaudRate()).isEqualTo(460_800);
            far.write(ascii("OK"), 0, 2);
            await().atMost(Duration.ofSeconds(60)).until(() -> recorder.size() == 2);
            assertThatThrownBy(() -> port.setBaudRate(0)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void theListenerMayCloseThePortAndOpenItAgainWhenItHasClosed() throws Exception {
        try (PseudoTerminal far = PseudoTerminal.open();
                SerialUartPort port = new SerialUartPort(far.name())) {
            Recorder second = new Recorder();
            CompletableFuture<Boolean> openAfterClose = new CompletableFuture<>();
            AtomicReference<Throwable> reopened = new AtomicReference<>();
            CountDownLatch closed = new CountDownLatch(1);
            port.open(SETTINGS, new UartPort.Listener() {
                @Override
                public void onReceived(byte[] buffer, int offset, int length) {
                    port.close();
                    openAfterClose.complete(port.isOpen());
                }

                @Override
                public void onClosed(IOException cause) {
                    reopened.set(catchThrowable(() -> port.open(SETTINGS, second)));
                    closed.countDown();
                }
            });
            far.write(ascii("x"), 0, 1);
            assertThat(openAfterClose.get(30, TimeUnit.SECONDS)).isFalse();
            closed.await();
            assertThat(reopened.get()).isNull();
            far.write(ascii("again"), 0, 5);
            await().atMost(Duration.ofSeconds(60)).until(() -> second.size() == 5);
        }
    }

    @Test
    void aListenerThatFailsEndsTheLinkWithItsFailureAsCause() throws Exception {
        try (PseudoTerminal far = PseudoTerminal.open();
                SerialUartPort port = new SerialUartPort(far.name())) {
            CompletableFuture<IOException> closed = new CompletableFuture<>();
            port.open(SETTINGS, new UartPort.Listener() {
                @Override
                public void onReceived(byte[] buffer, int offset, int length) {
                    throw new IllegalStateException("boom");
                }

                @Override
                public void onClosed(IOException cause) {
                    closed.complete(cause);
                }
            });
            far.write(ascii("x"), 0, 1);
            assertThat(closed.get(30, TimeUnit.SECONDS))
                    .hasMessageContaining("listener failed: port=" + far.name())
                    .hasRootCauseMessage("boom");
            assertThat(port.isOpen()).isFalse();
        }
    }

    @Test
    void aPseudoTerminalHasNoControlLines() throws Exception {
        try (PseudoTerminal far = PseudoTerminal.open();
                SerialUartPort port = new SerialUartPort(far.name())) {
            assertThat(port.controlLines()).isEmpty();
            port.open(SETTINGS, new Recorder());
            assertThat(port.controlLines()).isEmpty();
            for (ControlLine line : ControlLine.values()) {
                assertThat(port.isAsserted(line)).isFalse();
            }
            assertThat(port.setAsserted(ControlLine.DTR, false)).isFalse();
            assertThatThrownBy(() -> port.setAsserted(ControlLine.CTS, true))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void whatWasWrittenIsIdleOnceTheFarEndHasTakenIt() throws Exception {
        try (PseudoTerminal far = PseudoTerminal.open();
                SerialUartPort port = new SerialUartPort(far.name())) {
            port.open(SETTINGS, new Recorder());
            assertThat(port.awaitTransmitIdle(1_000)).isTrue();
            port.write(ascii("AT\r"), 0, 3);
            readFully(far, 3);
            assertThat(port.awaitTransmitIdle(5_000)).isTrue();
        }
    }

    @Test
    void twoHundredRoundsLeakNoFileAndNoThread() throws Exception {
        try (PseudoTerminal far = PseudoTerminal.open();
                SerialUartPort port = new SerialUartPort(far.name())) {
            round(far, port);
            long before = openFiles();
            for (int i = 0; i < 200; i++) {
                round(far, port);
            }
            assertThat(openFiles()).isLessThanOrEqualTo(before);
        }
    }

    private static void round(PseudoTerminal far, SerialUartPort port) throws IOException {
        Recorder recorder = new Recorder();
        port.open(SETTINGS, recorder);
        port.write(ascii("AT\r"), 0, 3);
        readFully(far, 3);
        port.close();
        assertThat(recorder.closes()).containsExactly((IOException) null);
    }

    @Test
    void manyRacingClosesAndWritesNeverUpsetTheProcess() throws Exception {
        try (PseudoTerminal far = PseudoTerminal.open();
                SerialUartPort port = new SerialUartPort(far.name())) {
            threads.execute(() -> takeWhatComes(far));
            for (int i = 0; i < 100; i++) {
                Recorder recorder = new Recorder();
                port.open(SETTINGS, recorder);
                Future<Throwable> writer = threads.submit(() -> catchThrowable(() -> writeUntilItFails(port)));
                Future<Throwable> asker = threads.submit(() -> catchThrowable(() -> askUntilItFails(port)));
                port.write(ascii("x"), 0, 1);
                Future<?> closer = threads.submit(port::close);
                port.close();
                closer.get();
                assertThat(writer.get()).isInstanceOf(IOException.class);
                assertThat(asker.get()).isInstanceOf(IOException.class);
                assertThat(recorder.closes()).containsExactly((IOException) null);
            }
        }
    }

    private static void takeWhatComes(PseudoTerminal far) {
        byte[] sink = new byte[4096];
        try {
            int count = 0;
            while (count >= 0) {
                count = far.read(sink, 0, sink.length);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void writeUntilItFails(UartPort port) throws IOException {
        byte[] bytes = new byte[5_000];
        while (true) {
            port.write(bytes, 0, bytes.length);
        }
    }

    private static void askUntilItFails(UartPort port) throws IOException {
        while (true) {
            port.awaitTransmitIdle(0);
            port.isAsserted(ControlLine.CTS);
        }
    }

    @Test
    void aTraceAroundAGuardedPortHoldsWhatCrossedTheLine(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("wire.log");
        try (PseudoTerminal far = PseudoTerminal.open();
                UartPort port = WireTrace.to(file, new GuardedUartPort(new SerialUartPort(far.name()), 60_000))) {
            Recorder recorder = new Recorder();
            port.open(SETTINGS, recorder);
            port.write(ascii("AT\r"), 0, 3);
            readFully(far, 3);
            far.write(ascii("OK\r"), 0, 3);
            await().atMost(Duration.ofSeconds(60)).until(() -> recorder.size() == 3);
            port.close();
            assertThat(recorder.closes()).containsExactly((IOException) null);
        }
        assertThat(Files.readString(file))
                .contains(" >> AT\\r\n")
                .contains(" << ")
                .endsWith(" -- closed\n");
    }

    @Test
    void theNativeLibraryIsNotLoadedFromADirectoryOthersCanWrite() throws Exception {
        try (PseudoTerminal far = PseudoTerminal.open();
                SerialUartPort port = new SerialUartPort(far.name())) {
            port.open(SETTINGS, new Recorder());
        }
        List<String> mapped;
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            mapped = maps.filter(line -> line.contains("libjSerialComm")).toList();
        }
        assertThat(mapped).isNotEmpty().allMatch(line -> line.contains("/uartnio-native-"));
        assertThat(System.getProperty("jSerialComm.library.path")).isNull();
        assertThat(System.getProperty("fazecast.jSerialComm.appid")).isNull();
        String directory = mapped.get(0).replaceAll("^.*?(/.*/uartnio-native-[^/]*)/.*$", "$1");
        assertThat(new File(directory)).doesNotExist();
    }

    @Test
    void listingPortsNamesEachByAPathThatExists() {
        assertThat(SerialUartPort.list()).allMatch(name -> new File(name).exists());
    }

    /** A line nobody reads from takes some kilobytes; a write of more stays inside the library. */
    private static void awaitWriterInsideLibrary() {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> Thread.getAllStackTraces().values().stream()
                        .anyMatch(stack ->
                                stack.length > 0 && stack[0].getMethodName().equals("writeBytes")));
    }

    private static byte[] readFully(PseudoTerminal far, int size) throws IOException {
        byte[] bytes = new byte[size];
        int position = 0;
        while (position < size) {
            int count = far.read(bytes, position, size - position);
            if (count < 0) {
                throw new IOException("terminal closed: read=" + position);
            }
            position += count;
        }
        return bytes;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static List<String> threadNames() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
    }

    private static long openFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    /** Keeps what a port delivers. */
    private static final class Recorder implements UartPort.Listener {

        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private final List<IOException> closes = new ArrayList<>();

        @Override
        public synchronized void onReceived(byte[] buffer, int offset, int length) {
            received.write(buffer, offset, length);
        }

        @Override
        public synchronized void onClosed(IOException cause) {
            closes.add(cause);
        }

        synchronized int size() {
            return received.size();
        }

        synchronized byte[] bytes() {
            return received.toByteArray();
        }

        synchronized List<IOException> closes() {
            return new ArrayList<>(closes);
        }
    }
}
