package io.uartnio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsPropertiesTest {

    private static Properties properties(String... namesAndValues) {
        Properties properties = new Properties();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            properties.setProperty("uartnio.tls" + namesAndValues[i], namesAndValues[i + 1]);
        }
        return properties;
    }

    private static String file(String name) {
        return TlsFiles.of(name).toString();
    }

    @Test
    void withoutTrustAnchorsAndWithoutDoingWithoutThereIsNoProfile() {
        assertThat(TlsProfile.of(new Properties())).isNull();
        assertThat(TlsProfile.of(properties("AllowUncheckedHostName", "true"))).isNull();
        assertThat(TlsProfile.of(properties("InsecureSkipVerification", "true")))
                .isEqualTo(TlsProfile.builder().insecureSkipVerification().build());
    }

    @Test
    void everyPropertyMeansWhatTheBuilderSays() {
        TlsProfile expected = TlsProfile.builder()
                .trustAnchors(TlsFiles.of("authority.pem"))
                .clientIdentity(TlsFiles.of("client.pem"), TlsFiles.of("client-key.pem"))
                .protocols("TLSv1.2", "TLSv1.1")
                .cipherSuites("TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_AES_256_CBC_SHA")
                .handshakeTimeout(Duration.ofSeconds(20))
                .closeTimeout(Duration.ofMillis(250))
                .allowUncheckedHostName()
                .omitServerName()
                .resumeSessions()
                .insecureIgnoreValidity()
                .insecureIgnoreChain()
                .insecureIgnoreSignatures()
                .build();
        assertThat(TlsProfile.of(properties(
                        "TrustAnchors", file("authority.pem"),
                        "ClientCertificate", file("client.pem"),
                        "ClientKey", file("client-key.pem"),
                        "Protocols", " TLSv1.2 , TLSv1.1",
                        "CipherSuites", "TLS_RSA_WITH_AES_128_CBC_SHA,TLS_RSA_WITH_AES_256_CBC_SHA",
                        "HandshakeTimeoutSeconds", "20",
                        "CloseTimeoutMillis", "250",
                        "AllowUncheckedHostName", "true",
                        "OmitServerName", "true",
                        "ResumeSessions", "true",
                        "InsecureSkipVerification", "false",
                        "InsecureIgnoreValidity", "true",
                        "InsecureIgnoreChain", "true",
                        "InsecureIgnoreSignatures", "true")))
                .isEqualTo(expected);
    }

    @Test
    void aKeyStoreGivesTheClientIdentity() {
        TlsProfile profile = TlsProfile.of(properties(
                "TrustAnchors", file("authority.pem"),
                "ClientKeyStore", file("client.p12"),
                "ClientKeyStorePassword", TlsFiles.PASSWORD));
        assertThat(profile.clientCertificates()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ResumeSessions=yes",
                "InsecureIgnoreChain=TRUE",
                "HandshakeTimeoutSeconds=soon",
                "CloseTimeoutMillis=1s",
                "Protocols=",
                "ClientKey=key.pem",
                "ClientCertificate=certificate.pem"
            })
    void whatMakesNoSenseIsRefusedByItsName(String property) {
        String[] parts = property.split("=", 2);
        Properties all = properties("TrustAnchors", file("authority.pem"), parts[0], parts[1]);
        assertThatThrownBy(() -> TlsProfile.of(all)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPasswordIsInNoMessage() {
        Properties wrong = properties(
                "TrustAnchors", file("authority.pem"),
                "ClientKeyStore", file("client.p12"),
                "ClientKeyStorePassword", "mackerel");
        assertThatThrownBy(() -> TlsProfile.of(wrong))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(thrown ->
                        assertThat(thrown.toString() + thrown.getCause()).doesNotContain("mackerel"));
        Properties twice = properties(
                "TrustAnchors", file("authority.pem"),
                "ClientCertificate", file("client.pem"),
                "ClientKey", file("client-key.pem"),
                "ClientKeyStore", file("client.p12"));
        assertThatThrownBy(() -> TlsProfile.of(twice)).hasMessageContaining("twice");
    }
}
