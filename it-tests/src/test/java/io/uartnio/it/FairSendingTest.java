package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.uartnio.Modem;
import io.uartnio.emulator.ModuleEmulator;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Sockets that send all the time beside one that connects, asks a little and closes: each gets on while the others do,
 * and every byte arrives. How long that takes is measured by {@code uartnio bench}, not here.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(NothingLeftBehind.class)
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FairSendingTest {

    private static final int BULK_SOCKETS = Bench.MAX_SOCKETS - 1;
    private static final int VISITS = 8;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<Integer, AtomicLong> receivedBytes = new ConcurrentHashMap<>();
    private final Map<Integer, String> receivedDigests = new ConcurrentHashMap<>();
    private volatile boolean enough;

    @AfterEach
    void endThreads() {
        enough = true;
        threads.shutdownNow();
    }

    /** The server's side of bulk: a number, then bytes until the end. */
    private void take(Socket connection) throws IOException {
        DataInputStream in = new DataInputStream(connection.getInputStream());
        int number = in.readInt();
        AtomicLong bytes = receivedBytes.computeIfAbsent(number, n -> new AtomicLong());
        MessageDigest digest = Bench.sha256();
        byte[] buffer = new byte[8192];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            digest.update(buffer, 0, count);
            bytes.addAndGet(count);
        }
        receivedDigests.put(number, Bench.hex(digest.digest()));
    }

    /** Sends until there has been enough, in writes of all sizes up to a limit; returns the digest of what it sent. */
    private String send(SocketChannel channel, int number, int mostBytes) throws IOException {
        MessageDigest digest = Bench.sha256();
        Random random = new Random(number);
        try (channel) {
            Bench.writeFully(channel, ByteBuffer.allocate(4).putInt(number).array());
            while (!enough) {
                byte[] piece = new byte[1 + random.nextInt(mostBytes)];
                random.nextBytes(piece);
                digest.update(piece);
                Bench.writeFully(channel, piece);
            }
        }
        return Bench.hex(digest.digest());
    }

    /** Connects, has a few bytes sent back, closes. */
    private static void visit(Modem modem, PeerServer echo, int number) throws IOException {
        try (SocketChannel channel = Bench.connect(modem.selectorProvider(), echo.port())) {
            byte[] question = ("visit " + number).getBytes(StandardCharsets.US_ASCII);
            Bench.writeFully(channel, question);
            assertThat(Bench.readFully(channel, question.length)).isEqualTo(question);
        }
    }

    private void trade(Modem modem, PeerServer sink, PeerServer echo) throws Exception {
        List<Future<String>> sent = new ArrayList<>();
        for (int i = 0; i < BULK_SOCKETS; i++) {
            int number = i;
            int mostBytes = i % 2 == 0 ? 4_000 : 60;
            SocketChannel channel = Bench.connect(modem.selectorProvider(), sink.port());
            sent.add(threads.submit(() -> send(channel, number, mostBytes)));
        }
        for (int visit = 0; visit < VISITS; visit++) {
            List<Long> before = received();
            visit(modem, echo, visit);
            // However often somebody comes and goes, all others get on.
            await().atMost(Duration.ofSeconds(60)).until(() -> isFurther(before, received()));
        }
        enough = true;
        for (int i = 0; i < BULK_SOCKETS; i++) {
            int number = i;
            String digest = sent.get(i).get();
            await().atMost(Duration.ofSeconds(60)).until(() -> receivedDigests.containsKey(number));
            assertThat(receivedDigests).containsEntry(number, digest);
        }
    }

    private List<Long> received() {
        List<Long> bytes = new ArrayList<>();
        for (int i = 0; i < BULK_SOCKETS; i++) {
            AtomicLong of = receivedBytes.get(i);
            bytes.add(of == null ? 0 : of.get());
        }
        return bytes;
    }

    private static boolean isFurther(List<Long> before, List<Long> after) {
        for (int i = 0; i < before.size(); i++) {
            if (after.get(i) <= before.get(i)) {
                return false;
            }
        }
        return true;
    }

    @Test
    void whoComesAndGoesAndWhoSendsBulkDoNotStarveEachOther() throws Exception {
        try (ModuleEmulator emulator = Bench.emulator()
                        .baudRate(921_600)
                        .latency(Duration.ofMillis(1))
                        .start();
                PeerServer sink = new PeerServer(this::take);
                PeerServer echo = PeerServer.echo();
                Modem modem = modem(emulator).baudRate(921_600).open()) {
            trade(modem, sink, echo);
        }
    }

    @Test
    void aModuleWhoseBufferIsFullNowAndThenHoldsUpOnlyTheSocketItRefuses() throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().sendFail(0.2).start();
                PeerServer sink = new PeerServer(this::take);
                PeerServer echo = PeerServer.echo();
                Modem modem = modem(emulator).open()) {
            trade(modem, sink, echo);
            assertThat(emulator.counters().sendFails()).isPositive();
        }
    }

    /** A socket that is closed has sent all its bytes before the modem lets it go. */
    private static Modem.Builder modem(ModuleEmulator emulator) {
        return Bench.modem(emulator).lingerTimeout(Duration.ofSeconds(60));
    }
}
