package io.uartnio;

import java.nio.file.Path;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/**
 * How the module runs TLS on a socket. The server is verified against {@link Builder#trustAnchors trust anchors}
 * unless {@link Builder#insecureSkipVerification()} turns that off; without either there is no connection. None of
 * the supported modules is known to check the host name against the certificate, so a profile must also say
 * {@link Builder#allowUncheckedHostName()} before it opens a socket, which is right where the trust anchor is private
 * to the server. TLS that checks the host name is the JDK's own, run end to end over a plain socket of the module.
 *
 * <p>What says {@code insecure} in its name takes something away from that verification. Versions and cipher suites are
 * safe unless a broken one is named.
 *
 * <p>Certificates and keys are checked on the host before anything is sent to the module: that they can be read, that a
 * trust anchor is a certificate authority, that a private key belongs to its certificate, all by
 * {@link IllegalArgumentException} from the builder. Whether certificates are valid now is checked by
 * {@link Builder#build()}, and, because a profile may live for years, again by every connect, which then fails with an
 * {@link java.io.IOException}.
 *
 * <p>The certificates and the private key are stored on the module, in files that begin with {@code uartnio_}. They
 * cross the line in clear when they are stored and when they are read back, and whoever has the line or the module can
 * read them: give a module a key of its own. {@link Modem#removeUnusedFiles()} removes them.
 *
 * <p>Immutable and safe for any thread.
 */
public final class TlsProfile {

    /** For servers with an RSA key, and for those with an EC key, for which the modules have nothing better. */
    private static final List<String> SAFE =
            List.of("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256");

    /** The best there was before TLS 1.2. */
    private static final List<String> SAFE_BEFORE_TLS12 =
            List.of("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA");

    /** Elliptic curves came with TLS 1.0 (RFC 4492). */
    private static final List<String> SAFE_IN_SSL3 = List.of("TLS_RSA_WITH_AES_128_CBC_SHA");

    private final List<X509Certificate> trustAnchors;
    private final byte[] trustAnchorsPem;
    private final ClientIdentity clientIdentity;
    private final List<String> protocols;
    private final List<String> cipherSuites;
    private final boolean uncheckedHostNameAllowed;
    private final boolean verificationSkipped;
    private final boolean validityIgnored;
    private final boolean chainIgnored;
    private final boolean signaturesIgnored;
    private final boolean serverNameOmitted;
    private final boolean sessionsResumed;
    private final Duration handshakeTimeout;
    private final Duration closeTimeout;

    private TlsProfile(Builder builder) {
        this.trustAnchors = List.copyOf(builder.trustAnchors);
        this.trustAnchorsPem = PemFile.write(trustAnchors);
        this.clientIdentity = builder.clientIdentity;
        this.protocols = List.copyOf(builder.protocols);
        this.cipherSuites = List.copyOf(builder.cipherSuites);
        this.uncheckedHostNameAllowed = builder.uncheckedHostNameAllowed;
        this.verificationSkipped = builder.verificationSkipped;
        this.validityIgnored = builder.validityIgnored;
        this.chainIgnored = builder.chainIgnored;
        this.signaturesIgnored = builder.signaturesIgnored;
        this.serverNameOmitted = builder.serverNameOmitted;
        this.sessionsResumed = builder.sessionsResumed;
        this.handshakeTimeout = builder.handshakeTimeout;
        this.closeTimeout = builder.closeTimeout;
    }

    /** Starts a profile that verifies the server, trusts nobody yet and insists on the host name. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the profile that properties describe, or null if they name neither trust anchors nor do without. Each
     * means what the builder's method of that name says; those that turn something on are {@code true} or
     * {@code false}, which is the default.
     *
     * <ul>
     *   <li>{@code uartnio.tlsTrustAnchors}: a PEM file
     *   <li>{@code uartnio.tlsClientCertificate} and {@code uartnio.tlsClientKey}: PEM files; or
     *       {@code uartnio.tlsClientKeyStore}: a PKCS#12 file, and {@code uartnio.tlsClientKeyStorePassword}
     *   <li>{@code uartnio.tlsProtocols}, {@code uartnio.tlsCipherSuites}: names with commas between
     *   <li>{@code uartnio.tlsHandshakeTimeoutSeconds}, {@code uartnio.tlsCloseTimeoutMillis}: numbers
     *   <li>{@code uartnio.tlsAllowUncheckedHostName}, {@code uartnio.tlsOmitServerName},
     *       {@code uartnio.tlsResumeSessions}
     *   <li>{@code uartnio.tlsInsecureSkipVerification}, {@code uartnio.tlsInsecureIgnoreValidity},
     *       {@code uartnio.tlsInsecureIgnoreChain}, {@code uartnio.tlsInsecureIgnoreSignatures}
     * </ul>
     *
     * @throws IllegalArgumentException if a value makes no sense, or a file is not what it should be
     */
    public static TlsProfile of(Properties properties) {
        return new TlsProperties(properties).profile();
    }

    /** Returns the certificates that a server's chain must end in; unmodifiable, possibly empty. */
    public List<X509Certificate> trustAnchors() {
        return trustAnchors;
    }

    /**
     * Returns the client's certificate and those between it and its authority, in this order, as the module shows them
     * to a server that asks; unmodifiable, empty without a client identity.
     */
    public List<X509Certificate> clientCertificates() {
        return clientIdentity == null ? List.of() : clientIdentity.chain();
    }

    /** Returns true if the module can show a client certificate. */
    public boolean hasClientIdentity() {
        return clientIdentity != null;
    }

    /** Returns the versions that the module may use, by the JDK's names, the best first. */
    public List<String> protocols() {
        return protocols;
    }

    /**
     * Returns the cipher suites that the module may use, by their IANA names, in the order in which they are tried;
     * empty for those that are {@linkplain Builder#cipherSuites safe}.
     */
    public List<String> cipherSuites() {
        return cipherSuites;
    }

    /**
     * Returns the cipher suites that are tried with this version where a profile names none, by their IANA names, in
     * their order; {@link Builder#cipherSuites} says why these.
     *
     * @param protocol one of {@link #protocols()}
     */
    public static List<String> safeCipherSuites(String protocol) {
        return switch (protocol) {
            case "SSLv3" -> SAFE_IN_SSL3;
            case "TLSv1", "TLSv1.1" -> SAFE_BEFORE_TLS12;
            case "TLSv1.2", "TLSv1.3" -> SAFE;
            default -> throw new IllegalArgumentException("no version of TLS: protocol=" + protocol);
        };
    }

    /** Returns true if a socket may open although the module does not compare the host name with the certificate. */
    public boolean isUncheckedHostNameAllowed() {
        return uncheckedHostNameAllowed;
    }

    /** Returns true if the server is not verified at all. */
    public boolean isVerificationSkipped() {
        return verificationSkipped;
    }

    /** Returns true if certificates may have expired or be not yet valid. */
    public boolean isValidityIgnored() {
        return validityIgnored;
    }

    /** Returns true if the module need not follow the server's chain to its end. */
    public boolean isChainIgnored() {
        return chainIgnored;
    }

    /** Returns true if the signatures under certificates need not be right. */
    public boolean isSignaturesIgnored() {
        return signaturesIgnored;
    }

    /** Returns true if the server is not told which name is asked for. */
    public boolean isServerNameOmitted() {
        return serverNameOmitted;
    }

    /** Returns true if the module may resume sessions. */
    public boolean isSessionsResumed() {
        return sessionsResumed;
    }

    /** Returns how long the module may negotiate, or empty for as long as it likes. */
    public Optional<Duration> handshakeTimeout() {
        return Optional.ofNullable(handshakeTimeout);
    }

    /** Returns how long the module may take to say goodbye. */
    public Duration closeTimeout() {
        return closeTimeout;
    }

    /**
     * Checks that every certificate of this profile is valid at a time, unless that is ignored.
     *
     * @throws CertificateExpiredException if one has expired
     * @throws CertificateNotYetValidException if one is not yet valid
     */
    public void checkValidity(Instant time) throws CertificateException {
        if (validityIgnored) {
            return;
        }
        for (X509Certificate anchor : trustAnchors) {
            checkValidity("trust anchor", anchor, time);
        }
        for (X509Certificate certificate : clientCertificates()) {
            checkValidity("client certificate", certificate, time);
        }
    }

    private static void checkValidity(String what, X509Certificate certificate, Instant time)
            throws CertificateException {
        Instant first = certificate.getNotBefore().toInstant();
        Instant last = certificate.getNotAfter().toInstant();
        String details = "subject=" + certificate.getSubjectX500Principal() + ", notBefore=" + first + ", notAfter="
                + last + ", now=" + time;
        if (time.isAfter(last)) {
            throw new CertificateExpiredException(what + " has expired: " + details);
        }
        if (time.isBefore(first)) {
            throw new CertificateNotYetValidException(what + " is not yet valid: " + details);
        }
    }

    /**
     * Returns the trust anchors as one PEM file: only the certificates, in their order, lines ended by LF, so that the
     * same anchors always give the same bytes.
     */
    public byte[] trustAnchorsPem() {
        return trustAnchorsPem.clone();
    }

    /** Returns {@link #clientCertificates()} as one PEM file, in the form of {@link #trustAnchorsPem()}. */
    public byte[] clientCertificatesPem() {
        return PemFile.write(clientCertificates());
    }

    /**
     * Returns the client's private key as a PEM file that is not encrypted, as a module needs it: PKCS#1 for RSA, SEC 1
     * with the name of the curve for EC.
     *
     * @throws IllegalStateException without a client identity
     */
    public byte[] clientKeyPem() {
        if (clientIdentity == null) {
            throw new IllegalStateException("profile has no client identity");
        }
        return clientIdentity.keyPem();
    }

    /** Two profiles are equal if they say the same in every respect. */
    @Override
    public boolean equals(Object other) {
        return other instanceof TlsProfile that && said().equals(that.said());
    }

    @Override
    public int hashCode() {
        return said().hashCode();
    }

    private List<Object> said() {
        return List.of(
                trustAnchors,
                Optional.ofNullable(clientIdentity),
                protocols,
                cipherSuites,
                uncheckedHostNameAllowed,
                verificationSkipped,
                validityIgnored,
                chainIgnored,
                signaturesIgnored,
                serverNameOmitted,
                sessionsResumed,
                handshakeTimeout(),
                closeTimeout);
    }

    /** Names certificates and settings, never a key. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("TlsProfile[trustAnchors=")
                .append(trustAnchors.size())
                .append(", clientIdentity=")
                .append(clientIdentity)
                .append(", protocols=")
                .append(protocols)
                .append(", cipherSuites=")
                .append(cipherSuites.isEmpty() ? "safe" : cipherSuites)
                .append(", handshakeTimeout=")
                .append(handshakeTimeout)
                .append(", closeTimeout=")
                .append(closeTimeout);
        flag(text, "allowUncheckedHostName", uncheckedHostNameAllowed);
        flag(text, "omitServerName", serverNameOmitted);
        flag(text, "resumeSessions", sessionsResumed);
        flag(text, "insecureSkipVerification", verificationSkipped);
        flag(text, "insecureIgnoreValidity", validityIgnored);
        flag(text, "insecureIgnoreChain", chainIgnored);
        flag(text, "insecureIgnoreSignatures", signaturesIgnored);
        return text.append(']').toString();
    }

    private static void flag(StringBuilder text, String name, boolean value) {
        if (value) {
            text.append(", ").append(name);
        }
    }

    /**
     * Collects what a {@link TlsProfile} says. Not safe for use by several threads. Items and sections are those of
     * {@code AT+QSSLCFG} in the vendor's SSL application note for EC200x and EC800x, version 1.0.0.
     */
    public static final class Builder {

        /** By the JDK's names, the best first. */
        private static final List<String> KNOWN_PROTOCOLS = List.of("TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1", "SSLv3");

        private static final Duration LEAST_HANDSHAKE = Duration.ofSeconds(10);
        private static final Duration LONGEST_HANDSHAKE = Duration.ofMinutes(5);
        private static final Duration LONGEST_CLOSE = Duration.ofSeconds(10);

        /** Index of the bit of key usage that lets a key sign certificates, RFC 5280 section 4.2.1.3. */
        private static final int KEY_CERT_SIGN = 5;

        private final Set<X509Certificate> trustAnchors = new LinkedHashSet<>();
        private ClientIdentity clientIdentity;
        private List<String> protocols = List.of("TLSv1.2");
        private List<String> cipherSuites = List.of();
        private boolean uncheckedHostNameAllowed;
        private boolean verificationSkipped;
        private boolean validityIgnored;
        private boolean chainIgnored;
        private boolean signaturesIgnored;
        private boolean serverNameOmitted;
        private boolean sessionsResumed;
        private Duration handshakeTimeout;
        private Duration closeTimeout = Duration.ofSeconds(1);

        private Builder() {}

        /**
         * Adds the certificates of a PEM file to those that a server's chain may end in; item {@code cacert}, section
         * 2.2.1.
         *
         * @param pem a file with at least one {@code CERTIFICATE} block
         * @throws IllegalArgumentException if the file cannot be read or holds no certificate, or one that is not of an
         *     authority
         */
        public Builder trustAnchors(Path pem) {
            return addTrustAnchors(PemFile.read(pem).certificates(), pem.toString());
        }

        /**
         * Adds certificates to those that a server's chain may end in.
         *
         * @throws IllegalArgumentException if there is none, or one that is not of an authority
         */
        public Builder trustAnchors(Collection<X509Certificate> certificates) {
            return addTrustAnchors(certificates, "collection");
        }

        /**
         * Adds the trusted certificate entries of a key store to those that a server's chain may end in.
         *
         * @throws IllegalArgumentException if there is none, or one that is not of an authority, or the store was not
         *     loaded
         */
        public Builder trustAnchors(KeyStore store) {
            List<X509Certificate> certificates = new ArrayList<>();
            try {
                for (String alias : Collections.list(store.aliases())) {
                    if (store.isCertificateEntry(alias)
                            && store.getCertificate(alias) instanceof X509Certificate certificate) {
                        certificates.add(certificate);
                    }
                }
            } catch (KeyStoreException e) {
                throw new IllegalArgumentException("key store was not loaded: type=" + store.getType(), e);
            }
            return addTrustAnchors(certificates, "key store");
        }

        private Builder addTrustAnchors(Collection<X509Certificate> certificates, String from) {
            if (certificates.isEmpty()) {
                throw new IllegalArgumentException("trust anchors hold no certificate: from=" + from);
            }
            for (X509Certificate certificate : certificates) {
                if (!isAuthority(certificate)) {
                    throw new IllegalArgumentException("trust anchor is not a certificate authority: from=" + from
                            + ", subject=" + certificate.getSubjectX500Principal());
                }
            }
            trustAnchors.addAll(certificates);
            return this;
        }

        /** Certificates before version 3 cannot say what they are for; old roots are of that kind. */
        private static boolean isAuthority(X509Certificate certificate) {
            boolean[] usage = certificate.getKeyUsage();
            boolean maySign = usage == null || usage[KEY_CERT_SIGN];
            return maySign && (certificate.getBasicConstraints() >= 0 || certificate.getVersion() < 3);
        }

        /**
         * Sets the certificate and private key that the module shows to a server that asks; items {@code clientcert},
         * {@code clientkey} and {@code seclevel} 2, section 2.2.1. The key is stored on the module, not encrypted.
         *
         * @param certificatePem the certificate, and behind it those between it and its authority, if there are any
         * @param keyPem the private key, RSA or EC, as PKCS#8, PKCS#1 or SEC 1, not encrypted; may be the same file
         * @throws IllegalArgumentException if a file cannot be read or is not what it should be, the key is encrypted,
         *     there are several, or it does not belong to the first certificate
         */
        public Builder clientIdentity(Path certificatePem, Path keyPem) {
            clientIdentity = ClientIdentity.ofPem(certificatePem, keyPem);
            return this;
        }

        /**
         * As {@link #clientIdentity(Path, Path)}, from a PKCS#12 file with one key.
         *
         * @param pkcs12 the file
         * @param password opens it; the array is left as it is
         * @throws IllegalArgumentException also if the password is wrong
         */
        public Builder clientIdentity(Path pkcs12, char[] password) {
            clientIdentity = ClientIdentity.ofPkcs12(pkcs12, password);
            return this;
        }

        /**
         * As {@link #clientIdentity(Path, Path)}, of objects.
         *
         * @param certificates the key's certificate first
         * @param key RSA or EC, of a kind that hands out its encoding
         */
        public Builder clientIdentity(List<X509Certificate> certificates, PrivateKey key) {
            clientIdentity = new ClientIdentity(certificates, key, "objects");
            return this;
        }

        /**
         * Sets which versions the module may use, by the JDK's names: {@code TLSv1.2}, which is the default,
         * {@code TLSv1.1}, {@code TLSv1}, {@code SSLv3}; item {@code sslversion}, sections 1.2 and 2.2.1. Those below
         * TLS 1.2 are broken in ways that their successors are not: name one only for a server that has no better.
         *
         * <p>A module takes one version or all that it has. So of several the best is tried first, and when that
         * connect fails the next: an attacker on the way, who can make a connect fail, chooses the worst of them. All
         * four are given to the module at once, and it negotiates. {@code TLSv1.3} is known, and none of the supported
         * modules has it: a connect says so.
         *
         * @throws IllegalArgumentException if none is given, or one is no version of TLS
         */
        public Builder protocols(String... names) {
            Set<String> wanted = new LinkedHashSet<>(List.of(names));
            for (String name : wanted) {
                if (!KNOWN_PROTOCOLS.contains(name)) {
                    throw new IllegalArgumentException(
                            "no version of TLS: protocol=" + name + ", known=" + KNOWN_PROTOCOLS);
                }
            }
            if (wanted.isEmpty()) {
                throw new IllegalArgumentException("no protocol is given");
            }
            protocols = KNOWN_PROTOCOLS.stream().filter(wanted::contains).toList();
            return this;
        }

        /**
         * Sets which cipher suites the module may use, by their IANA or JDK names, in the order in which they are to be
         * tried; item {@code ciphersuite}, table 3 and section 2.2.1. Each of that table can be named, those with RC4,
         * 3DES and MD5 too, which are broken and never used unless named. {@link ModuleInfo#tlsCipherSuites()} lists
         * those of a module; a connect with one that it has not fails.
         *
         * <p>The item takes one suite, or {@code 0XFFFF} for the whole table with all that is broken in it. So of
         * several one is given to the module at a time: when a connect fails for a reason that may be the suite, the
         * next is tried, which costs a handshake each, and shares out the module's six contexts among as many suites.
         * If all of the table are named the module gets {@code 0XFFFF} and negotiates.
         *
         * <p>By default two are tried: {@code TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256} for servers with an RSA key, then
         * {@code TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256} for those with an EC key, for which the table has nothing
         * better; and for versions below TLS 1.2, where {@linkplain #protocols named}, those with
         * {@code AES_128_CBC_SHA} in their place.
         *
         * @throws IllegalArgumentException if none is given, one is given twice, or is no name of a cipher suite
         */
        public Builder cipherSuites(String... names) {
            Set<String> wanted = new LinkedHashSet<>();
            for (String name : names) {
                if (!name.matches("(TLS|SSL)_[A-Z0-9]+(_[A-Z0-9]+)*_WITH_[A-Z0-9]+(_[A-Z0-9]+)*")) {
                    throw new IllegalArgumentException("no name of a cipher suite: cipherSuite=" + name);
                }
                // The JDK kept the name of its youth for those that SSL had already.
                if (!wanted.add(name.replaceFirst("^SSL_", "TLS_"))) {
                    throw new IllegalArgumentException("cipher suite is given twice: cipherSuite=" + name);
                }
            }
            if (wanted.isEmpty()) {
                throw new IllegalArgumentException("no cipher suite is given");
            }
            cipherSuites = List.copyOf(wanted);
            return this;
        }

        /**
         * Lets a socket open although the module does not compare the host name with the certificate. Right where the
         * trust anchor is private to the server; with a public authority it lets anyone with any certificate of that
         * authority in.
         */
        public Builder allowUncheckedHostName() {
            uncheckedHostNameAllowed = true;
            return this;
        }

        /**
         * Does not tell the server which name is asked for, as the module otherwise does (RFC 6066 section 3); item
         * {@code sni} 0, sections 1.6 and 2.2.1. For old servers that stumble over it.
         */
        public Builder omitServerName() {
            serverNameOmitted = true;
            return this;
        }

        /**
         * Lets the module resume sessions, which saves most of a handshake; item {@code session_cache} 1, section
         * 2.2.1. Off by default: the server is then not verified anew, and the manual does not say for how long the
         * module keeps a session.
         */
        public Builder resumeSessions() {
            sessionsResumed = true;
            return this;
        }

        /**
         * Sets how long the module may negotiate before it gives up; item {@code negotiatetime}, section 2.2.1. A
         * connect has a time limit of its own besides, which is usually shorter than the module's 300 s.
         *
         * @param limit 10 to 300 s, whole seconds
         */
        public Builder handshakeTimeout(Duration limit) {
            boolean whole = limit.equals(Duration.ofSeconds(limit.toSeconds()));
            if (!whole || limit.compareTo(LEAST_HANDSHAKE) < 0 || limit.compareTo(LONGEST_HANDSHAKE) > 0) {
                throw new IllegalArgumentException(
                        "handshakeTimeout must be 10 to 300 whole seconds: handshakeTimeout=" + limit);
            }
            handshakeTimeout = limit;
            return this;
        }

        /**
         * Sets how long the module may take to say goodbye to the server when a socket is closed, 1 s by default; the
         * parameter of {@code AT+QSSLCLOSE}, section 2.2.5, in the unit that item {@code closetimemode} gives it,
         * section 2.2.1: seconds if this is a whole number of them, else milliseconds. While the module waits it takes
         * no other command, so every other socket waits too.
         *
         * @param limit 0, which closes at once, to 10 s, whole milliseconds
         */
        public Builder closeTimeout(Duration limit) {
            boolean whole = limit.equals(Duration.ofMillis(limit.toMillis()));
            if (!whole || limit.isNegative() || limit.compareTo(LONGEST_CLOSE) > 0) {
                throw new IllegalArgumentException(
                        "closeTimeout must be 0 to 10 s in whole milliseconds: closeTimeout=" + limit);
            }
            closeTimeout = limit;
            return this;
        }

        /**
         * Turns verification of the server off: the connection is encrypted to nobody knows whom; item {@code seclevel}
         * 0, section 2.2.1. Dangerous: whoever is on the way can read and change everything. A module that does not
         * verify does not show a client certificate either.
         */
        public Builder insecureSkipVerification() {
            verificationSkipped = true;
            return this;
        }

        /**
         * Accepts certificates that have expired or are not yet valid, the server's and those given here; item
         * {@code ignorelocaltime} 1, sections 1.5 and 2.2.1. Dangerous: a key that was stolen long ago works again. For
         * hosts without a clock; otherwise the host's time is given to the module, by {@code AT+CCLK}, before it checks.
         */
        public Builder insecureIgnoreValidity() {
            validityIgnored = true;
            return this;
        }

        /**
         * Accepts a server although the links of its chain of certificates do not hold; item
         * {@code ignoremulticertchainverify} 1, section 2.2.1, which says no more of it. Dangerous: take it that any
         * chain is accepted in which some certificate is the authority's.
         */
        public Builder insecureIgnoreChain() {
            chainIgnored = true;
            return this;
        }

        /**
         * Accepts certificates whose signatures are wrong; item {@code ignoreinvalidcertsign} 1, section 2.2.1.
         * Dangerous: anybody can make a certificate that names the authority as its issuer.
         */
        public Builder insecureIgnoreSignatures() {
            signaturesIgnored = true;
            return this;
        }

        /**
         * Returns the profile. What is missing from it is told when a socket is opened with it.
         *
         * @throws IllegalArgumentException if a certificate has expired or is not yet valid by the host's clock, unless
         *     {@link #insecureIgnoreValidity()} was called
         */
        public TlsProfile build() {
            TlsProfile profile = new TlsProfile(this);
            try {
                profile.checkValidity(Instant.now());
            } catch (CertificateException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
            return profile;
        }
    }
}
