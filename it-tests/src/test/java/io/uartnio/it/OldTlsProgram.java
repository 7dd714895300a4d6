package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.uartnio.Modem;
import io.uartnio.TlsProfile;
import io.uartnio.emulator.ModuleEmulator;
import io.uartnio.it.Certificates.KeyKind;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;

/** Servers that speak what is broken, and every suite of the module's table. Run where the JDK disables nothing. */
final class OldTlsProgram {

    private static final byte[] PING = "ping".getBytes(StandardCharsets.US_ASCII);

    private final Authority rsa = Authority.create(KeyKind.RSA, "RSA");
    private final Authority ec = Authority.create(KeyKind.EC, "EC");
    private final Authority.Identity rsaServer = rsa.issue(Bench.HOST, KeyKind.RSA);
    private final Authority.Identity ecServer = ec.issue(Bench.HOST, KeyKind.EC);
    private final Authority.Identity ecServerOfRsa = rsa.issue(Bench.HOST, KeyKind.EC);
    private final Modem modem;

    private OldTlsProgram(Modem modem) throws Exception {
        this.modem = modem;
    }

    /** Takes no arguments that matter. */
    public static void main(String[] arguments) throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().start();
                Modem modem = Bench.modem(emulator).open()) {
            OldTlsProgram program = new OldTlsProgram(modem);
            for (String protocol : List.of("TLSv1.1", "TLSv1", "SSLv3")) {
                program.oldVersion(protocol);
            }
            program.brokenSuite("TLS_RSA_WITH_RC4_128_SHA");
            program.brokenSuite("TLS_RSA_WITH_RC4_128_MD5");
            program.brokenSuite("TLS_ECDHE_RSA_WITH_RC4_128_SHA");
            program.brokenSuite("TLS_RSA_WITH_3DES_EDE_CBC_SHA");
            int played = program.everySuite();
            System.out.println("done, suites=" + played);
        }
        System.exit(0);
    }

    private TlsProfile.Builder trusting() {
        return TlsProfile.builder()
                .trustAnchors(List.of(rsa.certificate(), ec.certificate()))
                .allowUncheckedHostName();
    }

    private void oldVersion(String protocol) throws Exception {
        try (TlsPeer server = TlsPeer.of(rsaServer, null, List.of(protocol), List.of())) {
            assertRefused(trusting(), server);
            assertOpens(trusting().protocols(protocol), server);
            assertOpens(trusting().protocols("TLSv1.2", protocol), server);
            assertOpens(trusting().protocols("SSLv3", "TLSv1.1", "TLSv1", "TLSv1.2"), server);
            assertThat(server.sessions()).hasSize(3).allMatch(session -> session.startsWith(protocol + " "));
        }
    }

    private void brokenSuite(String suite) throws Exception {
        try (TlsPeer server = TlsPeer.of(rsaServer, null, List.of("TLSv1.2"), List.of(jdkName(suite)))) {
            assertRefused(trusting(), server);
            assertOpens(trusting().cipherSuites(suite), server);
            assertOpens(trusting().cipherSuites(jdkName(suite)), server);
        }
    }

    /** The JDK kept its own names for the oldest. */
    private static String jdkName(String suite) {
        boolean old = suite.startsWith("TLS_RSA_") && (suite.contains("RC4") || suite.contains("3DES"));
        return old ? suite.replaceFirst("TLS_", "SSL_") : suite;
    }

    /** Returns how many there are: a JDK may have given some up. */
    private int everySuite() throws Exception {
        Set<String> supported =
                Set.of(SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites());
        List<String> played = new ArrayList<>(modem.info().tlsCipherSuites());
        assertThat(played).hasSize(32);
        played.removeIf(suite -> !supported.contains(jdkName(suite)));
        for (String suite : played) {
            Authority.Identity identity = suite.contains("ECDSA") ? ecServer : rsaServer;
            if (suite.startsWith("TLS_ECDH_RSA_")) {
                identity = ecServerOfRsa;
            }
            try (TlsPeer server = TlsPeer.of(identity, null, List.of("TLSv1.2"), List.of(jdkName(suite)))) {
                assertOpens(trusting().cipherSuites(suite), server);
                assertThat(server.sessions()).singleElement().asString().contains(" " + jdkName(suite) + " ");
            }
        }
        return played.size();
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

    private void assertRefused(TlsProfile.Builder profile, TlsPeer server) {
        assertThatThrownBy(() -> connect(profile, server))
                .isInstanceOf(IOException.class)
                .satisfies(thrown ->
                        assertThat(Causes.modemException(thrown).code()).isEqualTo(566));
        assertThat(server.sessions()).isEmpty();
        assertThat(server.bytesReceived()).isZero();
    }
}
