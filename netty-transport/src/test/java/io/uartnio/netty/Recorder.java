package io.uartnio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Passes what a channel's handlers are told to the test, in order. */
final class Recorder extends ChannelDuplexHandler {

    static final String ACTIVE = "active";
    static final String INACTIVE = "inactive";
    static final String READ_COMPLETE = "read complete";

    private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();

    /** Returns the next event, text for what was read; fails after a while without any. */
    Object next() throws InterruptedException {
        Object event = events.poll(60, TimeUnit.SECONDS);
        if (event == null) {
            throw new AssertionError("nothing has happened");
        }
        return event;
    }

    /** Returns what has happened and was not looked at. */
    List<Object> rest() {
        return List.copyOf(events);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        events.add(ACTIVE);
        context.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        events.add(INACTIVE);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf buffer = (ByteBuf) message;
        events.add(buffer.toString(StandardCharsets.US_ASCII));
        buffer.release();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        events.add(READ_COMPLETE);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        events.add("writable: " + context.channel().isWritable());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        events.add(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        events.add(cause);
    }
}
