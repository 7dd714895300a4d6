package io.uartnio.netty;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Passes what a datagram channel's handlers are told to the test, in order. */
@ChannelHandler.Sharable
final class DatagramRecorder extends ChannelInboundHandlerAdapter {

    static final String ACTIVE = "active";
    static final String INACTIVE = "inactive";

    private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();

    /** Returns the next event; fails after a while without any. */
    Object next() throws InterruptedException {
        Object event = events.poll(60, TimeUnit.SECONDS);
        if (event == null) {
            throw new AssertionError("nothing has happened");
        }
        return event;
    }

    boolean isEmpty() {
        return events.isEmpty();
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
        DatagramPacket packet = (DatagramPacket) message;
        events.add(new PlayedDatagramSocket.Datagram(
                packet.content().toString(StandardCharsets.US_ASCII), packet.sender()));
        packet.release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        events.add(cause);
    }
}
