package io.uartnio.emulator;

import io.uartnio.emulator.DatagramStore.Datagram;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The network side of sockets that listen and of those with datagrams. They are bound to the loopback, to the port of
 * the module's if it is free there and else to another. Belongs to the thread of the {@link NetworkLoop}, but for what
 * says otherwise.
 */
final class NetworkServices {

    /** The longest datagram that one read or one pushed frame gives out. */
    static final int MAX_DATAGRAM_BYTES = 1500;

    private static final int LARGEST_DATAGRAM_BYTES = 65_535;
    private static final int ROUNDS = 32;

    /** Is told how an open ended. */
    interface OpenListener {
        /** Takes the result, 0 or an error; in the network thread. */
        void ended(Connection connection, int code);
    }

    /** Is told of a connection; it takes the channel or closes it. */
    interface AcceptListener {
        /** Takes a connection of a listening socket; in the network thread. */
        void accepted(Connection listener, SocketChannel channel) throws IOException;
    }

    private final NetworkLoop loop;
    private final SocketTable sockets;
    private final EmulatorOptions options;
    private final EmulatorCounters counters;
    private final Runnable dataArrived;
    private final Map<Connection, Channel> channels = new HashMap<>();
    /** The real ports by those of the module; any thread reads. */
    private final Map<Integer, Integer> listening = new ConcurrentHashMap<>();

    private final Map<Integer, Integer> datagrams = new ConcurrentHashMap<>();
    private final ByteBuffer incoming = ByteBuffer.allocateDirect(LARGEST_DATAGRAM_BYTES);
    private AcceptListener acceptor;

    NetworkServices(
            NetworkLoop loop,
            SocketTable sockets,
            EmulatorOptions options,
            EmulatorCounters counters,
            Runnable dataArrived) {
        this.loop = loop;
        this.sockets = sockets;
        this.options = options;
        this.counters = counters;
        this.dataArrived = dataArrived;
    }

    /** Sets who is told of connections, before the loop starts. */
    void setAcceptor(AcceptListener newAcceptor) {
        acceptor = newAcceptor;
    }

    /** Returns the real port of one that the module listens at. Any thread. */
    OptionalInt listeningPort(int modulePort) {
        return port(listening, modulePort);
    }

    /** Returns the real port of one that the module receives datagrams at. Any thread. */
    OptionalInt datagramPort(int modulePort) {
        return port(datagrams, modulePort);
    }

    private static OptionalInt port(Map<Integer, Integer> ports, int modulePort) {
        Integer real = ports.get(modulePort);
        return real == null ? OptionalInt.empty() : OptionalInt.of(real);
    }

    /** Opens a socket, unless it has been closed since. */
    void open(Connection connection, OpenListener listener) {
        if (isGone(connection)) {
            return;
        }
        int code;
        try {
            code = connection.service == Connection.Service.LISTENER ? listen(connection) : openDatagrams(connection);
        } catch (IOException | RuntimeException e) {
            close(connection);
            code = connection.service == Connection.Service.LISTENER
                    ? ErrorCodes.LISTEN_FAILED
                    : ErrorCodes.CONNECT_FAILED;
        }
        listener.ended(connection, code);
    }

    private boolean isGone(Connection connection) {
        sockets.lock();
        try {
            return connection.closing || connection.destroyed;
        } finally {
            sockets.unlock();
        }
    }

    private int listen(Connection connection) throws IOException {
        if (listening.containsKey(connection.localPort)) {
            return ErrorCodes.BIND_FAILED;
        }
        ServerSocketChannel channel = ServerSocketChannel.open();
        channels.put(connection, channel);
        try {
            channel.bind(loopback(connection.localPort));
        } catch (IOException e) {
            // Taken on this machine, or not for everybody.
            channel.bind(loopback(0));
        }
        loop.register(channel, SelectionKey.OP_ACCEPT, () -> accept(connection, channel));
        listening.put(connection.localPort, portOf(channel.getLocalAddress()));
        return 0;
    }

    private int openDatagrams(Connection connection) throws IOException {
        boolean named = connection.localPort != 0;
        if (named && datagrams.containsKey(connection.localPort)) {
            return ErrorCodes.BIND_FAILED;
        }
        DatagramChannel channel = DatagramChannel.open();
        channels.put(connection, channel);
        try {
            channel.bind(loopback(connection.localPort));
        } catch (IOException e) {
            channel.bind(loopback(0));
        }
        if (connection.service == Connection.Service.UDP) {
            channel.connect(connection.target);
        }
        int real = portOf(channel.getLocalAddress());
        sockets.locked(() -> connection.localPort = named ? connection.localPort : real);
        loop.register(channel, SelectionKey.OP_READ, () -> receive(connection, channel));
        datagrams.put(connection.localPort, real);
        return 0;
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static int portOf(SocketAddress address) {
        return ((InetSocketAddress) address).getPort();
    }

    private void accept(Connection connection, ServerSocketChannel channel) {
        try {
            for (SocketChannel accepted = channel.accept(); accepted != null; accepted = channel.accept()) {
                acceptor.accepted(connection, accepted);
            }
        } catch (IOException e) {
            // The peer is gone again.
        }
    }

    private void receive(Connection connection, DatagramChannel channel) {
        for (int round = 0; round < ROUNDS; round++) {
            try {
                incoming.clear();
                SocketAddress peer = channel.receive(incoming);
                if (peer == null) {
                    return;
                }
                store(connection, (InetSocketAddress) peer);
            } catch (IOException e) {
                // A peer that is not there may say so; a module has no word for it.
                if (!channel.isOpen()) {
                    return;
                }
            }
        }
    }

    private void store(Connection connection, InetSocketAddress peer) {
        incoming.flip();
        if (incoming.remaining() > MAX_DATAGRAM_BYTES && options.longDatagramsDropped) {
            counters.datagramDropped();
            return;
        }
        byte[] data = new byte[Math.min(incoming.remaining(), MAX_DATAGRAM_BYTES)];
        incoming.get(data);
        Datagram datagram = new Datagram(data, options.hosts.seen(peer));
        sockets.lock();
        try {
            if (connection.closing || !connection.datagrams.receive(datagram)) {
                counters.datagramDropped();
                return;
            }
            connection.totalReceived += data.length;
        } finally {
            sockets.unlock();
        }
        counters.received(data.length);
        dataArrived.run();
    }

    /** Sends the datagrams that wait; one that the network will not have is lost. */
    void send(Connection connection) {
        if (!(channels.get(connection) instanceof DatagramChannel channel)) {
            return;
        }
        for (Datagram next = next(connection); next != null; next = next(connection)) {
            try {
                ByteBuffer data = ByteBuffer.wrap(next.data());
                if (next.peer() == null) {
                    channel.write(data);
                } else {
                    channel.send(data, next.peer());
                }
            } catch (IOException | RuntimeException e) {
                counters.datagramDropped();
            }
        }
    }

    private Datagram next(Connection connection) {
        sockets.lock();
        try {
            return connection.datagrams.takeToSend();
        } finally {
            sockets.unlock();
        }
    }

    /** Closes a socket's channel, if it has one here. Datagrams that were taken leave first. */
    void close(Connection connection) {
        if (connection.datagrams != null) {
            send(connection);
        }
        Channel channel = channels.remove(connection);
        if (channel == null) {
            return;
        }
        Map<Integer, Integer> ports = channel instanceof ServerSocketChannel ? listening : datagrams;
        ports.remove(connection.localPort);
        closeQuietly(channel);
    }

    /** Closes all. */
    void close() {
        channels.values().forEach(NetworkServices::closeQuietly);
        channels.clear();
        Arrays.asList(listening, datagrams).forEach(Map::clear);
    }

    private static void closeQuietly(Channel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // It is as closed as it can be.
        }
    }
}
