package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.uartnio.AccessMode;
import io.uartnio.Modem;
import io.uartnio.ModemSocketOptions;
import io.uartnio.emulator.ModuleEmulator;
import io.uartnio.uart.SerialUartPort;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The multiplexer over a real pseudo-terminal: transparent streams and pushed sockets at once, and what becomes of them
 * when the line damages bytes. {@code -Duartnio.muxMiB=20} is the long form.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(NothingLeftBehind.class)
@Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MultiplexerTest {

    private static final int STREAM_BYTES = Integer.getInteger("uartnio.muxMiB", 0) << 20;
    private static final int SHORT_BYTES = 200_000;
    private static final int STREAMS = 3;
    private static final int PUSHED = 8;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    private static int bytes() {
        return STREAM_BYTES == 0 ? SHORT_BYTES : STREAM_BYTES;
    }

    private static SocketChannel connect(Modem modem, int port, AccessMode mode) throws IOException {
        SocketChannel channel = modem.selectorProvider().openSocketChannel();
        try {
            channel.setOption(ModemSocketOptions.ACCESS_MODE, mode);
            channel.connect(Bench.at(port));
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static long transparent(Modem modem) {
        return modem.sockets().stream()
                .filter(info -> info.accessModeInForce() == AccessMode.TRANSPARENT)
                .count();
    }

    private static void awaitTransparent(Modem modem, int count) {
        Awaitility.await().atMost(1, TimeUnit.MINUTES).until(() -> transparent(modem) == count);
    }

    @Test
    void everySocketOfAModemWorksOverTheFirstChannel() throws Exception {
        try (PeerServer echo = PeerServer.echo();
                ModuleEmulator emulator = Bench.emulator().start()) {
            for (int i = 0; i < 2; i++) {
                // The second time shows that the first has left the module as it found it.
                try (Modem modem = Bench.modem(emulator).mux(true).open()) {
                    Bench.assertAllSocketsWork(modem, echo);
                }
            }
            try (Modem modem = Bench.modem(emulator).open()) {
                Bench.assertAllSocketsWork(modem, echo);
            }
        }
    }

    @Test
    void threeStreamsAndEightPushedSocketsGoAtOnce() throws Exception {
        try (PeerServer server = new PeerServer(Mixture::serve);
                ModuleEmulator emulator = Bench.emulator().start();
                Modem modem = Bench.modem(emulator).mux(true).open()) {
            List<SocketChannel> channels = new ArrayList<>();
            try {
                for (int i = 0; i < STREAMS + PUSHED; i++) {
                    channels.add(connect(
                            modem, server.port(), i < STREAMS ? AccessMode.TRANSPARENT : AccessMode.DIRECT_PUSH));
                }
                awaitTransparent(modem, STREAMS);
                List<Future<?>> exchanges = new ArrayList<>();
                for (SocketChannel channel : channels) {
                    long seed = exchanges.size();
                    exchanges.add(threads.submit(() -> {
                        Mixture.exchange(channel, seed, bytes(), 0);
                        return null;
                    }));
                }
                for (Future<?> exchange : exchanges) {
                    exchange.get();
                }
            } finally {
                for (SocketChannel channel : channels) {
                    channel.close();
                }
            }
        }
    }

    @Test
    void aStreamThatIsLeftGoesOnInBufferAccessMode() throws Exception {
        try (PeerServer echo = PeerServer.echo();
                ModuleEmulator emulator = Bench.emulator().start();
                Modem modem = Bench.modem(emulator).mux(true).open();
                SocketChannel channel = connect(modem, echo.port(), AccessMode.TRANSPARENT)) {
            awaitTransparent(modem, 1);
            echo(channel, "+++");
            channel.setOption(ModemSocketOptions.ACCESS_MODE, AccessMode.BUFFER);
            awaitTransparent(modem, 0);
            echo(channel, "buffered");
            channel.setOption(ModemSocketOptions.ACCESS_MODE, AccessMode.TRANSPARENT);
            awaitTransparent(modem, 1);
            echo(channel, "\r\nNO CARRIER\r\n");
        }
    }

    private static void echo(SocketChannel channel, String text) throws IOException {
        byte[] sent = text.getBytes(StandardCharsets.US_ASCII);
        Bench.writeFully(channel, sent);
        assertThat(Bench.readFully(channel, sent.length)).isEqualTo(sent);
    }

    @Test
    void aModuleThatIsStillMultiplexedIsFound() throws Exception {
        try (PeerServer echo = PeerServer.echo();
                ModuleEmulator emulator = Bench.emulator().start()) {
            SerialUartPort gone = new SerialUartPort(emulator.portName());
            try (Modem modem = Bench.modem(emulator).port(gone).mux(true).open()) {
                // Without a goodbye.
                gone.close();
                assertThat(modem.isOpen()).isTrue();
            }
            try (Modem modem = Bench.modem(emulator).open()) {
                Bench.assertAllSocketsWork(modem, echo);
            }
        }
    }

    // ------------------------------------------------------------------ damage

    /**
     * Streams whose every byte follows from its place, over a line that damages a byte every 10 kB: whatever is read is
     * the beginning of what was sent, but for bytes that were changed inside information, which nothing on the line
     * covers. A stream that fails is opened anew.
     */
    @Test
    void noStreamWithAHoleIsHandedOn() throws Exception {
        DamagingPort[] line = new DamagingPort[1];
        try (PeerServer server = new PeerServer(connection -> send(connection.getOutputStream(), 20L * bytes()));
                ModuleEmulator emulator = Bench.emulator().start()) {
            line[0] = new DamagingPort(new SerialUartPort(emulator.portName()), 42, 10_000);
            try (Modem modem = Bench.modem(emulator).port(line[0]).mux(true).open()) {
                AtomicInteger failures = new AtomicInteger();
                line[0].damage(true, false);
                List<Future<Long>> streams = new ArrayList<>();
                for (int i = 0; i < STREAMS; i++) {
                    streams.add(threads.submit(() -> readStreams(modem, server.port(), failures)));
                }
                long read = 0;
                for (Future<Long> stream : streams) {
                    read += stream.get();
                }
                line[0].damage(false, false);
                assertThat(read).isGreaterThanOrEqualTo((long) STREAMS * bytes());
                assertThat(failures.get()).isPositive().isLessThanOrEqualTo((int) (3 * line[0].damages()));
                try (PeerServer echo = PeerServer.echo()) {
                    Awaitility.await()
                            .atMost(2, TimeUnit.MINUTES)
                            .ignoreExceptionsInstanceOf(IOException.class)
                            .untilAsserted(() -> Bench.assertAllSocketsWork(modem, echo));
                }
            }
        }
    }

    private static byte at(long position) {
        long mixed = position * 0x9e3779b97f4a7c15L;
        return (byte) (mixed >>> 56);
    }

    private static void send(OutputStream out, long count) throws IOException {
        byte[] block = new byte[4096];
        for (long sent = 0; sent < count; sent += block.length) {
            for (int i = 0; i < block.length; i++) {
                block[i] = at(sent + i);
            }
            out.write(block);
        }
    }

    /** Reads so many bytes, of as many streams as it takes. */
    private static long readStreams(Modem modem, int port, AtomicInteger failures) {
        long total = 0;
        while (total < bytes()) {
            long before = total;
            try (SocketChannel channel = connect(modem, port, AccessMode.TRANSPARENT)) {
                ByteBuffer buffer = ByteBuffer.allocate(8192);
                long position = 0;
                while (total < bytes() && channel.read(buffer.clear()) >= 0) {
                    check(buffer.flip(), position);
                    position += buffer.limit();
                    total += buffer.limit();
                }
            } catch (IOException e) {
                failures.incrementAndGet();
            }
            assertThat(total).isGreaterThanOrEqualTo(before);
        }
        return total;
    }

    private static void check(ByteBuffer read, long position) {
        int wrong = 0;
        for (int i = 0; i < read.limit(); i++) {
            wrong += read.get(i) == at(position + i) ? 0 : 1;
        }
        // A hole would make nearly all that follow wrong.
        assertThat(wrong).as("wrong bytes at %d of %d", position, read.limit()).isLessThanOrEqualTo(3);
    }
}
