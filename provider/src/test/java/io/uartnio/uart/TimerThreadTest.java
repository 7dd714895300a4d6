package io.uartnio.uart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What every time limit relies on: one daemon thread that nothing kills and that does not outstay its work. */
class TimerThreadTest {

    @Test
    void aTaskRunsOnceOnTheDaemonTimerThread() throws Exception {
        CompletableFuture<Thread> ran = new CompletableFuture<>();
        TimerThread.schedule(() -> ran.complete(Thread.currentThread()), 1, TimeUnit.MILLISECONDS);
        Thread thread = ran.get(60, TimeUnit.SECONDS);
        assertThat(thread.getName()).isEqualTo("uartnio-timer");
        assertThat(thread.isDaemon()).isTrue();
    }

    @Test
    void tasksRunInTheOrderOfTheirTimes() throws Exception {
        List<Integer> order = new java.util.concurrent.CopyOnWriteArrayList<>();
        boolean stoodStill;
        do {
            order.clear();
            CountDownLatch held = new CountDownLatch(1);
            TimerThread.schedule(() -> awaitQuietly(held), 0, TimeUnit.MILLISECONDS);
            long startNanos = System.nanoTime();
            TimerThread.schedule(() -> order.add(2), 500, TimeUnit.MILLISECONDS);
            TimerThread.schedule(() -> order.add(1), 1, TimeUnit.MILLISECONDS);
            // Then their times may be the other way round.
            stoodStill = System.nanoTime() - startNanos > TimeUnit.MILLISECONDS.toNanos(400);
            held.countDown();
            await().until(() -> order.size() == 2);
        } while (stoodStill);
        assertThat(order).containsExactly(1, 2);
    }

    @Test
    void aTimeLimitThatIsTakenBackDoesNotRun() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch held = new CountDownLatch(1);
        TimerThread.schedule(() -> awaitQuietly(held), 0, TimeUnit.MILLISECONDS);
        TimerThread.Timeout timeout = TimerThread.schedule(runs::incrementAndGet, 0, TimeUnit.MILLISECONDS);
        CountDownLatch later = new CountDownLatch(1);
        TimerThread.schedule(later::countDown, 1, TimeUnit.MILLISECONDS);
        assertThat(timeout.cancel()).isTrue();
        assertThat(timeout.cancel()).isFalse();
        held.countDown();
        assertThat(later.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(runs).hasValue(0);
    }

    @Test
    void aTimeLimitThatHasRunCannotBeTakenBack() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        TimerThread.Timeout timeout = TimerThread.schedule(ran::countDown, 0, TimeUnit.MILLISECONDS);
        assertThat(ran.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(timeout.cancel()).isFalse();
    }

    @Test
    void aTimeLimitWhoseTaskIsRunningCannotBeTakenBack() throws Exception {
        CountDownLatch runs = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(1);
        TimerThread.Timeout timeout = TimerThread.schedule(
                () -> {
                    runs.countDown();
                    awaitQuietly(held);
                },
                0,
                TimeUnit.MILLISECONDS);
        try {
            assertThat(runs.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(timeout.cancel()).isFalse();
        } finally {
            held.countDown();
        }
    }

    @Test
    void aTaskThatThrowsHarmsNoOther() throws Exception {
        TimerThread.schedule(
                () -> {
                    throw new AssertionError("thrown on purpose by a test");
                },
                0,
                TimeUnit.MILLISECONDS);
        CountDownLatch ran = new CountDownLatch(1);
        TimerThread.schedule(ran::countDown, 1, TimeUnit.MILLISECONDS);
        assertThat(ran.await(60, TimeUnit.SECONDS)).isTrue();
    }

    /** On a thread of its own, as whoever else is in this JVM may have time limits left. */
    @Test
    void theThreadEndsWhenNoTimeLimitIsLeftAndStartsAgainWithTheNext() throws Exception {
        ScheduledThreadPoolExecutor executor = TimerThread.newExecutor();
        for (int i = 0; i < 2; i++) {
            CompletableFuture<Thread> ran = new CompletableFuture<>();
            Future<?> far = executor.schedule(() -> {}, 1, TimeUnit.HOURS);
            executor.execute(() -> ran.complete(Thread.currentThread()));
            Thread thread = ran.get(60, TimeUnit.SECONDS);
            assertThat(thread.isAlive()).isTrue();
            far.cancel(false);
            await().until(() -> !thread.isAlive());
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
