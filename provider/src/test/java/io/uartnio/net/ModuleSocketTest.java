package io.uartnio.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.uartnio.AccessMode;
import io.uartnio.ModemSocketOptions;
import io.uartnio.contract.Blocked;
import io.uartnio.contract.Peer;
import io.uartnio.contract.SocketBench;
import io.uartnio.contract.SocketContract;
import io.uartnio.socket.FakeModule;
import io.uartnio.socket.FakeModuleSocket;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract, and what only a socket over a module does. */
class ModuleSocketTest implements SocketContract {

    @RegisterExtension
    final SocketBench bench = new SocketBench(PlayedSockets::new);

    @Override
    public SocketBench bench() {
        return bench;
    }

    private FakeModule module() {
        return ((PlayedSockets) stack()).module;
    }

    @Test
    void aNameIsLeftToTheModuleAndStaysKnown() throws IOException {
        try (Socket socket = stack().factory().createSocket("listening.example", FakeModule.LISTENING_PORT)) {
            assertThat(module().newestSocket().host()).isEqualTo("listening.example");
            assertThat(socket.getInetAddress().getHostName()).isEqualTo("listening.example");
            assertThat(socket.getInetAddress().isAnyLocalAddress()).isTrue();
            assertThat(socket.toString()).isEqualTo("Socket[addr=listening.example/0.0.0.0,port=80,localport=4711]");
        }
    }

    @Test
    void theAddressOfAConnectedSocketCanBeConnectedToAgain() throws IOException {
        connect();
        try (Socket again = stack().factory().createSocket(socket().getInetAddress(), socket().getPort())) {
            assertThat(again.isConnected()).isTrue();
            assertThat(module().newestSocket().host()).isEqualTo("listening.example");
        }
    }

    @Test
    void numbersAreNumbers() throws IOException {
        InetAddress address = Inet4Address.getByAddress(new byte[] {(byte) 192, 0, 2, 1});
        try (Socket socket = stack().factory().createSocket("192.0.2.1", FakeModule.LISTENING_PORT)) {
            assertThat(module().newestSocket().host()).isEqualTo("192.0.2.1");
            assertThat(socket.getInetAddress()).isEqualTo(address);
        }
        try (Socket socket = stack().factory().createSocket(address, FakeModule.LISTENING_PORT)) {
            assertThat(module().newestSocket().host()).isEqualTo("192.0.2.1");
            assertThat(socket.getInetAddress()).isEqualTo(address);
        }
    }

    @Test
    void theLocalAddressIsTheModules() throws IOException {
        connect();
        assertThat(socket().getLocalSocketAddress()).isEqualTo(FakeModuleSocket.LOCAL);
    }

    @Test
    void theModuleIsGivenTheTimeLimitOfTheConnect() throws IOException {
        socket().connect(stack().listening(), 1234);
        assertThat(module().newestSocket().timeoutMillis()).isEqualTo(1234);
        try (Socket untimed = stack().factory().createSocket("listening.example", FakeModule.LISTENING_PORT)) {
            assertThat(untimed.isConnected()).isTrue();
            assertThat(module().newestSocket().timeoutMillis()).isZero();
        }
    }

    @Test
    void aHostThatNoCommandCanHoldIsRefusedAndNothingIsLost() throws IOException {
        assertThatThrownBy(() -> socket().connect(InetSocketAddress.createUnresolved("a\"b", 80)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(socket().isClosed()).isFalse();
        connect();
        assertThatThrownBy(() -> stack().factory().createSocket("a\"b", 80))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aModuleWithoutAFreeIndexFailsTheConnect() {
        assertThatThrownBy(() -> stack().factory().createSocket("x.example", FakeModule.NO_INDEX_PORT))
                .isInstanceOf(SocketException.class)
                .hasMessage("all indexes are in use");
    }

    @Test
    void aLossIsASocketExceptionWithItsCauseBehindWhatCameBefore() throws Exception {
        connect().send(new byte[] {5});
        IOException cause = new IOException("port lost");
        module().newestSocket().fail(cause);
        assertThat(socket().getInputStream().read()).isEqualTo(5);
        assertThatThrownBy(() -> socket().getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessage("port lost")
                .hasCause(cause);
        assertThatThrownBy(() -> socket().getOutputStream().write(1))
                .isInstanceOf(SocketException.class)
                .hasCause(cause);
    }

    @Test
    void aWriteThatALossCutsShortThrows() throws Exception {
        connect();
        OutputStream out = socket().getOutputStream();
        IOException cause = new IOException("port lost");
        try (Blocked<Void> write = Blocked.in(() -> {
            out.write(new byte[2 * FakeModuleSocket.QUEUE_BYTES]);
            return null;
        })) {
            module().newestSocket().fail(cause);
            assertThatThrownBy(write::get).cause().hasCause(cause);
        }
    }

    @Test
    void theAccessModeIsTheModules() throws IOException {
        assertThat(socket().getOption(ModemSocketOptions.ACCESS_MODE)).isEqualTo(AccessMode.ADAPTIVE);
        socket().setOption(ModemSocketOptions.ACCESS_MODE, AccessMode.BUFFER);
        assertThat(socket().getOption(ModemSocketOptions.ACCESS_MODE)).isEqualTo(AccessMode.BUFFER);
        assertThat(socket().supportedOptions()).contains(ModemSocketOptions.ACCESS_MODE);
        assertThatThrownBy(() -> socket().setOption(ModemSocketOptions.ACCESS_MODE, AccessMode.TRANSPARENT))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void theFactorySaysWhoseItIs() {
        assertThat(stack().factory()).hasToString("ModuleSocketFactory[port=fake0, tls=null]");
    }

    /** As the JDK does since it has virtual threads; before, the time began when the other reader was done. */
    @Test
    void theTimeThatAnotherReaderTakesCounts() throws Exception {
        Peer peer = connect();
        InputStream in = socket().getInputStream();
        try (Blocked<Integer> first = Blocked.in(in::read)) {
            socket().setSoTimeout(30);
            assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);
            assertThat(first.isDone()).isFalse();
            peer.send("f".getBytes(US_ASCII));
            assertThat(first.get()).isEqualTo('f');
        }
    }
}
