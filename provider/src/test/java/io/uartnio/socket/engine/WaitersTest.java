package io.uartnio.socket.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class WaitersTest {

    @Test
    void whoFindsNoPlaceIsToldSoAndAPlaceGivenBackIsFree() {
        Waiters waiters = new Waiters();
        List<Integer> places = new ArrayList<>();
        for (int place = waiters.enter(); place != Waiters.NO_PLACE; place = waiters.enter()) {
            places.add(place);
        }

        assertThat(places).doesNotHaveDuplicates().isNotEmpty();
        waiters.leave(Waiters.NO_PLACE);
        waiters.leave(places.get(0));
        assertThat(waiters.enter()).isEqualTo(places.get(0));
        assertThat(waiters.enter()).isEqualTo(Waiters.NO_PLACE);
    }

    @Test
    void everybodyWithAPlaceIsWoken() throws InterruptedException {
        Waiters waiters = new Waiters();
        AtomicBoolean changed = new AtomicBoolean();
        CountDownLatch entered = new CountDownLatch(3);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Thread thread = new Thread(() -> {
                int place = waiters.enter();
                entered.countDown();
                while (!changed.get()) {
                    LockSupport.park(waiters);
                }
                waiters.leave(place);
            });
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        entered.await();

        changed.set(true);
        waiters.wakeAll();

        for (Thread thread : threads) {
            thread.join(Duration.ofSeconds(30).toMillis());
            assertThat(thread.isAlive()).isFalse();
        }
    }
}
