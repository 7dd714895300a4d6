package io.uartnio.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Iterator;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Twelve sockets of a module on one thread, by one {@link Selector}: the select loop of every book on
 * {@code java.nio}. That a module on a serial line makes the connections, and runs TLS on them, shows in one place
 * only: the provider that the channels and the selector come from.
 */
final class DemoClient {

    private static final long TICK_MILLIS = 200;

    private final SelectorProvider provider;
    private final InetSocketAddress server;

    /**
     * Creates a client.
     *
     * @param provider where channels come from: {@code modem.tlsSelectorProvider()}
     * @param server the server as the module sees it; unresolved, so that the module resolves it
     */
    DemoClient(SelectorProvider provider, InetSocketAddress server) {
        this.provider = provider;
        this.server = server;
    }

    /**
     * Connects all sockets at once and lets each have its conversation.
     *
     * @param onTick called some times a second; returns false to end before all is done
     * @throws IOException if there is no selector; what happens to a socket is told to the socket
     */
    void run(List<DemoSocket> sockets, BooleanSupplier onTick) throws IOException {
        try (Selector selector = provider.openSelector()) {
            try {
                for (DemoSocket socket : sockets) {
                    connect(socket, selector);
                }
                while (onTick.getAsBoolean() && !sockets.stream().allMatch(DemoSocket::isOver)) {
                    selector.select(TICK_MILLIS);
                    Iterator<SelectionKey> ready = selector.selectedKeys().iterator();
                    while (ready.hasNext()) {
                        SelectionKey key = ready.next();
                        ready.remove();
                        onReady(key);
                    }
                }
            } finally {
                for (SelectionKey key : selector.keys()) {
                    key.channel().close();
                }
            }
        }
    }

    private void connect(DemoSocket socket, Selector selector) throws IOException {
        SocketChannel channel = provider.openSocketChannel();
        try {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT, socket);
            if (channel.connect(server)) {
                socket.onConnected(key);
            }
        } catch (IOException | IllegalArgumentException e) {
            socket.fail(e);
            channel.close();
        }
    }

    private static void onReady(SelectionKey key) throws IOException {
        DemoSocket socket = (DemoSocket) key.attachment();
        try {
            if (key.isValid()) {
                socket.onReady(key);
            }
        } catch (IOException e) {
            socket.fail(e);
            key.channel().close();
        }
    }
}
