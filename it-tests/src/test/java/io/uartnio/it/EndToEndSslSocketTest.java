package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.uartnio.it.Certificates.KeyKind;
import io.uartnio.tls.EndToEndSslSocketFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import javax.net.ssl.HandshakeCompletedEvent;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The JDK's TLS over sockets of another kind does what it does over the JDK's own, and compares the host name. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EndToEndSslSocketTest {

    private static final byte[] LARGE = Contents.of(50_000);

    @RegisterExtension
    static final TtyLine LINE = new TtyLine();

    private static Certificates certificates;

    private PeerServer server;

    /** Who makes the sockets. */
    enum Maker {
        /** The reference. */
        JDK {
            @Override
            SSLSocketFactory factory(SSLContext context) {
                return context.getSocketFactory();
            }
        },
        OVER_THE_JDKS {
            @Override
            SSLSocketFactory factory(SSLContext context) {
                return new EndToEndSslSocketFactory(context, SocketFactory.getDefault());
            }
        },
        OVER_THE_MODULES {
            @Override
            SSLSocketFactory factory(SSLContext context) {
                return new EndToEndSslSocketFactory(context, LINE.modem().socketFactory());
            }
        };

        abstract SSLSocketFactory factory(SSLContext context);

        SSLSocket unconnected(SSLContext context) throws IOException {
            return (SSLSocket) factory(context).createSocket();
        }
    }

    @BeforeAll
    static void makeCertificates() throws Exception {
        certificates = Certificates.create(KeyKind.EC, Bench.HOST);
    }

    @BeforeEach
    void startServer() throws Exception {
        server = PeerServer.echo(certificates.serverContext());
    }

    @AfterEach
    void stopServer() throws Exception {
        server.close();
    }

    private static SSLContext trusting() throws Exception {
        return certificates.clientContext();
    }

    /** The loopback address under the name, which no name service is asked for. */
    private static InetAddress address() throws IOException {
        return InetAddress.getByAddress(
                Bench.HOST, InetAddress.getLoopbackAddress().getAddress());
    }

    private InetSocketAddress at() throws IOException {
        return new InetSocketAddress(address(), server.port());
    }

    private static void assertEchoes(Socket socket) throws IOException {
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write(LARGE);
        socket.getOutputStream().flush();
        assertThat(Arrays.equals(socket.getInputStream().readNBytes(LARGE.length), LARGE))
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(Maker.class)
    void anUnconnectedOneKnowsOnlyItsParameters(Maker maker) throws Exception {
        SSLSocket reference = Maker.JDK.unconnected(trusting());
        try (SSLSocket socket = maker.unconnected(trusting())) {
            assertThat(socket.isConnected()).isFalse();
            assertThat(socket.getUseClientMode()).isTrue();
            assertThat(socket.getEnableSessionCreation()).isTrue();
            assertThat(socket.getSupportedProtocols()).isEqualTo(reference.getSupportedProtocols());
            assertThat(socket.getEnabledProtocols()).isEqualTo(reference.getEnabledProtocols());
            assertThat(socket.getSupportedCipherSuites()).isEqualTo(reference.getSupportedCipherSuites());
            assertThat(socket.getEnabledCipherSuites()).isEqualTo(reference.getEnabledCipherSuites());
            assertThat(socket.getSession().getCipherSuite()).isEqualTo("SSL_NULL_WITH_NULL_NULL");
            assertThat(socket.getSession().isValid()).isFalse();
            assertThat(socket.getHandshakeSession()).isNull();
            assertThat(socket.getApplicationProtocol()).isNull();
            assertThatThrownBy(socket::getInputStream).isInstanceOf(SocketException.class);
            assertThatThrownBy(socket::getOutputStream).isInstanceOf(SocketException.class);
            assertThatThrownBy(socket::startHandshake).isInstanceOf(SocketException.class);
            assertThatThrownBy(socket::shutdownOutput).isInstanceOf(SocketException.class);
            assertThatThrownBy(() -> socket.setEnabledProtocols(new String[] {"TLSv9"}))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        reference.close();
    }

    @ParameterizedTest
    @EnumSource(Maker.class)
    void whatIsAskedBeforeTheConnectHolds(Maker maker) throws Exception {
        BlockingQueue<HandshakeCompletedEvent> told = new LinkedBlockingQueue<>();
        try (SSLSocket socket = maker.unconnected(trusting())) {
            socket.setSoTimeout(60_000);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setProtocols(new String[] {"TLSv1.2"});
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.addHandshakeCompletedListener(told::add);
            socket.connect(at(), 60_000);
            assertThat(socket.isConnected()).isTrue();
            assertThat(socket.getSoTimeout()).isEqualTo(60_000);
            assertThat(socket.getSSLParameters().getProtocols()).containsExactly("TLSv1.2");
            socket.startHandshake();
            assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.2");
            assertThat(socket.getSession().getPeerHost()).isEqualTo(Bench.HOST);
            assertThat(socket.getSession().getPeerCertificates()).hasSize(1);
            assertThat(socket.getApplicationProtocol()).isEmpty();
            HandshakeCompletedEvent event = told.poll(60, TimeUnit.SECONDS);
            assertThat(event.getSocket()).isSameAs(socket);
            assertThat(event.getSession().getProtocol()).isEqualTo("TLSv1.2");
            assertEchoes(socket);
        }
    }

    @ParameterizedTest
    @EnumSource(Maker.class)
    void anUntrustedServerIsRefused(Maker maker) throws Exception {
        Certificates others = Certificates.create(KeyKind.EC, Bench.HOST);
        try (SSLSocket socket = maker.unconnected(others.clientContext())) {
            socket.connect(at(), 60_000);
            assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLHandshakeException.class);
            assertThatThrownBy(() -> socket.getOutputStream().write(1)).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(Maker.class)
    void aClosedOneStaysClosed(Maker maker) throws Exception {
        SSLSocket never = maker.unconnected(trusting());
        never.close();
        assertThat(never.isClosed()).isTrue();
        assertThatThrownBy(() -> never.connect(at())).isInstanceOf(SocketException.class);

        SSLSocket socket = maker.unconnected(trusting());
        socket.connect(at(), 60_000);
        assertThatThrownBy(() -> socket.connect(at())).isInstanceOf(SocketException.class);
        assertEchoes(socket);
        socket.close();
        assertThat(socket.isClosed()).isTrue();
        assertThat(socket.isConnected()).isTrue();
        assertThatThrownBy(socket::getInputStream).isInstanceOf(SocketException.class);
        assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
        socket.close();
    }

    @ParameterizedTest
    @EnumSource(Maker.class)
    void theEndOfOneDirectionIsSeen(Maker maker) throws Exception {
        try (SSLSocket socket = maker.unconnected(trusting())) {
            socket.connect(at(), 60_000);
            assertEchoes(socket);
            socket.shutdownOutput();
            assertThat(socket.isOutputShutdown()).isTrue();
            assertThat(socket.isInputShutdown()).isFalse();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JDK")
    void theHostNameIsComparedUnlessSomebodySaysNot(Maker maker) throws Exception {
        Certificates others = Certificates.create(KeyKind.EC, "other.test");
        SSLSocketFactory factory = maker.factory(others.clientContext());
        try (PeerServer other = PeerServer.echo(others.serverContext())) {
            for (Socket made :
                    List.of(connected(factory, other.port()), factory.createSocket(address(), other.port()))) {
                try (SSLSocket socket = (SSLSocket) made) {
                    assertThatThrownBy(socket::startHandshake)
                            .isInstanceOf(SSLException.class)
                            .hasMessageContaining(Bench.HOST);
                }
            }
            try (SSLSocket socket = connected(factory, other.port())) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("");
                socket.setSSLParameters(parameters);
                assertEchoes(socket);
            }
        }
    }

    private static SSLSocket connected(SSLSocketFactory factory, int port) throws IOException {
        SSLSocket socket = (SSLSocket) factory.createSocket();
        socket.connect(new InetSocketAddress(address(), port), 60_000);
        return socket;
    }

    @Test
    void everyWayToMakeOneRunsTls() throws Exception {
        SSLSocketFactory factory = Maker.OVER_THE_MODULES.factory(trusting());
        int port = server.port();
        InetAddress any = new InetSocketAddress(0).getAddress();
        SSLSocket unconnected = (SSLSocket) factory.createSocket();
        unconnected.connect(Bench.at(port), 60_000);
        Socket plain = LINE.modem().socketFactory().createSocket(Bench.HOST, port);
        for (Socket socket : List.of(
                unconnected,
                factory.createSocket(Bench.HOST, port),
                factory.createSocket(Bench.HOST, port, any, 0),
                factory.createSocket(address(), port),
                factory.createSocket(address(), port, any, 0),
                factory.createSocket(plain, Bench.HOST, port, true))) {
            try (socket) {
                assertEchoes(socket);
                assertThat(((SSLSocket) socket).getSession().getProtocol()).isEqualTo("TLSv1.3");
            }
        }
        assertThat(plain.isClosed()).isTrue();
    }
}
