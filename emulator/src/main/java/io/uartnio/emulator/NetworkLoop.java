package io.uartnio.emulator;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The module's network side: one thread that moves bytes between the peers and the stores of the {@link SocketTable},
 * for all sockets. A peer whose store is full is no longer read, so TCP holds it back. The other methods hand work to
 * that thread and return at once.
 */
final class NetworkLoop {

    /** Reading goes on only with room for a whole TLS record. */
    static final int LEAST_ROOM_BYTES = 18 * 1024;

    /** Small, so that a slow reader is felt at the other side soon, as it would be behind a radio link. */
    private static final int KERNEL_BUFFER_BYTES = 64 * 1024;

    private static final int ROUNDS = 8;

    /** Makes a wire over a channel that has just connected. */
    interface WireFactory {
        Wire create(SocketChannel channel) throws IOException;
    }

    /** Is told, in the network thread, how an open ended. */
    interface OpenListener {
        void ended(Connection connection, boolean connected);
    }

    /** What a key of the selector stands for. */
    interface Readiness {
        /** The channel is ready for something; in the network thread. */
        void ready();
    }

    /** How long TCP may take to connect, and TLS to negotiate after that; 0 where there is none. */
    record Limits(long connectMillis, long handshakeMillis) {}

    /** What the network thread alone knows of a socket. */
    private static final class Link {
        final Connection connection;
        final WireFactory factory;
        final OpenListener listener;
        final long handshakeMillis;
        SocketChannel channel;
        SelectionKey key;
        Wire wire;
        volatile Future<?> timeLimit;
        boolean established;
        boolean outputClosed;

        Link(Connection connection, WireFactory factory, OpenListener listener, long handshakeMillis) {
            this.connection = connection;
            this.factory = factory;
            this.listener = listener;
            this.handshakeMillis = handshakeMillis;
        }
    }

    private final SocketTable sockets;
    private final EmulatorCounters counters;
    private final Runnable dataArrived;
    private final Selector selector;
    private final NetworkServices services;
    private final ScheduledExecutorService timer;
    private final Thread thread;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Map<Connection, Link> links = new HashMap<>();
    private final ByteBuffer incoming = ByteBuffer.allocateDirect(64 * 1024);
    private final byte[] outgoing = new byte[10_240];
    private volatile boolean closed;

    NetworkLoop(
            SocketTable sockets,
            EmulatorOptions options,
            EmulatorCounters counters,
            ScheduledExecutorService timer,
            Runnable dataArrived)
            throws IOException {
        this.sockets = sockets;
        this.counters = counters;
        this.timer = timer;
        this.dataArrived = dataArrived;
        this.selector = Selector.open();
        this.services = new NetworkServices(this, sockets, options, counters, dataArrived);
        this.thread = Threads.create("network", this::run);
    }

    void start() {
        thread.start();
    }

    /**
     * Opens a connection.
     *
     * @param delayMillis how long to wait before trying
     * @param limits how long to try
     */
    void connect(Connection connection, WireFactory factory, OpenListener listener, long delayMillis, Limits limits) {
        Link link = new Link(connection, factory, listener, limits.handshakeMillis());
        submit(() -> links.put(connection, link));
        limit(link, limits.connectMillis());
        if (delayMillis == 0) {
            submit(() -> startConnect(link));
        } else {
            Future<?> unused = later(delayMillis, () -> startConnect(link));
        }
    }

    /** There are bytes to send. */
    void send(Connection connection) {
        submit(() -> withLink(connection, this::write));
    }

    /** There is room again for a peer's data. */
    void resume(Connection connection) {
        submit(() -> withLink(connection, this::read));
    }

    /** Sends what is left to send, says goodbye and waits for the peer's end; then the connection is destroyed. */
    void closeGracefully(Connection connection) {
        submit(() -> {
            Link link = links.get(connection);
            if (link == null || !link.established) {
                destroy(connection);
            } else {
                write(link);
                read(link);
            }
        });
    }

    /** Closes at once, whatever is left. */
    void abort(Connection connection) {
        submit(() -> destroy(connection));
    }

    /** Opens a socket that listens or that sends and receives datagrams. */
    void serve(Connection connection, NetworkServices.OpenListener listener, long delayMillis) {
        Runnable open = () -> services.open(connection, listener);
        if (delayMillis == 0) {
            submit(open);
        } else {
            Future<?> unused = later(delayMillis, open);
        }
    }

    /** There are datagrams to send. */
    void sendDatagrams(Connection connection) {
        submit(() -> services.send(connection));
    }

    /** Returns what the sockets that serve are doing. */
    NetworkServices services() {
        return services;
    }

    /** Registers a channel; in the network thread. */
    SelectionKey register(SelectableChannel channel, int ops, Readiness readiness) throws IOException {
        channel.configureBlocking(false);
        return channel.register(selector, ops, readiness);
    }

    /** Begins to move the bytes of a connection that a listener has accepted; in the network thread. */
    void adopt(Connection connection, SocketChannel channel) throws IOException {
        Link link = new Link(connection, PlainWire::new, (ended, connected) -> {}, 0);
        link.channel = channel;
        tune(channel);
        link.wire = link.factory.create(channel);
        link.key = register(channel, SelectionKey.OP_READ, () -> ready(link));
        link.established = true;
        links.put(connection, link);
        submit(() -> withLink(connection, this::read));
    }

    private static void tune(SocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_RCVBUF, KERNEL_BUFFER_BYTES);
        channel.setOption(StandardSocketOptions.SO_SNDBUF, KERNEL_BUFFER_BYTES);
    }

    void close() {
        closed = true;
        selector.wakeup();
        Threads.join(thread);
    }

    private void submit(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    private Future<?> later(long millis, Runnable task) {
        return timer.schedule(() -> submit(task), millis, TimeUnit.MILLISECONDS);
    }

    private void withLink(Connection connection, Consumer<Link> action) {
        Link link = links.get(connection);
        if (link != null && link.established) {
            action.accept(link);
        }
    }

    private void run() {
        try {
            while (!closed) {
                selector.select(key -> ((Readiness) key.attachment()).ready());
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("network loop failed", e);
        } finally {
            links.values().forEach(NetworkLoop::closeQuietly);
            services.close();
            closeSelector();
        }
    }

    private void closeSelector() {
        try {
            selector.close();
        } catch (IOException e) {
            // Nothing is left that it could hold.
        }
    }

    private void startConnect(Link link) {
        if (!links.containsKey(link.connection)) {
            return;
        }
        try {
            SocketChannel channel = SocketChannel.open();
            link.channel = channel;
            tune(channel);
            if (link.connection.localPort != 0) {
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                channel.bind(new InetSocketAddress(link.connection.localPort));
            }
            link.key = register(channel, SelectionKey.OP_CONNECT, () -> ready(link));
            if (channel.connect(link.connection.target)) {
                connected(link);
            }
        } catch (IOException | RuntimeException e) {
            fail(link);
        }
    }

    private void ready(Link link) {
        if (!link.key.isValid()) {
            return;
        }
        if (link.key.isConnectable()) {
            try {
                if (link.channel.finishConnect()) {
                    connected(link);
                }
            } catch (IOException e) {
                fail(link);
            }
        } else if (!link.established) {
            handshake(link);
        } else {
            if (link.key.isWritable()) {
                write(link);
            }
            if (link.key.isValid() && link.key.isReadable()) {
                read(link);
            }
        }
    }

    private void connected(Link link) throws IOException {
        link.wire = link.factory.create(link.channel);
        int port = ((InetSocketAddress) link.channel.getLocalAddress()).getPort();
        sockets.locked(() -> link.connection.localPort = port);
        endTimeLimit(link);
        if (link.handshakeMillis > 0) {
            limit(link, link.handshakeMillis);
        }
        handshake(link);
    }

    private void handshake(Link link) {
        try {
            if (link.wire.handshake()) {
                link.established = true;
                endTimeLimit(link);
                link.key.interestOps(SelectionKey.OP_READ);
                link.listener.ended(link.connection, true);
                read(link);
            } else {
                link.key.interestOps(link.wire.flush() ? SelectionKey.OP_READ : SelectionKey.OP_WRITE);
            }
        } catch (IOException | RuntimeException e) {
            fail(link);
        }
    }

    private void fail(Link link) {
        if (links.containsKey(link.connection)) {
            destroy(link.connection);
            link.listener.ended(link.connection, false);
        }
    }

    /** Moves the peer's bytes into the store until there are no more or there is no room. */
    private void read(Link link) {
        Connection connection = link.connection;
        try {
            for (int round = 0; round < ROUNDS; round++) {
                int room = roomOrPause(connection);
                if (room == 0) {
                    link.key.interestOpsAnd(~SelectionKey.OP_READ);
                    return;
                }
                incoming.clear().limit(Math.min(room, incoming.capacity()));
                int count = link.wire.receive(incoming);
                if (count < 0) {
                    end(link);
                    return;
                }
                if (count == 0) {
                    link.key.interestOpsOr(SelectionKey.OP_READ);
                    return;
                }
                store(connection, incoming.flip());
            }
            // Others wait too, and a decrypted rest would not show as readable: come back by the queue.
            resume(connection);
        } catch (IOException | RuntimeException e) {
            broken(link);
        }
    }

    /** Returns how much may be read, 0 if reading is paused until the transmitter has made room. */
    private int roomOrPause(Connection connection) {
        sockets.lock();
        try {
            int room = connection.closing ? incoming.capacity() : connection.received.free();
            pause(connection, room < LEAST_ROOM_BYTES);
            return connection.readingPaused ? 0 : room;
        } finally {
            sockets.unlock();
        }
    }

    /** Notes, under the lock of the sockets, whether a peer is held back. */
    void pause(Connection connection, boolean paused) {
        if (connection.readingPaused != paused) {
            connection.readingPaused = paused;
            counters.heldBack(connection.id, paused);
        }
    }

    private void store(Connection connection, ByteBuffer data) {
        int count = data.remaining();
        counters.received(count);
        sockets.lock();
        try {
            if (connection.closing) {
                return;
            }
            connection.totalReceived += count;
            connection.received.put(data);
        } finally {
            sockets.unlock();
        }
        dataArrived.run();
    }

    /** The peer has sent its last byte; sends may go on. */
    private void end(Link link) {
        link.key.interestOpsAnd(~SelectionKey.OP_READ);
        peerClosed(link.connection);
        if (link.connection.closing && link.outputClosed) {
            destroy(link.connection);
        }
    }

    private void broken(Link link) {
        closeQuietly(link);
        links.remove(link.connection);
        sockets.locked(() -> {
            link.connection.toSend.clear();
            link.connection.destroyed = true;
            pause(link.connection, false);
        });
        peerClosed(link.connection);
    }

    private void peerClosed(Connection connection) {
        sockets.locked(() -> {
            connection.peerClosed = true;
            sockets.signal();
        });
        dataArrived.run();
    }

    /** Moves bytes from the store to the peer until there are none or the peer takes no more. */
    private void write(Link link) {
        Connection connection = link.connection;
        try {
            boolean blocked = !link.wire.flush();
            while (!blocked) {
                int count = peek(connection);
                if (count == 0) {
                    break;
                }
                int taken = link.wire.send(ByteBuffer.wrap(outgoing, 0, count));
                sent(connection, taken);
                blocked = taken == 0 || !link.wire.flush();
            }
            if (!blocked && connection.closing) {
                blocked = !closeOutput(link);
            }
            if (link.key.isValid()) {
                link.key.interestOps(
                        blocked
                                ? link.key.interestOps() | SelectionKey.OP_WRITE
                                : link.key.interestOps() & ~SelectionKey.OP_WRITE);
            }
        } catch (IOException | RuntimeException e) {
            broken(link);
        }
    }

    private int peek(Connection connection) {
        sockets.lock();
        try {
            return connection.toSend.peek(outgoing, 0, outgoing.length);
        } finally {
            sockets.unlock();
        }
    }

    private void sent(Connection connection, int count) {
        sockets.locked(() -> {
            connection.toSend.skip(count);
            connection.acknowledged += count;
            sockets.signal();
        });
    }

    /** Returns false if the goodbye has not left yet. */
    private boolean closeOutput(Link link) throws IOException {
        if (link.outputClosed) {
            return true;
        }
        if (link.wire.flush()) {
            link.wire.closeOutput();
        }
        if (!link.wire.flush()) {
            return false;
        }
        link.outputClosed = true;
        link.channel.shutdownOutput();
        if (link.connection.peerClosed) {
            destroy(link.connection);
        }
        return true;
    }

    private void destroy(Connection connection) {
        Link link = links.remove(connection);
        if (link != null) {
            closeQuietly(link);
        }
        services.close(connection);
        sockets.locked(() -> {
            connection.destroyed = true;
            pause(connection, false);
            sockets.signal();
        });
        dataArrived.run();
    }

    private void limit(Link link, long millis) {
        link.timeLimit = later(millis, () -> {
            if (!link.established) {
                fail(link);
            }
        });
    }

    private static void endTimeLimit(Link link) {
        Future<?> limit = link.timeLimit;
        if (limit != null) {
            limit.cancel(false);
        }
    }

    private static void closeQuietly(Link link) {
        endTimeLimit(link);
        try {
            if (link.channel != null) {
                link.channel.close();
            }
        } catch (IOException e) {
            // It is as closed as it can be.
        }
    }
}
