package io.uartnio.socket.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.uartnio.Seeds;
import io.uartnio.frame.Source;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DatagramBufferTest {

    /** What the buffer needs of its own for each datagram. */
    private static final int HEADER_BYTES = 12;

    private static final class Datagram {
        private final long peer;
        private final byte[] payload;

        Datagram(long peer, byte[] payload) {
            this.peer = peer;
            this.payload = payload;
        }
    }

    @ParameterizedTest
    @MethodSource("io.uartnio.Seeds#all")
    void isAQueueOfWholeDatagramsThatTakesNoneForWhichItHasNoRoom(long seed) {
        RandomGenerator random = Seeds.random(seed);
        int ringBytes = 64 << random.nextInt(4);
        DatagramBuffer buffer = new DatagramBuffer(ringBytes);
        ArrayDeque<Datagram> model = new ArrayDeque<>();
        long published = 0;
        long removed = 0;
        for (int step = 0; step < 20_000; step++) {
            String where = "seed=" + seed + ", step=" + step;
            switch (random.nextInt(8)) {
                case 0, 1, 2, 3 -> {
                    Datagram datagram = datagram(random, ringBytes);
                    int length = datagram.payload.length;
                    boolean fits = used(model) + HEADER_BYTES + length <= ringBytes;
                    assertThat(buffer.hasRoom(length)).as(where).isEqualTo(fits);
                    assertThat(buffer.begin(length, datagram.peer)).as(where).isEqualTo(fits);
                    if (fits && put(buffer, datagram, random)) {
                        model.add(datagram);
                        published += length;
                    }
                }
                case 4, 5, 6 -> {
                    if (!model.isEmpty()) {
                        Datagram oldest = model.remove();
                        assertThat(buffer.peer()).as(where).isEqualTo(oldest.peer);
                        assertThat(buffer.length()).as(where).isEqualTo(oldest.payload.length);
                        int room = random.nextInt(oldest.payload.length + 3);
                        assertThat(peek(buffer, room))
                                .as(where)
                                .isEqualTo(Arrays.copyOf(oldest.payload, Math.min(room, oldest.payload.length)));
                        buffer.remove();
                        removed += oldest.payload.length;
                    }
                }
                default -> {
                    if (random.nextInt(20) == 0) {
                        buffer.clear();
                        removed += bytes(model);
                        model.clear();
                    }
                }
            }
            assertThat(buffer.isEmpty()).as(where).isEqualTo(model.isEmpty());
            assertThat(buffer.count()).as(where).isEqualTo(model.size());
            assertThat(buffer.sizeBytes()).as(where).isEqualTo(bytes(model));
            assertThat(buffer.totalBytes()).as(where).isEqualTo(published);
            assertThat(buffer.totalRemovedBytes()).as(where).isEqualTo(removed);
        }
    }

    private static Datagram datagram(RandomGenerator random, int ringBytes) {
        byte[] payload = new byte[random.nextInt(ringBytes / 2)];
        random.nextBytes(payload);
        return new Datagram(random.nextInt(5) == 0 ? Source.NONE : random.nextLong(), payload);
    }

    /** Puts it in pieces or at once; returns false if it was given up half-way. */
    private static boolean put(DatagramBuffer buffer, Datagram datagram, RandomGenerator random) {
        byte[] payload = datagram.payload;
        if (random.nextInt(4) == 0) {
            buffer.put(ByteBuffer.wrap(payload));
        } else {
            boolean givenUp = random.nextInt(8) == 0;
            int end = givenUp ? random.nextInt(payload.length + 1) : payload.length;
            for (int offset = 0; offset < end; ) {
                int length = 1 + random.nextInt(end - offset);
                buffer.put(payload, offset, length);
                offset += length;
            }
            if (givenUp) {
                return false;
            }
        }
        buffer.end();
        return true;
    }

    private static byte[] peek(DatagramBuffer buffer, int room) {
        ByteBuffer target = ByteBuffer.allocate(room);
        buffer.peek(target);
        return Arrays.copyOf(target.array(), target.position());
    }

    private static int used(ArrayDeque<Datagram> model) {
        return model.size() * HEADER_BYTES + bytes(model);
    }

    private static int bytes(ArrayDeque<Datagram> model) {
        return model.stream().mapToInt(datagram -> datagram.payload.length).sum();
    }

    @ParameterizedTest
    @MethodSource("io.uartnio.Seeds#all")
    void aConsumerOnAnotherThreadSeesEveryDatagramWholeAndInOrder(long seed) throws InterruptedException {
        int datagrams = 20_000;
        DatagramBuffer buffer = new DatagramBuffer(1024);
        Thread producer = new Thread(() -> {
            RandomGenerator random = Seeds.random(seed);
            for (int number = 0; number < datagrams; ) {
                byte[] payload = payload(number);
                if (!buffer.begin(payload.length, number)) {
                    LockSupport.parkNanos(1_000);
                    continue;
                }
                int first = random.nextInt(payload.length + 1);
                buffer.put(payload, 0, first);
                buffer.put(payload, first, payload.length - first);
                buffer.end();
                number++;
            }
        });
        producer.setDaemon(true);
        producer.start();
        for (int number = 0; number < datagrams; ) {
            if (buffer.isEmpty()) {
                LockSupport.parkNanos(1_000);
                continue;
            }
            assertThat(buffer.peer()).as("seed=%d", seed).isEqualTo(number);
            assertThat(peek(buffer, 1024)).as("seed=%d", seed).isEqualTo(payload(number));
            buffer.remove();
            number++;
        }
        producer.join();
        assertThat(buffer.isEmpty()).isTrue();
    }

    private static byte[] payload(int number) {
        byte[] payload = new byte[number % 97];
        Arrays.fill(payload, (byte) number);
        return payload;
    }

    @Test
    void aBufferThatIsNoPowerOfTwoIsRefused() {
        assertThatThrownBy(() -> new DatagramBuffer(1000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1000");
    }
}
