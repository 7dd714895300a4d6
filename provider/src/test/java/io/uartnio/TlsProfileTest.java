package io.uartnio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsProfileTest {

    private static final char[] PASSWORD = TlsFiles.PASSWORD.toCharArray();

    @TempDir
    private Path directory;

    private static TlsProfile.Builder builder() {
        return TlsProfile.builder();
    }

    private static X509Certificate certificate(String name) throws Exception {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(TlsFiles.of(name))));
    }

    private static TlsProfile.Builder withClient(String certificate, String key) {
        return builder().clientIdentity(TlsFiles.of(certificate), TlsFiles.of(key));
    }

    // ------------------------------------------------------------------ what is taken

    @Test
    void trustAnchorsComeFromPemACollectionOrAKeyStoreAndCountOnce() throws Exception {
        X509Certificate authority = certificate("authority.pem");
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("ca", authority);
        TlsProfile profile = builder()
                .trustAnchors(TlsFiles.of("authority.pem"))
                .trustAnchors(List.of(authority))
                .trustAnchors(store)
                .build();
        assertThat(profile.trustAnchors()).containsExactly(authority);
        assertThat(new String(profile.trustAnchorsPem(), StandardCharsets.US_ASCII))
                .isEqualTo(Files.readString(TlsFiles.of("authority.pem")));
    }

    /** OpenSSL wrote the same key in each form; its own PKCS#1 and SEC 1 are what a module is given. */
    @ParameterizedTest
    @CsvSource({
        "client.pem, client-key.pem, client-key-pkcs1.pem",
        "client.pem, client-key-pkcs1.pem, client-key-pkcs1.pem",
        "ec-client.pem, ec-client-key.pem, ec-client-key.pem",
        "ec-client.pem, ec-client-key-pkcs8.pem, ec-client-key.pem"
    })
    void aKeyIsReadInEachFormAndWrittenInThatOfItsKind(String certificate, String key, String written)
            throws Exception {
        TlsProfile profile = withClient(certificate, key).build();
        String expected =
                Files.readString(TlsFiles.of(written)).replaceFirst("(?s)^.*-----END EC PARAMETERS-----\n", "");
        assertThat(new String(profile.clientKeyPem(), StandardCharsets.US_ASCII))
                .isEqualToNormalizingWhitespace(expected);
        assertThat(profile.clientCertificates()).containsExactly(certificate(certificate));
    }

    @Test
    void aPkcs12FileGivesKeyAndChain() throws Exception {
        TlsProfile profile =
                builder().clientIdentity(TlsFiles.of("client.p12"), PASSWORD).build();
        assertThat(profile.clientCertificates())
                .containsExactly(certificate("client.pem"), certificate("intermediate.pem"));
        assertThat(profile.clientKeyPem())
                .isEqualTo(withClient("client.pem", "client-key.pem").build().clientKeyPem());
        assertThat(profile)
                .isEqualTo(withClient("client-chain.pem", "client-key.pem").build());
    }

    @Test
    void aClientIdentityMayBeGivenAsObjectsAndAsOneFile() throws Exception {
        Path both = directory.resolve("both.pem");
        Files.writeString(
                both,
                "a comment\n" + Files.readString(TlsFiles.of("client-key.pem"))
                        + Files.readString(TlsFiles.of("client-chain.pem")));
        TlsProfile ofFile = builder().clientIdentity(both, both).build();
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(new ByteArrayInputStream(Files.readAllBytes(TlsFiles.of("client.p12"))), PASSWORD);
        PrivateKey key = (PrivateKey) store.getKey("1", PASSWORD);
        TlsProfile ofObjects = builder()
                .clientIdentity(List.of(certificate("client.pem"), certificate("intermediate.pem")), key)
                .build();
        assertThat(ofFile).isEqualTo(ofObjects).hasSameHashCodeAs(ofObjects);
        assertThat(ofFile.clientKeyPem()).isEqualTo(ofObjects.clientKeyPem());
    }

    @Test
    void aProfileThatSaysNothingIsTls12AndSafe() {
        TlsProfile profile = builder().build();
        assertThat(profile.protocols()).containsExactly("TLSv1.2");
        assertThat(profile.cipherSuites()).isEmpty();
        assertThat(profile.hasClientIdentity()).isFalse();
        assertThat(profile.handshakeTimeout()).isEmpty();
        assertThat(profile.closeTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(List.of(
                        profile.isUncheckedHostNameAllowed(),
                        profile.isVerificationSkipped(),
                        profile.isValidityIgnored(),
                        profile.isChainIgnored(),
                        profile.isSignaturesIgnored(),
                        profile.isServerNameOmitted(),
                        profile.isSessionsResumed()))
                .containsOnly(false);
    }

    @Test
    void noSuiteThatIsSafeByDefaultIsBrokenAndEachIsOfItsVersion() {
        assertThat(TlsProfile.safeCipherSuites("TLSv1.2")).allMatch(suite -> suite.endsWith("_SHA256"));
        for (String old : List.of("TLSv1.1", "TLSv1")) {
            assertThat(TlsProfile.safeCipherSuites(old))
                    .allMatch(suite -> suite.startsWith("TLS_ECDHE_") && suite.endsWith("_AES_128_CBC_SHA"));
        }
        assertThat(TlsProfile.safeCipherSuites("SSLv3")).noneMatch(suite -> suite.contains("_EC"));
        assertThatThrownBy(() -> TlsProfile.safeCipherSuites("TLS")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void protocolsAreSortedAndSuitesKeepTheirOrderUnderTheirIanaNames() {
        TlsProfile profile = builder()
                .protocols("SSLv3", "TLSv1.2", "TLSv1.1")
                .cipherSuites("SSL_RSA_WITH_RC4_128_MD5", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")
                .build();
        assertThat(profile.protocols()).containsExactly("TLSv1.2", "TLSv1.1", "SSLv3");
        assertThat(profile.cipherSuites())
                .containsExactly("TLS_RSA_WITH_RC4_128_MD5", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    }

    static Stream<Consumer<TlsProfile.Builder>> settings() {
        return Stream.of(
                b -> b.trustAnchors(TlsFiles.of("authority.pem")),
                b -> b.clientIdentity(TlsFiles.of("client.pem"), TlsFiles.of("client-key.pem")),
                b -> b.protocols("TLSv1.1"),
                b -> b.cipherSuites("TLS_RSA_WITH_AES_128_CBC_SHA"),
                TlsProfile.Builder::allowUncheckedHostName,
                TlsProfile.Builder::omitServerName,
                TlsProfile.Builder::resumeSessions,
                b -> b.handshakeTimeout(Duration.ofSeconds(10)),
                b -> b.closeTimeout(Duration.ofMillis(1)),
                TlsProfile.Builder::insecureSkipVerification,
                TlsProfile.Builder::insecureIgnoreValidity,
                TlsProfile.Builder::insecureIgnoreChain,
                TlsProfile.Builder::insecureIgnoreSignatures);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void everySettingMakesAnotherProfileThatSaysSo(Consumer<TlsProfile.Builder> setting) {
        TlsProfile.Builder builder = builder();
        setting.accept(builder);
        TlsProfile profile = builder.build();
        assertThat(profile).isNotEqualTo(builder().build());
        assertThat(profile.toString()).isNotEqualTo(builder().build().toString());
        TlsProfile.Builder again = builder();
        setting.accept(again);
        assertThat(again.build()).isEqualTo(profile).hasSameHashCodeAs(profile);
    }

    // ------------------------------------------------------------------ what is refused

    static Stream<Arguments> trustAnchorsThatAreNone() {
        return Stream.of(
                Arguments.of("absent.pem", "cannot be read"),
                Arguments.of("client-key.pem", "holds no certificate"),
                Arguments.of("endless.pem", "BEGIN without its END"),
                Arguments.of("not-authority.pem", "not a certificate authority"),
                Arguments.of("mute-authority.pem", "not a certificate authority"),
                Arguments.of("client-chain.pem", "not a certificate authority"));
    }

    @ParameterizedTest
    @MethodSource("trustAnchorsThatAreNone")
    void aTrustAnchorThatIsNoneIsRefused(String name, String reason) {
        Path file = TlsFiles.of("authority.pem").resolveSibling(name);
        assertThatThrownBy(() -> builder().trustAnchors(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason)
                .hasMessageContaining(name);
    }

    @Test
    void aDamagedCertificateAndAnEmptyStoreAreRefused() throws Exception {
        Path damaged = directory.resolve("damaged.pem");
        Files.writeString(damaged, "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
        assertThatThrownBy(() -> builder().trustAnchors(damaged))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be read")
                .hasMessageContaining("damaged.pem");
        KeyStore empty = KeyStore.getInstance("PKCS12");
        assertThatThrownBy(() -> builder().trustAnchors(empty))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not loaded");
        empty.load(null, null);
        assertThatThrownBy(() -> builder().trustAnchors(empty))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no certificate");
    }

    static Stream<Arguments> identitiesThatAreNone() {
        return Stream.of(
                Arguments.of("client.pem", "ec-client-key.pem", "does not belong"),
                Arguments.of("authority.pem", "client-key.pem", "does not belong"),
                Arguments.of("client-chain-reversed.pem", "client-key.pem", "not the first"),
                Arguments.of("client-chain-gap.pem", "client-key.pem", "out of order"),
                Arguments.of("client.pem", "client-key-encrypted.pem", "openssl pkey"),
                Arguments.of("client.pem", "client-key-encrypted-pkcs1.pem", "openssl pkey"),
                Arguments.of("client.pem", "two-keys.pem", "several private keys"),
                Arguments.of("client.pem", "authority.pem", "no private key"),
                Arguments.of("client.pem", "damaged-key.pem", "cannot be read"),
                Arguments.of("client.pem", "ed25519-key.pem", "neither RSA nor EC"),
                Arguments.of("client-key.pem", "client-key.pem", "holds no certificate"));
    }

    @ParameterizedTest
    @MethodSource("identitiesThatAreNone")
    void aClientIdentityThatIsNoneIsRefusedWithoutShowingTheKey(String certificate, String key, String reason)
            throws Exception {
        List<String> secrets = Files.readAllLines(TlsFiles.of(key)).stream()
                .filter(line -> line.length() > 20 && !line.contains("-----"))
                .toList();
        assertThatThrownBy(() -> withClient(certificate, key))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason)
                .satisfies(thrown -> {
                    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
                        String text = cause.toString();
                        assertThat(secrets).noneMatch(text::contains);
                    }
                });
    }

    /** Whatever is wrong with a file, it is told in the one way. */
    @ParameterizedTest
    @MethodSource("io.uartnio.Seeds#all")
    void aDamagedKeyIsRefusedOrStillTheKey(long seed) throws Exception {
        RandomGenerator random = Seeds.random(seed);
        aDamagedKeyIsRefused(random, "client.pem", "client-key.pem");
        aDamagedKeyIsRefused(random, "client.pem", "client-key-pkcs1.pem");
        aDamagedKeyIsRefused(random, "ec-client.pem", "ec-client-key.pem");
        aDamagedKeyIsRefused(random, "ec-client.pem", "ec-client-key-pkcs8.pem");
    }

    private void aDamagedKeyIsRefused(RandomGenerator random, String certificate, String key) throws Exception {
        Matcher block = Pattern.compile("(?s)(-----BEGIN [A-Z ]*PRIVATE KEY-----)(.*)(-----END .*)")
                .matcher(Files.readString(TlsFiles.of(key)));
        assertThat(block.find()).isTrue();
        byte[] der = Base64.getMimeDecoder().decode(block.group(2));
        Path damaged = directory.resolve("damaged.pem");
        for (int i = 0; i < 15; i++) {
            byte[] changed = Arrays.copyOf(der, random.nextInt(4) == 0 ? random.nextInt(der.length) : der.length);
            for (int changes = random.nextInt(4); changes > 0 && changed.length > 0; changes--) {
                // The head is where the structure is.
                int at = random.nextInt(random.nextBoolean() ? Math.min(40, changed.length) : changed.length);
                changed[at] = (byte) random.nextInt();
            }
            String text = Base64.getMimeEncoder().encodeToString(changed);
            Files.writeString(damaged, block.group(1) + "\n" + text + "\n" + block.group(3));
            try {
                TlsProfile profile = builder()
                        .clientIdentity(TlsFiles.of(certificate), damaged)
                        .build();
                assertThat(profile.hasClientIdentity()).isTrue();
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageMatching("(?s)private key .*");
            }
        }
    }

    @Test
    void aPkcs12FileThatDoesNotServeIsRefusedWithoutShowingThePassword() {
        assertThatThrownBy(() -> builder().clientIdentity(TlsFiles.of("client.p12"), "mackerel".toCharArray()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not open with this password")
                .hasStackTraceContaining("client.p12")
                .extracting(Throwable::toString)
                .asString()
                .doesNotContain("mackerel");
        assertThatThrownBy(() -> builder().clientIdentity(TlsFiles.of("no-key.p12"), PASSWORD))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must hold one private key");
        assertThatThrownBy(() -> builder().clientIdentity(TlsFiles.of("client.pem"), PASSWORD))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be read");
    }

    @Test
    void whatIsNotValidNowIsRefusedByBuildUnlessThatIsIgnoredByName() {
        assertThatThrownBy(() -> builder()
                        .trustAnchors(TlsFiles.of("expired-authority.pem"))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("trust anchor has expired")
                .hasMessageContaining("CN=expired authority")
                .hasMessageContaining("notAfter=2021-01-01T00:00:00Z");
        assertThatThrownBy(() -> builder()
                        .trustAnchors(TlsFiles.of("future-authority.pem"))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not yet valid");
        assertThat(builder()
                        .trustAnchors(TlsFiles.of("expired-authority.pem"))
                        .insecureIgnoreValidity()
                        .build()
                        .trustAnchors())
                .hasSize(1);
    }

    @Test
    void aProfileTellsWhetherItIsStillValid() throws Exception {
        TlsProfile profile = withClient("client.pem", "client-key.pem").build();
        profile.checkValidity(Instant.parse("2030-01-01T00:00:00Z"));
        assertThatThrownBy(() -> profile.checkValidity(Instant.parse("2126-01-01T00:00:00Z")))
                .isInstanceOf(CertificateExpiredException.class)
                .hasMessageContaining("client certificate has expired");
        assertThatThrownBy(() -> profile.checkValidity(Instant.parse("2000-01-01T00:00:00Z")))
                .isInstanceOf(CertificateNotYetValidException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.4", "TLS", "", "tlsv1.2"})
    void aProtocolThatIsNoneIsRefused(String name) {
        assertThatThrownBy(() -> builder().protocols(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("protocol=" + name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0XC02F", "ECDHE-RSA-AES128-GCM-SHA256", "", "TLS_AES_128_GCM_SHA256\"", "TLS_WITH_"})
    void aCipherSuiteThatIsNoneIsRefused(String name) {
        assertThatThrownBy(() -> builder().cipherSuites(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cipherSuite=" + name);
    }

    @Test
    void emptyAndDoubleListsAreRefused() {
        assertThatThrownBy(() -> builder().protocols()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder().cipherSuites()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> builder().cipherSuites("TLS_RSA_WITH_3DES_EDE_CBC_SHA", "SSL_RSA_WITH_3DES_EDE_CBC_SHA"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("twice");
    }

    @ParameterizedTest
    @CsvSource({"PT9S", "PT301S", "PT10.5S"})
    void aHandshakeTimeoutIsTenToThreeHundredWholeSeconds(Duration limit) {
        assertThatThrownBy(() -> builder().handshakeTimeout(limit))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("handshakeTimeout=" + limit);
    }

    @ParameterizedTest
    @CsvSource({"PT-1S", "PT10.001S", "PT0.0005S"})
    void aCloseTimeoutIsUpToTenSecondsInMilliseconds(Duration limit) {
        assertThatThrownBy(() -> builder().closeTimeout(limit))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("closeTimeout=" + limit);
    }

    @Test
    void aProfileWithoutClientIdentityHasNoKey() {
        TlsProfile profile = builder().build();
        assertThatThrownBy(profile::clientKeyPem).isInstanceOf(IllegalStateException.class);
        assertThat(profile.clientCertificatesPem()).isEmpty();
    }
}
