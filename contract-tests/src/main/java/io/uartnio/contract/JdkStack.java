package io.uartnio.contract;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;

/** The JDK's own channels on the loopback: what every contract here is checked against. */
public class JdkStack implements Stack {

    /** Small, so that a peer that does not read is soon felt, whatever a kernel lets its buffers grow to. */
    private static final int PEER_BUFFER_BYTES = 32 * 1024;

    private final ServerSocketChannel server;
    /** Bound and never listening: the port is nobody else's as long as a test connects to it. */
    private final SocketChannel refusing;

    private final SilentAddress silent = new SilentAddress();
    private final Map<Integer, SocketChannel> accepted = new HashMap<>();

    /** Listens on the loopback. */
    public JdkStack() throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        server = ServerSocketChannel.open();
        server.setOption(StandardSocketOptions.SO_RCVBUF, PEER_BUFFER_BYTES);
        server.bind(any);
        refusing = SocketChannel.open().bind(any);
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
        return (InetSocketAddress) refusing.socket().getLocalSocketAddress();
    }

    @Override
    public InetSocketAddress silent() throws IOException {
        return silent.open();
    }

    @Override
    public int moreThanFits() {
        return 8 << 20;
    }

    /** On a busy machine the kernel moves bytes on a little later than it has refused more of them. */
    @Override
    public long settlingMillis() {
        return 50;
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
        refusing.close();
        silent.close();
    }
}
