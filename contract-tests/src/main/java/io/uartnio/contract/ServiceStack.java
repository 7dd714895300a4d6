package io.uartnio.contract;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** An implementation of server socket and datagram channels, and the way in to them; made for one test. */
public interface ServiceStack extends AutoCloseable {

    /** Makes a stack. */
    @FunctionalInterface
    interface Factory {
        /** Makes a stack for one test. */
        ServiceStack create() throws IOException;
    }

    /** Opens a channel that is not bound. */
    ServerSocketChannel openServer() throws IOException;

    /** Opens a channel that is neither bound nor connected. */
    DatagramChannel openDatagrams() throws IOException;

    /** Opens a selector that takes such channels. */
    Selector openSelector() throws IOException;

    /** Returns where a peer on this machine connects to, to reach a channel that listens. */
    InetSocketAddress wayTo(ServerSocketChannel server) throws IOException;

    /** Returns where a peer on this machine sends to, to reach a channel that is bound. */
    InetSocketAddress wayTo(DatagramChannel channel) throws IOException;

    /** Connects a blocking channel of the JDK to a channel that listens. */
    default SocketChannel connectTo(ServerSocketChannel server) throws IOException {
        return SocketChannel.open(wayTo(server));
    }

    /** Returns what a channel sends to, to reach a peer on this machine. */
    default InetSocketAddress wayTo(DatagramSocket peer) {
        return (InetSocketAddress) peer.getLocalSocketAddress();
    }

    /** Returns true if an empty datagram is refused, no local address can be chosen, and options only remembered. */
    default boolean isModule() {
        return false;
    }

    @Override
    void close() throws IOException;
}
