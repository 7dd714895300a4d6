package io.uartnio.nio;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;

/** The JDK's own channels on the loopback: what every contract here is checked against. */
class JdkStack implements Stack {

    private final ServerSocketChannel server;
    private final InetSocketAddress refusing;
    private final Map<Integer, SocketChannel> accepted = new HashMap<>();

    JdkStack() throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        server = ServerSocketChannel.open().bind(any);
        try (ServerSocketChannel closed = ServerSocketChannel.open().bind(any)) {
            refusing = (InetSocketAddress) closed.getLocalAddress();
        }
    }

    @Override
    public SocketChannel openChannel() throws IOException {
        return SocketChannel.open();
    }

    @Override
    public Selector openSelector() throws IOException {
        return Selector.open();
    }

    @Override
    public InetSocketAddress listening() {
        return (InetSocketAddress) server.socket().getLocalSocketAddress();
    }

    @Override
    public InetSocketAddress refusing() {
        return refusing;
    }

    @Override
    public Peer peerOf(SocketChannel channel) throws IOException {
        int port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
        while (!accepted.containsKey(port)) {
            SocketChannel next = server.accept();
            accepted.put(((InetSocketAddress) next.getRemoteAddress()).getPort(), next);
        }
        return new ChannelPeer(accepted.get(port));
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : accepted.values()) {
            channel.close();
        }
        server.close();
    }

    private static final class ChannelPeer implements Peer {

        private final SocketChannel channel;

        ChannelPeer(SocketChannel channel) {
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
        public void close() throws IOException {
            channel.close();
        }
    }
}
