package io.uartnio.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.uartnio.TlsProfile;
import io.uartnio.net.ModuleSocketFactory;
import io.uartnio.socket.FakeModule;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.HandshakeCompletedEvent;
import javax.net.ssl.HandshakeCompletedListener;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionBindingEvent;
import javax.net.ssl.SSLSessionBindingListener;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an {@link SSLSocket} over a module does, and what it refuses. */
class ModuleSslSocketTest {

    private static final String HOST = "listening.example";
    private static final int PORT = FakeModule.LISTENING_PORT;
    private static final String SUITE = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
    private static final String OTHER_SUITE = "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256";

    private final FakeModule module = new FakeModule();
    private final TlsProfile profile = TlsProfile.builder()
            .insecureSkipVerification()
            .allowUncheckedHostName()
            .build();
    private final ModuleSslSocketFactory factory = factory(profile);

    @AfterEach
    void closeModule() {
        module.close();
    }

    private ModuleSslSocketFactory factory(TlsProfile of) {
        return new ModuleSslSocketFactory(of, new ModuleSocketFactory(module, of));
    }

    private SSLSocket connected() throws IOException {
        return (SSLSocket) factory.createSocket(HOST, PORT);
    }

    // -- making --

    @Test
    void everyWayToMakeOneConnectsByTheProfile() throws IOException {
        InetAddress address = InetAddress.getByAddress(HOST, new byte[] {(byte) 192, 0, 2, 1});
        InetAddress any = new InetSocketAddress(0).getAddress();
        List<Socket> sockets = List.of(
                factory.createSocket(HOST, PORT),
                factory.createSocket(HOST, PORT, any, 0),
                factory.createSocket(address, PORT),
                factory.createSocket(address, PORT, any, 0),
                factory.createSocket());
        sockets.get(4).connect(InetSocketAddress.createUnresolved(HOST, PORT), 10_000);
        for (Socket socket : sockets) {
            assertThat(socket).isInstanceOf(SSLSocket.class);
            assertThat(socket.isConnected()).isTrue();
            assertThat(((SSLSocket) socket).getSession().getPeerHost()).isEqualTo(HOST);
            assertThat(((SSLSocket) socket).getSession().getPeerPort()).isEqualTo(PORT);
            assertThat(module.newestTls()).isSameAs(profile);
            assertThat(module.newestSocket().host()).isEqualTo(HOST);
            socket.close();
        }
        assertThatThrownBy(() -> factory.createSocket(HOST, PORT, null, 4711)).isInstanceOf(SocketException.class);
    }

    @Test
    void anUnconnectedOneHasNoSession() throws IOException {
        SSLSocket socket = (SSLSocket) factory.createSocket();
        assertThat(socket.getSession().getCipherSuite()).isEqualTo("SSL_NULL_WITH_NULL_NULL");
        assertThat(socket.getSession().getProtocol()).isEqualTo("NONE");
        assertThat(socket.getSession().isValid()).isFalse();
        assertThat(socket.getHandshakeSession()).isNull();
        assertThat(socket.getApplicationProtocol()).isNull();
        assertThatThrownBy(socket::startHandshake)
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket is not connected");
        assertThatThrownBy(socket::getInputStream).isInstanceOf(SocketException.class);
        socket.close();
        assertThatThrownBy(socket::startHandshake)
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket is closed");
    }

    @Test
    void theFactoryOffersWhatTheProfileDoes() throws IOException {
        assertThat(factory.getDefaultCipherSuites()).containsExactly(SUITE, OTHER_SUITE);
        assertThat(factory.getSupportedCipherSuites()).containsExactly(SUITE, OTHER_SUITE);
        try (SSLSocket socket = (SSLSocket) factory.createSocket()) {
            assertThat(socket.getEnabledProtocols()).containsExactly("TLSv1.2");
            assertThat(socket.getSupportedProtocols()).containsExactly("TLSv1.2");
            assertThat(socket.getEnabledCipherSuites()).containsExactly(SUITE, OTHER_SUITE);
            assertThat(socket.getSupportedCipherSuites()).containsExactly(SUITE, OTHER_SUITE);
            assertThat(socket.getSSLParameters().getProtocols()).containsExactly("TLSv1.2");
        }
    }

    @Test
    void overAConnectedSocketItIsTheJdksTls() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket plain = new Socket(server.getInetAddress(), server.getLocalPort());
                SSLSocket layered = (SSLSocket) factory.createSocket(plain, HOST, PORT, true)) {
            assertThat(layered).isNotInstanceOf(ModuleSslSocket.class);
            assertThat(layered.getSupportedProtocols()).contains("TLSv1.3");
            assertThat(layered.getUseClientMode()).isTrue();
        }
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket plain = new Socket(server.getInetAddress(), server.getLocalPort());
                SSLSocket layered = (SSLSocket) factory.createSocket(plain, null, true)) {
            assertThat(layered.getUseClientMode()).isFalse();
        }
        assertThatThrownBy(() -> factory.createSocket(new Socket(), HOST, PORT, true))
                .isInstanceOf(SocketException.class);
    }

    // -- handshake and session --

    @Test
    void theSessionTellsWhatIsKnownAndNothingElse() throws IOException {
        long before = System.currentTimeMillis();
        try (SSLSocket socket = connected()) {
            socket.startHandshake();
            SSLSession session = socket.getSession();
            assertThat(session.getProtocol()).isEqualTo("TLSv1.2");
            assertThat(session.getCipherSuite()).isEqualTo(SUITE);
            assertThat(session.isValid()).isTrue();
            assertThat(session.getCreationTime()).isBetween(before, System.currentTimeMillis());
            assertThat(session.getId()).isEmpty();
            assertThat(session.getLocalCertificates()).isNull();
            assertThat(session.getLocalPrincipal()).isNull();
            assertThat(session.getApplicationBufferSize()).isPositive();
            assertThat(session.getPacketBufferSize()).isGreaterThan(session.getApplicationBufferSize());
            assertThatThrownBy(session::getPeerCertificates).isInstanceOf(SSLPeerUnverifiedException.class);
            assertThatThrownBy(session::getPeerPrincipal).isInstanceOf(SSLPeerUnverifiedException.class);
            assertThat(socket.getSession()).isSameAs(session);
            assertThat(socket.getApplicationProtocol()).isEmpty();
            assertThat(socket.getHandshakeApplicationProtocol()).isNull();
        }
    }

    @Test
    void theSessionSaysSoWhereNothingIsKnown() throws IOException {
        module.setNegotiated(null, null);
        try (SSLSocket socket = connected()) {
            assertThat(socket.getSession().getProtocol()).isEqualTo("UNKNOWN");
            assertThat(socket.getSession().getCipherSuite()).isEqualTo("UNKNOWN");
        }
    }

    @Test
    void theSessionKeepsValues() throws IOException {
        List<String> events = new ArrayList<>();
        SSLSessionBindingListener bound = new SSLSessionBindingListener() {
            @Override
            public void valueBound(SSLSessionBindingEvent event) {
                events.add("bound " + event.getName());
            }

            @Override
            public void valueUnbound(SSLSessionBindingEvent event) {
                events.add("unbound " + event.getName());
            }
        };
        try (SSLSocket socket = connected()) {
            SSLSession session = socket.getSession();
            session.putValue("a", bound);
            assertThat(session.getValueNames()).containsExactly("a");
            assertThat(session.getValue("a")).isSameAs(bound);
            session.putValue("a", "b");
            session.removeValue("a");
            assertThat(session.getValue("a")).isNull();
            session.invalidate();
            assertThat(session.isValid()).isFalse();
        }
        assertThat(events).containsExactly("bound a", "unbound a");
    }

    @Test
    void listenersHearOfTheHandshakeOnce() throws IOException {
        List<HandshakeCompletedEvent> heard = new ArrayList<>();
        HandshakeCompletedListener kept = heard::add;
        HandshakeCompletedListener removed = event -> heard.add(null);
        try (SSLSocket socket = connected()) {
            socket.addHandshakeCompletedListener(kept);
            socket.addHandshakeCompletedListener(removed);
            socket.removeHandshakeCompletedListener(removed);
            assertThatThrownBy(() -> socket.removeHandshakeCompletedListener(removed))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> socket.addHandshakeCompletedListener(null))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(heard).isEmpty();
            socket.getOutputStream().write('x');
            socket.startHandshake();
            assertThat(heard).singleElement().satisfies(event -> {
                assertThat(event.getSocket()).isSameAs(socket);
                assertThat(event.getSession()).isSameAs(socket.getSession());
                assertThat(event.getCipherSuite()).isEqualTo(SUITE);
            });
        }
    }

    @Test
    void bytesGoBothWays() throws IOException {
        try (SSLSocket socket = connected()) {
            socket.getOutputStream().write("ping".getBytes(US_ASCII));
            assertThat(module.newestSocket().peer().receive(4)).isEqualTo("ping".getBytes(US_ASCII));
            module.newestSocket().peer().send("pong".getBytes(US_ASCII));
            assertThat(socket.getInputStream().available()).isEqualTo(4);
            assertThat(socket.getInputStream().readNBytes(4)).isEqualTo("pong".getBytes(US_ASCII));
            socket.setSoTimeout(10);
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            socket.getInputStream().close();
            assertThat(socket.isClosed()).isTrue();
        }
    }

    // -- what is asked for --

    private void assertRefused(Consumer<SSLSocket> demand, String words) throws IOException {
        assertRefused(factory, demand, words);
    }

    /** Whichever comes first, the connect or the demand; whatever begins the handshake. */
    private void assertRefused(ModuleSslSocketFactory by, Consumer<SSLSocket> demand, String words) throws IOException {
        for (boolean before : new boolean[] {true, false}) {
            SSLSocket socket = (SSLSocket) by.createSocket();
            if (before) {
                demand.accept(socket);
            }
            socket.connect(InetSocketAddress.createUnresolved(HOST, PORT));
            if (!before) {
                demand.accept(socket);
            }
            var out = socket.getOutputStream();
            assertThatThrownBy(() -> out.write(1))
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasMessageContaining(words);
            assertThat(module.newestSocket().bytesUnsent()).isZero();
            assertThat(socket.isClosed()).isTrue();
            assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLHandshakeException.class);
            assertThat(socket.getSession().isValid()).isFalse();
            assertThat(socket.getSession().getCipherSuite()).isEqualTo("SSL_NULL_WITH_NULL_NULL");
        }
        SSLSocket socket = (SSLSocket) by.createSocket(HOST, PORT);
        demand.accept(socket);
        assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SSLHandshakeException.class);
    }

    private void assertMet(Consumer<SSLSocket> demand) throws IOException {
        try (SSLSocket socket = connected()) {
            demand.accept(socket);
            socket.startHandshake();
            assertThat(socket.getSession().isValid()).isTrue();
        }
    }

    private static Consumer<SSLSocket> parameters(Consumer<SSLParameters> change) {
        return socket -> {
            SSLParameters parameters = socket.getSSLParameters();
            change.accept(parameters);
            socket.setSSLParameters(parameters);
        };
    }

    @Test
    void protocolsThatAreNotUsedFailTheHandshake() throws IOException {
        assertRefused(socket -> socket.setEnabledProtocols(new String[] {"TLSv1.3"}), "TLSv1.3");
        assertMet(socket -> socket.setEnabledProtocols(new String[] {"TLSv1.3", "TLSv1.2"}));
        try (SSLSocket socket = connected()) {
            assertThatThrownBy(() -> socket.setEnabledProtocols(new String[] {"TLSv9"}))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> socket.setEnabledProtocols(null)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void cipherSuitesThatAreNotUsedFailTheHandshake() throws IOException {
        assertRefused(socket -> socket.setEnabledCipherSuites(new String[] {OTHER_SUITE}), SUITE);
        assertRefused(socket -> socket.setEnabledCipherSuites(new String[] {"TLS_AES_128_GCM_SHA256"}), SUITE);
        assertMet(socket -> socket.setEnabledCipherSuites(new String[] {"TLS_AES_128_GCM_SHA256", SUITE}));
        module.setNegotiated("TLSv1.2", null);
        assertRefused(socket -> socket.setEnabledCipherSuites(new String[] {SUITE}), OTHER_SUITE);
        assertMet(socket -> socket.setEnabledCipherSuites(new String[] {OTHER_SUITE, SUITE}));
    }

    @Test
    void onlyTheProfileLetsAHostNameGoUnchecked() throws IOException {
        Consumer<SSLSocket> https = parameters(all -> all.setEndpointIdentificationAlgorithm("HTTPS"));
        assertMet(https);
        TlsProfile strict = TlsProfile.builder().insecureSkipVerification().build();
        assertRefused(factory(strict), https, "allowUncheckedHostName");
    }

    @Test
    void aServerNameHasToBeTheHosts() throws IOException {
        assertRefused(
                parameters(all -> all.setServerNames(List.of(new SNIHostName("other.example")))), "other.example");
        assertMet(parameters(all -> all.setServerNames(List.of(new SNIHostName(HOST)))));
    }

    @Test
    void whatOnlyAServerCanWantIsRefused() throws IOException {
        assertRefused(socket -> socket.setNeedClientAuth(true), "client");
        assertRefused(socket -> socket.setEnableSessionCreation(false), "session");
        try (SSLSocket socket = connected()) {
            assertThat(socket.getUseClientMode()).isTrue();
            socket.setUseClientMode(true);
            assertThatThrownBy(() -> socket.setUseClientMode(false)).isInstanceOf(IllegalArgumentException.class);
            socket.setWantClientAuth(true);
            assertThat(socket.getWantClientAuth()).isTrue();
            assertThat(socket.getNeedClientAuth()).isFalse();
            assertThat(socket.getEnableSessionCreation()).isTrue();
            socket.startHandshake();
        }
    }

    @Test
    void noApplicationProtocolIsAgreedOn() throws IOException {
        try (SSLSocket socket = connected()) {
            parameters(all -> all.setApplicationProtocols(new String[] {"h2", "http/1.1"}))
                    .accept(socket);
            socket.startHandshake();
            assertThat(socket.getApplicationProtocol()).isEmpty();
        }
    }

    /** What is not overridden would ask the socket that nobody connects. */
    @Test
    void everyMethodOfSocketGoesToTheCarrier() {
        for (Method method : Socket.class.getDeclaredMethods()) {
            int modifiers = method.getModifiers();
            if (Modifier.isPublic(modifiers) && !Modifier.isStatic(modifiers)) {
                assertThat(CarriedSslSocket.class)
                        .as("%s", method)
                        .satisfies(
                                type -> assertThat(type.getDeclaredMethod(method.getName(), method.getParameterTypes()))
                                        .isNotNull());
            }
        }
    }
}
