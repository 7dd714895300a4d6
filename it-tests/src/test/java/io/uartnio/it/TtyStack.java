package io.uartnio.it;

import io.uartnio.Modem;
import io.uartnio.contract.ChannelPeer;
import io.uartnio.contract.Deviation;
import io.uartnio.contract.Peer;
import io.uartnio.contract.SilentAddress;
import io.uartnio.contract.Stack;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The channels of this project, all the way down a pseudo-terminal, through an emulated module and out to real TCP. */
final class TtyStack implements Stack {

    /** Small, so that a peer that does not read is soon felt. */
    private static final int PEER_BUFFER_BYTES = 32 * 1024;

    private final SelectorProvider provider;
    private final ServerSocketChannel server = ServerSocketChannel.open();
    private final SilentAddress silent = new SilentAddress();
    /** Bound, so that nobody else gets its port meanwhile, and not listening. */
    private final Socket refusing = new Socket();

    /** The local address is one of the module's network, which this one does not know: the next connection is it. */
    private final Map<SocketChannel, SocketChannel> accepted = new HashMap<>();

    TtyStack(Modem modem) throws IOException {
        provider = modem.selectorProvider();
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        server.setOption(StandardSocketOptions.SO_RCVBUF, PEER_BUFFER_BYTES);
        server.bind(any);
        refusing.bind(any);
    }

    @Override
    public SocketChannel openChannel() throws IOException {
        return provider.openSocketChannel();
    }

    @Override
    public Selector openSelector() throws IOException {
        return provider.openSelector();
    }

    @Override
    public InetSocketAddress listening() {
        return Bench.at(server.socket().getLocalPort());
    }

    @Override
    public InetSocketAddress refusing() {
        return Bench.at(refusing.getLocalPort());
    }

    @Override
    public InetSocketAddress silent() throws IOException {
        return Bench.at(silent.open().getPort());
    }

    @Override
    public Peer peerOf(SocketChannel channel) throws IOException {
        SocketChannel known = accepted.get(channel);
        if (known == null) {
            known = server.accept();
            accepted.put(channel, known);
        }
        return new ChannelPeer(known);
    }

    @Override
    public Set<Deviation> deviations() {
        return EnumSet.complementOf(EnumSet.of(Deviation.LOCAL_PORT_AFTER_CONNECT));
    }

    @Override
    public int moreThanFits() {
        return 1 << 20;
    }

    /** Bytes move on behind the channel until all buffers up to the peer's are full. */
    @Override
    public long settlingMillis() {
        return 300;
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel one : accepted.values()) {
            one.close();
        }
        server.close();
        refusing.close();
        silent.close();
    }
}
