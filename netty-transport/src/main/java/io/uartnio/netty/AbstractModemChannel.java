package io.uartnio.netty;

import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;
import io.netty.util.concurrent.SingleThreadEventExecutor;

/**
 * What all channels over a module have in common: they register no {@code IoHandle}, as there is nothing that an event
 * loop could wait for, and so work on any. The modem's own threads tell of changes by {@link LoopCall}.
 *
 * <p>The price is that the loop does not know them. A loop that ends would leave them open, so it is given a hook that
 * closes them; a loop without hooks ({@code ManualIoEventLoop}) only takes the module's socket away, since when it has
 * ended no thread is left on which the channel could tell anybody.
 */
abstract class AbstractModemChannel extends AbstractChannel {

    // Kept, because what is taken back has to be the same object.
    private final Runnable shutdownHook = this::closeNow;
    private final GenericFutureListener<Future<Object>> onLoopEnded = ended -> releaseSocket();
    private final LoopCall loopCall = new LoopCall(this::lookOrEnd, this::releaseSocket);

    AbstractModemChannel(Channel parent) {
        super(parent);
    }

    /** Looks what has changed. Event loop. */
    abstract void look();

    /** Closes the module's side and returns at once. Any thread. */
    abstract void releaseSocket();

    private void lookOrEnd() {
        if (eventLoop().isShuttingDown()) {
            // A loop runs its hooks when it finds no task, so one look after the other would keep it from its end.
            closeNow();
        } else {
            look();
        }
    }

    private void closeNow() {
        unsafe().close(unsafe().voidPromise());
    }

    /** Has the event loop {@link #look} before long. Any thread. */
    final void lookLater() {
        loopCall.call();
    }

    @Override
    protected final boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    protected final void doRegister(ChannelPromise promise) {
        EventLoop loop = eventLoop();
        if (loop instanceof SingleThreadEventExecutor executor) {
            executor.addShutdownHook(shutdownHook);
        } else {
            loop.terminationFuture().addListener(onLoopEnded);
        }
        loopCall.attach(loop);
        promise.setSuccess();
        // What has happened while no loop was there has been told to nobody.
        lookLater();
    }

    @Override
    protected final void doDeregister() {
        loopCall.detach();
        EventLoop loop = eventLoop();
        if (loop instanceof SingleThreadEventExecutor executor) {
            executor.removeShutdownHook(shutdownHook);
        } else {
            loop.terminationFuture().removeListener(onLoopEnded);
        }
    }
}
