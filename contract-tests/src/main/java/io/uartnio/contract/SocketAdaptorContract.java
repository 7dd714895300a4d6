package io.uartnio.contract;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@link SocketChannel#socket()} does, whoever implements it. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
public interface SocketAdaptorContract extends Contract {

    /** Returns the socket of the test's channel. */
    default Socket socket() {
        return channel().socket();
    }

    /** Connects by way of the socket. */
    default Peer connect() throws IOException {
        socket().connect(stack().listening(), 60_000);
        return stack().peerOf(channel());
    }

    @Test
    default void thereIsOneSocketFromTheStart() {
        assertThat(channel().socket()).isSameAs(socket());
        assertThat(socket().getChannel()).isSameAs(channel());
        assertThat(socket().isConnected()).isFalse();
        assertThat(socket().isBound()).isFalse();
        assertThat(socket().isClosed()).isFalse();
        assertThat(socket().getInetAddress()).isNull();
        assertThat(socket().getPort()).isZero();
        assertThat(socket().getLocalPort()).isEqualTo(-1);
        assertThat(socket().getRemoteSocketAddress()).isNull();
        assertThat(socket().getLocalSocketAddress()).isNull();
        assertThat(socket().getLocalAddress().isAnyLocalAddress()).isTrue();
        assertThat(socket().toString()).isEqualTo("Socket[unconnected]");
    }

    @Test
    default void aConnectedSocketSaysWhereTo() throws IOException {
        connect();
        assertThat(socket().isConnected()).isTrue();
        assertThat(socket().isBound()).isTrue();
        assertThat(channel().isConnected()).isTrue();
        assertThat(socket().getPort()).isEqualTo(stack().listening().getPort());
        assertThat(socket().getRemoteSocketAddress()).isEqualTo(stack().listening());
        assertThat(socket().getLocalSocketAddress()).isNotNull();
    }

    @Test
    default void anUnconnectedSocketHasNoStreams() {
        assertThatThrownBy(socket()::getInputStream)
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket is not connected");
        assertThatThrownBy(socket()::getOutputStream)
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket is not connected");
        assertThatThrownBy(socket()::shutdownInput).isInstanceOf(SocketException.class);
        assertThatThrownBy(socket()::shutdownOutput).isInstanceOf(SocketException.class);
    }

    @Test
    default void streamsCarryBytesBothWaysAtOnce() throws Exception {
        Peer peer = connect();
        InputStream in = socket().getInputStream();
        OutputStream out = socket().getOutputStream();
        try (Blocked<Integer> read = Blocked.in(in::read)) {
            out.write("ping".getBytes(US_ASCII));
            out.write('!');
            assertThat(peer.receive(5)).isEqualTo("ping!".getBytes(US_ASCII));
            assertThat(read.isDone()).isFalse();
            peer.send(new byte[] {(byte) 0xff});
            assertThat(read.get()).isEqualTo(0xff);
        }
    }

    @Test
    default void aTimedReadThatTimesOutLosesNoByteAndLeavesTheSocketOpen() throws IOException {
        Peer peer = connect();
        InputStream in = socket().getInputStream();
        socket().setSoTimeout(20);
        assertThat(socket().getSoTimeout()).isEqualTo(20);
        assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class).hasMessage("Read timed out");
        assertThatThrownBy(() -> in.read(new byte[10])).isInstanceOf(SocketTimeoutException.class);
        assertThat(socket().isClosed()).isFalse();
        peer.send("abc".getBytes(US_ASCII));
        socket().setSoTimeout(60_000);
        assertThat(in.readNBytes(3)).isEqualTo("abc".getBytes(US_ASCII));
        assertThatThrownBy(() -> socket().setSoTimeout(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    default void aStreamEndsWithTheConnection() throws IOException {
        Peer peer = connect();
        peer.send("end".getBytes(US_ASCII));
        peer.close();
        InputStream in = socket().getInputStream();
        assertThat(in.readAllBytes()).isEqualTo("end".getBytes(US_ASCII));
        assertThat(in.read()).isEqualTo(-1);
        assertThat(in.read(new byte[0])).isZero();
    }

    @Test
    default void closingAStreamClosesTheChannel() throws IOException {
        connect();
        socket().getOutputStream().close();
        assertThat(channel().isOpen()).isFalse();
        assertThat(socket().isClosed()).isTrue();
        assertThatThrownBy(socket()::getInputStream)
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket is closed");
    }

    @Test
    default void aTimedReadLearnsOfACloseAndOfAnInterrupt() throws Exception {
        connect();
        socket().setSoTimeout(60_000);
        InputStream in = socket().getInputStream();
        try (Blocked<Integer> read = Blocked.in(in::read)) {
            socket().close();
            assertThatThrownBy(read::get).hasCauseExactlyInstanceOf(AsynchronousCloseException.class);
        }
        assertThatThrownBy(in::read).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    default void anInterruptEndsATimedRead() throws Exception {
        connect();
        socket().setSoTimeout(60_000);
        InputStream in = socket().getInputStream();
        try (Blocked<Integer> read = Blocked.in(in::read)) {
            read.interrupt();
            assertThatThrownBy(read::get).hasCauseExactlyInstanceOf(ClosedByInterruptException.class);
        }
        assertThat(channel().isOpen()).isFalse();
    }

    @Test
    default void aBlockedStreamWriteLearnsOfAClose() throws Exception {
        connect();
        OutputStream out = socket().getOutputStream();
        try (Blocked<Void> write = Blocked.in(() -> {
            out.write(new byte[stack().moreThanFits()]);
            return null;
        })) {
            channel().close();
            assertThatThrownBy(write::get).cause().isInstanceOf(ClosedChannelException.class);
        }
    }

    @Test
    default void aNonBlockingChannelHasNoBlockingStreamsNorConnect() throws IOException {
        connect();
        InputStream in = socket().getInputStream();
        OutputStream out = socket().getOutputStream();
        channel().configureBlocking(false);
        assertThatThrownBy(in::read).isInstanceOf(IllegalBlockingModeException.class);
        assertThatThrownBy(() -> out.write(1)).isInstanceOf(IllegalBlockingModeException.class);
        try (SocketChannel other = stack().openChannel()) {
            other.configureBlocking(false);
            assertThatThrownBy(() -> other.socket().connect(stack().listening()))
                    .isInstanceOf(IllegalBlockingModeException.class);
            assertThat(other.isOpen()).isTrue();
        }
    }

    @Test
    default void aRefusedConnectClosesTheSocket() {
        assertThatThrownBy(() -> socket().connect(stack().refusing(), 60_000)).isInstanceOf(ConnectException.class);
        assertThat(socket().isClosed()).isTrue();
    }

    @Test
    default void badConnectsAndBindsAreSocketExceptions() throws IOException {
        assertThatThrownBy(() -> socket().connect(null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> socket().connect(stack().listening(), -1))
                .isInstanceOf(IllegalArgumentException.class);
        socket().bind(null);
        assertThatThrownBy(() -> socket().bind(null))
                .isInstanceOf(SocketException.class)
                .hasMessage("Already bound");
        connect();
        // JDK 17 lets the channel's own exception through, later ones translate it
        assertThatThrownBy(() -> socket().connect(stack().listening()))
                .isInstanceOfAny(SocketException.class, AlreadyConnectedException.class);
        socket().close();
        assertThatThrownBy(() -> socket().bind(null)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> socket().connect(stack().listening())).isInstanceOf(IOException.class);
    }

    @Test
    default void shutdownIsSeenFromBothSides() throws IOException {
        connect();
        InputStream in = socket().getInputStream();
        socket().shutdownInput();
        assertThat(socket().isInputShutdown()).isTrue();
        assertThat(in.read()).isEqualTo(-1);
        assertThatThrownBy(socket()::getInputStream).isInstanceOf(SocketException.class);
        OutputStream out = socket().getOutputStream();
        channel().shutdownOutput();
        assertThat(socket().isOutputShutdown()).isTrue();
        assertThatThrownBy(() -> out.write(1)).isInstanceOf(IOException.class);
        assertThatThrownBy(socket()::getOutputStream).isInstanceOf(SocketException.class);
        assertThat(socket().isClosed()).isFalse();
    }

    @Test
    default void optionsWorkBeforeTheConnectAndNotAfterTheClose() throws IOException {
        socket().setTcpNoDelay(true);
        socket().setKeepAlive(true);
        socket().setReuseAddress(true);
        socket().setSoLinger(true, 3);
        socket().setSendBufferSize(30_000);
        socket().setReceiveBufferSize(30_000);
        socket().setTrafficClass(0x10);
        assertThat(socket().getTcpNoDelay()).isTrue();
        assertThat(socket().getKeepAlive()).isTrue();
        assertThat(socket().getReuseAddress()).isTrue();
        assertThat(socket().getSoLinger()).isEqualTo(3);
        assertThat(socket().getSendBufferSize()).isPositive();
        assertThat(socket().getReceiveBufferSize()).isPositive();
        assertThat(socket().getOOBInline()).isFalse();
        assertThat(socket().supportedOptions()).isEqualTo(channel().supportedOptions());
        socket().setSoLinger(false, 3);
        assertThat(socket().getSoLinger()).isEqualTo(-1);
        assertThatThrownBy(() -> socket().setSendBufferSize(0)).isInstanceOf(IllegalArgumentException.class);
        socket().close();
        assertThatThrownBy(() -> socket().setTcpNoDelay(true))
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket is closed");
        assertThatThrownBy(() -> socket().getSoTimeout()).isInstanceOf(SocketException.class);
    }

    @Test
    default void aTimedConnectThatGetsNoAnswerTimesOutAndCloses() throws IOException {
        var silent = stack().silent();
        assertThatThrownBy(() -> socket().connect(silent, 50))
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessageContaining("timed out");
        assertThat(socket().isClosed()).isTrue();
        assertThat(channel().isOpen()).isFalse();
    }

    @Test
    default void aTimedConnectLearnsOfAClose() throws Exception {
        var silent = stack().silent();
        try (Blocked<Void> connect = Blocked.in(() -> {
            socket().connect(silent, 60_000);
            return null;
        })) {
            socket().close();
            assertThatThrownBy(connect::get).cause().isInstanceOf(IOException.class);
        }
    }

    @Test
    default void aTimedReadTakesWhatIsThereOrComes() throws Exception {
        Peer peer = connect();
        InputStream in = socket().getInputStream();
        socket().setSoTimeout(60_000);
        peer.send("ab".getBytes(US_ASCII));
        assertThat(in.readNBytes(2)).isEqualTo("ab".getBytes(US_ASCII));
        try (Blocked<Integer> read = Blocked.in(in::read)) {
            socket().getOutputStream().write('y');
            assertThat(peer.receive(1)).isEqualTo("y".getBytes(US_ASCII));
            peer.send("c".getBytes(US_ASCII));
            assertThat(read.get()).isEqualTo('c');
        }
        peer.close();
        assertThat(in.read()).isEqualTo(-1);
    }

    @Test
    default void readsThatTimeOutAgainAndAgainLoseNoByte() throws Exception {
        Peer peer = connect();
        byte[] sent = Contract.randomBytes(40_000);
        InputStream in = socket().getInputStream();
        OutputStream out = socket().getOutputStream();
        socket().setSoTimeout(1);
        try (Blocked<Void> sending = Blocked.started(() -> {
                    for (int offset = 0; offset < sent.length; offset += 1000) {
                        peer.send(Arrays.copyOfRange(sent, offset, offset + 1000));
                        assertThat(peer.receive(1)).hasSize(1);
                    }
                    return null;
                });
                Blocked<Void> writing = Blocked.started(() -> {
                    for (int offset = 0; offset < sent.length; offset += 1000) {
                        out.write(offset);
                    }
                    return null;
                })) {
            byte[] received = new byte[sent.length];
            for (int count = 0; count < received.length; ) {
                try {
                    count += in.read(received, count, received.length - count);
                } catch (SocketTimeoutException e) {
                    assertThat(e.bytesTransferred).isZero();
                }
            }
            assertThat(received).isEqualTo(sent);
            sending.get();
            writing.get();
        }
    }

    @Test
    default void anInterruptedThreadClosesTheSocketByATimedRead() throws Exception {
        connect();
        socket().setSoTimeout(60_000);
        InputStream in = socket().getInputStream();
        try (Blocked<Boolean> read = Blocked.started(() -> {
            Thread.currentThread().interrupt();
            assertThatThrownBy(in::read).isExactlyInstanceOf(ClosedByInterruptException.class);
            return Thread.currentThread().isInterrupted();
        })) {
            assertThat(read.get()).isTrue();
        }
        assertThat(socket().isClosed()).isTrue();
    }

    @Test
    default void shutdownInputLetsATimedReadGo() throws Exception {
        connect();
        socket().setSoTimeout(60_000);
        InputStream in = socket().getInputStream();
        try (Blocked<Integer> read = Blocked.in(in::read)) {
            socket().shutdownInput();
            assertThat(read.get()).isEqualTo(-1);
        }
    }

    @Test
    default void aTimeLimitOfZeroIsNone() throws Exception {
        Peer peer = connect();
        socket().setSoTimeout(1);
        socket().setSoTimeout(0);
        InputStream in = socket().getInputStream();
        try (Blocked<Integer> read = Blocked.in(in::read)) {
            peer.send("z".getBytes(US_ASCII));
            assertThat(read.get()).isEqualTo('z');
        }
    }

    @Test
    default void whatCanBeReadWithoutWaiting() throws IOException {
        Peer peer = connect();
        peer.send("abc".getBytes(US_ASCII));
        InputStream in = socket().getInputStream();
        assertThat(in.read()).isEqualTo('a');
        await().untilAsserted(() -> assertThat(in.available()).isEqualTo(2));
        assertThat(in.readNBytes(2)).hasSize(2);
        assertThat(in.available()).isZero();
    }

    @Test
    default void urgentData() throws IOException {
        Peer peer = connect();
        if (deviates(Deviation.NO_URGENT_DATA)) {
            assertThatThrownBy(() -> socket().sendUrgentData(1)).isInstanceOf(SocketException.class);
            assertThatThrownBy(() -> socket().setOOBInline(true)).isInstanceOf(SocketException.class);
        } else {
            socket().setOOBInline(true);
            assertThat(socket().getOOBInline()).isTrue();
            socket().sendUrgentData(1);
        }
        socket().getOutputStream().write('u');
        assertThat(peer.receive(1)).isEqualTo("u".getBytes(US_ASCII));
    }

    @Test
    default void anUnresolvedAddress() throws IOException {
        InetSocketAddress unresolved = InetSocketAddress.createUnresolved(
                stack().listening().getHostString(), stack().listening().getPort());
        if (deviates(Deviation.NAMES_ARE_RESOLVED_BY_THE_FAR_SIDE)) {
            socket().connect(unresolved);
            assertThat(socket().isConnected()).isTrue();
        } else {
            assertThatThrownBy(() -> socket().connect(unresolved)).isInstanceOf(UnknownHostException.class);
        }
    }

    @Test
    default void theStreamsOfAChannelThatIsConnectedWithoutTheSocketWork() throws IOException {
        channel().connect(stack().listening());
        Peer peer = stack().peerOf(channel());
        assertThat(socket().isConnected()).isTrue();
        socket().getOutputStream().write("abc".getBytes(US_ASCII));
        assertThat(peer.receive(3)).isEqualTo("abc".getBytes(US_ASCII));
        assertThatThrownBy(() -> socket().getInputStream().read(new byte[1], 0, 2))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> socket().getOutputStream().write(new byte[1], 1, 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }
}
