package io.uartnio.it;

import java.io.ByteArrayInputStream;
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
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A private authority and the certificate that it gave one server, made on the spot and good for a day. */
final class Certificates {

    /** Which keys the authority and the server have. */
    enum KeyKind {
        RSA("SHA256withRSA"),
        EC("SHA256withECDSA");

        final String signature;

        KeyKind(String signature) {
            this.signature = signature;
        }

        KeyPair generate() throws GeneralSecurityException {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(name());
            if (this == EC) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            } else {
                generator.initialize(2048);
            }
            return generator.generateKeyPair();
        }
    }

    private static final char[] PASSWORD = "it".toCharArray();

    private final X509Certificate authority;
    private final X509Certificate server;
    private final PrivateKey serverKey;

    private Certificates(X509Certificate authority, X509Certificate server, PrivateKey serverKey) {
        this.authority = authority;
        this.server = server;
        this.serverKey = serverKey;
    }

    static Certificates create(KeyKind kind, String hostName) throws GeneralSecurityException, IOException {
        try {
            KeyPair authorityKeys = kind.generate();
            KeyPair serverKeys = kind.generate();
            X500Name authorityName = new X500Name("CN=UartNIO test authority " + kind);
            ContentSigner signer = new JcaContentSignerBuilder(kind.signature).build(authorityKeys.getPrivate());
            X509v3CertificateBuilder root = certificate(authorityName, authorityName, authorityKeys);
            root.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            X509v3CertificateBuilder leaf = certificate(authorityName, new X500Name("CN=" + hostName), serverKeys);
            leaf.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, hostName)));
            return new Certificates(
                    parse(root.build(signer).getEncoded()),
                    parse(leaf.build(signer).getEncoded()),
                    serverKeys.getPrivate());
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    private static X509v3CertificateBuilder certificate(X500Name issuer, X500Name subject, KeyPair keys) {
        Instant now = Instant.now();
        return new JcaX509v3CertificateBuilder(
                issuer,
                BigInteger.valueOf(System.nanoTime()).abs().add(BigInteger.ONE),
                Date.from(now.minus(Duration.ofDays(1))),
                Date.from(now.plus(Duration.ofDays(1))),
                subject,
                keys.getPublic());
    }

    private static X509Certificate parse(byte[] encoded) throws GeneralSecurityException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
    }

    /** Writes the authority's certificate, which clients trust. */
    Path writeAuthority(Path directory) throws IOException, GeneralSecurityException {
        return write(directory, "ca", pem("CERTIFICATE", authority.getEncoded()));
    }

    /** Writes the server's certificate. */
    Path writeServer(Path directory) throws IOException, GeneralSecurityException {
        return write(directory, "server", pem("CERTIFICATE", server.getEncoded()));
    }

    /** Writes the server's private key. */
    Path writeServerKey(Path directory) throws IOException {
        return write(directory, "server-key", pem("PRIVATE KEY", serverKey.getEncoded()));
    }

    private static Path write(Path directory, String name, String pem) throws IOException {
        Path file = Files.createTempFile(directory, name + "-", ".pem");
        return Files.writeString(file, pem, StandardCharsets.US_ASCII);
    }

    private static String pem(String type, byte[] encoded) {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
        return "-----BEGIN " + type + "-----\n" + lines + "\n-----END " + type + "-----\n";
    }

    /** Returns a context for the server. */
    SSLContext serverContext() throws GeneralSecurityException, IOException {
        return serverContext(null);
    }

    /** Returns a context for a server that lets clients of an authority in, if one is given. */
    SSLContext serverContext(Authority ofClients) throws GeneralSecurityException, IOException {
        KeyStore keys = emptyStore();
        keys.setKeyEntry("server", serverKey, PASSWORD, new Certificate[] {server});
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), ofClients == null ? null : ofClients.trustManagers(), null);
        return context;
    }

    /** Returns a context for a client of the JDK that trusts the authority and nobody else. */
    SSLContext clientContext() throws GeneralSecurityException, IOException {
        return clientContext("TLS", null);
    }

    /**
     * Returns a context for a client of the JDK that trusts the authority and nobody else.
     *
     * @param protocol the best version that it may use
     * @param identity what it shows to a server that asks, or null
     */
    SSLContext clientContext(String protocol, Authority.Identity identity)
            throws GeneralSecurityException, IOException {
        SSLContext context = SSLContext.getInstance(protocol);
        context.init(identity == null ? null : identity.keyManagers(), new TrustManager[] {trustManager()}, null);
        return context;
    }

    /** Returns what trusts the authority and nobody else. */
    X509TrustManager trustManager() throws GeneralSecurityException, IOException {
        KeyStore anchors = emptyStore();
        anchors.setCertificateEntry("ca", authority);
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(anchors);
        return (X509TrustManager) managers.getTrustManagers()[0];
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, PASSWORD);
        return store;
    }
}
