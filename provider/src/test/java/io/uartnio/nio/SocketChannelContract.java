package io.uartnio.nio;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NoConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a {@link SocketChannel} does, whoever implements it. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
abstract class SocketChannelContract {

    Stack stack;
    SocketChannel channel;

    abstract Stack createStack() throws IOException;

    @BeforeEach
    void open() throws IOException {
        stack = createStack();
        channel = stack.openChannel();
    }

    @AfterEach
    void close() throws IOException {
        channel.close();
        stack.close();
    }

    final Peer connect() throws IOException {
        assertThat(channel.connect(stack.listening())).isTrue();
        return stack.peerOf(channel);
    }

    /** Starts a connect in non-blocking mode and leaves it to be finished. */
    final void startConnect() throws IOException {
        channel.configureBlocking(false);
        stack.holdConnects();
        assertThat(channel.connect(stack.listening())).isFalse();
    }

    static byte[] bytes(String text) {
        return text.getBytes(US_ASCII);
    }

    static byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    // -- states --

    @Test
    void aNewChannelIsOpenBlockingAndNotConnected() throws IOException {
        assertThat(channel.isOpen()).isTrue();
        assertThat(channel.isBlocking()).isTrue();
        assertThat(channel.isConnected()).isFalse();
        assertThat(channel.isConnectionPending()).isFalse();
        assertThat(channel.getLocalAddress()).isNull();
        assertThat(channel.getRemoteAddress()).isNull();
        assertThat(channel.validOps())
                .isEqualTo(SelectionKey.OP_READ | SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT);
    }

    @Test
    void anUnconnectedChannelRefusesTransferAndShutdownAndFinish() {
        assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1))).isInstanceOf(NotYetConnectedException.class);
        assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(1))).isInstanceOf(NotYetConnectedException.class);
        assertThatThrownBy(() -> channel.shutdownInput()).isInstanceOf(NotYetConnectedException.class);
        assertThatThrownBy(() -> channel.shutdownOutput()).isInstanceOf(NotYetConnectedException.class);
        assertThatThrownBy(() -> channel.finishConnect()).isInstanceOf(NoConnectionPendingException.class);
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void aBlockingConnectLeavesTheChannelConnected() throws IOException {
        connect();
        assertThat(channel.isConnected()).isTrue();
        assertThat(channel.isConnectionPending()).isFalse();
        assertThat(channel.getRemoteAddress()).isEqualTo(stack.listening());
        assertThat(channel.getLocalAddress()).isNotNull();
        assertThat(channel.finishConnect()).isTrue();
    }

    @Test
    void aSecondConnectOfAConnectedChannelIsRefusedAndHarmless() throws IOException {
        connect();
        assertThatThrownBy(() -> channel.connect(stack.listening())).isInstanceOf(AlreadyConnectedException.class);
        assertThat(channel.isConnected()).isTrue();
    }

    @Test
    void aConnectWhileOneIsPendingIsRefused() throws IOException {
        startConnect();
        assertThat(channel.isConnectionPending()).isTrue();
        assertThatThrownBy(() -> channel.connect(stack.listening())).isInstanceOf(ConnectionPendingException.class);
        assertThatThrownBy(() -> channel.bind(null)).isInstanceOf(ConnectionPendingException.class);
        assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1))).isInstanceOf(NotYetConnectedException.class);
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void finishConnectInBlockingModeWaitsForTheConnection() throws IOException {
        startConnect();
        channel.configureBlocking(true);
        stack.releaseConnects();
        assertThat(channel.finishConnect()).isTrue();
        assertThat(channel.isConnected()).isTrue();
        assertThat(channel.isConnectionPending()).isFalse();
    }

    @Test
    void aClosedChannelSaysSoToEverything() throws IOException {
        connect();
        channel.close();
        assertThat(channel.isOpen()).isFalse();
        assertThat(channel.isConnected()).isFalse();
        ByteBuffer one = ByteBuffer.allocate(1);
        assertThatThrownBy(() -> channel.read(one)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel.write(one)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel.connect(stack.listening())).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel.finishConnect()).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel.bind(null)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel.shutdownInput()).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel.shutdownOutput()).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel.getLocalAddress()).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel.getRemoteAddress()).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel.configureBlocking(false)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel.setOption(StandardSocketOptions.TCP_NODELAY, true))
                .isInstanceOf(ClosedChannelException.class);
        channel.close();
    }

    @Test
    void argumentsAreCheckedBeforeTheState() throws IOException {
        channel.close();
        assertThatThrownBy(() -> channel.connect(new SocketAddress() {
                    private static final long serialVersionUID = 1L;
                }))
                .isInstanceOf(UnsupportedAddressTypeException.class);
        assertThatThrownBy(() -> channel.read((ByteBuffer) null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> channel.read(new ByteBuffer[1], 1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> channel.write(new ByteBuffer[1], 0, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aNullAddressIsRefused() {
        assertThatThrownBy(() -> channel.connect(null)).isInstanceOf(NullPointerException.class);
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void aRefusedConnectClosesTheChannelBeforeItThrows() {
        assertThatThrownBy(() -> channel.connect(stack.refusing())).isInstanceOf(ConnectException.class);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void bindLetsTheLocalAddressBeChosenOnce() throws IOException {
        channel.bind(null);
        assertThat(channel.getLocalAddress()).isNotNull();
        assertThatThrownBy(() -> channel.bind(null)).isInstanceOf(AlreadyBoundException.class);
        connect();
        assertThatThrownBy(() -> channel.bind(null)).isInstanceOf(AlreadyBoundException.class);
    }

    @Test
    void aConnectedChannelIsBound() throws IOException {
        connect();
        assertThatThrownBy(() -> channel.bind(null)).isInstanceOf(AlreadyBoundException.class);
    }

    // -- transfer --

    @Test
    void bytesArriveOnceAndInOrderBothWays() throws IOException {
        Peer peer = connect();
        peer.send(bytes("hello"));
        ByteBuffer target = ByteBuffer.allocate(5);
        while (target.hasRemaining()) {
            assertThat(channel.read(target)).isPositive();
        }
        assertThat(target.array()).isEqualTo(bytes("hello"));
        assertThat(channel.write(ByteBuffer.wrap(bytes("world!")))).isEqualTo(6);
        assertThat(peer.receive(6)).isEqualTo(bytes("world!"));
    }

    @Test
    void aBlockedReadReturnsWithWhatArrives() throws Exception {
        Peer peer = connect();
        ByteBuffer target = ByteBuffer.allocate(100);
        try (Blocked<Integer> read = Blocked.in(() -> channel.read(target))) {
            peer.send(bytes("abc"));
            assertThat(read.get()).isEqualTo(3);
        }
    }

    @Test
    void aBlockingWriteTakesAllBytesHoweverSlowThePeer() throws Exception {
        Peer peer = connect();
        byte[] all = randomBytes(8 << 20);
        try (Blocked<Integer> write = Blocked.in(() -> channel.write(ByteBuffer.wrap(all)))) {
            assertThat(peer.receive(all.length)).isEqualTo(all);
            assertThat(write.get()).isEqualTo(all.length);
        }
    }

    @Test
    void aNonBlockingReadOfNothingIsZero() throws IOException {
        connect();
        channel.configureBlocking(false);
        assertThat(channel.read(ByteBuffer.allocate(10))).isZero();
    }

    @Test
    void aNonBlockingWriteToAFullChannelIsZero() throws IOException {
        Peer peer = connect();
        channel.configureBlocking(false);
        int taken = fill(channel);
        assertThat(taken).isPositive();
        peer.receive(taken);
    }

    /** Writes until nothing more is taken; returns the number of bytes. */
    static int fill(SocketChannel channel) throws IOException {
        int taken = 0;
        for (int zeros = 0; zeros < 3; ) {
            int n = channel.write(ByteBuffer.allocate(8192));
            taken += n;
            zeros = n == 0 ? zeros + 1 : 0;
        }
        return taken;
    }

    @Test
    void aBufferWithoutRoomReadsZeroWithoutWaiting() throws IOException {
        connect();
        assertThat(channel.read(ByteBuffer.allocate(0))).isZero();
        assertThat(channel.write(ByteBuffer.allocate(0))).isZero();
        assertThat(channel.read(new ByteBuffer[0])).isZero();
        assertThat(channel.write(new ByteBuffer[0])).isZero();
    }

    @Test
    void aReadOnlyTargetIsRefused() throws IOException {
        connect();
        ByteBuffer readOnly = ByteBuffer.allocate(4).asReadOnlyBuffer();
        assertThatThrownBy(() -> channel.read(readOnly)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> channel.read(new ByteBuffer[] {readOnly}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aGatheringWriteTakesAllBuffersAsOneStream() throws IOException {
        Peer peer = connect();
        ByteBuffer[] sources = new ByteBuffer[17];
        Arrays.setAll(sources, i -> ByteBuffer.wrap(randomBytes(i)));
        assertThat(channel.write(sources)).isEqualTo(16 * 17 / 2);
        for (int i = 0; i < sources.length; i++) {
            assertThat(peer.receive(i)).isEqualTo(randomBytes(i));
        }
    }

    @Test
    void aGatheringWriteTakesOnlyTheGivenBuffers() throws IOException {
        Peer peer = connect();
        ByteBuffer[] sources = {
            ByteBuffer.wrap(bytes("no")), ByteBuffer.wrap(bytes("yes")), ByteBuffer.wrap(bytes("no"))
        };
        assertThat(channel.write(sources, 1, 1)).isEqualTo(3);
        assertThat(peer.receive(3)).isEqualTo(bytes("yes"));
        assertThat(sources[0].remaining()).isEqualTo(2);
        assertThat(sources[2].remaining()).isEqualTo(2);
    }

    @Test
    void aScatteringReadFillsTheBuffersInTurn() throws IOException {
        Peer peer = connect();
        peer.send(randomBytes(100));
        ByteBuffer[] targets = {
            ByteBuffer.allocate(1),
            ByteBuffer.allocate(0),
            ByteBuffer.allocate(60),
            ByteBuffer.allocateDirect(39),
            ByteBuffer.allocate(5)
        };
        long count = 0;
        while (count < 100) {
            count += channel.read(targets);
        }
        assertThat(count).isEqualTo(100);
        ByteBuffer joined = ByteBuffer.allocate(100);
        Arrays.stream(targets).forEach(target -> joined.put(target.flip()));
        assertThat(joined.array()).isEqualTo(randomBytes(100));
    }

    @Test
    void readsAndWritesRunTogether() throws Exception {
        Peer peer = connect();
        try (Blocked<Integer> read = Blocked.in(() -> channel.read(ByteBuffer.allocate(10)))) {
            channel.write(ByteBuffer.wrap(bytes("x")));
            assertThat(peer.receive(1)).isEqualTo(bytes("x"));
            assertThat(read.isDone()).isFalse();
            peer.send(bytes("y"));
            assertThat(read.get()).isEqualTo(1);
        }
    }

    // -- ends --

    @Test
    void aReaderSeesTheEndOfTheStreamAfterTheLastByte() throws IOException {
        Peer peer = connect();
        peer.send(bytes("bye"));
        peer.close();
        ByteBuffer target = ByteBuffer.allocate(100);
        int n = channel.read(target);
        while (n > 0) {
            n = channel.read(target);
        }
        assertThat(n).isEqualTo(-1);
        assertThat(target.position()).isEqualTo(3);
        assertThat(channel.read(target)).isEqualTo(-1);
        assertThat(channel.read(new ByteBuffer[] {target})).isEqualTo(-1);
        assertThat(channel.isConnected()).isTrue();
    }

    @Test
    void closeLetsThePeerSeeTheEndOfTheStream() throws IOException {
        Peer peer = connect();
        channel.close();
        peer.awaitEnd();
    }

    @Test
    void aReadAfterShutdownInputIsTheEndOfTheStream() throws IOException {
        connect();
        channel.shutdownInput();
        channel.shutdownInput();
        assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        assertThat(channel.socket().isInputShutdown()).isTrue();
    }

    @Test
    void shutdownInputLetsABlockedReadGo() throws Exception {
        connect();
        try (Blocked<Integer> read = Blocked.in(() -> channel.read(ByteBuffer.allocate(1)))) {
            channel.shutdownInput();
            assertThat(read.get()).isEqualTo(-1);
        }
    }

    @Test
    void aWriteAfterShutdownOutputSaysClosed() throws IOException {
        connect();
        channel.shutdownOutput();
        channel.shutdownOutput();
        assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
        assertThat(channel.isOpen()).isTrue();
        assertThat(channel.socket().isOutputShutdown()).isTrue();
        channel.configureBlocking(false);
        assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void shutdownOutputLetsABlockedWriteGo() throws Exception {
        connect();
        channel.configureBlocking(false);
        fill(channel);
        channel.configureBlocking(true);
        try (Blocked<Integer> write = Blocked.in(() -> channel.write(ByteBuffer.allocate(8 << 20)))) {
            channel.shutdownOutput();
            try {
                assertThat(write.get()).isPositive();
            } catch (ExecutionException e) {
                assertThat(e).hasCauseExactlyInstanceOf(AsynchronousCloseException.class);
            }
        }
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void aBlockedReadLearnsOfAClose() throws Exception {
        connect();
        try (Blocked<Integer> read = Blocked.in(() -> channel.read(ByteBuffer.allocate(1)))) {
            channel.close();
            assertThatThrownBy(read::get).hasCauseExactlyInstanceOf(AsynchronousCloseException.class);
        }
    }

    @Test
    void aBlockedWriteLearnsOfAClose() throws Exception {
        connect();
        channel.configureBlocking(false);
        fill(channel);
        channel.configureBlocking(true);
        try (Blocked<Integer> write = Blocked.in(() -> channel.write(ByteBuffer.allocate(8 << 20)))) {
            channel.close();
            try {
                assertThat(write.get()).isPositive();
            } catch (ExecutionException e) {
                assertThat(e).hasCauseExactlyInstanceOf(AsynchronousCloseException.class);
            }
        }
    }

    @Test
    void anInterruptClosesTheChannelUnderABlockedRead() throws Exception {
        connect();
        try (Blocked<Boolean> read = Blocked.in(() -> {
            assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1)))
                    .isExactlyInstanceOf(ClosedByInterruptException.class);
            return Thread.currentThread().isInterrupted();
        })) {
            read.interrupt();
            assertThat(read.get()).isTrue();
        }
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void anInterruptedThreadClosesTheChannelByReading() throws Exception {
        connect();
        try (Blocked<Boolean> read = Blocked.started(() -> {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1)))
                    .isExactlyInstanceOf(ClosedByInterruptException.class);
            return Thread.currentThread().isInterrupted();
        })) {
            assertThat(read.get()).isTrue();
        }
        assertThat(channel.isOpen()).isFalse();
    }

    // -- options --

    @Test
    void everySupportedStandardOptionCanBeSetAndRead() throws IOException {
        assertThat(channel.supportedOptions())
                .contains(
                        StandardSocketOptions.TCP_NODELAY,
                        StandardSocketOptions.SO_KEEPALIVE,
                        StandardSocketOptions.SO_SNDBUF,
                        StandardSocketOptions.SO_RCVBUF,
                        StandardSocketOptions.SO_LINGER,
                        StandardSocketOptions.SO_REUSEADDR,
                        StandardSocketOptions.IP_TOS);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true)
                .setOption(StandardSocketOptions.SO_KEEPALIVE, true)
                .setOption(StandardSocketOptions.SO_REUSEADDR, true)
                .setOption(StandardSocketOptions.SO_SNDBUF, 20_000)
                .setOption(StandardSocketOptions.SO_RCVBUF, 20_000)
                .setOption(StandardSocketOptions.SO_LINGER, 7);
        assertThat(channel.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
        assertThat(channel.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
        assertThat(channel.getOption(StandardSocketOptions.SO_REUSEADDR)).isTrue();
        assertThat(channel.getOption(StandardSocketOptions.SO_LINGER)).isEqualTo(7);
        assertThat(channel.setOption(StandardSocketOptions.SO_LINGER, -5).getOption(StandardSocketOptions.SO_LINGER))
                .isEqualTo(-1);
    }

    @Test
    void optionsOfOtherSocketsAndBadValuesAreRefused() {
        assertThatThrownBy(() -> channel.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 1))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> channel.getOption(StandardSocketOptions.IP_MULTICAST_TTL))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> channel.setOption(StandardSocketOptions.SO_SNDBUF, -1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> channel.setOption(StandardSocketOptions.IP_TOS, 256))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> channel.setOption(StandardSocketOptions.TCP_NODELAY, null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> channel.setOption(null, 1)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void aWriteAfterTheChannelWasClosedUnderTheSocketSaysClosed() throws IOException {
        connect();
        channel.socket().close();
        assertThatIOException()
                .isThrownBy(() -> channel.write(ByteBuffer.allocate(1)))
                .isInstanceOf(ClosedChannelException.class);
    }
}
