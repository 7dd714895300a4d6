package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.uartnio.Modem;
import io.uartnio.ModemException;
import io.uartnio.emulator.ModuleEmulator;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A {@code SEND OK} that comes after its time limit counts for no other send: its own socket fails, and what every
 * server has received is what was written to it, from the first byte, without a hole and without a repetition.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(NothingLeftBehind.class)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LateReplyTest {

    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(4);
    private static final int STREAM_BYTES = 4 << 20;
    private static final int WRITERS = 4;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<Integer, ByteArrayOutputStream> receivedBy = new ConcurrentHashMap<>();
    private volatile boolean stopped;

    /** One socket and who writes to it: how far it has come, and why it ended. */
    private final class Writer {

        private final int id;
        private final SocketChannel channel;
        private final byte[] stream;
        private volatile int written;
        private volatile IOException failure;

        Writer(Modem modem, int port, int id) throws IOException {
            this.id = id;
            this.channel = Bench.connect(modem.selectorProvider(), port);
            this.stream = stream(id);
        }

        /** Writes small pieces until told to stop, then closes. */
        Void run() throws IOException {
            ByteBuffer bytes = ByteBuffer.wrap(stream);
            try (channel) {
                while (!stopped && written < stream.length) {
                    bytes.limit(Math.min(stream.length, written + 700));
                    channel.write(bytes);
                    written = bytes.position();
                }
            } catch (IOException e) {
                failure = e;
            }
            return null;
        }

        byte[] received() {
            ByteArrayOutputStream bytes = receivedBy.get(id);
            return bytes == null ? new byte[0] : bytes.toByteArray();
        }
    }

    private static byte[] stream(int id) {
        byte[] stream = new byte[STREAM_BYTES];
        new Random(id).nextBytes(stream);
        ByteBuffer.wrap(stream).putInt(id);
        return stream;
    }

    @AfterEach
    void endThreads() {
        stopped = true;
        threads.shutdownNow();
    }

    @ParameterizedTest
    @CsvSource({"6000, false", "6000, true", "12000, false", "12000, true"})
    void aLateSendOkIsCountedForNoOtherSend(long delayMillis, boolean moduleStandsStill) throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().start();
                PeerServer recorder = new PeerServer(this::record);
                Modem modem =
                        Bench.modem(emulator).commandTimeout(COMMAND_TIMEOUT).open()) {
            List<Writer> writers = new ArrayList<>();
            List<Future<?>> running = new ArrayList<>();
            for (int id = 1; id <= WRITERS; id++) {
                Writer writer = new Writer(modem, recorder.port(), id);
                writers.add(writer);
                running.add(threads.submit(writer::run));
            }
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> writers.stream().allMatch(writer -> writer.received().length > 0));
            emulator.delayNextReplies("SEND OK", 1, Duration.ofMillis(delayMillis), moduleStandsStill);
            await().atMost(Duration.ofSeconds(60)).until(() -> failed(writers).count() == 1);
            Writer late = failed(writers).findFirst().orElseThrow();
            List<Writer> others =
                    writers.stream().filter(writer -> writer != late).toList();
            goOn(others);

            Writer fresh = new Writer(modem, recorder.port(), WRITERS + 1);
            running.add(threads.submit(fresh::run));
            goOn(List.of(fresh));
            // The late result itself has come by then, and others were sent behind it.
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> emulator.counters().lateReplies() == 1);
            goOn(others);
            stopped = true;
            for (Future<?> end : running) {
                end.get();
            }

            assertThat(failed(writers)).containsExactly(late);
            assertThat(late.failure).hasMessageContaining("did not answer in time");
            ModemException cause = Causes.modemException(late.failure);
            assertThat(cause.command()).startsWith("AT+QISEND=");
            assertThat(cause.portName()).isEqualTo(emulator.portName());
            assertThat(late.received()).isEqualTo(Arrays.copyOf(late.stream, late.received().length));
            for (Writer writer : others) {
                assertAllArrived(writer);
            }
            assertAllArrived(fresh);
        }
    }

    private static Stream<Writer> failed(List<Writer> writers) {
        return writers.stream().filter(writer -> writer.failure != null);
    }

    private static void goOn(List<Writer> writers) {
        int[] before = writers.stream().mapToInt(writer -> writer.written).toArray();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> writers.stream()
                        .allMatch(writer -> writer.written == STREAM_BYTES
                                || writer.written > before[writers.indexOf(writer)] + 50_000));
    }

    private static void assertAllArrived(Writer writer) {
        await().atMost(Duration.ofSeconds(60)).until(() -> writer.received().length >= writer.written);
        assertThat(writer.received()).isEqualTo(Arrays.copyOf(writer.stream, writer.written));
    }

    private void record(Socket connection) throws IOException {
        InputStream in = connection.getInputStream();
        int id = new DataInputStream(in).readInt();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(ByteBuffer.allocate(4).putInt(id).array());
        receivedBy.put(id, bytes);
        byte[] buffer = new byte[8192];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            bytes.write(buffer, 0, count);
        }
    }
}
