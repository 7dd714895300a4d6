package io.uartnio.contract;

import static io.uartnio.contract.Contract.bytes;
import static io.uartnio.contract.Contract.randomBytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.NoConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a {@link SocketChannel} does, whoever implements it. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
public interface SocketChannelContract extends Contract {

    /** Connects the channel, which stays blocking. */
    default Peer connect() throws IOException {
        assertThat(channel().connect(stack().listening())).isTrue();
        return stack().peerOf(channel());
    }

    /** Starts a connect in non-blocking mode and leaves it to be finished. */
    default void startConnect() throws IOException {
        channel().configureBlocking(false);
        stack().holdConnects();
        assertThat(channel().connect(stack().listening())).isFalse();
    }

    // -- states --

    @Test
    default void aNewChannelIsOpenBlockingAndNotConnected() throws IOException {
        assertThat(channel().isOpen()).isTrue();
        assertThat(channel().isBlocking()).isTrue();
        assertThat(channel().isConnected()).isFalse();
        assertThat(channel().isConnectionPending()).isFalse();
        assertThat(channel().getLocalAddress()).isNull();
        assertThat(channel().getRemoteAddress()).isNull();
        assertThat(channel().validOps())
                .isEqualTo(SelectionKey.OP_READ | SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT);
    }

    @Test
    default void anUnconnectedChannelRefusesTransferAndShutdownAndFinish() {
        assertThatThrownBy(() -> channel().read(ByteBuffer.allocate(1))).isInstanceOf(NotYetConnectedException.class);
        assertThatThrownBy(() -> channel().write(ByteBuffer.allocate(1))).isInstanceOf(NotYetConnectedException.class);
        assertThatThrownBy(() -> channel().shutdownInput()).isInstanceOf(NotYetConnectedException.class);
        assertThatThrownBy(() -> channel().shutdownOutput()).isInstanceOf(NotYetConnectedException.class);
        assertThatThrownBy(() -> channel().finishConnect()).isInstanceOf(NoConnectionPendingException.class);
        assertThat(channel().isOpen()).isTrue();
    }

    @Test
    default void aBlockingConnectLeavesTheChannelConnected() throws IOException {
        connect();
        assertThat(channel().isConnected()).isTrue();
        assertThat(channel().isConnectionPending()).isFalse();
        assertThat(channel().getRemoteAddress()).isEqualTo(stack().listening());
        assertThat(channel().getLocalAddress()).isNotNull();
        assertThat(channel().finishConnect()).isTrue();
    }

    @Test
    default void aSecondConnectOfAConnectedChannelIsRefusedAndHarmless() throws IOException {
        connect();
        assertThatThrownBy(() -> channel().connect(stack().listening())).isInstanceOf(AlreadyConnectedException.class);
        assertThat(channel().isConnected()).isTrue();
    }

    @Test
    default void aConnectWhileOneIsPendingIsRefused() throws IOException {
        startConnect();
        assertThat(channel().isConnectionPending()).isTrue();
        assertThatThrownBy(() -> channel().connect(stack().listening())).isInstanceOf(ConnectionPendingException.class);
        assertThatThrownBy(() -> channel().bind(null)).isInstanceOf(ConnectionPendingException.class);
        assertThatThrownBy(() -> channel().read(ByteBuffer.allocate(1))).isInstanceOf(NotYetConnectedException.class);
        assertThat(channel().isOpen()).isTrue();
    }

    @Test
    default void finishConnectInBlockingModeWaitsForTheConnection() throws IOException {
        startConnect();
        channel().configureBlocking(true);
        stack().releaseConnects();
        assertThat(channel().finishConnect()).isTrue();
        assertThat(channel().isConnected()).isTrue();
        assertThat(channel().isConnectionPending()).isFalse();
    }

    @Test
    default void aClosedChannelSaysSoToEverything() throws IOException {
        connect();
        channel().close();
        assertThat(channel().isOpen()).isFalse();
        assertThat(channel().isConnected()).isFalse();
        ByteBuffer one = ByteBuffer.allocate(1);
        assertThatThrownBy(() -> channel().read(one)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel().write(one)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel().connect(stack().listening())).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel().finishConnect()).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel().bind(null)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel().shutdownInput()).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel().shutdownOutput()).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel().getLocalAddress()).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel().getRemoteAddress()).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel().configureBlocking(false)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel().setOption(StandardSocketOptions.TCP_NODELAY, true))
                .isInstanceOf(ClosedChannelException.class);
        channel().close();
    }

    @Test
    default void argumentsAreCheckedBeforeTheState() throws IOException {
        channel().close();
        assertThatThrownBy(() -> channel().connect(new SocketAddress() {
                    private static final long serialVersionUID = 1L;
                }))
                .isInstanceOf(UnsupportedAddressTypeException.class);
        assertThatThrownBy(() -> channel().read((ByteBuffer) null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> channel().read(new ByteBuffer[1], 1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> channel().write(new ByteBuffer[1], 0, 2))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    default void aNullAddressIsRefused() {
        assertThatThrownBy(() -> channel().connect(null)).isInstanceOf(NullPointerException.class);
        assertThat(channel().isOpen()).isTrue();
    }

    @Test
    default void aRefusedConnectClosesTheChannelBeforeItThrows() {
        assertThatThrownBy(() -> channel().connect(stack().refusing())).isInstanceOf(ConnectException.class);
        assertThat(channel().isOpen()).isFalse();
    }

    @Test
    default void bindLetsTheLocalAddressBeChosenOnce() throws IOException {
        channel().bind(null);
        assertThat(channel().getLocalAddress()).isNotNull();
        assertThatThrownBy(() -> channel().bind(null)).isInstanceOf(AlreadyBoundException.class);
        connect();
        assertThatThrownBy(() -> channel().bind(null)).isInstanceOf(AlreadyBoundException.class);
    }

    @Test
    default void aConnectedChannelIsBound() throws IOException {
        connect();
        assertThatThrownBy(() -> channel().bind(null)).isInstanceOf(AlreadyBoundException.class);
    }

    // -- transfer --

    @Test
    default void bytesArriveOnceAndInOrderBothWays() throws IOException {
        Peer peer = connect();
        peer.send(bytes("hello"));
        ByteBuffer target = ByteBuffer.allocate(5);
        while (target.hasRemaining()) {
            assertThat(channel().read(target)).isPositive();
        }
        assertThat(target.array()).isEqualTo(bytes("hello"));
        assertThat(channel().write(ByteBuffer.wrap(bytes("world!")))).isEqualTo(6);
        assertThat(peer.receive(6)).isEqualTo(bytes("world!"));
    }

    @Test
    default void aBlockedReadReturnsWithWhatArrives() throws Exception {
        Peer peer = connect();
        ByteBuffer target = ByteBuffer.allocate(100);
        try (Blocked<Integer> read = Blocked.in(() -> channel().read(target))) {
            peer.send(bytes("abc"));
            assertThat(read.get()).isEqualTo(3);
        }
    }

    /** On a virtual thread the JDK's channel writes what it can at a time. */
    @Test
    default void aBlockingWriterGetsRidOfAllBytesHoweverSlowThePeer() throws Exception {
        Peer peer = connect();
        byte[] all = randomBytes(stack().moreThanFits());
        try (Blocked<Void> write = Blocked.in(() -> {
            ByteBuffer source = ByteBuffer.wrap(all);
            while (source.hasRemaining()) {
                assertThat(channel().write(source)).isPositive();
            }
            return null;
        })) {
            assertThat(peer.receive(all.length)).isEqualTo(all);
            write.get();
        }
    }

    @Test
    default void aNonBlockingReadOfNothingIsZero() throws IOException {
        connect();
        channel().configureBlocking(false);
        assertThat(channel().read(ByteBuffer.allocate(10))).isZero();
    }

    @Test
    default void aNonBlockingWriteToAFullChannelIsZero() throws IOException {
        Peer peer = connect();
        channel().configureBlocking(false);
        int taken = fill(channel());
        assertThat(taken).isPositive();
        peer.receive(taken);
    }

    @Test
    default void aBufferWithoutRoomReadsZeroWithoutWaiting() throws IOException {
        connect();
        assertThat(channel().read(ByteBuffer.allocate(0))).isZero();
        assertThat(channel().write(ByteBuffer.allocate(0))).isZero();
        assertThat(channel().read(new ByteBuffer[0])).isZero();
        assertThat(channel().write(new ByteBuffer[0])).isZero();
    }

    @Test
    default void aReadOnlyTargetIsRefused() throws IOException {
        connect();
        ByteBuffer readOnly = ByteBuffer.allocate(4).asReadOnlyBuffer();
        assertThatThrownBy(() -> channel().read(readOnly)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> channel().read(new ByteBuffer[] {readOnly}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    default void aGatheringWriteTakesAllBuffersAsOneStream() throws IOException {
        Peer peer = connect();
        ByteBuffer[] sources = new ByteBuffer[17];
        Arrays.setAll(sources, i -> ByteBuffer.wrap(randomBytes(i)));
        assertThat(channel().write(sources)).isEqualTo(16 * 17 / 2);
        for (int i = 0; i < sources.length; i++) {
            assertThat(peer.receive(i)).isEqualTo(randomBytes(i));
        }
    }

    @Test
    default void aGatheringWriteTakesOnlyTheGivenBuffers() throws IOException {
        Peer peer = connect();
        ByteBuffer[] sources = {
            ByteBuffer.wrap(bytes("no")), ByteBuffer.wrap(bytes("yes")), ByteBuffer.wrap(bytes("no"))
        };
        assertThat(channel().write(sources, 1, 1)).isEqualTo(3);
        assertThat(peer.receive(3)).isEqualTo(bytes("yes"));
        assertThat(sources[0].remaining()).isEqualTo(2);
        assertThat(sources[2].remaining()).isEqualTo(2);
    }

    @Test
    default void aScatteringReadFillsTheBuffersInTurn() throws IOException {
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
            count += channel().read(targets);
        }
        assertThat(count).isEqualTo(100);
        ByteBuffer joined = ByteBuffer.allocate(100);
        Arrays.stream(targets).forEach(target -> joined.put(target.flip()));
        assertThat(joined.array()).isEqualTo(randomBytes(100));
    }

    @Test
    default void readsAndWritesRunTogether() throws Exception {
        Peer peer = connect();
        try (Blocked<Integer> read = Blocked.in(() -> channel().read(ByteBuffer.allocate(10)))) {
            channel().write(ByteBuffer.wrap(bytes("x")));
            assertThat(peer.receive(1)).isEqualTo(bytes("x"));
            assertThat(read.isDone()).isFalse();
            peer.send(bytes("y"));
            assertThat(read.get()).isEqualTo(1);
        }
    }

    // -- ends --

    @Test
    default void aReaderSeesTheEndOfTheStreamAfterTheLastByte() throws IOException {
        Peer peer = connect();
        peer.send(bytes("bye"));
        peer.close();
        ByteBuffer target = ByteBuffer.allocate(100);
        int n = channel().read(target);
        while (n > 0) {
            n = channel().read(target);
        }
        assertThat(n).isEqualTo(-1);
        assertThat(target.position()).isEqualTo(3);
        assertThat(channel().read(target)).isEqualTo(-1);
        assertThat(channel().read(new ByteBuffer[] {target})).isEqualTo(-1);
        assertThat(channel().isConnected()).isTrue();
    }

    @Test
    default void closeLetsThePeerSeeTheEndOfTheStream() throws IOException {
        Peer peer = connect();
        channel().close();
        peer.awaitEnd();
    }

    @Test
    default void aReadAfterShutdownInputIsTheEndOfTheStream() throws IOException {
        connect();
        channel().shutdownInput();
        channel().shutdownInput();
        assertThat(channel().read(ByteBuffer.allocate(1))).isEqualTo(-1);
        assertThat(channel().socket().isInputShutdown()).isTrue();
    }

    @Test
    default void shutdownInputLetsABlockedReadGo() throws Exception {
        connect();
        try (Blocked<Integer> read = Blocked.in(() -> channel().read(ByteBuffer.allocate(1)))) {
            channel().shutdownInput();
            assertThat(read.get()).isEqualTo(-1);
        }
    }

    @Test
    default void aWriteAfterShutdownOutputSaysClosed() throws IOException {
        connect();
        channel().shutdownOutput();
        channel().shutdownOutput();
        assertThatThrownBy(() -> channel().write(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
        assertThat(channel().isOpen()).isTrue();
        assertThat(channel().socket().isOutputShutdown()).isTrue();
        channel().configureBlocking(false);
        assertThatThrownBy(() -> channel().write(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    default void shutdownOutputLetsABlockedWriteGo() throws Exception {
        connect();
        channel().configureBlocking(false);
        fill(channel());
        channel().configureBlocking(true);
        try (Blocked<Integer> write = Blocked.in(() -> channel().write(ByteBuffer.allocate(stack().moreThanFits())))) {
            channel().shutdownOutput();
            try {
                assertThat(write.get()).isPositive();
            } catch (ExecutionException e) {
                assertThat(e).hasCauseExactlyInstanceOf(AsynchronousCloseException.class);
            }
        }
        assertThat(channel().isOpen()).isTrue();
    }

    @Test
    default void aBlockedReadLearnsOfAClose() throws Exception {
        connect();
        try (Blocked<Integer> read = Blocked.in(() -> channel().read(ByteBuffer.allocate(1)))) {
            channel().close();
            assertThatThrownBy(read::get).hasCauseExactlyInstanceOf(AsynchronousCloseException.class);
        }
    }

    @Test
    default void aBlockedWriteLearnsOfAClose() throws Exception {
        connect();
        channel().configureBlocking(false);
        fill(channel());
        channel().configureBlocking(true);
        try (Blocked<Integer> write = Blocked.in(() -> channel().write(ByteBuffer.allocate(stack().moreThanFits())))) {
            channel().close();
            try {
                assertThat(write.get()).isPositive();
            } catch (ExecutionException e) {
                assertThat(e).hasCauseExactlyInstanceOf(AsynchronousCloseException.class);
            }
        }
    }

    @Test
    default void anInterruptClosesTheChannelUnderABlockedRead() throws Exception {
        connect();
        try (Blocked<Boolean> read = Blocked.in(() -> {
            assertThatThrownBy(() -> channel().read(ByteBuffer.allocate(1)))
                    .isExactlyInstanceOf(ClosedByInterruptException.class);
            return Thread.currentThread().isInterrupted();
        })) {
            read.interrupt();
            assertThat(read.get()).isTrue();
        }
        assertThat(channel().isOpen()).isFalse();
    }

    @Test
    default void anInterruptedThreadClosesTheChannelByReading() throws Exception {
        connect();
        try (Blocked<Boolean> read = Blocked.started(() -> {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> channel().read(ByteBuffer.allocate(1)))
                    .isExactlyInstanceOf(ClosedByInterruptException.class);
            return Thread.currentThread().isInterrupted();
        })) {
            assertThat(read.get()).isTrue();
        }
        assertThat(channel().isOpen()).isFalse();
    }

    // -- options --

    @Test
    default void everySupportedStandardOptionCanBeSetAndRead() throws IOException {
        assertThat(channel().supportedOptions())
                .contains(
                        StandardSocketOptions.TCP_NODELAY,
                        StandardSocketOptions.SO_KEEPALIVE,
                        StandardSocketOptions.SO_SNDBUF,
                        StandardSocketOptions.SO_RCVBUF,
                        StandardSocketOptions.SO_LINGER,
                        StandardSocketOptions.SO_REUSEADDR,
                        StandardSocketOptions.IP_TOS);
        channel()
                .setOption(StandardSocketOptions.TCP_NODELAY, true)
                .setOption(StandardSocketOptions.SO_KEEPALIVE, true)
                .setOption(StandardSocketOptions.SO_REUSEADDR, true)
                .setOption(StandardSocketOptions.SO_SNDBUF, 20_000)
                .setOption(StandardSocketOptions.SO_RCVBUF, 20_000)
                .setOption(StandardSocketOptions.SO_LINGER, 7);
        assertThat(channel().getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
        assertThat(channel().getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
        assertThat(channel().getOption(StandardSocketOptions.SO_REUSEADDR)).isTrue();
        assertThat(channel().getOption(StandardSocketOptions.SO_LINGER)).isEqualTo(7);
        assertThat(channel().setOption(StandardSocketOptions.SO_LINGER, -5).getOption(StandardSocketOptions.SO_LINGER))
                .isEqualTo(-1);
    }

    @Test
    default void optionsOfOtherSocketsAndBadValuesAreRefused() {
        assertThatThrownBy(() -> channel().setOption(StandardSocketOptions.IP_MULTICAST_TTL, 1))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> channel().getOption(StandardSocketOptions.IP_MULTICAST_TTL))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> channel().setOption(StandardSocketOptions.SO_SNDBUF, -1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> channel().setOption(StandardSocketOptions.IP_TOS, 256))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> channel().setOption(StandardSocketOptions.TCP_NODELAY, null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> channel().setOption(null, 1)).isInstanceOf(NullPointerException.class);
    }

    @Test
    default void aWriteAfterTheChannelWasClosedUnderTheSocketSaysClosed() throws IOException {
        connect();
        channel().socket().close();
        assertThatIOException()
                .isThrownBy(() -> channel().write(ByteBuffer.allocate(1)))
                .isInstanceOf(ClosedChannelException.class);
    }

    // -- connect, row by row --

    @Test
    default void aPendingConnectIsFinishedByAskingAgain() throws IOException {
        startConnect();
        stack().releaseConnects();
        while (!channel().finishConnect()) {
            Contract.pause();
        }
        assertThat(channel().isConnected()).isTrue();
        assertThat(channel().isConnectionPending()).isFalse();
        assertThatThrownBy(() -> channel().connect(stack().listening())).isInstanceOf(AlreadyConnectedException.class);
        assertThat(channel().finishConnect()).isTrue();
    }

    @Test
    default void aRefusalInNonBlockingModeComesFromFinishConnectAndCloses() throws IOException {
        channel().configureBlocking(false);
        assertThatThrownBy(() -> {
                    if (!channel().connect(stack().refusing())) {
                        while (!channel().finishConnect()) {
                            Contract.pause();
                        }
                    }
                })
                .isInstanceOf(ConnectException.class)
                .satisfies(e -> {
                    if (deviates(Deviation.OWN_WORDS_FOR_FAILURES)) {
                        assertThat(e.getMessage()).isNotBlank().isNotEqualTo("Connection refused");
                    } else {
                        assertThat(e).hasMessage("Connection refused");
                    }
                });
        assertClosed();
    }

    @Test
    default void aRefusalInBlockingModeLeavesAClosedChannel() {
        assertThatThrownBy(() -> channel().connect(stack().refusing())).isInstanceOf(ConnectException.class);
        assertClosed();
    }

    private void assertClosed() {
        assertThat(channel().isOpen()).isFalse();
        assertThat(channel().isConnected()).isFalse();
        assertThat(channel().isConnectionPending()).isFalse();
        assertThatThrownBy(() -> channel().finishConnect()).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel().connect(stack().listening())).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel().read(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel().write(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    default void aBlockingConnectWhileOneIsPendingIsRefused() throws IOException {
        channel().configureBlocking(false);
        assertThat(channel().connect(stack().silent())).isFalse();
        channel().configureBlocking(true);
        assertThatThrownBy(() -> channel().connect(stack().listening())).isInstanceOf(ConnectionPendingException.class);
        assertThatThrownBy(() -> channel().shutdownOutput()).isInstanceOf(NotYetConnectedException.class);
        assertThat(channel().isOpen()).isTrue();
    }

    @Test
    default void aPendingConnectEndsWithTheChannel() throws IOException {
        channel().configureBlocking(false);
        assertThat(channel().connect(stack().silent())).isFalse();
        assertThat(channel().finishConnect()).isFalse();
        assertThat(channel().isConnectionPending()).isTrue();
        assertThat(channel().getRemoteAddress()).isNotNull();
        channel().close();
        assertClosed();
    }

    @Test
    default void aBlockedConnectLearnsOfAClose() throws Exception {
        var silent = stack().silent();
        try (Blocked<Boolean> connect = Blocked.in(() -> channel().connect(silent))) {
            channel().close();
            assertThatThrownBy(connect::get).hasCauseExactlyInstanceOf(AsynchronousCloseException.class);
        }
        assertClosed();
    }

    @Test
    default void anInterruptEndsABlockedConnect() throws Exception {
        var silent = stack().silent();
        try (Blocked<Boolean> connect = Blocked.in(() -> {
            assertThatThrownBy(() -> channel().connect(silent)).isExactlyInstanceOf(ClosedByInterruptException.class);
            return Thread.currentThread().isInterrupted();
        })) {
            connect.interrupt();
            assertThat(connect.get()).isTrue();
        }
        assertClosed();
    }

    @Test
    default void aBlockedFinishConnectLearnsOfAClose() throws Exception {
        channel().configureBlocking(false);
        assertThat(channel().connect(stack().silent())).isFalse();
        channel().configureBlocking(true);
        try (Blocked<Boolean> finish = Blocked.in(() -> channel().finishConnect())) {
            channel().close();
            assertThatThrownBy(finish::get).hasCauseExactlyInstanceOf(AsynchronousCloseException.class);
        }
    }

    @Test
    default void anUnresolvedAddress() throws IOException {
        InetSocketAddress unresolved = InetSocketAddress.createUnresolved(
                stack().listening().getHostString(), stack().listening().getPort());
        if (deviates(Deviation.NAMES_ARE_RESOLVED_BY_THE_FAR_SIDE)) {
            assertThat(channel().connect(unresolved)).isTrue();
        } else {
            assertThatThrownBy(() -> channel().connect(unresolved)).isInstanceOf(UnresolvedAddressException.class);
            assertThat(channel().isOpen()).isTrue();
            connect();
        }
    }

    @Test
    default void theWildcardAddress() throws IOException {
        InetSocketAddress wildcard = new InetSocketAddress(stack().listening().getPort());
        if (deviates(Deviation.NO_WILDCARD_DESTINATION)) {
            assertThatThrownBy(() -> channel().connect(wildcard)).isInstanceOf(IllegalArgumentException.class);
            assertThat(channel().isOpen()).isTrue();
            assertThat(channel().isConnectionPending()).isFalse();
        } else {
            assertThat(channel().connect(wildcard)).isTrue();
        }
    }

    @Test
    default void theLocalAddress() throws IOException {
        connect();
        InetSocketAddress local = (InetSocketAddress) channel().getLocalAddress();
        assertThat(local.getPort()).isPositive();
        assertThat(local.getAddress().isAnyLocalAddress()).isFalse();
        assertThat(channel().socket().getLocalSocketAddress()).isEqualTo(local);
        assertThat(channel().socket().getLocalPort()).isEqualTo(local.getPort());
    }

    @Test
    default void aLocalAddressOfTheCallersChoice() throws IOException {
        InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        if (deviates(Deviation.NO_CHOICE_OF_LOCAL_ADDRESS)) {
            assertThatThrownBy(() -> channel().bind(loopback)).isInstanceOf(SocketException.class);
            assertThat(channel().getLocalAddress()).isNull();
            connect();
        } else {
            channel().bind(loopback);
            InetSocketAddress local = (InetSocketAddress) channel().getLocalAddress();
            assertThat(local.getAddress()).isEqualTo(loopback.getAddress());
            connect();
            assertThat(channel().getLocalAddress()).isEqualTo(local);
        }
    }

    // -- many buffers --

    @Test
    default void gatheredAndScatteredBuffersAreOneStream() throws IOException {
        Peer peer = connect();
        long fresh = System.nanoTime();
        for (long seed : new long[] {1, 2, 42, fresh}) {
            Random random = new Random(seed);
            for (int count : new int[] {1, 15, 16, 17, 40}) {
                for (boolean blocking : new boolean[] {true, false}) {
                    channel().configureBlocking(blocking);
                    ByteBuffer[] sources = randomBuffers(random, count);
                    byte[] expected = contentOf(sources);
                    writeAll(sources);
                    assertThat(peer.receive(expected.length))
                            .as("gathered, seed=%d, buffers=%d", seed, count)
                            .isEqualTo(expected);
                    peer.send(expected);
                    ByteBuffer[] targets = emptyBuffersFor(random, expected.length);
                    readAll(targets, expected.length);
                    Arrays.stream(targets).forEach(ByteBuffer::flip);
                    assertThat(contentOf(targets))
                            .as("scattered, seed=%d, buffers=%d", seed, count)
                            .isEqualTo(expected);
                }
            }
        }
    }

    private void writeAll(ByteBuffer[] sources) throws IOException {
        long left = Arrays.stream(sources).mapToLong(ByteBuffer::remaining).sum();
        while (left > 0) {
            left -= channel().write(sources);
        }
    }

    private void readAll(ByteBuffer[] targets, int size) throws IOException {
        long left = size;
        while (left > 0) {
            left -= channel().read(targets);
        }
    }

    private static ByteBuffer[] randomBuffers(Random random, int count) {
        ByteBuffer[] buffers = new ByteBuffer[count];
        for (int i = 0; i < count; i++) {
            byte[] content = new byte[random.nextInt(100)];
            random.nextBytes(content);
            buffers[i] = allocate(random, content.length).put(content).flip();
        }
        return buffers;
    }

    private static ByteBuffer[] emptyBuffersFor(Random random, int size) {
        List<ByteBuffer> buffers = new ArrayList<>();
        for (int left = size; left > 0; ) {
            int room = Math.min(left, random.nextInt(200));
            buffers.add(allocate(random, room));
            left -= room;
        }
        return buffers.toArray(ByteBuffer[]::new);
    }

    private static ByteBuffer allocate(Random random, int capacity) {
        return random.nextBoolean() ? ByteBuffer.allocate(capacity) : ByteBuffer.allocateDirect(capacity);
    }

    private static byte[] contentOf(ByteBuffer[] buffers) {
        ByteBuffer joined = ByteBuffer.allocate(
                Arrays.stream(buffers).mapToInt(ByteBuffer::remaining).sum());
        Arrays.stream(buffers).forEach(buffer -> joined.put(buffer.duplicate()));
        return joined.array();
    }

    @Test
    default void aWriteMovesThePositionByWhatItHasTaken() throws IOException {
        Peer peer = connect();
        channel().configureBlocking(false);
        byte[] content = randomBytes(10_000);
        ByteBuffer source = ByteBuffer.wrap(content);
        int offset = 0;
        for (int size = 1; offset + size <= content.length; size = size * 3 / 2 + 1) {
            source.limit(offset + size).position(offset);
            int taken = 0;
            while (source.hasRemaining()) {
                int n = channel().write(source);
                taken += n;
                assertThat(source.position()).isEqualTo(offset + taken);
            }
            assertThat(peer.receive(size)).isEqualTo(Arrays.copyOfRange(content, offset, offset + size));
            offset += size;
        }
    }

    @Test
    default void aReadFillsOnlyBetweenPositionAndLimit() throws IOException {
        Peer peer = connect();
        peer.send(bytes("abcdef"));
        ByteBuffer target = ByteBuffer.allocate(10);
        target.limit(4).position(2);
        while (target.hasRemaining()) {
            channel().read(target);
        }
        target.limit(10).position(8);
        while (target.hasRemaining()) {
            channel().read(target);
        }
        assertThat(target.array()).isEqualTo(bytes("\0\0ab\0\0\0\0cd"));
        assertThat(channel().read(target)).isZero();
    }

    // -- ends, one side at a time --

    @Test
    default void shutdownOutputIsTheEndOfTheStreamForThePeer() throws Exception {
        Peer peer = connect();
        channel().write(ByteBuffer.wrap(bytes("last")));
        channel().shutdownOutput();
        assertThat(peer.receive(4)).isEqualTo(bytes("last"));
        try (Blocked<Void> end = Blocked.started(() -> {
            peer.awaitEnd();
            return null;
        })) {
            if (!deviates(Deviation.NO_HALF_CLOSE)) {
                end.get();
            }
            peer.send(bytes("x"));
            assertThat(channel().read(ByteBuffer.allocate(10))).isEqualTo(1);
            if (deviates(Deviation.NO_HALF_CLOSE)) {
                assertThat(end.isDone()).isFalse();
                channel().close();
                end.get();
            }
        }
    }

    @Test
    default void aPeerThatHasEndedItsStreamCanStillBeWrittenTo() throws IOException {
        Peer peer = connect();
        peer.shutdownOutput();
        assertThat(channel().read(ByteBuffer.allocate(10))).isEqualTo(-1);
        if (deviates(Deviation.NO_HALF_CLOSE_BY_PEER)) {
            assertThatThrownBy(() -> {
                        while (true) {
                            channel().write(ByteBuffer.wrap(bytes("still here")));
                            Contract.pause();
                        }
                    })
                    .isInstanceOf(SocketException.class);
            assertThat(channel().isOpen()).isTrue();
        } else {
            assertThat(channel().write(ByteBuffer.wrap(bytes("still here")))).isEqualTo(10);
            assertThat(peer.receive(10)).isEqualTo(bytes("still here"));
        }
    }

    @Test
    default void aResetByThePeer() throws IOException {
        Peer peer = connect();
        peer.reset();
        if (deviates(Deviation.NO_SIGHT_OF_RESET)) {
            assertThat(channel().read(ByteBuffer.allocate(10))).isEqualTo(-1);
        } else {
            assertThatThrownBy(() -> channel().read(ByteBuffer.allocate(10)))
                    .isInstanceOf(SocketException.class)
                    .hasMessage("Connection reset");
        }
        assertThat(channel().isOpen()).isTrue();
    }

    @Test
    default void aCloseWithoutLingerTime() throws IOException {
        Peer peer = connect();
        channel().setOption(StandardSocketOptions.SO_LINGER, 0);
        channel().close();
        if (deviates(Deviation.NO_RESET_ON_CLOSE)) {
            peer.awaitEnd();
        } else {
            assertThatThrownBy(peer::awaitEnd).isInstanceOf(IOException.class);
        }
    }

    @Test
    default void aCloseUnderABlockedReadLetsThePeerReadAllThatWasWritten() throws Exception {
        Peer peer = connect();
        byte[] all = randomBytes(3000);
        channel().write(ByteBuffer.wrap(all));
        try (Blocked<Integer> read = Blocked.in(() -> channel().read(ByteBuffer.allocate(1)))) {
            channel().close();
            assertThatThrownBy(read::get).hasCauseExactlyInstanceOf(AsynchronousCloseException.class);
        }
        assertThat(peer.receive(all.length)).isEqualTo(all);
        peer.awaitEnd();
    }

    @Test
    default void anInterruptUnderABlockedReadLetsThePeerReadAllThatWasWritten() throws Exception {
        Peer peer = connect();
        byte[] all = randomBytes(3000);
        channel().write(ByteBuffer.wrap(all));
        try (Blocked<Integer> read = Blocked.in(() -> channel().read(ByteBuffer.allocate(1)))) {
            read.interrupt();
            assertThatThrownBy(read::get).hasCauseExactlyInstanceOf(ClosedByInterruptException.class);
        }
        assertThat(peer.receive(all.length)).isEqualTo(all);
        peer.awaitEnd();
    }

    @Test
    default void aReaderAndAWriterBothLearnOfAClose() throws Exception {
        connect();
        try (Blocked<Integer> read = Blocked.in(() -> channel().read(ByteBuffer.allocate(1)));
                Blocked<Void> write = Blocked.in(() -> {
                    while (true) {
                        channel().write(ByteBuffer.allocate(stack().moreThanFits()));
                    }
                })) {
            channel().close();
            assertThatThrownBy(read::get).cause().isInstanceOf(AsynchronousCloseException.class);
            assertThatThrownBy(write::get).cause().isInstanceOf(ClosedChannelException.class);
        }
    }

    @Test
    default void anInterruptClosesTheChannelUnderABlockedWrite() throws Exception {
        connect();
        try (Blocked<Void> write = Blocked.in(() -> {
            while (true) {
                channel().write(ByteBuffer.allocate(stack().moreThanFits()));
            }
        })) {
            write.interrupt();
            assertThatThrownBy(write::get).cause().isInstanceOf(ClosedChannelException.class);
        }
        assertThat(channel().isOpen()).isFalse();
    }

    @Test
    default void theBlockingModeWaitsForNoOperationOfTheOtherMode() throws IOException {
        Peer peer = connect();
        for (int i = 0; i < 20; i++) {
            channel().configureBlocking(i % 2 == 0);
            peer.send(bytes("x"));
            ByteBuffer one = ByteBuffer.allocate(1);
            while (one.hasRemaining()) {
                channel().read(one);
            }
            channel().write(one.flip());
            assertThat(peer.receive(1)).isEqualTo(bytes("x"));
        }
    }

    // -- options and streams --

    @Test
    default void optionsSetBeforeTheConnectStay() throws IOException {
        channel()
                .setOption(StandardSocketOptions.TCP_NODELAY, true)
                .setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        connect();
        assertThat(channel().getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
        assertThat(channel().getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
        channel().setOption(StandardSocketOptions.TCP_NODELAY, false);
        assertThat(channel().getOption(StandardSocketOptions.TCP_NODELAY)).isFalse();
    }

    @Test
    default void whatIsSupportedCanBeReadAndTheRestIsRefused() throws IOException {
        Set<SocketOption<?>> supported = channel().supportedOptions();
        for (SocketOption<?> option : supported) {
            if (!option.name().startsWith("SO_INCOMING")) { // known to the JDK 17's set only once bound by the system
                channel().getOption(option);
            }
        }
        assertThat(supported).contains(StandardSocketOptions.SO_REUSEPORT);
        channel().setOption(StandardSocketOptions.SO_REUSEPORT, true);
        assertThat(channel().getOption(StandardSocketOptions.SO_REUSEPORT)).isTrue();
        assertThatThrownBy(() -> channel().getOption(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> supported.add(StandardSocketOptions.IP_MULTICAST_TTL))
                .isInstanceOf(UnsupportedOperationException.class);
        for (SocketOption<?> option : supported) {
            if (option.name().startsWith("TCP_KEEP")) { // Apache's client sets them without asking
                keepAlive(option);
            }
        }
        channel().close();
        assertThat(channel().supportedOptions()).isEqualTo(supported);
        assertThatThrownBy(() -> channel().getOption(StandardSocketOptions.TCP_NODELAY))
                .isInstanceOf(ClosedChannelException.class);
    }

    private <T> void keepAlive(SocketOption<T> option) throws IOException {
        assertThat((Object) channel().getOption(option)).isNotNull();
        channel().setOption(option, option.type().cast(5));
        assertThat((Object) channel().getOption(option)).isEqualTo(5);
    }

    @Test
    default void streamsMadeByChannelsWorkInBlockingModeOnly() throws IOException {
        Peer peer = connect();
        InputStream in = Channels.newInputStream(channel());
        OutputStream out = Channels.newOutputStream(channel());
        out.write(bytes("to the peer"));
        assertThat(peer.receive(11)).isEqualTo(bytes("to the peer"));
        peer.send(bytes("back"));
        assertThat(in.readNBytes(4)).isEqualTo(bytes("back"));
        channel().configureBlocking(false);
        assertThatThrownBy(in::read).isInstanceOf(IllegalBlockingModeException.class);
        assertThatThrownBy(() -> out.write(1)).isInstanceOf(IllegalBlockingModeException.class);
        channel().configureBlocking(true);
        peer.close();
        assertThat(in.read()).isEqualTo(-1);
        in.close();
        assertThat(channel().isOpen()).isFalse();
    }
}
