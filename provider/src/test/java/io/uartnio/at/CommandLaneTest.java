package io.uartnio.at;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CommandLaneTest {

    private final List<String> done = new CopyOnWriteArrayList<>();
    private final List<String> abandoned = new CopyOnWriteArrayList<>();
    private final AtomicInteger unsent = new AtomicInteger();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private volatile boolean ready = true;
    private volatile Runnable whileNothingIsSent = () -> {};
    private final CommandLane lane = new CommandLane("test", new Work());

    @AfterEach
    void end() {
        ready = true;
        lane.close();
        assertThat(lane.awaitEnd(20_000)).isTrue();
    }

    /** Has as many sends as a test says. */
    private final class Work implements LaneWork {

        @Override
        public boolean prepare() {
            return ready;
        }

        @Override
        public boolean sendNext() {
            boolean any = unsent.get() > 0;
            if (any) {
                unsent.decrementAndGet();
                done.add("send");
            } else {
                whileNothingIsSent.run();
            }
            return any;
        }

        @Override
        public void onFailure(Throwable cause) {
            failures.add(cause);
        }
    }

    private final class Named implements LaneTask {
        private final String name;

        Named(String name) {
            this.name = name;
        }

        @Override
        public void run() throws IOException {
            done.add(name);
            if (name.equals("failing")) {
                throw new IOException("refused");
            }
        }

        @Override
        public void abandon() {
            abandoned.add(name);
        }
    }

    /** Lets a test queue things while the lane is busy; it goes on when the latch is counted down. */
    private CountDownLatch hold() {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        lane.submit(() -> {
            held.countDown();
            awaitQuietly(release);
        });
        awaitQuietly(held);
        return release;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void awaitDone(int count) {
        await().until(() -> done.size() >= count);
        assertThat(failures).isEmpty();
    }

    /** As whoever is told of room for more bytes may do, by a lock that another thread has at that moment. */
    @Test
    void aLaneThatWasParkedByALockInItsLastLookIsWokenAllTheSame() {
        AtomicInteger looks = new AtomicInteger();
        whileNothingIsSent = () -> {
            if (looks.incrementAndGet() == 2) {
                // The last look, as the one before has found nothing; of tasks it has found none.
                lane.submit(new Named("task"));
                LockSupport.parkNanos(1_000_000);
            }
        };
        lane.start();
        awaitDone(1);
    }

    @Test
    void tasksReadsAndSendsTakeTurnsSoThatNoneWaitsForAQueueOfOthers() {
        lane.start();
        CountDownLatch release = hold();
        for (int i = 0; i < 20; i++) {
            lane.submit(new Named("task"));
            lane.submitRead(new Named("read"));
        }
        unsent.set(20);
        release.countDown();
        awaitDone(60);

        for (int i = 0; i < 60; i += 3) {
            assertThat(done.subList(i, i + 3)).containsExactlyInAnyOrder("task", "read", "send");
        }
    }

    @Test
    void whatComesAloneIsDoneWithoutWaitingForTheOthersTurn() {
        lane.start();
        CountDownLatch release = hold();
        for (int i = 0; i < 5; i++) {
            lane.submit(new Named("task"));
        }
        unsent.set(1);
        release.countDown();
        awaitDone(6);

        assertThat(done.subList(0, 2)).contains("send");
    }

    @Test
    void anUrgentTaskGoesBeforeEverythingThatIsQueued() {
        lane.start();
        CountDownLatch release = hold();
        unsent.set(3);
        for (int i = 0; i < 3; i++) {
            lane.submit(new Named("task"));
            lane.submitRead(new Named("read"));
        }
        lane.submitUrgent(new Named("first"));
        lane.submitUrgent(new Named("second"));
        release.countDown();
        awaitDone(11);

        assertThat(done.subList(0, 2)).containsExactly("first", "second");
    }

    @Test
    void anUrgentTaskDuringASendIsRunBeforeTheNextTaskAndChangesNobodysTurn() {
        List<String> order = new ArrayList<>();
        lane.start();
        CountDownLatch release = hold();
        unsent.set(2);
        lane.submit(() -> {
            done.add("task");
            lane.submitUrgent(new Named("urgent"));
        });
        lane.submit(new Named("task"));
        release.countDown();
        awaitDone(5);

        order.addAll(done);
        assertThat(order.indexOf("urgent")).isEqualTo(order.indexOf("task") + 1);
        order.remove("urgent");
        assertThat(order.subList(0, 2)).containsExactlyInAnyOrder("task", "send");
        assertThat(order.subList(2, 4)).containsExactlyInAnyOrder("task", "send");
    }

    @Test
    void nothingIsRunBeforeTheWorkIsReadyNotEvenWhatIsUrgent() {
        ready = false;
        lane.start();
        lane.submit(new Named("task"));
        lane.submitUrgent(new Named("urgent"));
        ready = true;
        lane.wake();
        awaitDone(2);
        assertThat(done).hasSize(2);
    }

    @Test
    void aTaskThatFailsIsToldAndTheLaneGoesOn() {
        lane.start();
        lane.submitUrgent(new Named("failing"));
        lane.submitRead(new Named("read"));
        await().until(() -> done.contains("read"));
        assertThat(failures)
                .singleElement()
                .satisfies(failure -> assertThat(failure).hasMessage("refused"));
    }

    @Test
    void whatWaitsInAnyQueueIsAbandonedWhenTheLaneCloses() {
        lane.start();
        CountDownLatch release = hold();
        lane.submit(new Named("task"));
        lane.submitRead(new Named("read"));
        lane.submitUrgent(new Named("urgent"));
        lane.close();
        release.countDown();
        assertThat(lane.awaitEnd(20_000)).isTrue();
        assertThat(abandoned).containsExactlyInAnyOrder("task", "read", "urgent");
        lane.submitUrgent(new Named("late"));
        assertThat(abandoned).contains("late");
        assertThat(done).isEmpty();
    }
}
