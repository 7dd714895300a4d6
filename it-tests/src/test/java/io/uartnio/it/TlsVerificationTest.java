package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.uartnio.Modem;
import io.uartnio.ModemException;
import io.uartnio.TlsProfile;
import io.uartnio.emulator.EmulatorBuilder;
import io.uartnio.emulator.ModuleEmulator;
import io.uartnio.it.Certificates.KeyKind;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Which servers the module's TLS lets in, over the tty and with servers of the JDK: what a profile does not allow is
 * refused before a byte of the application has left, and what it allows by name opens.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(NothingLeftBehind.class)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TlsVerificationTest {

    private static final byte[] PING = "ping".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private static Path directory;

    private static Authority authority;
    private static Authority stranger;
    private static Authority.Identity good;

    private ModuleEmulator emulator;
    private Modem modem;

    @BeforeAll
    static void makeCertificates() throws Exception {
        authority = Authority.create(KeyKind.RSA, "authority");
        stranger = Authority.create(KeyKind.RSA, "stranger");
        good = authority.issue(Bench.HOST, KeyKind.RSA);
    }

    private void open(EmulatorBuilder builder) throws IOException {
        emulator = builder.start();
        modem = Bench.modem(emulator).open();
    }

    private void open() throws IOException {
        open(Bench.emulator());
    }

    @AfterEach
    void close() {
        if (modem != null) {
            modem.close();
        }
        if (emulator != null) {
            emulator.close();
        }
    }

    private static TlsProfile.Builder trusting(Authority trusted) {
        return TlsProfile.builder().trustAnchors(List.of(trusted.certificate())).allowUncheckedHostName();
    }

    private static TlsProfile.Builder trusting() {
        return trusting(authority);
    }

    private SocketChannel connect(TlsProfile.Builder profile, TlsPeer server) throws IOException {
        return Bench.connect(modem.tlsSelectorProvider(profile.build()), server.port());
    }

    private void assertOpens(TlsProfile.Builder profile, TlsPeer server) throws IOException {
        try (SocketChannel channel = connect(profile, server)) {
            Bench.writeFully(channel, PING);
            assertThat(Bench.readFully(channel, PING.length)).isEqualTo(PING);
        }
    }

    /** The module tells everything that is wrong with a handshake by one code (SSL application note, section 5). */
    private void assertRefused(TlsProfile.Builder profile, TlsPeer server) {
        long before = server.bytesReceived();
        assertThatThrownBy(() -> connect(profile, server))
                .isInstanceOf(IOException.class)
                .satisfies(thrown ->
                        assertThat(Causes.modemException(thrown).code()).isEqualTo(566))
                .hasMessageContaining("AT+QSSLOPEN")
                .hasMessageContaining(Bench.HOST);
        assertThat(server.bytesReceived()).isEqualTo(before);
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(modem.sockets()).isEmpty());
    }

    // ------------------------------------------------------------------ the server's certificate

    @ParameterizedTest
    @EnumSource(KeyKind.class)
    void aServerOfTheTrustedAuthorityIsLetIn(KeyKind kind) throws Exception {
        open();
        Authority root = Authority.create(kind, "root");
        try (TlsPeer server = TlsPeer.of(root.issue(Bench.HOST, kind))) {
            assertOpens(trusting(root), server);
            assertThat(server.sessions())
                    .singleElement()
                    .asString()
                    .startsWith(
                            kind == KeyKind.RSA
                                    ? "TLSv1.2 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
                                    : "TLSv1.2 TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256");
        }
    }

    @Test
    void aServerOfAnotherAuthorityIsRefusedUnlessNobodyIsVerified() throws Exception {
        open();
        try (TlsPeer server = TlsPeer.of(good)) {
            assertRefused(trusting(stranger), server);
            assertThat(server.sessions()).isEmpty();
            assertOpens(TlsProfile.builder().insecureSkipVerification(), server);
            assertOpens(trusting(stranger).trustAnchors(List.of(authority.certificate())), server);
        }
    }

    @Test
    void aServerWhoseCertificateHasExpiredIsRefusedUnlessValidityIsIgnored() throws Exception {
        open();
        try (TlsPeer server = TlsPeer.of(authority.issue(Bench.HOST, KeyKind.RSA, -10, -2))) {
            assertRefused(trusting(), server);
            assertOpens(trusting().insecureIgnoreValidity(), server);
            assertRefused(trusting(), server);
        }
    }

    @Test
    void aServerWhoseCertificateIsNotYetValidIsRefusedUnlessValidityIsIgnored() throws Exception {
        open();
        try (TlsPeer server = TlsPeer.of(authority.issue(Bench.HOST, KeyKind.RSA, 2, 10))) {
            assertRefused(trusting(), server);
            assertOpens(trusting().insecureIgnoreValidity(), server);
        }
    }

    @Test
    void aServerThatVouchesForItselfIsRefusedUnlessItIsTheTrustAnchor() throws Exception {
        open();
        Authority.Identity itself = Authority.selfSigned(Bench.HOST);
        try (TlsPeer server = TlsPeer.of(itself)) {
            assertRefused(trusting(), server);
            assertOpens(TlsProfile.builder().trustAnchors(itself.chain()).allowUncheckedHostName(), server);
            assertOpens(TlsProfile.builder().insecureSkipVerification(), server);
        }
    }

    @Test
    void aServerWithAForgedSignatureIsRefusedUnlessSignaturesAreIgnored() throws Exception {
        open();
        try (TlsPeer server = TlsPeer.of(authority.forged(Bench.HOST))) {
            assertRefused(trusting(), server);
            assertOpens(trusting().insecureIgnoreSignatures(), server);
        }
    }

    @Test
    void aServerMustShowTheWholeChainUnlessChainsAreIgnored() throws Exception {
        open();
        Authority.Identity issued = authority.intermediate("between").issue(Bench.HOST, KeyKind.RSA);
        try (TlsPeer server = TlsPeer.of(issued)) {
            assertOpens(trusting(), server);
        }
        Authority.Identity alone =
                new Authority.Identity(issued.key(), issued.chain().subList(0, 1));
        try (TlsPeer server = TlsPeer.of(alone)) {
            assertRefused(trusting(), server);
        }
        Authority.Identity unrelated = new Authority.Identity(
                issued.key(), List.of(issued.chain().get(0), good.chain().get(0)));
        try (TlsPeer server = TlsPeer.of(unrelated)) {
            assertRefused(trusting(), server);
            assertOpens(trusting().insecureIgnoreChain(), server);
        }
    }

    /** Nobody checks it, which is why a profile has to allow that by name. */
    @Test
    void aServerOfAnotherNameIsLetInOnlyByAProfileThatAllowsIt() throws Exception {
        open();
        try (TlsPeer server = TlsPeer.of(authority.issue("somebody.else", KeyKind.RSA))) {
            assertThatThrownBy(
                            () -> connect(TlsProfile.builder().trustAnchors(List.of(authority.certificate())), server))
                    .isInstanceOf(ModemException.class)
                    .hasMessageContaining("allowUncheckedHostName");
            assertOpens(trusting(), server);
        }
    }

    // ------------------------------------------------------------------ the client's certificate

    @Test
    void aServerThatDemandsACertificateRefusesAClientWithoutAndSeesTheNameOfOneWith() throws Exception {
        open();
        Authority.Identity client = authority.intermediate("clients").issue("client 1", KeyKind.RSA);
        Authority.Identity ecClient = authority.issue("client 2", KeyKind.EC);
        Authority.Identity impostor = stranger.issue("client 1", KeyKind.RSA);
        char[] password = "opensesame".toCharArray();
        try (TlsPeer server = TlsPeer.of(good, authority, List.of("TLSv1.2"), List.of())) {
            assertRefused(trusting(), server);
            assertOpens(
                    trusting().clientIdentity(client.writeCertificates(directory), client.writeKey(directory)), server);
            assertOpens(trusting().clientIdentity(client.writePkcs12(directory, password), password), server);
            assertOpens(
                    trusting().clientIdentity(ecClient.writeCertificates(directory), ecClient.writeKey(directory)),
                    server);
            assertRefused(trusting().clientIdentity(impostor.chain(), impostor.key()), server);
            assertThat(server.sessions())
                    .hasSize(3)
                    .allMatch(session -> session.startsWith("TLSv1.2 "))
                    .extracting(session -> session.replaceFirst(".* CN=", ""))
                    .containsExactly("client 1", "client 1", "client 2");
        }
    }

    @Test
    void aClientCertificateWithoutVerificationIsMoreThanTheModuleCan() throws Exception {
        open();
        Authority.Identity client = authority.issue("client", KeyKind.RSA);
        try (TlsPeer server = TlsPeer.of(good)) {
            assertThatThrownBy(() -> connect(
                            TlsProfile.builder()
                                    .clientIdentity(client.chain(), client.key())
                                    .insecureSkipVerification(),
                            server))
                    .isInstanceOf(ModemException.class)
                    .hasMessageContaining("client certificate");
        }
    }

    // ------------------------------------------------------------------ versions and cipher suites

    @Test
    void aSuiteThatIsNotAmongTheSafeIsUsedWhenItIsNamed() throws Exception {
        open();
        String suite = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";
        try (TlsPeer server = TlsPeer.of(good, null, List.of("TLSv1.2"), List.of(suite))) {
            assertRefused(trusting(), server);
            assertOpens(trusting().cipherSuites(suite), server);
            assertOpens(trusting().cipherSuites("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", suite), server);
            assertOpens(trusting().cipherSuites(modem.info().tlsCipherSuites().toArray(String[]::new)), server);
        }
    }

    @Test
    void whatTheModuleDoesNotHaveIsToldByItsName() throws Exception {
        open();
        try (TlsPeer server = TlsPeer.of(good, null, List.of("TLSv1.3"), List.of())) {
            assertRefused(trusting(), server);
            assertThatThrownBy(() -> connect(trusting().protocols("TLSv1.3"), server))
                    .isInstanceOf(ModemException.class)
                    .hasMessageContaining("TLSv1.3");
            assertThatThrownBy(() -> connect(trusting().cipherSuites("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"), server))
                    .isInstanceOf(ModemException.class)
                    .hasMessageContaining("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256");
            assertThatThrownBy(() -> connect(
                            trusting().protocols("TLSv1.1").cipherSuites("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
                            server))
                    .isInstanceOf(ModemException.class)
                    .hasMessageContaining("no cipher suite of the profile goes with its protocols");
        }
    }

    /** A JVM that allows what today's do not by default, for the servers, and for the module that is played in it. */
    @Test
    void oldVersionsAndSuitesAreUsedWhenTheyAreNamedAndOnlyThen() throws Exception {
        String printed = ForkedJvm.withOldTls(directory).run(OldTlsProgram.class);
        assertThat(printed).contains("done, suites=32");
    }

    // ------------------------------------------------------------------ contexts and files

    private static TlsProfile.Builder different(int number) {
        return trusting().handshakeTimeout(Duration.ofSeconds(20 + number));
    }

    @Test
    void sixProfilesAreConnectedAtATimeAndASeventhWhenOneHasEnded() throws Exception {
        open();
        List<SocketChannel> channels = new ArrayList<>();
        try (TlsPeer server = TlsPeer.of(good)) {
            for (int i = 0; i < 6; i++) {
                channels.add(connect(different(i), server));
            }
            channels.add(connect(different(3), server));
            assertThatThrownBy(() -> connect(different(6), server))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("all SSL contexts are in use");
            channels.get(2).close();
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(modem.sockets()).hasSize(6));
            assertOpens(different(6), server);
        } finally {
            for (SocketChannel channel : channels) {
                channel.close();
            }
        }
    }

    /** The first connection's context could still be taken for set up while the module has forgotten that it verifies. */
    @Test
    void aContextThatTheModuleForgotIsNotUsedUnverified() throws Exception {
        open(Bench.emulator().sslContextForgets(true));
        try (TlsPeer trusted = TlsPeer.of(good);
                TlsPeer untrusted = TlsPeer.of(stranger.issue(Bench.HOST, KeyKind.RSA))) {
            assertOpens(trusting(), trusted);
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(modem.sockets()).isEmpty());
            assertRefused(trusting(), untrusted);
            assertOpens(trusting(), trusted);
        }
    }

    @Test
    void aModuleThatHasRestartedVerifiesAsBefore() throws Exception {
        emulator = Bench.emulator().start();
        modem = Bench.modem(emulator).commandTimeout(Duration.ofSeconds(6)).open();
        try (TlsPeer trusted = TlsPeer.of(good);
                TlsPeer untrusted = TlsPeer.of(stranger.issue(Bench.HOST, KeyKind.RSA))) {
            SocketChannel lost = connect(trusting(), trusted);
            emulator.restart();
            assertThatThrownBy(() -> Bench.readFully(lost, 1)).isInstanceOf(IOException.class);
            lost.close();
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .untilAsserted(() -> assertOpens(trusting(), trusted));
            assertRefused(trusting(), untrusted);
        }
    }

    @Test
    void filesAreStoredOnceRemovedOnRequestAndStoredAgain() throws Exception {
        open(Bench.emulator().file("theirs.pem", PING));
        Authority.Identity client = authority.issue("client", KeyKind.RSA);
        TlsProfile.Builder withClient = trusting().clientIdentity(client.chain(), client.key());
        try (TlsPeer server = TlsPeer.of(good, authority, List.of("TLSv1.2"), List.of());
                SocketChannel channel = connect(withClient, server)) {
            assertThat(modem.removeUnusedFiles()).as("in use").isEmpty();
            channel.close();
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(modem.sockets()).isEmpty());
            assertThat(modem.removeUnusedFiles())
                    .hasSize(3)
                    .allMatch(name -> name.matches("uartnio_(ca|cert|key)_[0-9a-f]{32}\\.pem"));
            assertThat(modem.removeUnusedFiles()).isEmpty();
            assertOpens(withClient, server);
        }
    }

    @Test
    void aClosedModemRemovesNothing() throws Exception {
        open();
        modem.close();
        assertThatThrownBy(() -> modem.removeUnusedFiles())
                .isInstanceOf(ModemException.class)
                .hasMessageContaining("closed");
    }
}
