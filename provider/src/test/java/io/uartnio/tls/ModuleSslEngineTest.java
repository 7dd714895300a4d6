package io.uartnio.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.uartnio.Seeds;
import io.uartnio.TlsProfile;
import io.uartnio.TlsSessionInfo;
import io.uartnio.socket.FakeModule;
import io.uartnio.socket.ModuleSockets;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmConstraints;
import java.security.AlgorithmParameters;
import java.security.CryptoPrimitive;
import java.security.Key;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.random.RandomGenerator;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an engine accepts for its channel, and what it makes of parameters that the module cannot honour. */
class ModuleSslEngineTest {

    private static final byte[] SECRET = "what must not leave".getBytes(StandardCharsets.US_ASCII);

    private final Engines engines = new Engines();

    private static TlsSessionInfo session(TlsProfile profile) {
        return new TlsSessionInfo(profile, "TLSv1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    }

    private static ChannelFacts facts(TlsSessionInfo session) {
        return new ChannelFacts(null, Engines.HOST, Engines.PORT, session);
    }

    /** Wraps the hello and returns it. */
    private static byte[] hello(SSLEngine engine) throws SSLException {
        ByteBuffer hello = Engines.wrapped(engine, SECRET);
        byte[] bytes = new byte[hello.remaining()];
        hello.get(bytes);
        return bytes;
    }

    private byte[] answer(Engines of, SSLEngine engine, ChannelFacts facts) throws SSLException {
        return of.meetings.take(hello(engine)).meet(facts);
    }

    private SSLEngineResult handshake(Engines of, SSLEngine engine, ChannelFacts facts) throws SSLException {
        return engine.unwrap(ByteBuffer.wrap(answer(of, engine, facts)), Engines.application(engine));
    }

    private void handshake(SSLEngine engine) throws SSLException {
        SSLEngineResult result = handshake(engines, engine, facts(session(Engines.PROFILE)));
        assertThat(result.getHandshakeStatus()).isEqualTo(HandshakeStatus.FINISHED);
    }

    /** Asserts that the engine has ended and gives nothing away, whatever is asked of it. */
    private static void assertEnded(SSLEngine engine) throws SSLException {
        assertThat(engine.isInboundDone()).isTrue();
        assertThat(engine.isOutboundDone()).isTrue();
        assertThat(engine.getHandshakeStatus()).isEqualTo(HandshakeStatus.NOT_HANDSHAKING);
        SSLEngineResult result = engine.wrap(ByteBuffer.wrap(SECRET), Engines.packet(engine));
        assertThat(result.getStatus()).isEqualTo(Status.CLOSED);
        assertThat(result.bytesProduced()).isZero();
        assertThat(engine.unwrap(ByteBuffer.wrap(SECRET), Engines.application(engine))
                        .getStatus())
                .isEqualTo(Status.CLOSED);
        assertThat(engine.getSession().getCipherSuite()).isEqualTo("SSL_NULL_WITH_NULL_NULL");
    }

    // -- the hello --

    @Test
    void theHelloTellsNothingOfTheApplication() throws Exception {
        ModuleSslEngine engine = engines.engine();
        String hello = new String(hello(engine), StandardCharsets.ISO_8859_1);
        assertThat(hello).doesNotContain(Engines.HOST).doesNotContain(new String(SECRET, StandardCharsets.US_ASCII));
        assertThat(hello.substring(PseudoRecord.HEADER_BYTES)).matches("UartNIO engine 1 [0-9a-f]{64}");
        assertThat(hello).doesNotContain("\n").doesNotContain("\r");
    }

    @Test
    void noTwoHellosAreTheSame() throws Exception {
        assertThat(hello(engines.engine())).isNotEqualTo(hello(engines.engine()));
    }

    @Test
    void anEngineThatIsForgottenLeavesNothingBehind() throws Exception {
        for (int i = 0; i < 50; i++) {
            hello(engines.engine());
        }
        SSLEngine last = engines.engine();
        await().until(() -> {
            System.gc();
            engines.meetings.cancel(engines.meetings.arrange(new SecureRandom()));
            return engines.meetings.isEmpty();
        });
        assertThat(last.isOutboundDone()).isFalse();
    }

    @Test
    void aClosedEngineIsNotWaitedForAnyMore() throws Exception {
        SSLEngine engine = engines.engine();
        hello(engine);
        assertThat(engines.meetings.isEmpty()).isFalse();
        engine.closeOutbound();
        assertThat(engines.meetings.isEmpty()).isTrue();
        assertEnded(engine);
    }

    // -- the man in the middle --

    @Test
    void nothingOfTheApplicationIsTakenBeforeTheAnswer() throws Exception {
        SSLEngine engine = engines.engine();
        hello(engine);
        ByteBuffer source = ByteBuffer.wrap(SECRET);
        for (int i = 0; i < 3; i++) {
            SSLEngineResult result = engine.wrap(source, Engines.packet(engine));
            assertThat(result.bytesConsumed() + result.bytesProduced()).isZero();
        }
        assertThat(source.remaining()).isEqualTo(SECRET.length);
    }

    @ParameterizedTest
    @MethodSource("io.uartnio.Seeds#all")
    void rubbishFailsTheHandshake(long seed) throws Exception {
        RandomGenerator random = Seeds.random(seed);
        for (int round = 0; round < 200; round++) {
            SSLEngine engine = engines.engine();
            hello(engine);
            byte[] rubbish = new byte[PseudoRecord.HEADER_BYTES + random.nextInt(300)];
            random.nextBytes(rubbish);
            if (random.nextBoolean()) {
                // At least it looks like a record, with all of it there.
                PseudoRecord.putHeader(ByteBuffer.wrap(rubbish), (byte) (20 + random.nextInt(5)), rubbish.length - 5);
            }
            assertRefused(engine, rubbish, "seed=" + seed);
        }
    }

    private static void assertRefused(SSLEngine engine, byte[] answer, String what) throws SSLException {
        ByteBuffer target = Engines.application(engine);
        assertThatThrownBy(() -> {
                    SSLEngineResult result = engine.unwrap(ByteBuffer.wrap(answer), target);
                    // A record that is not all there yet: the man in the middle has to give the rest.
                    assertThat(result.getStatus()).isEqualTo(Status.BUFFER_UNDERFLOW);
                    engine.unwrap(ByteBuffer.wrap(Arrays.copyOf(answer, PseudoRecord.MAX_BYTES)), target);
                })
                .as(what)
                .isInstanceOf(SSLHandshakeException.class)
                .hasMessageContaining("hello was not answered");
        assertThat(target.position()).isZero();
        assertEnded(engine);
    }

    @Test
    void anyChangedByteOfTheAnswerFailsTheHandshake() throws Exception {
        int length = PseudoRecord.HEADER_BYTES + Meeting.ANSWER_PAYLOAD_BYTES;
        for (int at = 0; at < length; at++) {
            SSLEngine engine = engines.engine();
            byte[] answer = answer(engines, engine, facts(session(Engines.PROFILE)));
            answer[at] ^= 1;
            assertRefused(engine, answer, "changed at " + at);
        }
    }

    @Test
    void aShorterAnswerFailsTheHandshake() throws Exception {
        SSLEngine engine = engines.engine();
        byte[] answer = answer(engines, engine, facts(session(Engines.PROFILE)));
        byte[] shorter = Arrays.copyOf(answer, answer.length - 1);
        shorter[4]--;
        assertRefused(engine, shorter, "shorter");
    }

    @Test
    void anAnswerThatIsCutOffDoesNotEndWell() throws Exception {
        SSLEngine engine = engines.engine();
        byte[] answer = answer(engines, engine, facts(session(Engines.PROFILE)));
        SSLEngineResult result =
                engine.unwrap(ByteBuffer.wrap(answer, 0, answer.length - 1), Engines.application(engine));
        assertThat(result.getStatus()).isEqualTo(Status.BUFFER_UNDERFLOW);
        assertThatThrownBy(engine::closeInbound).isInstanceOf(SSLException.class);
        assertEnded(engine);
    }

    @Test
    void theAnswerToAnotherEngineFailsTheHandshake() throws Exception {
        byte[] recorded = answer(engines, engines.engine(), facts(session(Engines.PROFILE)));
        SSLEngine engine = engines.engine();
        hello(engine);
        assertRefused(engine, recorded, "replayed");
        SSLEngine answered = engines.engine();
        answer(engines, answered, facts(session(Engines.PROFILE)));
        assertRefused(answered, recorded, "replayed to one that has been met");
    }

    @Test
    void itsOwnHelloSentBackFailsTheHandshake() throws Exception {
        SSLEngine engine = engines.engine();
        assertRefused(engine, hello(engine), "sent back");
    }

    // -- records --

    @ParameterizedTest
    @ValueSource(bytes = {20, 22, 24})
    void recordsOfOtherKindsEndTheEngine(byte type) throws Exception {
        SSLEngine engine = engines.engine();
        handshake(engine);
        ByteBuffer record = ByteBuffer.allocate(50);
        PseudoRecord.putHeader(record, type, 45);
        assertThatThrownBy(() -> engine.unwrap(record.rewind(), Engines.application(engine)))
                .isInstanceOf(SSLException.class);
        assertThat(engine.isInboundDone()).isTrue();
        assertThat(engine.wrap(ByteBuffer.wrap(SECRET), Engines.packet(engine)).bytesConsumed())
                .isZero();
        assertThat(engine.isOutboundDone()).isTrue();
    }

    @Test
    void aRecordThatIsTooLongEndsTheEngine() throws Exception {
        SSLEngine engine = engines.engine();
        handshake(engine);
        ByteBuffer record = ByteBuffer.allocate(5);
        PseudoRecord.putHeader(record, PseudoRecord.APPLICATION_DATA, PseudoRecord.MAX_PAYLOAD_BYTES + 1);
        assertThatThrownBy(() -> engine.unwrap(record.flip(), Engines.application(engine)))
                .isInstanceOf(SSLException.class);
    }

    @Test
    void anEmptyRecordIsTakenAndGivesNothing() throws Exception {
        SSLEngine engine = engines.engine();
        handshake(engine);
        ByteBuffer record = ByteBuffer.allocate(5);
        PseudoRecord.putHeader(record, PseudoRecord.APPLICATION_DATA, 0);
        SSLEngineResult result = engine.unwrap(record.flip(), Engines.nothing());
        assertThat(result.getStatus()).isEqualTo(Status.OK);
        assertThat(result.bytesConsumed()).isEqualTo(5);
    }

    /** The JDK's engines decrypt in place and refuse it. */
    @Test
    void aReadOnlySourceIsUnwrapped() throws Exception {
        SSLEngine engine = engines.engine();
        handshake(engine);
        ByteBuffer record = ByteBuffer.allocate(13);
        PseudoRecord.putHeader(record, PseudoRecord.APPLICATION_DATA, 8);
        assertThat(engine.unwrap(record.rewind().asReadOnlyBuffer(), Engines.application(engine))
                        .bytesProduced())
                .isEqualTo(8);
    }

    @Test
    void aLimitForPacketsIsKept() throws Exception {
        SSLEngine engine = engines.engine();
        SSLParameters params = engine.getSSLParameters();
        params.setMaximumPacketSize(105);
        engine.setSSLParameters(params);
        handshake(engine);
        SSLEngineResult result = engine.wrap(ByteBuffer.allocate(1000), Engines.packet(engine));
        assertThat(result.bytesConsumed()).isEqualTo(100);
        assertThat(result.bytesProduced()).isEqualTo(105);
    }

    @Test
    void finishedIsSaidOnce() throws Exception {
        SSLEngine engine = engines.engine();
        handshake(engine);
        assertThat(engine.getHandshakeStatus()).isEqualTo(HandshakeStatus.NOT_HANDSHAKING);
        assertThatThrownBy(engine::beginHandshake)
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("renegotiate");
        assertThat(engine.wrap(ByteBuffer.wrap(SECRET), Engines.packet(engine)).getHandshakeStatus())
                .isEqualTo(HandshakeStatus.NOT_HANDSHAKING);
    }

    // -- the session --

    @Test
    void theSessionTellsWhatIsKnown() throws Exception {
        SSLEngine engine = engines.engine();
        handshake(engine);
        assertThat(engine.getSession().getProtocol()).isEqualTo("TLSv1.2");
        assertThat(engine.getSession().getCipherSuite()).isEqualTo("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
        assertThat(engine.getSession().getPacketBufferSize()).isEqualTo(16_389);
        assertThat(engine.getSession().getApplicationBufferSize()).isEqualTo(16_384);
        assertThatThrownBy(() -> engine.getSession().getPeerCertificates())
                .isInstanceOf(SSLPeerUnverifiedException.class);
        assertThatThrownBy(() -> engine.getSession().getPeerPrincipal()).isInstanceOf(SSLPeerUnverifiedException.class);
    }

    @Test
    void whatIsNotKnownIsNotNone() throws Exception {
        SSLEngine engine = engines.engine();
        handshake(engines, engine, facts(new TlsSessionInfo(Engines.PROFILE, null, null)));
        assertThat(engine.getSession().getCipherSuite()).isEqualTo("UNKNOWN");
        assertThat(engine.getSession().getProtocol()).isEqualTo("UNKNOWN");
        assertThat(engine.getApplicationProtocol()).isEmpty();
    }

    // -- parameters --

    private static void set(SSLEngine engine, Consumer<SSLParameters> change) {
        SSLParameters params = engine.getSSLParameters();
        change.accept(params);
        engine.setSSLParameters(params);
    }

    private static void assertFailsBeforeTheHello(SSLEngine engine, String words) throws SSLException {
        ByteBuffer packet = Engines.packet(engine);
        assertThatThrownBy(() -> engine.wrap(ByteBuffer.wrap(SECRET), packet))
                .isInstanceOf(SSLHandshakeException.class)
                .hasMessageContaining(words);
        assertThat(packet.position()).isZero();
        assertEnded(engine);
    }

    private void assertFailsAtTheAnswer(Engines of, SSLEngine engine, ChannelFacts facts, String words)
            throws SSLException {
        assertThatThrownBy(() -> handshake(of, engine, facts))
                .isInstanceOf(SSLHandshakeException.class)
                .hasMessageContaining(words);
        assertEnded(engine);
    }

    @Test
    void endpointIdentificationNeedsAProfileThatAllowsAnUncheckedHostName() throws Exception {
        Engines strict =
                new Engines(TlsProfile.builder().insecureSkipVerification().build());
        SSLEngine engine = strict.engine();
        set(engine, params -> params.setEndpointIdentificationAlgorithm("HTTPS"));
        assertFailsBeforeTheHello(engine, "allowUncheckedHostName");
        SSLEngine begun = strict.engine();
        set(begun, params -> params.setEndpointIdentificationAlgorithm("LDAPS"));
        assertThatThrownBy(begun::beginHandshake).isInstanceOf(SSLHandshakeException.class);
        assertEnded(begun);
        SSLEngine without = strict.engine();
        handshake(strict, without, facts(session(strict.terms.profile())));
        assertThat(without.getHandshakeStatus()).isEqualTo(HandshakeStatus.NOT_HANDSHAKING);
    }

    @Test
    void anUncheckedHostNameIsToldOnce() throws Exception {
        Logger logger = Logger.getLogger(TlsTerms.class.getName());
        List<LogRecord> records = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord logged) {
                records.add(logged);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
        try {
            handshake(engines.engine());
            assertThat(records).isEmpty();
            for (int i = 0; i < 3; i++) {
                SSLEngine engine = engines.engine();
                set(engine, params -> params.setEndpointIdentificationAlgorithm("HTTPS"));
                handshake(engine);
            }
        } finally {
            logger.removeHandler(handler);
            logger.setUseParentHandlers(true);
        }
        assertThat(records).hasSize(1);
        assertThat(records.get(0).getLevel()).isEqualTo(Level.WARNING);
    }

    @Test
    void whatOnlyAServerCanDemandFails() throws Exception {
        SSLEngine engine = engines.engine();
        engine.setNeedClientAuth(true);
        assertFailsBeforeTheHello(engine, "client certificate");
        assertThatThrownBy(() -> engines.engine().setUseClientMode(false)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void noNewSessionFails() throws Exception {
        SSLEngine engine = engines.engine();
        engine.setEnableSessionCreation(false);
        assertFailsBeforeTheHello(engine, "session");
    }

    @Test
    void algorithmConstraintsFail() throws Exception {
        SSLEngine engine = engines.engine();
        set(engine, params -> params.setAlgorithmConstraints(new EverythingAllowed()));
        assertFailsBeforeTheHello(engine, "constraints");
    }

    @ParameterizedTest
    @ValueSource(strings = {"NamedGroups", "SignatureSchemes"})
    void whatLaterVersionsOfTheJdkCanAskForFails(String property) throws Exception {
        SSLEngine engine = engines.engine();
        SSLParameters params = engine.getSSLParameters();
        try {
            SSLParameters.class.getMethod("set" + property, String[].class).invoke(params, (Object)
                    new String[] {"x25519"});
        } catch (NoSuchMethodException e) {
            assertThat(Runtime.version().feature()).isLessThan(20);
            return;
        }
        engine.setSSLParameters(params);
        assertFailsBeforeTheHello(engine, property);
    }

    @Test
    void aProtocolThatTheModuleCannotGiveFails() throws Exception {
        SSLEngine engine = engines.engine();
        engine.setEnabledProtocols(new String[] {"TLSv1.3"});
        assertFailsBeforeTheHello(engine, "TLSv1.3");
        SSLEngine both = engines.engine();
        both.setEnabledProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        handshake(both);
        assertThatThrownBy(() -> engines.engine().setEnabledProtocols(new String[] {"TLSv9"}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aProtocolThatIsNotEnabledFails() throws Exception {
        Engines old = new Engines(TlsProfile.builder()
                .insecureSkipVerification()
                .allowUncheckedHostName()
                .protocols("TLSv1.1", "TLSv1.2")
                .build());
        String[] enabled = {"TLSv1.2"};
        SSLEngine known = old.engine();
        known.setEnabledProtocols(enabled);
        assertThatCode(() -> handshake(old, known, facts(session(old.terms.profile()))))
                .doesNotThrowAnyException();
        for (String used : new String[] {"TLSv1.1", null}) {
            SSLEngine engine = old.engine();
            engine.setEnabledProtocols(enabled);
            TlsSessionInfo session =
                    new TlsSessionInfo(old.terms.profile(), used, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA");
            assertFailsAtTheAnswer(old, engine, facts(session), "TLSv1.1");
        }
    }

    @Test
    void aCipherSuiteThatTheModuleCannotGiveFails() throws Exception {
        SSLEngine engine = engines.engine();
        engine.setEnabledCipherSuites(new String[] {"TLS_AES_128_GCM_SHA256"});
        assertFailsBeforeTheHello(engine, "TLS_AES_128_GCM_SHA256");
    }

    @Test
    void aCipherSuiteThatIsNotEnabledFails() throws Exception {
        String enabled = "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256";
        SSLEngine engine = engines.engine();
        engine.setEnabledCipherSuites(new String[] {enabled});
        assertFailsAtTheAnswer(engines, engine, facts(session(Engines.PROFILE)), "AES_128_GCM");
        SSLEngine unknown = engines.engine();
        unknown.setEnabledCipherSuites(new String[] {enabled});
        assertFailsAtTheAnswer(
                engines, unknown, facts(new TlsSessionInfo(Engines.PROFILE, "TLSv1.2", null)), "may use");
        SSLEngine right = engines.engine();
        right.setEnabledCipherSuites(new String[] {enabled});
        handshake(engines, right, facts(new TlsSessionInfo(Engines.PROFILE, "TLSv1.2", enabled)));
    }

    @Test
    void anotherHostThanTheChannelsFails() throws Exception {
        ChannelFacts other = new ChannelFacts(null, "other.example", Engines.PORT, session(Engines.PROFILE));
        assertFailsAtTheAnswer(engines, engines.engine(), other, "other.example");
        SSLEngine named = engines.engine();
        set(named, params -> params.setServerNames(List.of(new SNIHostName("other.example"))));
        assertFailsAtTheAnswer(engines, named, facts(session(Engines.PROFILE)), "other.example");
        ModuleSslEngine nameless = new ModuleSslEngine(engines.terms);
        nameless.setUseClientMode(true);
        handshake(engines, nameless, other);
        assertThat(nameless.getSession().getPeerHost()).isEqualTo("other.example");
        SSLEngine same = engines.engine();
        set(same, params -> params.setServerNames(List.of(new SNIHostName("SERVER.example"))));
        handshake(engines, same, new ChannelFacts(null, "server.example.", Engines.PORT, session(Engines.PROFILE)));
    }

    @Test
    void anotherProfileThanTheChannelsFails() throws Exception {
        TlsProfile other = TlsProfile.builder().insecureSkipVerification().build();
        assertFailsAtTheAnswer(engines, engines.engine(), facts(session(other)), "another profile");
    }

    @Test
    void anotherModemThanTheContextsFails() throws Exception {
        try (FakeModule mine = new FakeModule();
                FakeModule others = new FakeModule()) {
            TlsTerms terms = new TlsTerms(mine, Engines.PROFILE, engines.meetings, new SecureRandom());
            for (ModuleSockets sockets : new ModuleSockets[] {mine, others}) {
                ModuleSslEngine engine = new ModuleSslEngine(terms);
                engine.setUseClientMode(true);
                ChannelFacts facts = new ChannelFacts(sockets, "a", 1, session(Engines.PROFILE));
                if (sockets == mine) {
                    handshake(engines, engine, facts);
                } else {
                    assertFailsAtTheAnswer(engines, engine, facts, "another modem");
                }
            }
        }
    }

    @Test
    void whatIsSetIsGivenBack() {
        SSLEngine engine = engines.engine();
        set(engine, params -> {
            params.setApplicationProtocols(new String[] {"h2", "http/1.1"});
            params.setServerNames(List.of(new SNIHostName("a.example")));
            params.setEndpointIdentificationAlgorithm("HTTPS");
            params.setWantClientAuth(true);
        });
        SSLParameters params = engine.getSSLParameters();
        assertThat(params.getApplicationProtocols()).containsExactly("h2", "http/1.1");
        assertThat(params.getServerNames()).containsExactly(new SNIHostName("a.example"));
        assertThat(params.getEndpointIdentificationAlgorithm()).isEqualTo("HTTPS");
        assertThat(engine.getWantClientAuth()).isTrue();
        assertThat(params.getProtocols()).containsExactly("TLSv1.2");
        assertThat(params.getCipherSuites()).isEqualTo(engine.getEnabledCipherSuites());
    }

    private static final class EverythingAllowed implements AlgorithmConstraints {
        @Override
        public boolean permits(Set<CryptoPrimitive> primitives, String algorithm, AlgorithmParameters parameters) {
            return true;
        }

        @Override
        public boolean permits(Set<CryptoPrimitive> primitives, Key key) {
            return true;
        }

        @Override
        public boolean permits(
                Set<CryptoPrimitive> primitives, String algorithm, Key key, AlgorithmParameters parameters) {
            return true;
        }
    }
}
