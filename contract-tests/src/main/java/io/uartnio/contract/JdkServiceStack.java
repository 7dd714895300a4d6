package io.uartnio.contract;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;

/** The JDK's own channels on the loopback. */
public final class JdkServiceStack implements ServiceStack {

    /** Makes the stack. */
    public JdkServiceStack() {}

    @Override
    public ServerSocketChannel openServer() throws IOException {
        return ServerSocketChannel.open();
    }

    @Override
    public DatagramChannel openDatagrams() throws IOException {
        return DatagramChannel.open();
    }

    @Override
    public Selector openSelector() throws IOException {
        return Selector.open();
    }

    @Override
    public InetSocketAddress wayTo(ServerSocketChannel server) {
        return new InetSocketAddress(
                InetAddress.getLoopbackAddress(), server.socket().getLocalPort());
    }

    @Override
    public InetSocketAddress wayTo(DatagramChannel channel) {
        return new InetSocketAddress(
                InetAddress.getLoopbackAddress(), channel.socket().getLocalPort());
    }

    @Override
    public void close() {
        // nothing is left but what the tests have opened
    }
}
