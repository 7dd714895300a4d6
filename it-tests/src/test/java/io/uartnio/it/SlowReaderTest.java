package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.uartnio.AccessMode;
import io.uartnio.Modem;
import io.uartnio.SocketInfo;
import io.uartnio.emulator.EmulatorBuilder;
import io.uartnio.emulator.ModuleEmulator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * One of twelve readers sleeps while the others download: TCP holds its sender back, the others are as fast as without
 * it, memory stays as it is, and when it wakes every byte is there. {@code -Duartnio.slowReader=full} is the long form,
 * which also measures on the paced line by the clock.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(NothingLeftBehind.class)
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SlowReaderTest {

    private static final boolean FULL = "full".equals(System.getProperty("uartnio.slowReader"));
    private static final int BAUD_RATE = 921_600;
    /** The number of the sleeper, which is the last to connect. */
    private static final int SLEEPER = 0;

    /** What the others have with the sleeper of the share that they had without. */
    private static final double LEAST_OF_SHARE = 0.95;

    private static final int MORE_PARTS = 8;

    private static final int RING_BYTES = 64 * 1024;
    private static final int RESERVE_BYTES = 64 << 20;

    /** What the others receive in each part of the measurement. */
    private static final long PACED_PART_BYTES = FULL ? 1 << 20 : 128 << 10;

    private static final long UNPACED_PART_BYTES = FULL ? 200L << 20 : 16L << 20;

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofMinutes(4)).pollInterval(Duration.ofMillis(5));
    }

    @Test
    void onThePacedLine() throws Exception {
        run("paced", Bench.emulator().baudRate(BAUD_RATE), FULL ? 2 << 20 : 400 << 10, PACED_PART_BYTES);
    }

    @Test
    void onALineAsFastAsTheMachine() throws Exception {
        run("unpaced", Bench.emulator().moduleBaudRate(BAUD_RATE), FULL ? 50 << 20 : 6 << 20, UNPACED_PART_BYTES);
    }

    private static void run(String line, EmulatorBuilder builder, long sleeperBytes, long partBytes) throws Exception {
        try (ModuleEmulator emulator = builder.start();
                EndlessServer server = new EndlessServer();
                Modem modem = Bench.modem(emulator)
                        .baudRate(BAUD_RATE)
                        .receiveBufferBytes(RING_BYTES)
                        .reserveBytes(RESERVE_BYTES)
                        .open()) {
            server.limit(SLEEPER, sleeperBytes);
            List<Download> others = new ArrayList<>();
            for (int number = 1; number < Bench.MAX_SOCKETS; number++) {
                others.add(Download.start(modem.selectorProvider(), server.port(), number));
            }
            Part without = Part.measure(emulator, others, partBytes);
            Download sleeper = Download.start(modem.selectorProvider(), server.port(), SLEEPER);
            sleeper.sleep();
            long stoppedAt = awaitStopped(modem, emulator, server, others, partBytes / 4);
            long heapBytes = LiveHeap.bytes();
            Part with = Part.measure(emulator, others, partBytes);
            // What is under way at the end, and was not at the beginning, counts for less in a longer part.
            for (int more = 0; more < MORE_PARTS && !isEnough(with, without); more++) {
                with = with.longer(emulator, others, partBytes);
            }
            long heapGrowthBytes = LiveHeap.bytes() - heapBytes;
            long waitingBytes = info(modem).bytesToRead();
            assertThat(server.sentBytes(SLEEPER))
                    .as("bytes that the sleeper's sender could send")
                    .isEqualTo(stoppedAt)
                    .isLessThan(sleeperBytes);
            assertThat(waitingBytes).isLessThanOrEqualTo(RING_BYTES + RESERVE_BYTES);
            server.stop();
            for (Download other : others) {
                other.verify(60);
            }
            sleeper.wake();
            sleeper.verify(240);
            System.out.printf(
                    Locale.ROOT,
                    "slow reader, %s line: others with it %s, without it %s; it waited with %d bytes, its sender was"
                            + " stopped at %d, heap grew by %d KiB over %d bytes%n",
                    line,
                    with,
                    without,
                    waitingBytes,
                    stoppedAt,
                    heapGrowthBytes / 1024,
                    with.payloadBytes);
            assertThat(with.shareOfLine())
                    .as("payload of the others over all bytes of the line")
                    .isGreaterThan(LEAST_OF_SHARE * without.shareOfLine());
            if (FULL && line.equals("paced")) {
                assertThat(with.rate()).as("bytes a second of the others").isGreaterThan(0.95 * without.rate());
            }
            assertThat(heapGrowthBytes).isLessThan(16 << 20);
        }
    }

    /** Waits until nothing moves for the sleeper any more while the others go on; returns what its sender has sent. */
    private static long awaitStopped(
            Modem modem, ModuleEmulator emulator, EndlessServer server, List<Download> others, long lookBytes) {
        await().until(() -> info(modem).accessModeInForce() == AccessMode.BUFFER
                && emulator.counters().isHeldBack(info(modem).index()));
        // The sender's thread may not have had its turn between two looks, and the system's buffers fill behind it.
        long sent = -1;
        for (int same = 0; same < 4; ) {
            same = sent == server.sentBytes(SLEEPER) ? same + 1 : 0;
            sent = server.sentBytes(SLEEPER);
            Part.measure(emulator, others, lookBytes);
        }
        return server.sentBytes(SLEEPER);
    }

    private static SocketInfo info(Modem modem) {
        return modem.sockets().stream()
                .filter(socket -> socket.index() == Bench.MAX_SOCKETS - 1)
                .findFirst()
                .orElseThrow();
    }

    private static boolean isEnough(Part with, Part without) {
        return with.shareOfLine() > LEAST_OF_SHARE * without.shareOfLine();
    }

    /** What the others received of what crossed the line, and in which time. */
    private record Part(long payloadBytes, long lineBytes, double seconds) {

        static Part measure(ModuleEmulator emulator, List<Download> downloads, long bytes) {
            return new Part(0, 0, 0).longer(emulator, downloads, bytes);
        }

        /** Returns this part and so much more. */
        Part longer(ModuleEmulator emulator, List<Download> downloads, long bytes) {
            long line = emulator.counters().bytesToHost();
            long payload = total(downloads);
            long start = System.nanoTime();
            await().until(() -> total(downloads) - payload >= bytes);
            return new Part(
                    payloadBytes + total(downloads) - payload,
                    lineBytes + emulator.counters().bytesToHost() - line,
                    seconds + (System.nanoTime() - start) / 1e9);
        }

        private static long total(List<Download> downloads) {
            return downloads.stream().mapToLong(Download::receivedBytes).sum();
        }

        double rate() {
            return payloadBytes / seconds;
        }

        double shareOfLine() {
            return (double) payloadBytes / lineBytes;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.0f B/s, %.2f %% of the line's bytes", rate(), 100 * shareOfLine());
        }
    }
}
