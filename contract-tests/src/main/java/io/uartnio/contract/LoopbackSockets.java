package io.uartnio.contract;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import javax.net.SocketFactory;

/** Sockets of any kind whose far end is this machine's loopback, however they get there. */
public final class LoopbackSockets implements SocketStack {

    /** Small, so that a peer that does not read is soon felt. */
    private static final int PEER_BUFFER_BYTES = 32 * 1024;

    private final SocketFactory factory;
    private final IntFunction<InetSocketAddress> addressOfPort;
    private final Set<Deviation> deviations;
    private final ServerSocketChannel server = ServerSocketChannel.open();
    private final SilentAddress silent = new SilentAddress();
    /** Bound and never listening: the port is nobody else's as long as a test connects to it. */
    private final SocketChannel refusing;

    private final List<SocketChannel> accepted = new ArrayList<>();

    /**
     * Listens on the loopback.
     *
     * @param addressOfPort what the sockets have to be told to reach a port of the loopback
     */
    public LoopbackSockets(
            SocketFactory factory, IntFunction<InetSocketAddress> addressOfPort, Set<Deviation> deviations)
            throws IOException {
        this.factory = factory;
        this.addressOfPort = addressOfPort;
        this.deviations = deviations;
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        server.setOption(StandardSocketOptions.SO_RCVBUF, PEER_BUFFER_BYTES);
        server.bind(any);
        refusing = SocketChannel.open().bind(any);
    }

    @Override
    public SocketFactory factory() {
        return factory;
    }

    @Override
    public InetSocketAddress listening() {
        return addressOfPort.apply(server.socket().getLocalPort());
    }

    @Override
    public InetSocketAddress refusing() {
        return addressOfPort.apply(refusing.socket().getLocalPort());
    }

    @Override
    public InetSocketAddress silent() throws IOException {
        return addressOfPort.apply(silent.open().getPort());
    }

    @Override
    public Peer peerOf(Socket socket) throws IOException {
        SocketChannel next = server.accept();
        accepted.add(next);
        return new ChannelPeer(next);
    }

    @Override
    public Set<Deviation> deviations() {
        return deviations;
    }

    @Override
    public int moreThanFits() {
        return 8 << 20;
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel one : accepted) {
            one.close();
        }
        server.close();
        refusing.close();
        silent.close();
    }
}
