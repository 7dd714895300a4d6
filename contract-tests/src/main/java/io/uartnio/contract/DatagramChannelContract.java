package io.uartnio.contract;

import static io.uartnio.contract.Contract.bytes;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a {@link DatagramChannel} and its socket do. */
@Timeout(60)
public interface DatagramChannelContract {

    /** Returns the bench, which is registered as an extension. */
    ServiceBench bench();

    /** Opens a channel that is bound to a port of its own. */
    default DatagramChannel bound() throws IOException {
        return bench().openDatagrams().bind(null);
    }

    /** Sends a datagram to a channel. */
    default void send(DatagramSocket peer, DatagramChannel channel, byte[] content) throws IOException {
        peer.send(new DatagramPacket(content, content.length, bench().stack().wayTo(channel)));
    }

    /** Returns the content of the next datagram that a peer gets. */
    static byte[] receive(DatagramSocket peer) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
        peer.receive(packet);
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    /** Returns the bytes before a buffer's position. */
    static byte[] content(ByteBuffer buffer) {
        byte[] content = new byte[buffer.position()];
        buffer.duplicate().flip().get(content);
        return content;
    }

    /** Returns where a channel reaches a peer. */
    default InetSocketAddress wayTo(DatagramSocket peer) {
        return bench().stack().wayTo(peer);
    }

    @Test
    default void isBoundOnceAndTellsItsPort() throws IOException {
        DatagramChannel channel = bench().openDatagrams();
        assertThat(channel.getLocalAddress()).isNull();
        assertThat(channel.isBlocking()).isTrue();
        assertThat(channel.validOps()).isEqualTo(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        assertThat(channel.bind(null)).isSameAs(channel);
        int port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
        assertThat(port).isPositive();
        assertThatThrownBy(() -> channel.bind(null)).isInstanceOf(AlreadyBoundException.class);
        DatagramChannel second = bench().openDatagrams();
        assertThatThrownBy(() -> second.bind(new InetSocketAddress(port))).isInstanceOf(BindException.class);
        assertThat(second.isOpen()).isTrue();
        channel.close();
        assertThatThrownBy(channel::getLocalAddress).isInstanceOf(ClosedChannelException.class);
        second.bind(new InetSocketAddress(port));
        assertThatThrownBy(() -> bench().openDatagrams().bind(InetSocketAddress.createUnresolved("a.example", 80)))
                .isInstanceOf(UnresolvedAddressException.class);
        assertThatThrownBy(() -> bench().openDatagrams().bind(new ServerSocketChannelContract.StrangeAddress()))
                .isInstanceOf(UnsupportedAddressTypeException.class);
    }

    @Test
    default void aDatagramStaysOneAndTellsItsSender() throws IOException {
        DatagramChannel channel = bound();
        DatagramSocket peer = bench().openPeer();
        assertThat(channel.send(ByteBuffer.wrap(bytes("one")), wayTo(peer))).isEqualTo(3);
        assertThat(channel.send(ByteBuffer.wrap(bytes("three")), wayTo(peer))).isEqualTo(5);
        assertThat(receive(peer)).isEqualTo(bytes("one"));
        assertThat(receive(peer)).isEqualTo(bytes("three"));
        send(peer, channel, bytes("four"));
        send(peer, channel, bytes("sixes"));
        ByteBuffer buffer = ByteBuffer.allocate(100);
        assertThat(channel.receive(buffer)).isEqualTo(wayTo(peer));
        assertThat(content(buffer)).isEqualTo(bytes("four"));
        assertThat(channel.receive(buffer.clear())).isEqualTo(wayTo(peer));
        assertThat(content(buffer)).isEqualTo(bytes("sixes"));
    }

    @Test
    default void whatDoesNotFitIsLost() throws IOException {
        DatagramChannel channel = bound();
        DatagramSocket peer = bench().openPeer();
        send(peer, channel, bytes("long one"));
        send(peer, channel, bytes("next"));
        ByteBuffer small = ByteBuffer.allocate(4);
        assertThat(channel.receive(small)).isNotNull();
        assertThat(content(small)).isEqualTo(bytes("long"));
        assertThat(channel.receive(small.clear())).isNotNull();
        assertThat(content(small)).isEqualTo(bytes("next"));
        assertThatThrownBy(() -> channel.receive(ByteBuffer.allocate(4).asReadOnlyBuffer()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    default void anEmptyDatagramIsOne() throws IOException {
        DatagramChannel channel = bound();
        DatagramSocket peer = bench().openPeer();
        send(peer, channel, new byte[0]);
        ByteBuffer buffer = ByteBuffer.allocate(10);
        assertThat(channel.receive(buffer)).isEqualTo(wayTo(peer));
        assertThat(buffer.position()).isZero();
        if (bench().stack().isModule()) {
            assertThatThrownBy(() -> channel.send(ByteBuffer.allocate(0), wayTo(peer)))
                    .isInstanceOf(SocketException.class);
        } else {
            assertThat(channel.send(ByteBuffer.allocate(0), wayTo(peer))).isZero();
            assertThat(receive(peer)).isEmpty();
        }
    }

    @Test
    default void aDatagramOfAnyContentArrivesAsItIs() throws IOException {
        DatagramChannel channel = bound();
        DatagramSocket peer = bench().openPeer();
        byte[] content = Contract.randomBytes(1_460);
        assertThat(channel.send(ByteBuffer.wrap(content), wayTo(peer))).isEqualTo(content.length);
        assertThat(receive(peer)).isEqualTo(content);
        send(peer, channel, content);
        ByteBuffer buffer = ByteBuffer.allocate(2_000);
        channel.receive(buffer);
        assertThat(content(buffer)).isEqualTo(content);
        ByteBuffer tooLong = ByteBuffer.allocate(70_000);
        assertThatThrownBy(() -> channel.send(tooLong, wayTo(peer))).isInstanceOf(IOException.class);
        assertThat(tooLong.position()).isZero();
    }

    @Test
    default void theFirstSendBinds() throws IOException {
        DatagramChannel channel = bench().openDatagrams();
        DatagramSocket peer = bench().openPeer();
        assertThat(channel.send(ByteBuffer.wrap(bytes("hello")), wayTo(peer))).isEqualTo(5);
        assertThat(receive(peer)).isEqualTo(bytes("hello"));
        assertThat(((InetSocketAddress) channel.getLocalAddress()).getPort()).isPositive();
        send(peer, channel, bytes("you"));
        assertThat(channel.receive(ByteBuffer.allocate(10))).isEqualTo(wayTo(peer));
    }

    @Test
    default void sendAndReceiveRefuseWhatTheyMust() throws IOException {
        DatagramChannel channel = bound();
        ByteBuffer data = ByteBuffer.wrap(bytes("x"));
        assertThatThrownBy(() -> channel.send(data, null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> channel.send(data, new ServerSocketChannelContract.StrangeAddress()))
                .isInstanceOf(UnsupportedAddressTypeException.class);
        assertThatThrownBy(() -> channel.send(data, InetSocketAddress.createUnresolved("a.example", 80)))
                .isInstanceOf(UnresolvedAddressException.class);
        assertThatThrownBy(() -> channel.send(data, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
                .isInstanceOf(SocketException.class);
        assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1))).isInstanceOf(NotYetConnectedException.class);
        assertThatThrownBy(() -> channel.write(data)).isInstanceOf(NotYetConnectedException.class);
        assertThat(channel.isOpen()).isTrue();
        channel.close();
        assertThatThrownBy(() -> channel.send(data, new InetSocketAddress(InetAddress.getLoopbackAddress(), 9)))
                .isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel.receive(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
        assertThat(data.position()).isZero();
    }

    @Test
    default void aConnectedChannelHearsItsPeerOnly() throws IOException {
        DatagramChannel channel = bound();
        SocketAddress local = channel.getLocalAddress();
        DatagramSocket peer = bench().openPeer();
        DatagramSocket stranger = bench().openPeer();
        assertThat(channel.isConnected()).isFalse();
        assertThat(channel.getRemoteAddress()).isNull();
        assertThat(channel.connect(wayTo(peer))).isSameAs(channel);
        assertThat(channel.isConnected()).isTrue();
        assertThat(channel.getRemoteAddress()).isEqualTo(wayTo(peer));
        assertThat(((InetSocketAddress) channel.getLocalAddress()).getPort())
                .isEqualTo(((InetSocketAddress) local).getPort());
        assertThatThrownBy(() -> channel.connect(wayTo(peer))).isInstanceOf(AlreadyConnectedException.class);
        send(stranger, channel, bytes("no"));
        send(peer, channel, bytes("yes"));
        ByteBuffer buffer = ByteBuffer.allocate(10);
        assertThat(channel.read(buffer)).isEqualTo(3);
        assertThat(content(buffer)).isEqualTo(bytes("yes"));
        assertThat(channel.write(ByteBuffer.wrap(bytes("out")))).isEqualTo(3);
        assertThat(receive(peer)).isEqualTo(bytes("out"));
        assertThat(channel.send(ByteBuffer.wrap(bytes("too")), wayTo(peer))).isEqualTo(3);
        assertThat(receive(peer)).isEqualTo(bytes("too"));
        assertThatThrownBy(() -> channel.send(ByteBuffer.wrap(bytes("x")), wayTo(stranger)))
                .isInstanceOf(AlreadyConnectedException.class);
        send(peer, channel, bytes("again"));
        assertThat(channel.receive(buffer.clear())).isEqualTo(wayTo(peer));
    }

    @Test
    default void disconnectLetsEverybodyInAgain() throws IOException {
        DatagramChannel channel = bench().openDatagrams();
        DatagramSocket peer = bench().openPeer();
        DatagramSocket other = bench().openPeer();
        assertThat(channel.disconnect()).isSameAs(channel);
        channel.connect(wayTo(peer));
        assertThat(((InetSocketAddress) channel.getLocalAddress()).getPort()).isPositive();
        assertThat(channel.disconnect()).isSameAs(channel);
        assertThat(channel.isConnected()).isFalse();
        assertThat(channel.getRemoteAddress()).isNull();
        assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1))).isInstanceOf(NotYetConnectedException.class);
        send(other, channel, bytes("now"));
        assertThat(channel.receive(ByteBuffer.allocate(10))).isEqualTo(wayTo(other));
        channel.connect(wayTo(other));
        assertThat(channel.getRemoteAddress()).isEqualTo(wayTo(other));
    }

    @Test
    default void severalBuffersAreOneDatagram() throws IOException {
        DatagramChannel channel = bound();
        DatagramSocket peer = bench().openPeer();
        channel.connect(wayTo(peer));
        ByteBuffer[] parts = {ByteBuffer.wrap(bytes("ab")), ByteBuffer.wrap(bytes("")), ByteBuffer.wrap(bytes("cde"))};
        assertThat(channel.write(parts)).isEqualTo(5);
        assertThat(parts[2].hasRemaining()).isFalse();
        assertThat(receive(peer)).isEqualTo(bytes("abcde"));
        send(peer, channel, bytes("12345678"));
        ByteBuffer[] rooms = {ByteBuffer.allocate(3), ByteBuffer.allocate(2), ByteBuffer.allocate(1)};
        assertThat(channel.read(rooms)).isEqualTo(6);
        assertThat(rooms[1].array()).isEqualTo(bytes("45"));
        assertThatThrownBy(() -> channel.read(rooms, 2, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    default void receiveWaitsForADatagram() throws Exception {
        DatagramChannel channel = bound();
        DatagramSocket peer = bench().openPeer();
        ByteBuffer buffer = ByteBuffer.allocate(10);
        try (Blocked<SocketAddress> receive = Blocked.in(() -> channel.receive(buffer))) {
            // a send does not wait for it
            assertThat(channel.send(ByteBuffer.wrap(bytes("meanwhile")), wayTo(peer)))
                    .isEqualTo(9);
            assertThat(receive(peer)).isEqualTo(bytes("meanwhile"));
            send(peer, channel, bytes("there"));
            assertThat(receive.get()).isEqualTo(wayTo(peer));
        }
    }

    @Test
    default void closeEndsAWaitingReceive() throws Exception {
        DatagramChannel channel = bound();
        try (Blocked<SocketAddress> receive = Blocked.in(() -> channel.receive(ByteBuffer.allocate(10)))) {
            channel.close();
            assertThatThrownBy(receive::get).hasCauseInstanceOf(AsynchronousCloseException.class);
        }
    }

    @Test
    default void interruptEndsAWaitingReceiveAndClosesTheChannel() throws Exception {
        DatagramChannel channel = bound();
        try (Blocked<SocketAddress> receive = Blocked.in(() -> channel.receive(ByteBuffer.allocate(10)))) {
            receive.interrupt();
            assertThatThrownBy(receive::get).hasCauseInstanceOf(ClosedByInterruptException.class);
        }
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    default void nonBlockingModeIsSelectedFor() throws IOException {
        DatagramChannel channel = bound();
        DatagramSocket peer = bench().openPeer();
        channel.configureBlocking(false);
        ByteBuffer buffer = ByteBuffer.allocate(10);
        assertThat(channel.receive(buffer)).isNull();
        Selector selector = bench().openSelector();
        SelectionKey key = channel.register(selector, SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        assertThat(selector.select(20_000)).isEqualTo(1);
        assertThat(key.isWritable()).isTrue();
        assertThat(key.isReadable()).isFalse();
        selector.selectedKeys().clear();
        key.interestOps(SelectionKey.OP_READ);
        assertThat(selector.selectNow()).isZero();
        assertThat(channel.send(ByteBuffer.wrap(bytes("ping")), wayTo(peer))).isEqualTo(4);
        assertThat(receive(peer)).isEqualTo(bytes("ping"));
        send(peer, channel, bytes("pong"));
        assertThat(selector.select(20_000)).isEqualTo(1);
        assertThat(key.isReadable()).isTrue();
        assertThat(channel.receive(buffer)).isEqualTo(wayTo(peer));
        selector.selectedKeys().clear();
        assertThat(selector.selectNow()).isZero();
        channel.connect(wayTo(peer));
        assertThat(channel.read(buffer)).isZero();
        assertThatThrownBy(() -> channel.socket().receive(new DatagramPacket(new byte[1], 1)))
                .isInstanceOf(IllegalBlockingModeException.class);
    }

    @Test
    default void optionsAreThoseThatAreNamed() throws IOException {
        DatagramChannel channel = bench().openDatagrams();
        assertThat(channel.supportedOptions())
                .contains(
                        StandardSocketOptions.SO_RCVBUF,
                        StandardSocketOptions.SO_SNDBUF,
                        StandardSocketOptions.SO_REUSEADDR,
                        StandardSocketOptions.SO_BROADCAST);
        channel.setOption(StandardSocketOptions.SO_BROADCAST, true);
        assertThat(channel.getOption(StandardSocketOptions.SO_BROADCAST)).isTrue();
        assertThatThrownBy(() -> channel.setOption(StandardSocketOptions.SO_SNDBUF, -1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> channel.getOption(StandardSocketOptions.TCP_NODELAY))
                .isInstanceOf(UnsupportedOperationException.class);
        channel.close();
        assertThatThrownBy(() -> channel.getOption(StandardSocketOptions.SO_BROADCAST))
                .isInstanceOf(ClosedChannelException.class);
    }

    @Test
    default void socketSendsAndReceivesPackets() throws IOException {
        DatagramChannel channel = bound();
        DatagramSocket peer = bench().openPeer();
        DatagramSocket socket = channel.socket();
        assertThat(channel.socket()).isSameAs(socket);
        assertThat(socket.getChannel()).isSameAs(channel);
        assertThat(socket.isBound()).isTrue();
        assertThat(socket.isConnected()).isFalse();
        assertThat(socket.getPort()).isEqualTo(-1);
        socket.send(new DatagramPacket(bytes("-hello-"), 1, 5, wayTo(peer)));
        assertThat(receive(peer)).isEqualTo(bytes("hello"));
        DatagramPacket packet = new DatagramPacket(new byte[10], 2, 6);
        send(peer, channel, bytes("hi"));
        socket.receive(packet);
        assertThat(packet.getLength()).isEqualTo(2);
        assertThat(packet.getSocketAddress()).isEqualTo(wayTo(peer));
        // the packet still has the room that it was made with
        send(peer, channel, bytes("all of six"));
        socket.receive(packet);
        assertThat(new String(packet.getData(), packet.getOffset(), packet.getLength(), US_ASCII))
                .isEqualTo("all of");
        socket.setSoTimeout(20);
        assertThatThrownBy(() -> socket.receive(packet)).isInstanceOf(SocketTimeoutException.class);
        assertThat(channel.isOpen()).isTrue();
        socket.close();
        assertThat(channel.isOpen()).isFalse();
        assertThat(socket.isClosed()).isTrue();
        assertThatThrownBy(() -> socket.receive(packet))
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket closed");
    }

    @Test
    default void connectedSocketHasOnePeer() throws IOException {
        DatagramSocket peer = bench().openPeer();
        DatagramSocket other = bench().openPeer();
        DatagramChannel channel = bench().openDatagrams();
        DatagramSocket socket = channel.socket();
        socket.connect(wayTo(peer));
        assertThat(channel.isConnected()).isTrue();
        assertThat(socket.getRemoteSocketAddress()).isEqualTo(wayTo(peer));
        assertThat(socket.getPort()).isEqualTo(wayTo(peer).getPort());
        socket.send(new DatagramPacket(bytes("x"), 1));
        assertThat(receive(peer)).isEqualTo(bytes("x"));
        assertThatThrownBy(() -> socket.send(new DatagramPacket(bytes("x"), 1, wayTo(other))))
                .isInstanceOf(IllegalArgumentException.class);
        socket.connect(wayTo(other));
        assertThat(socket.getPort()).isEqualTo(wayTo(other).getPort());
        socket.disconnect();
        assertThat(socket.isConnected()).isFalse();
        assertThatThrownBy(() -> socket.send(new DatagramPacket(bytes("x"), 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
