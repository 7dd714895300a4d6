package io.uartnio.socket.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.uartnio.Background;
import io.uartnio.Seeds;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BuffersTest {

    private static final int BYTES = 3_000_000;

    /** The byte at a place in the stream: a sequence that no shift of itself equals for long. */
    private static byte at(long position) {
        return (byte) (position * 31 + (position >> 8) * 7 + (position >> 16));
    }

    private static byte[] piece(long position, int length) {
        byte[] piece = new byte[length];
        for (int i = 0; i < length; i++) {
            piece[i] = at(position + i);
        }
        return piece;
    }

    private static void assertInOrder(ByteBuffer read, long position, long seed) {
        for (int i = 0; read.hasRemaining(); i++) {
            byte next = read.get();
            if (next != at(position + i)) {
                assertThat(next).as("seed=%d, position=%d", seed, position + i).isEqualTo(at(position + i));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.uartnio.Seeds#all")
    void whatIsReceivedIsReadInOrderThroughRingAndReserve(long seed) throws Exception {
        OverflowReserve reserve = new OverflowReserve(20_000);
        ReceiveBuffer buffer = new ReceiveBuffer(4096, reserve);
        CompletableFuture<Void> producer =
                CompletableFuture.runAsync(() -> produce(buffer, Seeds.random(seed)), Background.THREAD_EACH);
        RandomGenerator random = Seeds.random(~seed);
        long position = 0;
        while (position < BYTES) {
            ByteBuffer target = ByteBuffer.allocate(1 + random.nextInt(random.nextInt(5) == 0 ? 20_000 : 900));
            int read = buffer.read(target);
            assertInOrder(target.flip(), position, seed);
            position += read;
            if (read == 0) {
                LockSupport.parkNanos(1_000);
            }
        }
        producer.get(30, TimeUnit.SECONDS);
        assertThat(buffer.isEmpty()).isTrue();
        assertThat(reserve.freeBytes()).as("seed=%d", seed).isEqualTo(20_000);
    }

    private static void produce(ReceiveBuffer buffer, RandomGenerator random) {
        for (long position = 0; position < BYTES; ) {
            int length = (int) Math.min(BYTES - position, 1 + random.nextInt(1500));
            if (!buffer.begin(length)) {
                LockSupport.parkNanos(1_000);
                continue;
            }
            byte[] frame = piece(position, length);
            int first = random.nextInt(length + 1);
            buffer.put(frame, 0, first);
            if (random.nextInt(10) == 0) {
                // A frame that is not ended is as if it had never begun.
                continue;
            }
            buffer.put(frame, first, length - first);
            buffer.end();
            position += length;
        }
    }

    @Test
    void aFullBufferRefusesAndTakesAgainWhenItWasRead() {
        OverflowReserve reserve = new OverflowReserve(1000);
        ReceiveBuffer buffer = new ReceiveBuffer(2048, reserve);
        receive(buffer, 0, 2048);
        receive(buffer, 2048, 1000);
        assertThat(buffer.begin(1)).isFalse();
        assertThat(reserve.freeBytes()).isZero();
        ByteBuffer target = ByteBuffer.allocate(2048 + 1000);
        assertThat(buffer.read(target)).isEqualTo(3048);
        assertInOrder(target.flip(), 0, 0);
        assertThat(reserve.freeBytes()).isEqualTo(1000);
        receive(buffer, 3048, 2048);
        assertThat(reserve.freeBytes()).isEqualTo(1000);
    }

    private static void receive(ReceiveBuffer buffer, long position, int length) {
        assertThat(buffer.begin(length)).isTrue();
        buffer.put(piece(position, length), 0, length);
        buffer.end();
    }

    @Test
    void aFrameIsNotSeenBeforeItsEnd() {
        ReceiveBuffer buffer = new ReceiveBuffer(2048, new OverflowReserve(5000));
        for (int round = 0; round < 2; round++) {
            assertThat(buffer.begin(1500)).isTrue();
            buffer.put(piece(0, 1499), 0, 1499);
            assertThat(buffer.isEmpty()).isEqualTo(round == 0);
            if (round == 0) {
                receive(buffer, 0, 1500);
            }
        }
        assertThat(buffer.read(ByteBuffer.allocate(5000))).isEqualTo(1500);
    }

    @Test
    void aReleasedBufferGivesItsReserveBackOnceWhoeverComesLater() {
        OverflowReserve reserve = new OverflowReserve(5000);
        ReceiveBuffer buffer = new ReceiveBuffer(2048, reserve);
        receive(buffer, 0, 2048);
        receive(buffer, 2048, 1500);
        assertThat(buffer.begin(1500)).isTrue();
        buffer.release();
        assertThat(reserve.freeBytes()).isEqualTo(5000);
        buffer.put(piece(0, 1500), 0, 1500);
        buffer.end();
        assertThat(buffer.begin(1500)).isFalse();
        ByteBuffer target = ByteBuffer.allocate(10_000);
        assertThat(buffer.read(target)).isEqualTo(2048 + 3000);
        assertThat(reserve.freeBytes()).isEqualTo(5000);
    }

    @Test
    void aRingIsAPowerOfTwo() {
        assertThatThrownBy(() -> new ReceiveBuffer(3000, new OverflowReserve(0)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SendBuffer(3000)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @MethodSource("io.uartnio.Seeds#all")
    void whatIsWrittenIsSentInOrder(long seed) throws Exception {
        SendBuffer buffer = new SendBuffer(4096);
        CompletableFuture<Void> writer = CompletableFuture.runAsync(
                () -> {
                    RandomGenerator random = Seeds.random(seed);
                    for (long position = 0; position < BYTES; ) {
                        int length = (int) Math.min(BYTES - position, 1 + random.nextInt(5000));
                        int taken = buffer.write(ByteBuffer.wrap(piece(position, length)));
                        position += taken;
                        if (taken == 0) {
                            LockSupport.parkNanos(1_000);
                        }
                    }
                },
                Background.THREAD_EACH);
        RandomGenerator random = Seeds.random(~seed);
        byte[] payload = new byte[1460];
        for (long position = 0; position < BYTES; ) {
            int length = buffer.peek(payload);
            assertInOrder(ByteBuffer.wrap(payload, 0, length), position, seed);
            if (length == 0) {
                LockSupport.parkNanos(1_000);
            } else if (random.nextInt(4) > 0) {
                buffer.remove(length);
                position += length;
            }
        }
        writer.get(30, TimeUnit.SECONDS);
        assertThat(buffer.size()).isZero();
        assertThat(buffer.hasRoom()).isTrue();
    }

    @Test
    void aFullSendBufferTakesNothing() {
        SendBuffer buffer = new SendBuffer(2048);
        ByteBuffer source = ByteBuffer.wrap(piece(0, 3000));
        assertThat(buffer.write(source)).isEqualTo(2048);
        assertThat(buffer.hasRoom()).isFalse();
        assertThat(buffer.write(source)).isZero();
        assertThat(source.remaining()).isEqualTo(952);
        buffer.remove(1);
        assertThat(buffer.write(source)).isOne();
    }
}
