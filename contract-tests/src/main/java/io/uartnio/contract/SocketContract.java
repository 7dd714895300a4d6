package io.uartnio.contract;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a {@link Socket} does that a factory has made, whoever implements it. Each test has a thread of its own, because
 * nothing interrupts a read of a socket.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public interface SocketContract {

    /** Returns the bench, which is registered as an extension. */
    SocketBench bench();

    /** Returns the stack under test. */
    default SocketStack stack() {
        return bench().stack();
    }

    /** Returns the test's socket. */
    default Socket socket() {
        return bench().socket();
    }

    /** Returns true if the stack is known to do that otherwise. */
    default boolean deviates(Deviation deviation) {
        return stack().deviations().contains(deviation);
    }

    /** Connects the test's socket. */
    default Peer connect() throws IOException {
        socket().connect(stack().listening(), 60_000);
        return stack().peerOf(socket());
    }

    /** An address that is none of the Internet's. */
    final class OtherAddress extends SocketAddress {
        private static final long serialVersionUID = 1;
    }

    // -- before the connect --

    @Test
    default void aNewSocketIsNothingYet() {
        assertThat(socket().isConnected()).isFalse();
        assertThat(socket().isBound()).isFalse();
        assertThat(socket().isClosed()).isFalse();
        assertThat(socket().isInputShutdown()).isFalse();
        assertThat(socket().isOutputShutdown()).isFalse();
        assertThat(socket().getInetAddress()).isNull();
        assertThat(socket().getPort()).isZero();
        assertThat(socket().getLocalPort()).isEqualTo(-1);
        assertThat(socket().getLocalAddress().isAnyLocalAddress()).isTrue();
        assertThat(socket().getRemoteSocketAddress()).isNull();
        assertThat(socket().getLocalSocketAddress()).isNull();
        assertThat(socket().getChannel()).isNull();
        assertThat(socket().toString()).isEqualTo("Socket[unconnected]");
    }

    @Test
    default void anUnconnectedSocketHasNoStreams() {
        Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
        calls.put("getInputStream", socket()::getInputStream);
        calls.put("getOutputStream", socket()::getOutputStream);
        calls.put("shutdownInput", socket()::shutdownInput);
        calls.put("shutdownOutput", socket()::shutdownOutput);
        calls.forEach((name, call) -> assertThatThrownBy(call)
                .as(name)
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket is not connected"));
    }

    @Test
    default void anUnconnectedSocketCanBeClosed() throws IOException {
        socket().close();
        assertThat(socket().isClosed()).isTrue();
        assertThat(socket().isConnected()).isFalse();
        assertThatThrownBy(() -> socket().connect(stack().listening()))
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket is closed");
    }

    // -- connect --

    @Test
    default void aConnectedSocketSaysWhereTo() throws IOException {
        connect();
        InetSocketAddress destination = stack().listening();
        assertThat(socket().isConnected()).isTrue();
        assertThat(socket().isBound()).isTrue();
        assertThat(socket().getPort()).isEqualTo(destination.getPort());
        assertThat(socket().getInetAddress()).isNotNull();
        InetSocketAddress remote = (InetSocketAddress) socket().getRemoteSocketAddress();
        assertThat(remote.getPort()).isEqualTo(destination.getPort());
        assertThat(remote.getHostString()).isEqualTo(destination.getHostString());
        assertThat(remote.getAddress()).isEqualTo(socket().getInetAddress());
        InetSocketAddress local = (InetSocketAddress) socket().getLocalSocketAddress();
        assertThat(local.getPort()).isEqualTo(socket().getLocalPort());
        assertThat(local.getAddress()).isEqualTo(socket().getLocalAddress());
        assertThat(socket().toString())
                .isEqualTo("Socket[addr=" + socket().getInetAddress() + ",port=" + destination.getPort() + ",localport="
                        + socket().getLocalPort() + "]");
    }

    @Test
    default void theFactoryConnectsByName() throws IOException {
        InetSocketAddress destination = stack().listening();
        Socket one =
                bench().closing(stack().factory().createSocket(destination.getHostString(), destination.getPort()));
        assertCarriesBytes(one);
    }

    @Test
    default void theFactoryConnectsByAddress() throws IOException {
        InetSocketAddress destination = stack().listening();
        InetAddress address = destination.isUnresolved()
                ? InetAddress.getByAddress(destination.getHostString(), new byte[] {(byte) 192, 0, 2, 1})
                : destination.getAddress();
        assertCarriesBytes(bench().closing(stack().factory().createSocket(address, destination.getPort())));
    }

    @Test
    default void theFactoryTakesAnyLocalAddress() throws IOException {
        InetSocketAddress destination = stack().listening();
        InetAddress any = new InetSocketAddress(0).getAddress();
        InetAddress address = InetAddress.getByAddress(destination.getHostString(), new byte[] {127, 0, 0, 1});
        for (InetAddress local : new InetAddress[] {any, null}) {
            assertCarriesBytes(bench().closing(stack().factory()
                    .createSocket(destination.getHostString(), destination.getPort(), local, 0)));
            assertCarriesBytes(
                    bench().closing(stack().factory().createSocket(address, destination.getPort(), local, 0)));
        }
    }

    @Test
    default void theFactoryBindsToALocalAddress() throws IOException {
        InetSocketAddress destination = stack().listening();
        InetAddress loopback = Inet4Address.getByAddress(new byte[] {127, 0, 0, 1});
        ThrowingCallable byName = () -> assertCarriesBytes(bench().closing(stack().factory()
                .createSocket(destination.getHostString(), destination.getPort(), loopback, 0)));
        if (deviates(Deviation.NO_CHOICE_OF_LOCAL_ADDRESS)) {
            assertThatThrownBy(byName)
                    .isInstanceOf(SocketException.class)
                    .hasMessageStartingWith("local address is chosen by the module");
            assertThatThrownBy(() -> stack().factory()
                            .createSocket(destination.getHostString(), destination.getPort(), null, 4711))
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("4711");
        } else {
            assertThatNoException().isThrownBy(byName);
        }
    }

    @Test
    default void theFactoryTakesNoSenseForAPort() {
        String host = stack().listening().getHostString();
        assertThatThrownBy(() -> stack().factory().createSocket(host, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> stack().factory().createSocket(host, 65_536))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> stack().factory().createSocket((InetAddress) null, 80))
                .isInstanceOf(NullPointerException.class);
    }

    /** Shows that the socket is connected to the next far end. */
    private void assertCarriesBytes(Socket one) throws IOException {
        Peer peer = stack().peerOf(one);
        one.getOutputStream().write("there".getBytes(US_ASCII));
        assertThat(peer.receive(5)).isEqualTo("there".getBytes(US_ASCII));
        peer.send("back".getBytes(US_ASCII));
        assertThat(one.getInputStream().readNBytes(4)).isEqualTo("back".getBytes(US_ASCII));
    }

    @Test
    default void senselessDestinationsAreRefused() throws IOException {
        assertThatThrownBy(() -> socket().connect(null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> socket().connect(stack().listening(), -1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> socket().connect(new OtherAddress())).isInstanceOf(IllegalArgumentException.class);
        assertThat(socket().isClosed()).isFalse();
        connect();
        assertThat(socket().isConnected()).isTrue();
    }

    @Test
    default void aSocketConnectsOnce() throws IOException {
        connect();
        assertThatThrownBy(() -> socket().connect(stack().listening()))
                .isInstanceOf(SocketException.class)
                .hasMessageContainingAll("lready connected");
        assertThatThrownBy(() -> socket().bind(null))
                .isInstanceOf(SocketException.class)
                .hasMessage("Already bound");
    }

    @Test
    default void aRefusedConnect() {
        assertThatThrownBy(() -> socket().connect(stack().refusing())).isInstanceOf(ConnectException.class);
        assertThat(socket().isConnected()).isFalse();
        assertThatThrownBy(() -> socket().connect(stack().listening())).isInstanceOf(SocketException.class);
        assertThatThrownBy(() -> stack().factory()
                        .createSocket(
                                stack().refusing().getHostString(),
                                stack().refusing().getPort()))
                .isInstanceOf(ConnectException.class);
    }

    @Test
    default void aConnectToPortZeroFails() {
        InetSocketAddress destination = stack().listening();
        assertThatThrownBy(() -> stack().factory().createSocket(destination.getHostString(), 0))
                .isInstanceOf(SocketException.class);
    }

    @Test
    default void aConnectThatTimesOut() throws IOException {
        InetSocketAddress silent = stack().silent();
        assertThatThrownBy(() -> socket().connect(silent, 50))
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessage("Connect timed out");
        assertThat(socket().isConnected()).isFalse();
        assertThatThrownBy(() -> socket().connect(stack().listening())).isInstanceOf(SocketException.class);
        assertThatThrownBy(socket()::getInputStream).isInstanceOf(SocketException.class);
    }

    @Test
    default void aCloseEndsAConnect() throws Exception {
        InetSocketAddress silent = stack().silent();
        for (int timeoutMillis : new int[] {0, 60_000}) {
            Socket one = bench().closing(stack().factory().createSocket());
            try (Blocked<Void> connect = Blocked.in(() -> {
                one.connect(silent, timeoutMillis);
                return null;
            })) {
                one.close();
                assertThatThrownBy(connect::get).hasCauseInstanceOf(SocketException.class);
            }
        }
    }

    @Test
    default void anUnresolvedAddress() throws IOException {
        InetSocketAddress unresolved = InetSocketAddress.createUnresolved(
                stack().listening().getHostString(), stack().listening().getPort());
        if (deviates(Deviation.NAMES_ARE_RESOLVED_BY_THE_FAR_SIDE)) {
            socket().connect(unresolved);
            assertCarriesBytes(socket());
        } else {
            assertThatThrownBy(() -> socket().connect(unresolved)).isInstanceOf(UnknownHostException.class);
        }
    }

    @Test
    default void theWildcardAddressAsDestination() throws IOException {
        InetSocketAddress wildcard = new InetSocketAddress(stack().listening().getPort());
        if (deviates(Deviation.NO_WILDCARD_DESTINATION)) {
            assertThatThrownBy(() -> socket().connect(wildcard)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> stack().factory().createSocket((String) null, 80))
                    .isInstanceOf(IllegalArgumentException.class);
            connect();
        } else {
            Socket one = bench().closing(stack().factory()
                    .createSocket((String) null, stack().listening().getPort()));
            assertCarriesBytes(one);
        }
    }

    // -- bind --

    @Test
    default void aSocketIsBoundOnce() throws IOException {
        socket().bind(null);
        assertThat(socket().isBound()).isTrue();
        assertThat(socket().getLocalAddress().isAnyLocalAddress()).isTrue();
        if (!deviates(Deviation.NO_CHOICE_OF_LOCAL_ADDRESS)) {
            assertThat(socket().getLocalPort()).isPositive();
        }
        assertThatThrownBy(() -> socket().bind(null))
                .isInstanceOf(SocketException.class)
                .hasMessage("Already bound");
        connect();
    }

    @Test
    default void addressesThatNothingCanBeBoundTo() {
        assertThatThrownBy(() -> socket().bind(new OtherAddress())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> socket().bind(InetSocketAddress.createUnresolved("nowhere.example", 0)))
                .isInstanceOf(SocketException.class)
                .hasMessage("Unresolved address");
        assertThatThrownBy(() -> socket().bind(new InetSocketAddress("192.0.2.1", 0)))
                .isInstanceOfAny(BindException.class, SocketException.class);
        assertThat(socket().isBound()).isFalse();
    }

    // -- streams --

    @Test
    default void streamsCarryBytesBothWaysAtOnce() throws Exception {
        Peer peer = connect();
        InputStream in = socket().getInputStream();
        OutputStream out = socket().getOutputStream();
        try (Blocked<Integer> read = Blocked.in(in::read)) {
            out.write("ping".getBytes(US_ASCII));
            out.write('!');
            out.flush();
            assertThat(peer.receive(5)).isEqualTo("ping!".getBytes(US_ASCII));
            assertThat(read.isDone()).isFalse();
            peer.send(new byte[] {(byte) 0xff});
            assertThat(read.get()).isEqualTo(0xff);
        }
    }

    /** The peer sends and receives at the same time too: a reader that waited for a writer would stop all. */
    @Test
    default void muchBothWaysAtOnce() throws Exception {
        Peer peer = connect();
        byte[] there = Contract.randomBytes(200_000);
        byte[] back = Contract.randomBytes(200_001);
        InputStream in = socket().getInputStream();
        OutputStream out = socket().getOutputStream();
        try (Blocked<Void> sends = Blocked.started(() -> {
                    peer.send(back);
                    return null;
                });
                Blocked<byte[]> receives = Blocked.started(() -> peer.receive(there.length));
                Blocked<byte[]> reads = Blocked.started(() -> in.readNBytes(back.length))) {
            out.write(there);
            assertThat(Arrays.equals(receives.get(), there)).isTrue();
            assertThat(Arrays.equals(reads.get(), back)).isTrue();
            sends.get();
        }
    }

    @Test
    default void twoWritersDoNotMixTheirArrays() throws Exception {
        Peer peer = connect();
        OutputStream out = socket().getOutputStream();
        byte[] zeros = new byte[100_000];
        byte[] ones = new byte[100_000];
        Arrays.fill(ones, (byte) 1);
        try (Blocked<Void> first = Blocked.started(() -> {
                    out.write(zeros);
                    return null;
                });
                Blocked<Void> second = Blocked.started(() -> {
                    out.write(ones);
                    return null;
                })) {
            byte[] received = peer.receive(200_000);
            int changes = 0;
            for (int i = 1; i < received.length; i++) {
                changes += received[i] == received[i - 1] ? 0 : 1;
            }
            assertThat(changes).isEqualTo(1);
            first.get();
            second.get();
        }
    }

    @Test
    default void streamsCheckTheirArguments() throws IOException {
        connect();
        InputStream in = socket().getInputStream();
        OutputStream out = socket().getOutputStream();
        assertThat(in.read(new byte[0])).isZero();
        assertThat(in.read(new byte[3], 3, 0)).isZero();
        assertThatNoException().isThrownBy(() -> out.write(new byte[0]));
        assertThatThrownBy(() -> in.read(new byte[1], 0, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> in.read(new byte[1], -1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> out.write(new byte[1], 1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> in.read(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> out.write(null)).isInstanceOf(NullPointerException.class);
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
        assertThat(socket().isClosed()).isFalse();
        assertThat(socket().isConnected()).isTrue();
        assertThat(socket().isInputShutdown()).isFalse();
        socket().close();
        assertThat(in.read()).as("after the close").isEqualTo(-1);
    }

    @Test
    default void whatCanBeReadWithoutWaiting() throws IOException {
        Peer peer = connect();
        InputStream in = socket().getInputStream();
        assertThat(in.available()).isZero();
        peer.send("abc".getBytes(US_ASCII));
        await().untilAsserted(() -> assertThat(in.available()).isEqualTo(3));
        assertThat(in.read()).isEqualTo('a');
        assertThat(in.available()).isEqualTo(2);
        assertThat(in.readNBytes(2)).hasSize(2);
        assertThat(in.available()).isZero();
        peer.close();
        assertThat(in.read()).isEqualTo(-1);
        assertThat(in.available()).isZero();
        socket().close();
        assertThatThrownBy(in::available).isInstanceOf(SocketException.class).hasMessage("Socket closed");
    }

    @Test
    default void whatWasWrittenBeforeTheCloseArrives() throws IOException {
        Peer peer = connect();
        byte[] written = Contract.randomBytes(10_000);
        socket().getOutputStream().write(written);
        socket().close();
        assertThat(peer.receive(written.length)).isEqualTo(written);
        peer.awaitEnd();
    }

    // -- time limits --

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
    }

    @Test
    default void whatIsThereIsReadHoweverShortTheTime() throws IOException {
        Peer peer = connect();
        peer.send("x".getBytes(US_ASCII));
        InputStream in = socket().getInputStream();
        await().until(() -> in.available() == 1);
        socket().setSoTimeout(1);
        assertThat(in.read()).isEqualTo('x');
    }

    @Test
    default void aStreamReadInPiecesOfTimeIsWhole() throws Exception {
        Peer peer = connect();
        byte[] sent = Contract.randomBytes(60_000);
        InputStream in = socket().getInputStream();
        socket().setSoTimeout(1);
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        try (Blocked<Void> sends = Blocked.started(() -> {
            for (int from = 0; from < sent.length; from += 1_000) {
                peer.send(Arrays.copyOfRange(sent, from, from + 1_000));
                Contract.pause();
            }
            return null;
        })) {
            byte[] piece = new byte[700];
            while (received.size() < sent.length) {
                try {
                    int count = in.read(piece);
                    received.write(piece, 0, count);
                } catch (SocketTimeoutException e) {
                    // again
                }
            }
            sends.get();
        }
        assertThat(Arrays.equals(received.toByteArray(), sent)).isTrue();
    }

    @Test
    default void aTimeLimitIsTakenBack() throws Exception {
        Peer peer = connect();
        InputStream in = socket().getInputStream();
        socket().setSoTimeout(1);
        assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);
        socket().setSoTimeout(0);
        assertThat(socket().getSoTimeout()).isZero();
        try (Blocked<Integer> read = Blocked.in(in::read)) {
            peer.send("z".getBytes(US_ASCII));
            assertThat(read.get()).isEqualTo('z');
        }
        assertThatThrownBy(() -> socket().setSoTimeout(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    default void aTimeLimitIsTheReadersAlone() throws Exception {
        Peer peer = connect();
        OutputStream out = socket().getOutputStream();
        socket().setSoTimeout(1);
        byte[] much = Contract.randomBytes(stack().moreThanFits());
        try (Blocked<Void> write = Blocked.in(() -> {
            out.write(much);
            return null;
        })) {
            assertThatThrownBy(socket().getInputStream()::read).isInstanceOf(SocketTimeoutException.class);
            assertThat(write.isDone()).isFalse();
            assertThat(peer.receive(1000)).isEqualTo(Arrays.copyOf(much, 1000));
        }
    }

    // -- shutdown --

    @Test
    default void shutdownOfTheInput() throws Exception {
        Peer peer = connect();
        InputStream in = socket().getInputStream();
        try (Blocked<Integer> read = Blocked.in(in::read)) {
            socket().shutdownInput();
            assertThat(read.get()).isEqualTo(-1);
        }
        assertThat(socket().isInputShutdown()).isTrue();
        assertThat(socket().isOutputShutdown()).isFalse();
        assertThat(in.read()).isEqualTo(-1);
        assertThat(in.available()).isZero();
        assertThatThrownBy(socket()::getInputStream)
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket input is shutdown");
        assertThatThrownBy(socket()::shutdownInput)
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket input is already shutdown");
        socket().getOutputStream().write('o');
        assertThat(peer.receive(1)).isEqualTo("o".getBytes(US_ASCII));
    }

    @Test
    default void shutdownOfTheOutput() throws Exception {
        Peer peer = connect();
        OutputStream out = socket().getOutputStream();
        out.write("last".getBytes(US_ASCII));
        socket().shutdownOutput();
        assertThat(socket().isOutputShutdown()).isTrue();
        assertThat(socket().isInputShutdown()).isFalse();
        assertThat(peer.receive(4)).isEqualTo("last".getBytes(US_ASCII));
        if (!deviates(Deviation.NO_HALF_CLOSE)) {
            peer.awaitEnd();
        }
        assertThatThrownBy(() -> out.write('x')).isInstanceOf(SocketException.class);
        assertThatThrownBy(socket()::getOutputStream)
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket output is shutdown");
        assertThatThrownBy(socket()::shutdownOutput)
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket output is already shutdown");
        peer.send("still".getBytes(US_ASCII));
        assertThat(socket().getInputStream().readNBytes(5)).isEqualTo("still".getBytes(US_ASCII));
        socket().close();
        peer.awaitEnd();
    }

    @Test
    default void aShutdownEndsABlockedWrite() throws Exception {
        connect();
        OutputStream out = socket().getOutputStream();
        try (Blocked<Void> write = Blocked.in(() -> {
            out.write(new byte[stack().moreThanFits()]);
            return null;
        })) {
            socket().shutdownOutput();
            assertThatThrownBy(write::get).hasCauseInstanceOf(SocketException.class);
        }
        assertThat(socket().isClosed()).isFalse();
    }

    // -- the end of the connection --

    @Test
    default void aReset() throws IOException {
        Peer peer = connect();
        InputStream in = socket().getInputStream();
        peer.reset();
        if (deviates(Deviation.NO_SIGHT_OF_RESET)) {
            assertThat(in.read()).isEqualTo(-1);
            assertThat(in.read()).isEqualTo(-1);
        } else {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(in::read).isInstanceOf(SocketException.class).hasMessage("Connection reset");
            }
        }
        assertThat(socket().isClosed()).isFalse();
    }

    @Test
    default void writesAfterThePeerHasClosedFailInTheEnd() throws IOException {
        Peer peer = connect();
        OutputStream out = socket().getOutputStream();
        if (!deviates(Deviation.NO_HALF_CLOSE) || deviates(Deviation.NO_HALF_CLOSE_BY_PEER)) {
            peer.close();
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100_000; i++) {
                            out.write(new byte[1000]);
                        }
                    })
                    .isInstanceOf(SocketException.class);
        }
    }

    // -- close --

    @Test
    default void aClosedSocketRefusesAllButQuestions() throws IOException {
        connect();
        InputStream in = socket().getInputStream();
        OutputStream out = socket().getOutputStream();
        String before = socket().getRemoteSocketAddress().toString();
        int localPort = socket().getLocalPort();
        socket().close();
        socket().close();
        assertThat(socket().isClosed()).isTrue();
        assertThat(socket().isConnected()).isTrue();
        assertThat(socket().isBound()).isTrue();
        assertThat(socket().isInputShutdown()).isFalse();
        assertThat(socket().isOutputShutdown()).isFalse();
        assertThat(socket().getRemoteSocketAddress()).hasToString(before);
        assertThat(socket().getLocalPort()).isEqualTo(localPort);
        assertThat(socket().supportedOptions()).isNotEmpty();
        Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
        calls.put("connect", () -> socket().connect(stack().listening()));
        calls.put("timed connect", () -> socket().connect(stack().listening(), 10));
        calls.put("bind", () -> socket().bind(null));
        calls.put("getInputStream", socket()::getInputStream);
        calls.put("getOutputStream", socket()::getOutputStream);
        calls.put("shutdownInput", socket()::shutdownInput);
        calls.put("shutdownOutput", socket()::shutdownOutput);
        calls.put("setTcpNoDelay", () -> socket().setTcpNoDelay(true));
        calls.put("getTcpNoDelay", socket()::getTcpNoDelay);
        calls.put("setSoLinger", () -> socket().setSoLinger(true, 1));
        calls.put("getSoLinger", socket()::getSoLinger);
        calls.put("setOOBInline", () -> socket().setOOBInline(false));
        calls.put("getOOBInline", socket()::getOOBInline);
        calls.put("setSoTimeout", () -> socket().setSoTimeout(1));
        calls.put("getSoTimeout", socket()::getSoTimeout);
        calls.put("setSendBufferSize", () -> socket().setSendBufferSize(1000));
        calls.put("getSendBufferSize", socket()::getSendBufferSize);
        calls.put("setReceiveBufferSize", () -> socket().setReceiveBufferSize(1000));
        calls.put("getReceiveBufferSize", socket()::getReceiveBufferSize);
        calls.put("setKeepAlive", () -> socket().setKeepAlive(true));
        calls.put("getKeepAlive", socket()::getKeepAlive);
        calls.put("setTrafficClass", () -> socket().setTrafficClass(1));
        calls.put("setReuseAddress", () -> socket().setReuseAddress(true));
        calls.put("getReuseAddress", socket()::getReuseAddress);
        calls.put("setOption", () -> socket().setOption(StandardSocketOptions.TCP_NODELAY, true));
        calls.put("getOption", () -> socket().getOption(StandardSocketOptions.TCP_NODELAY));
        calls.forEach((name, call) -> assertThatThrownBy(call)
                .as(name)
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket is closed"));
        assertThatThrownBy(in::read).isInstanceOf(SocketException.class).hasMessage("Socket closed");
        assertThatThrownBy(() -> out.write(1))
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket closed");
        assertThatThrownBy(() -> socket().sendUrgentData(1)).isInstanceOf(SocketException.class);
        assertThatThrownBy(socket()::getTrafficClass).isInstanceOf(SocketException.class);
    }

    @Test
    default void closingAStreamClosesTheSocket() throws IOException {
        connect();
        socket().getOutputStream().close();
        assertThat(socket().isClosed()).isTrue();
        Socket other = bench().closing(stack().factory().createSocket());
        other.connect(stack().listening());
        other.getInputStream().close();
        assertThat(other.isClosed()).isTrue();
    }

    @Test
    default void aCloseEndsReads() throws Exception {
        connect();
        InputStream in = socket().getInputStream();
        try (Blocked<Integer> first = Blocked.in(in::read);
                Blocked<Integer> second = Blocked.in(in::read)) {
            socket().close();
            assertThatThrownBy(first::get)
                    .cause()
                    .isInstanceOf(SocketException.class)
                    .hasMessage("Socket closed");
            assertThatThrownBy(second::get)
                    .cause()
                    .isInstanceOf(SocketException.class)
                    .hasMessage("Socket closed");
        }
    }

    @Test
    default void aCloseEndsATimedRead() throws Exception {
        connect();
        socket().setSoTimeout(60_000);
        InputStream in = socket().getInputStream();
        try (Blocked<Integer> read = Blocked.in(in::read)) {
            in.close();
            assertThatThrownBy(read::get)
                    .cause()
                    .isInstanceOf(SocketException.class)
                    .hasMessage("Socket closed");
        }
    }

    @Test
    default void aCloseEndsAWrite() throws Exception {
        connect();
        OutputStream out = socket().getOutputStream();
        try (Blocked<Void> write = Blocked.in(() -> {
            out.write(new byte[stack().moreThanFits()]);
            return null;
        })) {
            socket().close();
            assertThatThrownBy(write::get)
                    .cause()
                    .isInstanceOf(SocketException.class)
                    .hasMessage("Socket closed");
        }
    }

    // -- interrupts --

    @Test
    default void anInterruptOfARead() throws Exception {
        Peer peer = connect();
        for (int timeoutMillis : new int[] {0, 60_000}) {
            socket().setSoTimeout(timeoutMillis);
            InputStream in = socket().getInputStream();
            try (Blocked<String> read =
                    Blocked.in(() -> in.read() + " " + Thread.currentThread().isInterrupted())) {
                read.interrupt();
                if (ThreadKind.current() == ThreadKind.VIRTUAL) {
                    assertThatThrownBy(read::get)
                            .cause()
                            .isInstanceOf(SocketException.class)
                            .hasMessage("Closed by interrupt");
                    assertThat(socket().isClosed()).isTrue();
                    return;
                }
                read.awaitWaiting();
                peer.send("A".getBytes(US_ASCII));
                assertThat(read.get()).isEqualTo((int) 'A' + " true");
            }
        }
    }

    @Test
    default void anInterruptOfAWrite() throws Exception {
        Peer peer = connect();
        OutputStream out = socket().getOutputStream();
        byte[] much = Contract.randomBytes(stack().moreThanFits());
        try (Blocked<Boolean> write = Blocked.in(() -> {
            out.write(much);
            return Thread.currentThread().isInterrupted();
        })) {
            write.interrupt();
            if (ThreadKind.current() == ThreadKind.VIRTUAL) {
                assertThatThrownBy(write::get)
                        .cause()
                        .isInstanceOf(SocketException.class)
                        .hasMessage("Closed by interrupt");
                assertThat(socket().isClosed()).isTrue();
            } else {
                write.awaitWaiting();
                assertThat(peer.receive(100_000)).isEqualTo(Arrays.copyOf(much, 100_000));
                assertThat(socket().isClosed()).isFalse();
                socket().close();
                assertThatThrownBy(write::get).cause().isInstanceOf(SocketException.class);
            }
        }
    }

    @Test
    default void anInterruptOfAConnect() throws Exception {
        InetSocketAddress silent = stack().silent();
        try (Blocked<Void> connect = Blocked.in(() -> {
            socket().connect(silent, 60_000);
            return null;
        })) {
            connect.interrupt();
            if (ThreadKind.current() == ThreadKind.VIRTUAL) {
                assertThatThrownBy(connect::get)
                        .cause()
                        .isInstanceOf(SocketException.class)
                        .hasMessage("Closed by interrupt");
            } else {
                connect.awaitWaiting();
                assertThat(connect.isDone()).isFalse();
                socket().close();
                assertThatThrownBy(connect::get).cause().isInstanceOf(SocketException.class);
            }
        }
    }

    /** Where there is something to read nobody asks. */
    @Test
    default void anInterruptBeforeAReadThatNeedNotWait() throws Exception {
        Peer peer = connect();
        peer.send("ab".getBytes(US_ASCII));
        InputStream in = socket().getInputStream();
        await().until(() -> in.available() == 2);
        try (Blocked<String> read = Blocked.started(() -> {
            Thread.currentThread().interrupt();
            return in.read() + " " + Thread.interrupted();
        })) {
            assertThat(read.get()).isEqualTo((int) 'a' + " true");
        }
        assertThat(in.read()).isEqualTo('b');
    }

    // -- options --

    @Test
    default void optionsAreRememberedBeforeAndAfterTheConnect() throws IOException {
        setAndGetAll();
        connect();
        assertThat(socket().getTcpNoDelay()).isTrue();
        assertThat(socket().getSoLinger()).isEqualTo(7);
        setAndGetAll();
    }

    private void setAndGetAll() throws IOException {
        socket().setTcpNoDelay(true);
        assertThat(socket().getTcpNoDelay()).isTrue();
        socket().setKeepAlive(true);
        assertThat(socket().getKeepAlive()).isTrue();
        socket().setReuseAddress(true);
        assertThat(socket().getReuseAddress()).isTrue();
        socket().setSoLinger(false, 0);
        assertThat(socket().getSoLinger()).isEqualTo(-1);
        socket().setSoLinger(true, 70_000);
        assertThat(socket().getSoLinger()).isEqualTo(65_535);
        socket().setSoLinger(true, 7);
        assertThat(socket().getSoLinger()).isEqualTo(7);
        socket().setSendBufferSize(5_000);
        assertThat(socket().getSendBufferSize()).isPositive();
        socket().setReceiveBufferSize(5_000);
        assertThat(socket().getReceiveBufferSize()).isPositive();
        socket().setTrafficClass(8);
        assertThat(socket().getTrafficClass()).isBetween(0, 255);
        socket().setSoTimeout(9);
        assertThat(socket().getSoTimeout()).isEqualTo(9);
        socket().setOOBInline(false);
        assertThat(socket().getOOBInline()).isFalse();
        assertThat(socket().setOption(StandardSocketOptions.SO_KEEPALIVE, false))
                .isSameAs(socket());
        assertThat(socket().getOption(StandardSocketOptions.SO_KEEPALIVE)).isFalse();
        assertThat(socket().getKeepAlive()).isFalse();
    }

    @Test
    default void aNewSocketsOptions() throws IOException {
        assertThat(socket().getTcpNoDelay()).isFalse();
        assertThat(socket().getKeepAlive()).isFalse();
        assertThat(socket().getSoLinger()).isEqualTo(-1);
        assertThat(socket().getSoTimeout()).isZero();
        assertThat(socket().getOOBInline()).isFalse();
        assertThat(socket().getSendBufferSize()).isPositive();
        assertThat(socket().getReceiveBufferSize()).isPositive();
        assertThat(socket().supportedOptions())
                .contains(
                        StandardSocketOptions.TCP_NODELAY,
                        StandardSocketOptions.SO_KEEPALIVE,
                        StandardSocketOptions.SO_LINGER,
                        StandardSocketOptions.SO_SNDBUF,
                        StandardSocketOptions.SO_RCVBUF,
                        StandardSocketOptions.SO_REUSEADDR,
                        StandardSocketOptions.IP_TOS);
        for (SocketOption<?> option : socket().supportedOptions()) {
            if (!option.name().equals("SO_INCOMING_NAPI_ID")) {
                assertThat(socket().getOption(option)).as("%s", option).isNotNull();
            }
        }
        assertThatThrownBy(() -> socket().supportedOptions().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    default void senselessOptionsAreRefused() {
        Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
        calls.put("setSoLinger", () -> socket().setSoLinger(true, -1));
        calls.put("setSoTimeout", () -> socket().setSoTimeout(-1));
        calls.put("setSendBufferSize 0", () -> socket().setSendBufferSize(0));
        calls.put("setSendBufferSize -1", () -> socket().setSendBufferSize(-1));
        calls.put("setReceiveBufferSize", () -> socket().setReceiveBufferSize(0));
        calls.put("setTrafficClass -1", () -> socket().setTrafficClass(-1));
        calls.put("setTrafficClass 256", () -> socket().setTrafficClass(256));
        calls.forEach((name, call) -> assertThatThrownBy(call).as(name).isInstanceOf(IllegalArgumentException.class));
        assertThatThrownBy(() -> socket().setOption(null, 1)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> socket().getOption(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> socket().setOption(StandardSocketOptions.IP_MULTICAST_TTL, 1))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> socket().getOption(StandardSocketOptions.IP_MULTICAST_TTL))
                .isInstanceOf(UnsupportedOperationException.class);
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
        socket().setPerformancePreferences(1, 2, 3);
        socket().getOutputStream().write('u');
        assertThat(peer.receive(1)).isEqualTo("u".getBytes(US_ASCII));
    }
}
