package io.uartnio.cli;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The sockets of one or several modems on one thread, by one {@link Selector}. They connect once and are then measured
 * again and again, all in the same direction at a time. Any failure ends the measurement: what eleven sockets do is no
 * figure for twelve.
 */
final class BenchClient implements AutoCloseable {

    private static final long TICK_MILLIS = 200;

    private final long token;
    private final InetSocketAddress server;
    private final BooleanSupplier goesOn;
    private final SecureRandom random = new SecureRandom();
    private final List<BenchSocket> sockets = new ArrayList<>();
    private final Selector selector;

    /**
     * Connects the sockets.
     *
     * @param providers where channels come from: one of each modem
     * @param socketsEach how many of each modem
     * @param server as the modules see it; unresolved, so that they resolve it
     * @param token what the server knows requests by
     * @param goesOn false as soon as all is to end
     * @throws IOException if a socket does not connect
     */
    BenchClient(
            List<SelectorProvider> providers,
            int socketsEach,
            InetSocketAddress server,
            long token,
            BooleanSupplier goesOn)
            throws IOException {
        this.token = token;
        this.server = server;
        this.goesOn = goesOn;
        this.selector = providers.get(0).openSelector();
        try {
            for (SelectorProvider provider : providers) {
                for (int i = 0; i < socketsEach; i++) {
                    connect(provider);
                }
            }
            while (!sockets.stream().allMatch(BenchSocket::isConnected)) {
                select();
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void connect(SelectorProvider provider) throws IOException {
        BenchSocket socket = new BenchSocket(sockets.size());
        sockets.add(socket);
        SocketChannel channel = provider.openSocketChannel();
        try {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT, socket);
            if (channel.connect(server)) {
                socket.onConnected(key);
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    int sockets() {
        return sockets.size();
    }

    /**
     * Lets all sockets carry the same number of bytes.
     *
     * @param writeBytes how much the sender writes at a time
     * @param bytesEach of each socket
     */
    Transfer run(Direction direction, int writeBytes, long bytesEach) throws IOException {
        FairWindow window = new FairWindow(sockets.size(), bytesEach);
        long group = random.nextLong();
        long startCpu = Machine.processCpuNanos();
        long startNanos = System.nanoTime();
        for (SelectionKey key : selector.keys()) {
            BenchSocket socket = (BenchSocket) key.attachment();
            BenchRequest request = new BenchRequest(
                    token, group, sockets.size(), sockets.indexOf(socket), direction, bytesEach, writeBytes);
            socket.start(request, window);
        }
        while (sockets.stream().anyMatch(BenchSocket::isBusy)) {
            select();
        }
        long nanos = System.nanoTime() - startNanos;
        long cpuNanos = Machine.processCpuNanos() - startCpu;
        long[] shares = new long[sockets.size()];
        long firstBytes = window.firstBytes();
        long crossingNanos = window.nanos();
        for (int i = 0; i < shares.length; i++) {
            shares[i] = window.bytes(i);
            if (direction == Direction.UP) {
                ByteBuffer answer = sockets.get(i).answer();
                shares[i] = answer.getLong();
                firstBytes = answer.getLong();
                crossingNanos = Math.max(crossingNanos, answer.getLong()); // who is through last knows all of it
            }
        }
        return new Transfer(
                shares.length,
                bytesEach * shares.length,
                nanos,
                cpuNanos,
                bytesEach * shares.length - firstBytes,
                crossingNanos,
                FairWindow.jain(shares));
    }

    private void select() throws IOException {
        if (!goesOn.getAsBoolean()) {
            throw new InterruptedIOException("measurement was stopped");
        }
        selector.select(BenchClient::onReady, TICK_MILLIS);
    }

    private static void onReady(SelectionKey key) {
        try {
            ((BenchSocket) key.attachment()).onReady(key);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }

    /**
     * What a run came to.
     *
     * @param sockets how many
     * @param bytes of all sockets
     * @param nanos from the first request to the last byte
     * @param cpuNanos of this process meanwhile
     * @param crossedBytes of all sockets after the first arrival
     * @param crossingNanos from the first arrival to the last
     * @param jain fairness while all were busy
     */
    record Transfer(
            int sockets, long bytes, long nanos, long cpuNanos, long crossedBytes, long crossingNanos, double jain) {

        double bytesPerSecond() {
            return crossingNanos == 0 ? 0 : crossedBytes * 1e9 / crossingNanos;
        }
    }
}
