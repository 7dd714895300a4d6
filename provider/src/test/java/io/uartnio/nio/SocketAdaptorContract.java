package io.uartnio.nio;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@link SocketChannel#socket()} does, whoever implements it. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
abstract class SocketAdaptorContract {

    Stack stack;
    SocketChannel channel;
    Socket socket;

    abstract Stack createStack() throws IOException;

    @BeforeEach
    void open() throws IOException {
        stack = createStack();
        channel = stack.openChannel();
        socket = channel.socket();
    }

    @AfterEach
    void close() throws IOException {
        channel.close();
        stack.close();
    }

    final Peer connect() throws IOException {
        socket.connect(stack.listening(), 10_000);
        return stack.peerOf(channel);
    }

    @Test
    void thereIsOneSocketFromTheStart() {
        assertThat(channel.socket()).isSameAs(socket);
        assertThat(socket.getChannel()).isSameAs(channel);
        assertThat(socket.isConnected()).isFalse();
        assertThat(socket.isBound()).isFalse();
        assertThat(socket.isClosed()).isFalse();
        assertThat(socket.getInetAddress()).isNull();
        assertThat(socket.getPort()).isZero();
        assertThat(socket.getLocalPort()).isEqualTo(-1);
        assertThat(socket.getRemoteSocketAddress()).isNull();
        assertThat(socket.getLocalSocketAddress()).isNull();
        assertThat(socket.getLocalAddress().isAnyLocalAddress()).isTrue();
        assertThat(socket.toString()).isEqualTo("Socket[unconnected]");
    }

    @Test
    void aConnectedSocketSaysWhereTo() throws IOException {
        connect();
        assertThat(socket.isConnected()).isTrue();
        assertThat(socket.isBound()).isTrue();
        assertThat(channel.isConnected()).isTrue();
        assertThat(socket.getPort()).isEqualTo(stack.listening().getPort());
        assertThat(socket.getRemoteSocketAddress()).isEqualTo(stack.listening());
        assertThat(socket.getLocalSocketAddress()).isNotNull();
    }

    @Test
    void anUnconnectedSocketHasNoStreams() {
        assertThatThrownBy(socket::getInputStream)
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket is not connected");
        assertThatThrownBy(socket::getOutputStream)
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket is not connected");
        assertThatThrownBy(socket::shutdownInput).isInstanceOf(SocketException.class);
        assertThatThrownBy(socket::shutdownOutput).isInstanceOf(SocketException.class);
    }

    @Test
    void streamsCarryBytesBothWaysAtOnce() throws Exception {
        Peer peer = connect();
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream();
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
    void aTimedReadThatTimesOutLosesNoByteAndLeavesTheSocketOpen() throws IOException {
        Peer peer = connect();
        InputStream in = socket.getInputStream();
        socket.setSoTimeout(20);
        assertThat(socket.getSoTimeout()).isEqualTo(20);
        assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class).hasMessage("Read timed out");
        assertThatThrownBy(() -> in.read(new byte[10])).isInstanceOf(SocketTimeoutException.class);
        assertThat(socket.isClosed()).isFalse();
        peer.send("abc".getBytes(US_ASCII));
        socket.setSoTimeout(10_000);
        assertThat(in.readNBytes(3)).isEqualTo("abc".getBytes(US_ASCII));
        assertThatThrownBy(() -> socket.setSoTimeout(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aStreamEndsWithTheConnection() throws IOException {
        Peer peer = connect();
        peer.send("end".getBytes(US_ASCII));
        peer.close();
        InputStream in = socket.getInputStream();
        assertThat(in.readAllBytes()).isEqualTo("end".getBytes(US_ASCII));
        assertThat(in.read()).isEqualTo(-1);
        assertThat(in.read(new byte[0])).isZero();
    }

    @Test
    void closingAStreamClosesTheChannel() throws IOException {
        connect();
        socket.getOutputStream().close();
        assertThat(channel.isOpen()).isFalse();
        assertThat(socket.isClosed()).isTrue();
        assertThatThrownBy(socket::getInputStream)
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket is closed");
    }

    @Test
    void aTimedReadLearnsOfACloseAndOfAnInterrupt() throws Exception {
        connect();
        socket.setSoTimeout(60_000);
        InputStream in = socket.getInputStream();
        try (Blocked<Integer> read = Blocked.in(in::read)) {
            socket.close();
            assertThatThrownBy(read::get).hasCauseExactlyInstanceOf(AsynchronousCloseException.class);
        }
        assertThatThrownBy(in::read).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void anInterruptEndsATimedRead() throws Exception {
        connect();
        socket.setSoTimeout(60_000);
        InputStream in = socket.getInputStream();
        try (Blocked<Integer> read = Blocked.in(in::read)) {
            read.interrupt();
            assertThatThrownBy(read::get).hasCauseExactlyInstanceOf(ClosedByInterruptException.class);
        }
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aBlockedStreamWriteLearnsOfAClose() throws Exception {
        connect();
        OutputStream out = socket.getOutputStream();
        try (Blocked<Void> write = Blocked.in(() -> {
            out.write(new byte[32 << 20]);
            return null;
        })) {
            channel.close();
            assertThatThrownBy(write::get).cause().isInstanceOf(ClosedChannelException.class);
        }
    }

    @Test
    void aNonBlockingChannelHasNoBlockingStreamsNorConnect() throws IOException {
        connect();
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream();
        channel.configureBlocking(false);
        assertThatThrownBy(in::read).isInstanceOf(IllegalBlockingModeException.class);
        assertThatThrownBy(() -> out.write(1)).isInstanceOf(IllegalBlockingModeException.class);
        try (SocketChannel other = stack.openChannel()) {
            other.configureBlocking(false);
            assertThatThrownBy(() -> other.socket().connect(stack.listening()))
                    .isInstanceOf(IllegalBlockingModeException.class);
            assertThat(other.isOpen()).isTrue();
        }
    }

    @Test
    void aRefusedConnectClosesTheSocket() {
        assertThatThrownBy(() -> socket.connect(stack.refusing(), 10_000)).isInstanceOf(ConnectException.class);
        assertThat(socket.isClosed()).isTrue();
    }

    @Test
    void badConnectsAndBindsAreSocketExceptions() throws IOException {
        assertThatThrownBy(() -> socket.connect(null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> socket.connect(stack.listening(), -1)).isInstanceOf(IllegalArgumentException.class);
        socket.bind(null);
        assertThatThrownBy(() -> socket.bind(null))
                .isInstanceOf(SocketException.class)
                .hasMessage("Already bound");
        connect();
        // JDK 17 lets the channel's own exception through, later ones translate it
        assertThatThrownBy(() -> socket.connect(stack.listening()))
                .isInstanceOfAny(SocketException.class, AlreadyConnectedException.class);
        socket.close();
        assertThatThrownBy(() -> socket.bind(null)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> socket.connect(stack.listening())).isInstanceOf(IOException.class);
    }

    @Test
    void shutdownIsSeenFromBothSides() throws IOException {
        connect();
        InputStream in = socket.getInputStream();
        socket.shutdownInput();
        assertThat(socket.isInputShutdown()).isTrue();
        assertThat(in.read()).isEqualTo(-1);
        assertThatThrownBy(socket::getInputStream).isInstanceOf(SocketException.class);
        OutputStream out = socket.getOutputStream();
        channel.shutdownOutput();
        assertThat(socket.isOutputShutdown()).isTrue();
        assertThatThrownBy(() -> out.write(1)).isInstanceOf(IOException.class);
        assertThatThrownBy(socket::getOutputStream).isInstanceOf(SocketException.class);
        assertThat(socket.isClosed()).isFalse();
    }

    @Test
    void optionsWorkBeforeTheConnectAndNotAfterTheClose() throws IOException {
        socket.setTcpNoDelay(true);
        socket.setKeepAlive(true);
        socket.setReuseAddress(true);
        socket.setSoLinger(true, 3);
        socket.setSendBufferSize(30_000);
        socket.setReceiveBufferSize(30_000);
        socket.setTrafficClass(0x10);
        assertThat(socket.getTcpNoDelay()).isTrue();
        assertThat(socket.getKeepAlive()).isTrue();
        assertThat(socket.getReuseAddress()).isTrue();
        assertThat(socket.getSoLinger()).isEqualTo(3);
        assertThat(socket.getSendBufferSize()).isPositive();
        assertThat(socket.getReceiveBufferSize()).isPositive();
        assertThat(socket.getOOBInline()).isFalse();
        assertThat(socket.supportedOptions()).isEqualTo(channel.supportedOptions());
        socket.setSoLinger(false, 3);
        assertThat(socket.getSoLinger()).isEqualTo(-1);
        assertThatThrownBy(() -> socket.setSendBufferSize(0)).isInstanceOf(IllegalArgumentException.class);
        socket.close();
        assertThatThrownBy(() -> socket.setTcpNoDelay(true))
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket is closed");
        assertThatThrownBy(() -> socket.getSoTimeout()).isInstanceOf(SocketException.class);
    }
}
