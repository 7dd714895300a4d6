package io.uartnio.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The same stream read as a Netty program would: a {@link ByteToMessageDecoder} that finds line ends and hands payload
 * on as slices, and a handler behind it that takes and releases them. Payload is not copied once more, as it is into
 * our rings. One thread.
 */
public final class NettyParser implements PieceFeeder {

    private final Receiver receiver = new Receiver();
    private final EmbeddedChannel channel = new EmbeddedChannel(new Decoder(), receiver);

    @Override
    public void feed(byte[] buffer, int offset, int length) {
        channel.writeInbound(Unpooled.wrappedBuffer(buffer, offset, length));
    }

    /** Closes the channel and releases what it holds. */
    public void close() {
        channel.finishAndReleaseAll();
    }

    /** Returns the number of frames read. */
    public long frames() {
        return receiver.frames;
    }

    /** Returns the number of other lines read. */
    public long lines() {
        return receiver.lines;
    }

    /** Returns the number of payload bytes read. */
    public long payloadBytes() {
        return receiver.payloadBytes;
    }

    /** Lines as strings, payload as slices. */
    private static final class Decoder extends ByteToMessageDecoder {

        private static final String ANNOUNCEMENT = "+QSSLURC: \"recv\",";

        private int awaitedBytes;

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
            if (awaitedBytes > 0) {
                if (in.readableBytes() >= awaitedBytes) {
                    out.add(in.readRetainedSlice(awaitedBytes));
                    awaitedBytes = 0;
                }
                return;
            }
            int lineFeed = in.indexOf(in.readerIndex(), in.writerIndex(), (byte) '\n');
            if (lineFeed < 0) {
                return;
            }
            int length = lineFeed - in.readerIndex() - 1;
            String line = in.toString(in.readerIndex(), length, StandardCharsets.US_ASCII);
            in.readerIndex(lineFeed + 1);
            if (line.startsWith(ANNOUNCEMENT)) {
                awaitedBytes = Integer.parseInt(line.substring(line.indexOf(',', ANNOUNCEMENT.length()) + 1));
            } else if (!line.isEmpty()) {
                out.add(line);
            }
        }
    }

    /** Takes what comes; the superclass releases it. */
    private static final class Receiver extends SimpleChannelInboundHandler<Object> {

        private long frames;
        private long lines;
        private long payloadBytes;

        @Override
        protected void channelRead0(ChannelHandlerContext context, Object message) {
            if (message instanceof ByteBuf payload) {
                frames++;
                payloadBytes += payload.readableBytes();
            } else {
                lines++;
            }
        }
    }
}
