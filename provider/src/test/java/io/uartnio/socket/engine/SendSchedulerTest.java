package io.uartnio.socket.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.uartnio.AccessMode;
import io.uartnio.Seeds;
import io.uartnio.at.AtChannel;
import io.uartnio.at.CommandLane;
import io.uartnio.at.ScriptedPort;
import io.uartnio.at.SendOutcome;
import io.uartnio.socket.ModuleSocket.State;
import io.uartnio.uart.TimerThread;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The test plays the lane: a send happens when it says so, on a module that it plays too. */
@Timeout(60)
class SendSchedulerTest {

    private static final int FULL = PlayedModule.MAX_SEND_BYTES;
    /** What a turn pays for. */
    private static final int TURN = FULL + SendRound.SEND_COST_BYTES;

    private static final int SOCKETS = 12;

    private final SocketEngine engine = new SocketEngine(
            new EngineSettings(2048, 16_384, 0, AccessMode.DIRECT_PUSH, 60_000, 0), () -> {}, () -> {});
    private final CommandLane lane = new CommandLane("test", new NoSends());
    private final List<EngineSocket> sockets = new ArrayList<>();
    private final List<Sent> sent = new ArrayList<>();

    /** Called with the socket's number while its payload is on the way, as an application writes meanwhile. */
    private IntConsumer meanwhile = number -> {};

    private IntFunction<SendOutcome> outcome = number -> SendOutcome.TAKEN;

    private record Sent(int number, String payload) {
        int costBytes() {
            return payload.length() + SendRound.SEND_COST_BYTES;
        }
    }

    private final class SendingModule extends PlayedModule {
        @Override
        public SendOutcome send(int index, boolean tls, byte[] payload, int offset, int length) {
            sent.add(new Sent(index, new String(payload, offset, length, StandardCharsets.US_ASCII)));
            meanwhile.accept(index);
            return outcome.apply(index);
        }
    }

    @BeforeEach
    void connect() throws IOException {
        engine.attach(new AtChannel(new ScriptedPort("test"), engine.frames(), () -> {}, 1_000, 1_000), lane);
        engine.setDriver(new SendingModule());
        lane.start();
        for (int i = 0; i < SOCKETS; i++) {
            EngineSocket socket = (EngineSocket) engine.create(null);
            socket.connect("host", 80, 60_000);
            assertThat(socket.index()).isEqualTo(i);
            sockets.add(socket);
        }
        // A result counts once the module has been asked, which the lane does.
        await().until(() -> sockets.stream().allMatch(EngineSocket::isAsked));
        sockets.forEach(socket -> engine.events().onOpened(socket.index(), false));
        await().until(() -> sockets.stream().allMatch(socket -> socket.state() == EngineSocket.State.CONNECTED));
    }

    @AfterEach
    void end() {
        sockets.forEach(EngineSocket::close);
        lane.close();
        assertThat(lane.awaitEnd(20_000)).isTrue();
    }

    private void write(int number, int bytes) {
        write(number, "x".repeat(bytes));
    }

    private void write(int number, String text) {
        try {
            int written = sockets.get(number).write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
            assertThat(written).isEqualTo(text.length());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<Integer> send(int times) throws IOException {
        sent.clear();
        for (int i = 0; i < times; i++) {
            assertThat(engine.sendNext()).isTrue();
        }
        return sent.stream().map(Sent::number).toList();
    }

    /** Keeps a socket busy: as soon as a payload has left, there is another one of so many bytes. */
    private void keepBusy(int number, int bytes) {
        IntConsumer others = meanwhile;
        write(number, bytes);
        meanwhile = sender -> {
            others.accept(sender);
            if (sender == number) {
                write(number, bytes);
            }
        };
    }

    @Test
    void fullPayloadsTakeTurns() throws IOException {
        for (int i = 0; i < SOCKETS; i++) {
            keepBusy(i, FULL);
        }
        List<Integer> round = send(SOCKETS);
        assertThat(round).doesNotHaveDuplicates();
        for (int i = 0; i < 5; i++) {
            assertThat(send(SOCKETS)).isEqualTo(round);
        }
    }

    @Test
    void aSocketOfSmallPayloadsMakesAsManySendsAsItsTurnPaysFor() throws IOException {
        keepBusy(0, 100);
        keepBusy(1, FULL);
        send(2_000);
        long small = count(0);
        long full = count(1);
        // (FULL + cost) / (100 + cost) of them to one full payload, and what is over is kept for the next turn.
        assertThat((double) small / full).isBetween(4.7, 4.9);
    }

    private long count(int number) {
        return sent.stream().filter(one -> one.number() == number).count();
    }

    @ParameterizedTest
    @MethodSource("io.uartnio.Seeds#all")
    void busySocketsGetEqualSharesOfTheLaneWhateverTheSizeOfTheirPayloads(long seed) throws IOException {
        RandomGenerator random = Seeds.random(seed);
        for (int i = 0; i < SOCKETS; i++) {
            write(i, 1 + random.nextInt(FULL));
        }
        boolean[] evenSmall = new boolean[SOCKETS];
        for (int i = 0; i < SOCKETS; i++) {
            evenSmall[i] = random.nextBoolean();
        }
        meanwhile = number -> write(number, 1 + random.nextInt(evenSmall[number] ? 50 : FULL));
        send(3_000);
        for (int a = 0; a < SOCKETS; a++) {
            for (int b = 0; b < a; b++) {
                assertThat(widestGap(a, b))
                        .as("seed=%d, sockets=%d and %d", seed, a, b)
                        .isLessThanOrEqualTo(3L * TURN);
            }
        }
    }

    /** Returns by how much one socket was ahead of another at most, over any stretch of the sends. */
    private long widestGap(int a, int b) {
        long lead = 0;
        long least = 0;
        long most = 0;
        for (Sent one : sent) {
            lead += one.number() == a ? one.costBytes() : one.number() == b ? -one.costBytes() : 0;
            least = Math.min(least, lead);
            most = Math.max(most, lead);
        }
        return most - least;
    }

    @Test
    void aSmallWriteNowAndThenGoesBeforeTheTurnsOfBusySockets() throws IOException {
        for (int i = 1; i < SOCKETS; i++) {
            keepBusy(i, FULL);
        }
        send(SOCKETS + 3);
        for (int i = 0; i < 20; i++) {
            write(0, "?");
            assertThat(send(SOCKETS))
                    .startsWith(0)
                    .filteredOn(number -> number == 0)
                    .hasSize(1);
        }
    }

    @Test
    void whoWritesAgainAfterEachSmallSendGetsItsTurnsWorthAndNoMore() throws IOException {
        for (int i = 1; i < SOCKETS; i++) {
            keepBusy(i, FULL);
        }
        send(SOCKETS);
        sent.clear();
        List<Sent> all = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            // A stop-and-wait sender: it never has more than one small write outstanding, and comes a send late.
            if (sockets.get(0).bytesUnsent() == 0 && i % 2 == 0) {
                write(0, 100);
            }
            send(1);
            all.addAll(sent);
        }
        sent.addAll(all);
        double share = (double) costBytes(0) / costBytes(1);
        assertThat(share).isBetween(0.8, 1.1);
    }

    private long costBytes(int number) {
        return sent.stream()
                .filter(one -> one.number() == number)
                .mapToLong(Sent::costBytes)
                .sum();
    }

    @ParameterizedTest
    @MethodSource("io.uartnio.Seeds#all")
    void aBusySocketIsNeverKeptFromItsTurnHoweverOthersComeAndGo(long seed) throws IOException {
        RandomGenerator random = Seeds.random(seed);
        keepBusy(0, FULL);
        long[] since = new long[SOCKETS];
        long[] all = new long[SOCKETS];
        for (int i = 0; i < 5_000; i++) {
            int number = 1 + random.nextInt(SOCKETS - 1);
            if (random.nextInt(3) > 0 && sockets.get(number).bytesUnsent() < FULL) {
                write(number, 1 + random.nextInt(random.nextBoolean() ? 20 : FULL));
            }
            sent.clear();
            if (!engine.sendNext() || sent.isEmpty()) {
                continue;
            }
            Sent one = sent.get(0);
            all[one.number()] += one.costBytes();
            since[one.number()] += one.costBytes();
            if (one.number() == 0) {
                assertThat(Arrays.stream(since).skip(1).max().orElseThrow())
                        .as("seed=%d, what another sent between two turns", seed)
                        .isLessThanOrEqualTo(3L * TURN);
                Arrays.fill(since, 0);
            }
        }
        for (int number = 1; number < SOCKETS; number++) {
            assertThat(all[number])
                    .as("seed=%d, socket=%d against the busy one", seed, number)
                    .isLessThanOrEqualTo(all[0] + 3L * TURN);
        }
    }

    @Test
    void smallWritesThatWaitWhileACommandIsInFlightLeaveTogether() throws IOException {
        write(0, "a");
        meanwhile = number -> {
            if (number == 0 && sent.size() == 1) {
                write(0, "b");
                write(0, "cd");
                write(0, "e");
            }
        };
        while (engine.sendNext()) {
            // until all is sent
        }
        assertThat(sent).containsExactly(new Sent(0, "a"), new Sent(0, "bcde"));
    }

    @Test
    void aWriterIsToldOfWhatTheModuleHasTakenFromWhereItWantsToHear() throws IOException {
        EngineSocket socket = sockets.get(0);
        AtomicInteger told = new AtomicInteger();
        socket.setChangeListener(told::incrementAndGet);
        write(0, 4 * FULL);
        socket.tellOfTakenFrom(3L * FULL);
        send(2);
        assertThat(told).hasValue(0);
        send(1);
        assertThat(told).hasValue(1);
        send(1);
        assertThat(told).hasValue(2);
        // Of the last payload it is told when there is no other behind which that costs no time.
        assertThat(engine.sendNext()).isFalse();
        assertThat(told).hasValue(3);
        assertThat(socket.bytesTaken()).isEqualTo(4L * FULL);
    }

    @Test
    void aSocketWhoseModuleBufferIsFullWaitsByItselfAndSendsTheSameBytesAgain() throws IOException {
        for (int i = 1; i < SOCKETS; i++) {
            keepBusy(i, FULL);
        }
        write(0, "again");
        int[] refusals = {3};
        outcome = number -> number == 0 && refusals[0]-- > 0 ? SendOutcome.BUFFER_FULL : SendOutcome.TAKEN;
        List<Sent> all = new ArrayList<>();
        await().pollInSameThread().until(() -> {
            send(1);
            all.addAll(sent);
            return sockets.get(0).bytesUnsent() == 0;
        });
        assertThat(all)
                .filteredOn(one -> one.number() == 0)
                .hasSize(4)
                .allMatch(one -> one.payload().equals("again"));
        // Whatever the pauses took, the lane was never without a send of another's.
        assertThat(all).hasSizeGreaterThan(4);
        assertThat(sockets.get(0).isWritable()).isTrue();
    }

    @Test
    void aPausingSocketTakesNothingAndEndsItsPauseByItself() throws Exception {
        write(0, "again");
        outcome = number -> SendOutcome.BUFFER_FULL;
        // The pause is short, and the timer ends it.
        CountDownLatch release = new CountDownLatch(1);
        holdTimer(release);
        try {
            send(1);
            assertThat(sockets.get(0).isWritable()).isFalse();
            assertThat(sockets.get(0).write(ByteBuffer.wrap(new byte[1]))).isZero();
        } finally {
            release.countDown();
        }
        outcome = number -> SendOutcome.TAKEN;
        await().pollInSameThread().until(() -> engine.sendNext());
        await().until(() -> sockets.get(0).isWritable());
        assertThat(sent).extracting(Sent::payload).containsExactly("again", "again");
    }

    private static void holdTimer(CountDownLatch release) throws InterruptedException {
        CountDownLatch held = new CountDownLatch(1);
        TimerThread.schedule(
                () -> {
                    held.countDown();
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                },
                0,
                TimeUnit.MILLISECONDS);
        assertThat(held.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aSocketThatFailsLeavesTheTurnsToTheOthers() throws IOException {
        for (int i = 0; i < 3; i++) {
            keepBusy(i, FULL);
        }
        send(4);
        meanwhile = number -> {
            if (number != 1) {
                write(number, FULL);
            }
        };
        sockets.get(1).fail(new IOException("test"));
        sent.clear();
        for (int i = 0; i < 7; i++) {
            engine.sendNext();
        }
        assertThat(sent).extracting(Sent::number).doesNotContain(1).contains(0, 2);
        assertThat(sockets.get(1).state()).isEqualTo(State.FAILED);
    }
}
