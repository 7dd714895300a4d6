package io.uartnio.module.quectel.ec200x;

import io.uartnio.TlsProfile;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * What one attempt to connect uses. An SSL context takes one version or all four, and one cipher suite or the whole
 * table (SSL application note 2.2.1), so a profile that allows several is tried in one attempt after the other.
 *
 * @param protocol the JDK's name of the one version, or null for all
 * @param cipherSuite the IANA name of the one suite, or null for all
 */
record TlsAttempt(String protocol, String cipherSuite) {

    /** What the module has, the best first. */
    static final List<String> PROTOCOLS = List.of("TLSv1.2", "TLSv1.1", "TLSv1", "SSLv3");

    private static final int ALL_PROTOCOLS = 4;

    /** Returns the attempts that a profile allows, in their order; none if no suite goes with any version. */
    static List<TlsAttempt> of(TlsProfile profile) {
        List<TlsAttempt> attempts = new ArrayList<>();
        if (new HashSet<>(profile.protocols()).containsAll(PROTOCOLS)) {
            suitesOfAllVersions(profile).forEach(suite -> attempts.add(new TlsAttempt(null, suite)));
            return attempts;
        }
        for (String protocol : profile.protocols()) {
            for (String suite : suites(profile, protocol)) {
                attempts.add(new TlsAttempt(protocol, suite));
            }
        }
        return attempts;
    }

    private static List<String> suitesOfAllVersions(TlsProfile profile) {
        if (!profile.cipherSuites().isEmpty()) {
            return named(profile);
        }
        return PROTOCOLS.stream()
                .flatMap(protocol -> TlsProfile.safeCipherSuites(protocol).stream())
                .distinct()
                .toList();
    }

    private static List<String> suites(TlsProfile profile, String protocol) {
        if (profile.cipherSuites().isEmpty()) {
            return TlsProfile.safeCipherSuites(protocol);
        }
        boolean tls12 = protocol.equals("TLSv1.2");
        List<String> suites = new ArrayList<>();
        for (String suite : named(profile)) {
            if (tls12 || suite == null || !TlsCipherSuites.needsTls12(suite)) {
                suites.add(suite);
            }
        }
        return suites;
    }

    /** A null stands for the whole table. */
    private static List<String> named(TlsProfile profile) {
        List<String> suites = new ArrayList<>(profile.cipherSuites());
        if (new HashSet<>(suites).containsAll(TlsCipherSuites.names())) {
            suites.clear();
            suites.add(null);
        }
        return suites;
    }

    /** Returns the value of item {@code sslversion}: 0 is SSL 3.0, 3 is TLS 1.2, 4 is all. */
    int sslVersion() {
        return protocol == null ? ALL_PROTOCOLS : PROTOCOLS.size() - 1 - PROTOCOLS.indexOf(protocol);
    }

    /** Returns the value of item {@code ciphersuite}. */
    String cipherSuiteCode() {
        return cipherSuite == null ? TlsCipherSuites.ALL : TlsCipherSuites.code(cipherSuite);
    }
}
