package io.uartnio.netty;

import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Has a channel's event loop look at the channel again after a change that some other thread has seen. However many
 * changes come, one task at most waits in the loop, and it is always the same object. The waker changes something and
 * then looks at {@code queued}; the loop clears {@code queued} and then looks at everything: so no change is missed.
 *
 * <p>Threads: {@link #call} is for any, the rest is the event loop's.
 */
final class LoopCall implements Runnable {

    private final Runnable look;
    private final Runnable onLoopGone;
    private final AtomicBoolean queued = new AtomicBoolean();

    /** Null while the channel is registered with none. */
    private volatile EventLoop loop;

    /**
     * Creates a call.
     *
     * @param look is run by the event loop
     * @param onLoopGone is run, by any thread, when the loop takes no more tasks; must not block
     */
    LoopCall(Runnable look, Runnable onLoopGone) {
        this.look = look;
        this.onLoopGone = onLoopGone;
    }

    void attach(EventLoop newLoop) {
        loop = newLoop;
    }

    void detach() {
        loop = null;
    }

    void call() {
        EventLoop now = loop;
        if (now == null || !queued.compareAndSet(false, true)) {
            return;
        }
        try {
            now.execute(this);
        } catch (RejectedExecutionException e) {
            if (loop == now) {
                // Nobody will ever run it: left as queued, so that nobody asks again.
                onLoopGone.run();
            } else {
                queued.set(false);
                call();
            }
        } catch (RuntimeException | Error e) {
            // A loop of somebody's own, or one without memory for a task: the next change asks again.
            queued.set(false);
            throw e;
        }
    }

    @Override
    public void run() {
        queued.set(false);
        EventLoop now = loop;
        if (now == null) {
            return;
        }
        if (now.inEventLoop()) {
            look.run();
        } else {
            // The channel has moved to another loop since.
            call();
        }
    }
}
