package io.uartnio.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * A port that never answers a connect, for the tests that want their time limit to pass: the queue of a server that
 * does not accept is full, and Linux then drops every further SYN. The suite's own address for that is one of the
 * internet's, which some networks answer for.
 */
final class BlackHole implements AutoCloseable {

    /** A queue of 1 takes 2; the rest of these wait in it for ever. */
    private static final int CONNECTS = 8;

    private final ServerSocket server;
    private final List<SocketChannel> waiting = new ArrayList<>();

    /** Opens the port and tells the suite of it, which reads these properties once, when its first class is used. */
    BlackHole() {
        try {
            server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            for (int i = 0; i < CONNECTS; i++) {
                SocketChannel channel = SocketChannel.open();
                waiting.add(channel);
                channel.configureBlocking(false);
                channel.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        System.setProperty("io.netty.testsuite.badHost", server.getInetAddress().getHostAddress());
        System.setProperty("io.netty.testsuite.badPort", String.valueOf(server.getLocalPort()));
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : waiting) {
            channel.close();
        }
        server.close();
    }
}
