package io.uartnio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;

/** Passes all that the handlers of a channel with a stream are told to the test; text for what was read. */
final class Recorder extends EventRecorder {

    static final String READ_COMPLETE = "read complete";

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf buffer = (ByteBuf) message;
        note(buffer.toString(StandardCharsets.US_ASCII));
        buffer.release();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        note(READ_COMPLETE);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        note("writable: " + context.channel().isWritable());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        note(event);
    }
}
