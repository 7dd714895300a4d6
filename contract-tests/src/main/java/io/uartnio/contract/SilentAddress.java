package io.uartnio.contract;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * An address of this machine that does not answer: a listener whose queue of connections is full and which accepts
 * none. Linux then answers a further SYN with nothing, as a firewall would.
 */
public final class SilentAddress implements AutoCloseable {

    /** How many connections Linux queues for a backlog of 1. */
    private static final int QUEUE = 2;

    /** A connect that the queue has room for is done by then, however slow the machine. */
    private static final long SLOW_MILLIS = 60_000;

    /** How long a further connect must be pending before the queue counts as full. */
    private static final long PENDING_MILLIS = 100;

    private static final int MOST = 20;

    private final List<SocketChannel> queued = new ArrayList<>();
    private ServerSocketChannel server;

    /** Returns the address, filling the queue first. */
    public InetSocketAddress open() throws IOException {
        if (server == null) {
            server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
            while (connectsOneMore(queued.size() < QUEUE ? SLOW_MILLIS : PENDING_MILLIS)) {
                if (queued.size() > MOST) {
                    throw new IOException("queue of a listener does not fill: connections=" + queued.size());
                }
            }
        }
        return (InetSocketAddress) server.getLocalAddress();
    }

    private boolean connectsOneMore(long waitMillis) throws IOException {
        SocketChannel one = SocketChannel.open();
        queued.add(one);
        one.configureBlocking(false);
        if (one.connect(server.getLocalAddress())) {
            return true;
        }
        try (Selector selector = Selector.open()) {
            one.register(selector, SelectionKey.OP_CONNECT);
            return selector.select(waitMillis) > 0 && one.finishConnect();
        }
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel one : queued) {
            one.close();
        }
        if (server != null) {
            server.close();
        }
    }
}
