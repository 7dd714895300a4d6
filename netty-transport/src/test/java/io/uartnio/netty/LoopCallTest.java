package io.uartnio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.DefaultEventLoop;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What ties the modem's threads to a channel's loop: one look for many changes, none missed. */
class LoopCallTest {

    private final AtomicBoolean failing = new AtomicBoolean();
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger loopsGone = new AtomicInteger();
    private final LoopCall call = new LoopCall(looks::incrementAndGet, loopsGone::incrementAndGet);

    private final DefaultEventLoop loop = new DefaultEventLoop() {
        @Override
        public void execute(Runnable task) {
            if (failing.get()) {
                throw new IllegalStateException("thrown by a test");
            }
            super.execute(task);
        }
    };

    @AfterEach
    void end() {
        failing.set(false);
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** What the loop had to do before now is done. */
    private void settle() throws InterruptedException {
        loop.submit(() -> {}).sync();
    }

    @Test
    void manyChangesAreOneLook() throws InterruptedException {
        CountDownLatch held = new CountDownLatch(1);
        call.attach(loop);
        loop.execute(() -> {
            try {
                held.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        for (int i = 0; i < 100; i++) {
            call.call();
        }
        held.countDown();
        settle();
        assertThat(looks).hasValue(1);
        call.call();
        settle();
        assertThat(looks).hasValue(2);
    }

    @Test
    void aLoopThatFailsToTakeACallIsAskedAgain() throws InterruptedException {
        call.attach(loop);
        failing.set(true);
        assertThatThrownBy(call::call).isInstanceOf(IllegalStateException.class);
        failing.set(false);
        call.call();
        settle();
        assertThat(looks).hasValue(1);
        assertThat(loopsGone).hasValue(0);
    }

    @Test
    void aLoopThatHasEndedIsToldOfOnce() {
        call.attach(loop);
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
        call.call();
        call.call();
        assertThat(loopsGone).hasValue(1);
        assertThat(looks).hasValue(0);
    }

    @Test
    void withoutALoopNothingIsAsked() throws InterruptedException {
        call.call();
        call.attach(loop);
        call.detach();
        call.call();
        settle();
        assertThat(looks).hasValue(0);
    }
}
