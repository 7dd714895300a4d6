package io.uartnio.cli;

import io.uartnio.TlsProfile;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate authority made on the spot, good for one server and one day; its key is forgotten as soon as it has
 * signed. Such an anchor is private to the server, which is the case in which a module may do without checking the host
 * name. RSA, since modules are surest of that.
 */
final class DemoCertificates {

    private static final int KEY_BITS = 2048;
    private static final Duration VALIDITY = Duration.ofDays(1);

    private final X509Certificate authority;
    private final SSLContext serverContext;

    private DemoCertificates(X509Certificate authority, SSLContext serverContext) {
        this.authority = authority;
        this.serverContext = serverContext;
    }

    /**
     * Makes an authority and a certificate for a server.
     *
     * @param host the server's name or dotted address
     */
    static DemoCertificates make(String host) throws IOException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(KEY_BITS);
            KeyPair authorityKeys = generator.generateKeyPair();
            KeyPair serverKeys = generator.generateKeyPair();
            X500Name issuer = new X500Name("CN=UartNIO demo CA");
            X509Certificate authority = sign(
                    certificate(issuer, issuer, authorityKeys)
                            .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                            .addExtension(
                                    Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign)),
                    authorityKeys.getPrivate());
            int kind = host.matches("\\d{1,3}(\\.\\d{1,3}){3}") ? GeneralName.iPAddress : GeneralName.dNSName;
            X509Certificate server = sign(
                    certificate(issuer, new X500Name("CN=UartNIO demo server"), serverKeys)
                            .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                            .addExtension(
                                    Extension.keyUsage,
                                    true,
                                    new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment))
                            .addExtension(
                                    Extension.extendedKeyUsage,
                                    false,
                                    new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                            .addExtension(
                                    Extension.subjectAlternativeName,
                                    false,
                                    new GeneralNames(new GeneralName(kind, host))),
                    authorityKeys.getPrivate());
            return new DemoCertificates(authority, context(serverKeys.getPrivate(), server, authority));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IOException("certificate cannot be made: host=" + host, e);
        }
    }

    private static X509v3CertificateBuilder certificate(X500Name issuer, X500Name subject, KeyPair keys) {
        // A module's clock may be an hour off where it reads the digits as local time.
        Instant from = Instant.now().minus(VALIDITY);
        Instant until = Instant.now().plus(VALIDITY);
        return new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(64, new SecureRandom()).add(BigInteger.ONE),
                Date.from(from),
                Date.from(until),
                subject,
                keys.getPublic());
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
            throws OperatorCreationException, GeneralSecurityException {
        ContentSigner signer = new JcaContentSignerBuilder("SHA256withRSA").build(key);
        return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    }

    private static SSLContext context(PrivateKey key, X509Certificate server, X509Certificate authority)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        char[] password = new char[0];
        store.setKeyEntry("server", key, password, new X509Certificate[] {server, authority});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    /** Returns the context that the server listens with. */
    SSLContext serverContext() {
        return serverContext;
    }

    /** Returns the authority's certificate, which whoever connects must trust, as a PEM file. */
    String authorityPem() throws IOException {
        try {
            return "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                            .encodeToString(authority.getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
        } catch (GeneralSecurityException e) {
            throw new IOException("certificate cannot be encoded", e);
        }
    }

    /** Makes a profile that trusts an authority of ours; it keeps what it has read, so no file is left. */
    static TlsProfile profileTrusting(String authorityPem) throws IOException {
        Path file = Files.createTempFile("uartnio-ca", ".pem");
        try {
            Files.writeString(file, authorityPem, StandardCharsets.US_ASCII);
            return TlsProfile.builder()
                    .trustAnchors(file)
                    .allowUncheckedHostName() // the authority has signed for this server only
                    .build();
        } finally {
            Files.delete(file);
        }
    }
}
