package io.uartnio.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.uartnio.Seeds;
import io.uartnio.socket.ModuleSocket;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How far a module is with a stream of which it gets a part only. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TakenRecordsTest {

    private static final int HELLO_BYTES = 86;
    private static final int STEPS = 2_000;

    /** Payload that the module has taken. */
    private final AtomicLong takenPayload = new AtomicLong();

    private final TakenRecords records = new TakenRecords(socket(), HELLO_BYTES);

    private ModuleSocket socket() {
        return (ModuleSocket) Proxy.newProxyInstance(
                TakenRecordsTest.class.getClassLoader(), new Class<?>[] {ModuleSocket.class}, (proxy, method, args) -> {
                    if (method.getName().equals("bytesTaken")) {
                        return takenPayload.get();
                    }
                    throw new UnsupportedOperationException(method.toString());
                });
    }

    @Test
    void whatComesBeforeAllPayloadIsTakenAtOnce() {
        assertThat(records.bytesTaken()).isEqualTo(HELLO_BYTES);
        records.onNotSent(5);
        assertThat(records.bytesTaken()).isEqualTo(HELLO_BYTES + 5);
    }

    @Test
    void aHeaderIsTakenWithTheLastByteBeforeIt() {
        records.onNotSent(5);
        records.onSent(10);
        records.onNotSent(5);
        takenPayload.set(9);
        assertThat(records.bytesTaken()).isEqualTo(HELLO_BYTES + 5 + 9);
        takenPayload.set(10);
        assertThat(records.bytesTaken()).isEqualTo(HELLO_BYTES + 5 + 10 + 5);
    }

    /** A fast module takes bytes before whoever wrote them has said so. */
    @Test
    void payloadMayBeTakenBeforeItIsCounted() {
        records.onNotSent(5);
        takenPayload.set(10);
        assertThat(records.bytesTaken()).isEqualTo(HELLO_BYTES + 5 + 10);
        records.onSent(10);
        records.onNotSent(5);
        assertThat(records.bytesTaken()).isEqualTo(HELLO_BYTES + 5 + 10 + 5);
    }

    /** A place in the payload, and how much is left out there. */
    private record Gap(long payloadBytes, int bytes) {}

    /** Compared at every step with a sum over all that has ever been left out. */
    @ParameterizedTest
    @MethodSource("io.uartnio.Seeds#all")
    void countsAsASumOverEverythingDoes(long seed) {
        RandomGenerator random = Seeds.random(seed);
        List<Gap> gaps = new ArrayList<>(List.of(new Gap(0, HELLO_BYTES)));
        long sent = 0;
        for (int step = 0; step < STEPS; step++) {
            switch (random.nextInt(4)) {
                case 0 -> {
                    int bytes = random.nextInt(8);
                    records.onNotSent(bytes);
                    gaps.add(new Gap(sent, bytes));
                }
                case 1 -> {
                    int bytes = random.nextInt(100);
                    records.onSent(bytes);
                    sent += bytes;
                }
                case 2 -> takenPayload.addAndGet(random.nextLong(sent - takenPayload.get() + 1));
                default -> {
                    // Often the module is just as far as something ends.
                    Gap gap = gaps.get(random.nextInt(gaps.size()));
                    takenPayload.accumulateAndGet(gap.payloadBytes, Math::max);
                }
            }
            if (random.nextBoolean()) {
                assertThat(records.bytesTaken())
                        .as("seed=%d, step=%d", seed, step)
                        .isEqualTo(expected(gaps));
            }
        }
        takenPayload.set(sent);
        assertThat(records.bytesTaken())
                .as("seed=%d", seed)
                .isEqualTo(sent + gaps.stream().mapToLong(Gap::bytes).sum());
    }

    private long expected(List<Gap> gaps) {
        long taken = takenPayload.get();
        return taken
                + gaps.stream()
                        .filter(gap -> gap.payloadBytes <= taken)
                        .mapToLong(Gap::bytes)
                        .sum();
    }

    /** One writes, the module takes, and whoever looks meanwhile never sees it go back or beyond what was written. */
    @ParameterizedTest
    @MethodSource("io.uartnio.Seeds#all")
    void neverGoesBackForWhoeverLooks(long seed) throws Exception {
        AtomicLong written = new AtomicLong(HELLO_BYTES);
        AtomicLong sent = new AtomicLong();
        AtomicBoolean ended = new AtomicBoolean();
        CompletableFuture<Void> module = CompletableFuture.runAsync(() -> {
            while (!ended.get()) {
                takenPayload.set(sent.get());
            }
        });
        CompletableFuture<Void> looker = CompletableFuture.runAsync(() -> {
            long last = HELLO_BYTES;
            while (!ended.get()) {
                long now = records.bytesTaken();
                assertThat(now).as("seed=%d", seed).isBetween(last, written.get());
                last = now;
            }
        });
        RandomGenerator random = Seeds.random(seed);
        for (int step = 0; step < 20 * STEPS; step++) {
            int bytes = random.nextInt(100);
            written.addAndGet(5 + bytes);
            records.onNotSent(5);
            sent.addAndGet(bytes);
            records.onSent(bytes);
        }
        ended.set(true);
        module.get();
        looker.get();
        takenPayload.set(sent.get());
        assertThat(records.bytesTaken()).isEqualTo(written.get());
    }
}
