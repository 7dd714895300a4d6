package io.uartnio.contract;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A far end that is a blocking channel of the JDK. */
public final class ChannelPeer implements Peer {

    private final SocketChannel channel;

    /** Speaks for the accepted end of a connection. */
    public ChannelPeer(SocketChannel channel) {
        this.channel = channel;
    }

    @Override
    public void send(byte[] bytes) throws IOException {
        channel.write(ByteBuffer.wrap(bytes));
    }

    @Override
    public byte[] receive(int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new IOException("stream ended early: bytes=" + bytes.position() + ", expected=" + count);
            }
        }
        return bytes.array();
    }

    @Override
    public void awaitEnd() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(4096);
        while (channel.read(bytes.clear()) >= 0) {
            // thrown away
        }
    }

    @Override
    public void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void reset() throws IOException {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        channel.close();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
