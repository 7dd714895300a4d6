package io.uartnio.module.quectel.ec200x;

import static org.assertj.core.api.Assertions.assertThat;

import io.uartnio.TlsProfile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class TlsAttemptTest {

    private static List<String> attempts(TlsProfile.Builder builder) {
        return TlsAttempt.of(builder.build()).stream()
                .map(attempt -> attempt.sslVersion() + " " + attempt.cipherSuiteCode())
                .toList();
    }

    private static TlsProfile.Builder builder() {
        return TlsProfile.builder();
    }

    @Test
    void byDefaultOneSafeSuiteForEachKindOfKeyIsTriedWithTls12() {
        assertThat(attempts(builder())).containsExactly("3 0XC02F", "3 0XC023");
    }

    @Test
    void olderVersionsHaveOlderSuitesAndComeLater() {
        assertThat(attempts(builder().protocols("TLSv1.1"))).containsExactly("2 0XC013", "2 0XC009");
        assertThat(attempts(builder().protocols("TLSv1", "TLSv1.2")))
                .containsExactly("3 0XC02F", "3 0XC023", "1 0XC013", "1 0XC009");
        assertThat(attempts(builder().protocols("SSLv3"))).containsExactly("0 0X002F");
    }

    @Test
    void namedSuitesAreTriedInTheirOrder() {
        assertThat(attempts(
                        builder().cipherSuites("TLS_RSA_WITH_RC4_128_MD5", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384")))
                .containsExactly("3 0X0004", "3 0XC030");
        assertThat(attempts(builder()
                        .protocols("TLSv1.1", "TLSv1.2")
                        .cipherSuites("TLS_RSA_WITH_RC4_128_MD5", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384")))
                .as("GCM came with TLS 1.2")
                .containsExactly("3 0X0004", "3 0XC030", "2 0X0004");
        assertThat(attempts(builder().protocols("TLSv1.1").cipherSuites("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384")))
                .isEmpty();
    }

    @Test
    void onlyTheWholeTableIsGivenAsAWhole() {
        List<String> all = TlsCipherSuites.names();
        assertThat(attempts(builder().cipherSuites(all.toArray(String[]::new)))).containsExactly("3 0XFFFF");
        assertThat(attempts(
                        builder().cipherSuites(all.subList(0, all.size() - 1).toArray(String[]::new))))
                .hasSize(all.size() - 1)
                .noneMatch(attempt -> attempt.contains("FFFF"));
        String[] versions = TlsAttempt.PROTOCOLS.toArray(String[]::new);
        assertThat(attempts(builder().protocols(versions)))
                .containsExactly("4 0XC02F", "4 0XC023", "4 0XC013", "4 0XC009", "4 0X002F");
        assertThat(attempts(builder().protocols(versions).cipherSuites(all.toArray(String[]::new))))
                .containsExactly("4 0XFFFF");
    }

    /** Copied from table 3 of the SSL application note, by a program, with the misprint of its last line mended. */
    @Test
    void everySuiteOfTheVendorsTableIsThereUnderItsCode() throws Exception {
        List<String> table = Files.readAllLines(
                Path.of(TlsAttemptTest.class.getResource("cipher-suites.txt").toURI()));
        assertThat(table).hasSize(32).allSatisfy(line -> {
            String[] codeAndName = line.split(" ", 2);
            assertThat(TlsCipherSuites.code(codeAndName[1])).isEqualTo(codeAndName[0]);
        });
        assertThat(TlsCipherSuites.names()).hasSize(32);
    }
}
