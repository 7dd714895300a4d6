package io.uartnio.netty;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DatagramPacket;
import java.nio.charset.StandardCharsets;

/** Passes what the handlers of a channel with datagrams are told to the test. */
@ChannelHandler.Sharable
final class DatagramRecorder extends EventRecorder {

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        DatagramPacket packet = (DatagramPacket) message;
        note(new PlayedDatagramSocket.Datagram(packet.content().toString(StandardCharsets.US_ASCII), packet.sender()));
        packet.release();
    }
}
