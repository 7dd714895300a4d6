package io.uartnio;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Properties;

/**
 * How the module runs TLS on a socket. The server is verified against {@link Builder#trustAnchors trust anchors}
 * unless {@link Builder#insecureSkipVerification()} turns that off; without either there is no connection. None of
 * the supported modules is known to check the host name against the certificate, so a profile must also say
 * {@link Builder#allowUncheckedHostName()} before it opens a socket, which is right where the trust anchor is private
 * to the server. TLS that checks the host name is the JDK's own, run end to end over a plain socket of the module.
 *
 * <p>Immutable and safe for any thread.
 */
public final class TlsProfile {

    private final List<X509Certificate> trustAnchors;
    private final boolean uncheckedHostNameAllowed;
    private final boolean verificationSkipped;

    private TlsProfile(Builder builder) {
        this.trustAnchors = List.copyOf(builder.trustAnchors);
        this.uncheckedHostNameAllowed = builder.uncheckedHostNameAllowed;
        this.verificationSkipped = builder.verificationSkipped;
    }

    /** Starts a profile that verifies the server, trusts nobody yet and insists on the host name. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the profile that properties describe: {@code uartnio.tlsTrustAnchors} (a PEM file),
     * {@code uartnio.tlsAllowUncheckedHostName} and {@code uartnio.tlsInsecureSkipVerification} (both {@code true} or
     * {@code false}, which is the default). Null if they name neither trust anchors nor do without.
     *
     * @throws IllegalArgumentException if the file cannot be read or holds no certificate, or a value makes no sense
     */
    public static TlsProfile of(Properties properties) {
        String anchors = properties.getProperty("uartnio.tlsTrustAnchors");
        boolean skip = isTrue(properties, "uartnio.tlsInsecureSkipVerification");
        if (anchors == null && !skip) {
            return null;
        }
        Builder builder = builder();
        if (anchors != null) {
            builder.trustAnchors(Path.of(anchors));
        }
        if (skip) {
            builder.insecureSkipVerification();
        }
        if (isTrue(properties, "uartnio.tlsAllowUncheckedHostName")) {
            builder.allowUncheckedHostName();
        }
        return builder.build();
    }

    /** Takes nothing for true that may have been meant otherwise. */
    private static boolean isTrue(Properties properties, String name) {
        String value = properties.getProperty(name, "false").strip();
        if (!value.equals("true") && !value.equals("false")) {
            throw new IllegalArgumentException("property is neither true nor false: " + name + "=" + value);
        }
        return value.equals("true");
    }

    /** Returns the certificates that a server's chain must end in; unmodifiable, possibly empty. */
    public List<X509Certificate> trustAnchors() {
        return trustAnchors;
    }

    /** Returns true if a socket may open although the module does not compare the host name with the certificate. */
    public boolean isUncheckedHostNameAllowed() {
        return uncheckedHostNameAllowed;
    }

    /** Returns true if the server is not verified at all. */
    public boolean isVerificationSkipped() {
        return verificationSkipped;
    }

    /**
     * Returns the trust anchors as one PEM file: only the certificates, in their order, lines ended by LF, so that the
     * same anchors always give the same bytes.
     */
    public byte[] trustAnchorsPem() {
        Base64.Encoder lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
        StringBuilder pem = new StringBuilder();
        for (X509Certificate anchor : trustAnchors) {
            try {
                pem.append("-----BEGIN CERTIFICATE-----\n")
                        .append(lines.encodeToString(anchor.getEncoded()))
                        .append("\n-----END CERTIFICATE-----\n");
            } catch (CertificateEncodingException e) {
                throw new IllegalStateException(
                        "trust anchor cannot be encoded: " + anchor.getSubjectX500Principal(), e);
            }
        }
        return pem.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** Two profiles are equal if a module would be told the same. */
    @Override
    public boolean equals(Object other) {
        return other instanceof TlsProfile that
                && trustAnchors.equals(that.trustAnchors)
                && uncheckedHostNameAllowed == that.uncheckedHostNameAllowed
                && verificationSkipped == that.verificationSkipped;
    }

    @Override
    public int hashCode() {
        return Objects.hash(trustAnchors, uncheckedHostNameAllowed, verificationSkipped);
    }

    @Override
    public String toString() {
        return "TlsProfile[trustAnchors=" + trustAnchors.size() + ", allowUncheckedHostName=" + uncheckedHostNameAllowed
                + ", insecureSkipVerification=" + verificationSkipped + "]";
    }

    /** Collects what a {@link TlsProfile} says. Not safe for use by several threads. */
    public static final class Builder {

        private final List<X509Certificate> trustAnchors = new ArrayList<>();
        private boolean uncheckedHostNameAllowed;
        private boolean verificationSkipped;

        private Builder() {}

        /**
         * Adds the certificates of a PEM file to those that a server's chain may end in.
         *
         * @param pem a file with at least one {@code CERTIFICATE} block
         * @throws IllegalArgumentException if the file cannot be read or holds no certificate
         */
        public Builder trustAnchors(Path pem) {
            byte[] bytes;
            try {
                bytes = Files.readAllBytes(pem);
            } catch (IOException e) {
                throw new IllegalArgumentException("trust anchors cannot be read: file=" + pem, e);
            }
            return addTrustAnchors(bytes, pem.toString());
        }

        private Builder addTrustAnchors(byte[] pem, String from) {
            Collection<? extends Certificate> certificates;
            try {
                certificates =
                        CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
            } catch (CertificateException e) {
                throw new IllegalArgumentException("trust anchors are not PEM certificates: file=" + from, e);
            }
            if (certificates.isEmpty()) {
                throw new IllegalArgumentException("trust anchors hold no certificate: file=" + from);
            }
            certificates.forEach(certificate -> trustAnchors.add((X509Certificate) certificate));
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

        /** Turns verification of the server off: the connection is encrypted to nobody knows whom. */
        public Builder insecureSkipVerification() {
            verificationSkipped = true;
            return this;
        }

        /** Returns the profile. What is missing from it is told when a socket is opened with it. */
        public TlsProfile build() {
            return new TlsProfile(this);
        }
    }
}
