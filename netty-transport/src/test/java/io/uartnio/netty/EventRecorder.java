package io.uartnio.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Passes what a channel's handlers are told to the test, in order. */
abstract class EventRecorder extends ChannelInboundHandlerAdapter {

    static final String ACTIVE = "active";
    static final String INACTIVE = "inactive";

    private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();

    /** Adds an event. */
    final void note(Object event) {
        events.add(event);
    }

    /** Returns the next event; fails after a while without any. */
    final Object next() throws InterruptedException {
        Object event = events.poll(60, TimeUnit.SECONDS);
        if (event == null) {
            throw new AssertionError("nothing has happened");
        }
        return event;
    }

    /** Returns what has happened and was not looked at. */
    final List<Object> rest() {
        return List.copyOf(events);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        note(ACTIVE);
        context.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        note(INACTIVE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        note(cause);
    }
}
