package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.uartnio.AccessMode;
import io.uartnio.Modem;
import io.uartnio.ModemException;
import io.uartnio.ModemSocketOptions;
import io.uartnio.emulator.ModuleEmulator;
import io.uartnio.uart.ForwardingUartPort;
import io.uartnio.uart.SerialUartPort;
import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Transparent streams on channels of the multiplexer, over a line that loses, changes or adds a byte every 10 kB, in one
 * direction or both. Every byte of a stream follows from its place, so whoever reads it sees a hole. What our side reads
 * is the beginning of what was sent; what our side writes may reach the peer with a hole, since nothing in a frame of
 * the multiplexer is acknowledged, but never as a whole, and our side is told. Bytes that were changed inside
 * information are let pass: nothing on the line covers them. A stream that fails is opened anew.
 *
 * <p>{@code -Duartnio.muxMiB=20} is the long form: so much in each direction that is damaged.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(NothingLeftBehind.class)
@Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MuxDamageTest {

    private static final int LONG_BYTES = Integer.getInteger("uartnio.muxMiB", 0) << 20;
    private static final int BYTES = LONG_BYTES == 0 ? 150_000 : LONG_BYTES;
    private static final int STREAMS = 3;
    private static final int MEAN_BYTES = 10_000;

    /** Of streams that our side writes: some too short to be hit, some that nearly always are. */
    private static final int LEAST_UPLOAD_BYTES = 1_000;

    private static final int MOST_UPLOAD_BYTES = LONG_BYTES == 0 ? 64 << 10 : 1 << 20;

    private static final byte COMPLETE = 'K';

    /** A stream that has lost something has ended by then. */
    private static final int END_MILLIS = 90_000;

    /** Which direction is damaged. */
    enum Damaged {
        TO_HOST(true, false),
        TO_MODULE(false, true),
        BOTH(true, true);

        final boolean host;
        final boolean module;

        Damaged(boolean host, boolean module) {
            this.host = host;
            this.module = module;
        }
    }

    /** What has become of all streams. */
    private static final class Tally {
        final AtomicLong streams = new AtomicLong();
        final AtomicLong failed = new AtomicLong();
        final AtomicLong readBytes = new AtomicLong();
        final AtomicLong writtenBytes = new AtomicLong();
        final AtomicLong complete = new AtomicLong();
        final AtomicLong holes = new AtomicLong();

        @Override
        public String toString() {
            return "streams=" + streams + ", failed=" + failed + ", readBytes=" + readBytes + ", writtenBytes="
                    + writtenBytes + ", completeAtPeer=" + complete + ", withHoleAtPeer=" + holes;
        }
    }

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    @ParameterizedTest
    @EnumSource
    void noStreamWithAHoleIsHandedOn(Damaged damaged) throws Exception {
        Tally tally = new Tally();
        try (ModuleEmulator emulator = Bench.emulator().start()) {
            DamagingPort line = new DamagingPort(new SerialUartPort(emulator.portName()), 42, MEAN_BYTES);
            try (Modem modem = Bench.modem(emulator)
                    .port(line)
                    .mux(true)
                    .commandTimeout(Duration.ofSeconds(2))
                    .connectTimeout(Duration.ofSeconds(10))
                    .open()) {
                line.damage(damaged.host, damaged.module);
                List<Future<?>> streams = new ArrayList<>();
                for (int i = 0; i < STREAMS; i++) {
                    SplittableRandom random = new SplittableRandom(i);
                    streams.add(threads.submit(() -> {
                        useStreams(modem, damaged, random, tally);
                        return null;
                    }));
                }
                for (Future<?> stream : streams) {
                    stream.get();
                }
                line.damage(false, false);
                System.out.println("mux damage " + damaged + ": damages=" + line.damages() + ", " + tally
                        + ", badFramesAtModule=" + emulator.counters().muxBadFrames());
                // Each damage has hit a frame of one stream, or of the commands, or has left a few to choose from.
                assertThat(tally.failed.get()).isPositive().isLessThanOrEqualTo(3 * line.damages());
                try (PeerServer echo = PeerServer.echo()) {
                    Awaitility.await()
                            .atMost(2, TimeUnit.MINUTES)
                            .ignoreExceptionsInstanceOf(IOException.class)
                            .untilAsserted(() -> Bench.assertAllSocketsWork(modem, echo));
                }
            }
        }
    }

    /**
     * Changes the header of one frame of data that is not of the commands' channel, once it is told to, and then the
     * first two questions after what the module was sent, one for each socket, which it answers by ERROR.
     */
    private static final class OneFrameDamaged extends ForwardingUartPort {

        private static final int FLAG = 0xf9;
        private static final int UIH = 0xef;
        private static final int LEAST_ADDRESS = 2 << 2;

        /** Of the question {@code AT+QISEND=<id>,0}. */
        private static final byte[] QUESTION = "AT+QISEND=".getBytes(StandardCharsets.US_ASCII);

        private final AtomicBoolean armed = new AtomicBoolean();
        private final AtomicInteger questionsArmed = new AtomicInteger();

        OneFrameDamaged(UartPort port) {
            super(port);
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            byte[] bytes = Arrays.copyOfRange(buffer, offset, offset + length);
            for (int i = 0; i + 2 < length; i++) {
                if ((bytes[i] & 0xff) == FLAG
                        && (bytes[i + 1] & 0xff) > LEAST_ADDRESS
                        && (bytes[i + 1] & 0xff) != FLAG
                        && (bytes[i + 2] & 0xff) == UIH
                        && armed.compareAndSet(true, false)) {
                    bytes[i + 1] ^= 0x40;
                    questionsArmed.set(2);
                }
                if (i + QUESTION.length < length
                        && Arrays.equals(bytes, i, i + QUESTION.length, QUESTION, 0, QUESTION.length)
                        && questionsArmed.get() > 0) {
                    questionsArmed.decrementAndGet();
                    bytes[i + QUESTION.length - 2] ^= 0x01;
                }
            }
            super.write(bytes, 0, length);
        }
    }

    @Test
    void aFrameThatTheModuleDropsFailsItsStreamAndNoOther() throws Exception {
        try (PeerServer echo = PeerServer.echo();
                PeerServer other = PeerServer.echo();
                ModuleEmulator emulator = Bench.emulator().start()) {
            OneFrameDamaged line = new OneFrameDamaged(new SerialUartPort(emulator.portName()));
            try (Modem modem = Bench.modem(emulator).port(line).mux(true).open();
                    SocketChannel hit = connect(modem, echo.port());
                    SocketChannel spared = connect(modem, other.port())) {
                Awaitility.await()
                        .atMost(1, TimeUnit.MINUTES)
                        .until(() -> isTransparent(modem, echo.port()) && isTransparent(modem, other.port()));
                echo(hit, 0, 1_000);
                echo(spared, 0, 1_000);
                line.armed.set(true);
                Bench.writeFully(hit, content(1_000));
                // All that has come of it comes back first.
                assertThatThrownBy(() -> Bench.readFully(hit, 1_000))
                        .isInstanceOf(ModemException.class)
                        .hasMessageContaining("what it has sent has a hole: writtenBytes=2000, receivedByModule=1873");
                assertThat(line.questionsArmed).hasValue(0);
                echo(spared, 1_000, 1_000);
                assertThat(isTransparent(modem, other.port())).isTrue();
                Awaitility.await()
                        .atMost(1, TimeUnit.MINUTES)
                        .until(() -> modem.sockets().size() == 1);
            }
        }
    }

    private static void echo(SocketChannel channel, int from, int length) throws IOException {
        byte[] sent = Arrays.copyOfRange(content(from + length), from, from + length);
        Bench.writeFully(channel, sent);
        assertThat(Bench.readFully(channel, length)).isEqualTo(sent);
    }

    /** Reads and writes until all have done so much, of as many streams as it takes. */
    private static void useStreams(Modem modem, Damaged damaged, SplittableRandom random, Tally tally)
            throws Exception {
        boolean toRead = damaged.host;
        boolean toWrite = damaged.module;
        while (toRead || toWrite) {
            if (toRead) {
                read(modem, tally);
                toRead = tally.readBytes.get() < BYTES;
            }
            if (toWrite) {
                write(modem, random, tally);
                toWrite = tally.writtenBytes.get() < BYTES;
            }
        }
    }

    private static SocketChannel connect(Modem modem, int port) throws IOException {
        SocketChannel channel = modem.selectorProvider().openSocketChannel();
        try {
            channel.setOption(ModemSocketOptions.ACCESS_MODE, AccessMode.TRANSPARENT);
            channel.connect(Bench.at(port));
            // Damage may keep it from its channel, and then it is read and written by commands.
            long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
            while (!isTransparent(modem, port) && System.nanoTime() - deadlineNanos < 0) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static boolean isTransparent(Modem modem, int port) {
        return modem.sockets().stream()
                .anyMatch(info -> info.port() == port && info.accessModeInForce() == AccessMode.TRANSPARENT);
    }

    // ------------------------------------------------------------------ module to host

    private static void read(Modem modem, Tally tally) throws Exception {
        long position = 0;
        tally.streams.incrementAndGet();
        try (PeerServer peer = new PeerServer(MuxDamageTest::source);
                SocketChannel channel = connect(modem, peer.port())) {
            channel.write(ByteBuffer.wrap(new byte[] {'G'}));
            ByteBuffer buffer = ByteBuffer.allocate(8192);
            while (tally.readBytes.get() < BYTES && channel.read(buffer.clear()) >= 0) {
                assertThat(isRight(buffer.array(), buffer.position(), position))
                        .as("what was read at %d is what was sent there", position)
                        .isTrue();
                position += buffer.position();
                tally.readBytes.addAndGet(buffer.position());
            }
        } catch (IOException e) {
            tally.failed.incrementAndGet();
        }
    }

    /** Sends without an end once it is asked to, or nobody asks. */
    private static void source(Socket connection) throws IOException {
        connection.setSoTimeout(10_000);
        try {
            connection.getInputStream().read();
        } catch (SocketTimeoutException e) {
            // It was lost on the line.
        }
        byte[] block = new byte[4096];
        for (long sent = 0; sent < 2L * BYTES; sent += block.length) {
            for (int i = 0; i < block.length; i++) {
                block[i] = at(sent + i);
            }
            connection.getOutputStream().write(block);
        }
    }

    // ------------------------------------------------------------------ host to module

    /** The peer of one stream that our side writes: says when it has as many bytes as it was to get. */
    private static final class Sink {

        private final long length;
        private volatile long position;
        private volatile boolean hole;
        private volatile boolean complete;

        Sink(long length) {
            this.length = length;
        }

        void serve(Socket connection) throws IOException {
            InputStream in = connection.getInputStream();
            byte[] block = new byte[8192];
            for (int count = in.read(block); count >= 0; count = in.read(block)) {
                hole |= !isRight(block, count, position);
                long end = position + count;
                position = end;
                if (end >= length) {
                    complete = true;
                    connection.getOutputStream().write(COMPLETE);
                }
            }
        }
    }

    private static void write(Modem modem, SplittableRandom random, Tally tally) throws Exception {
        double share = random.nextDouble();
        int length = (int) (LEAST_UPLOAD_BYTES * Math.pow((double) MOST_UPLOAD_BYTES / LEAST_UPLOAD_BYTES, share));
        Sink sink = new Sink(length);
        tally.streams.incrementAndGet();
        boolean told = false;
        try (PeerServer peer = new PeerServer(sink::serve);
                SocketChannel channel = connect(modem, peer.port())) {
            Bench.writeFully(channel, content(length));
            // A stream with a hole must end by itself: the peer says nothing.
            Socket socket = channel.socket();
            socket.setSoTimeout(END_MILLIS);
            told = socket.getInputStream().read() == COMPLETE;
        } catch (SocketTimeoutException e) {
            throw new AssertionError(
                    "a stream neither went on nor failed: length=" + length + ", atPeer=" + sink.position
                            + ", complete=" + sink.complete + ", sockets=" + modem.sockets(),
                    e);
        } catch (IOException e) {
            tally.failed.incrementAndGet();
        }
        assertThat(sink.complete && sink.hole)
                .as("a peer has taken a stream with a hole for a whole one: length=%d", length)
                .isFalse();
        assertThat(told).as("told of a whole stream: length=%d", length).isIn(false, sink.complete);
        tally.complete.addAndGet(sink.complete ? 1 : 0);
        tally.holes.addAndGet(sink.hole ? 1 : 0);
        tally.writtenBytes.addAndGet(length);
    }

    // ------------------------------------------------------------------ contents

    private static byte at(long position) {
        long mixed = position * 0x9e3779b97f4a7c15L;
        return (byte) (mixed >>> 56);
    }

    private static byte[] content(int length) {
        byte[] content = new byte[length];
        for (int i = 0; i < length; i++) {
            content[i] = at(i);
        }
        return content;
    }

    /** Says whether these bytes belong there; a hole would make nearly all that follow wrong. */
    private static boolean isRight(byte[] bytes, int length, long position) {
        int wrong = 0;
        for (int i = 0; i < length; i++) {
            wrong += bytes[i] == at(position + i) ? 0 : 1;
        }
        return wrong <= 3;
    }
}
