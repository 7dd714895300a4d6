package io.uartnio.it;

import io.uartnio.it.Certificates.KeyKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/** A certificate authority made on the spot, which gives certificates of every kind, good ones and others. */
final class Authority {

    /** A private key and its certificates, its own first. */
    record Identity(PrivateKey key, List<X509Certificate> chain) {

        /** Returns a context for a server that is this, and lets clients of an authority in, if one is given. */
        SSLContext serverContext(Authority ofClients) throws GeneralSecurityException, IOException {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers(), ofClients == null ? null : ofClients.trustManagers(), null);
            return context;
        }

        KeyManager[] keyManagers() throws GeneralSecurityException, IOException {
            // Of the kind that takes a broken chain.
            KeyStore keys = emptyStore("JKS");
            keys.setKeyEntry("own", key, PASSWORD, chain.toArray(Certificate[]::new));
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys, PASSWORD);
            return managers.getKeyManagers();
        }

        Path writeCertificates(Path directory) throws IOException {
            return write(directory, chain.toArray());
        }

        /** Writes an RSA key as PKCS#1, another as PKCS#8. */
        Path writeKey(Path directory) throws IOException {
            boolean rsa = key.getAlgorithm().equals("RSA");
            return write(directory, rsa ? key : new PemObject("PRIVATE KEY", key.getEncoded()));
        }

        Path writePkcs12(Path directory, char[] password) throws GeneralSecurityException, IOException {
            KeyStore store = emptyStore("PKCS12");
            store.setKeyEntry("own", key, password, chain.toArray(Certificate[]::new));
            Path file = Files.createTempFile(directory, "identity-", ".p12");
            try (var out = Files.newOutputStream(file)) {
                store.store(out, password);
            }
            return file;
        }
    }

    private static final char[] PASSWORD = "it".toCharArray();
    private static final AtomicLong SERIALS = new AtomicLong(1);
    private static final Duration DAY = Duration.ofDays(1);

    private final KeyKind kind;
    private final KeyPair keys;
    private final X509Certificate certificate;
    /** Above this one; empty for a root. */
    private final List<X509Certificate> above;

    private Authority(KeyKind kind, KeyPair keys, X509Certificate certificate, List<X509Certificate> above) {
        this.kind = kind;
        this.keys = keys;
        this.certificate = certificate;
        this.above = above;
    }

    static Authority create(KeyKind kind, String name) throws GeneralSecurityException {
        KeyPair keys = kind.generate();
        return new Authority(kind, keys, sign(name, keys, name, keys, kind, true, -1, 1), List.of());
    }

    /** Makes an authority that this one vouches for. */
    Authority intermediate(String name) throws GeneralSecurityException {
        KeyPair own = kind.generate();
        X509Certificate issued = sign(name, own, name(), keys, kind, true, -1, 1);
        List<X509Certificate> over = new ArrayList<>();
        if (!above.isEmpty() || isIntermediate()) {
            over.add(certificate);
        }
        over.addAll(above);
        return new Authority(kind, own, issued, over);
    }

    private boolean isIntermediate() {
        return !certificate.getIssuerX500Principal().equals(certificate.getSubjectX500Principal());
    }

    private String name() {
        return certificate.getSubjectX500Principal().getName().replaceFirst("^CN=", "");
    }

    /** Issues a certificate that is good today. */
    Identity issue(String name, KeyKind keyKind) throws GeneralSecurityException {
        return issue(name, keyKind, -1, 1);
    }

    /** Issues a certificate that is good from one day to another, counted from now. */
    Identity issue(String name, KeyKind keyKind, int fromDay, int toDay) throws GeneralSecurityException {
        KeyPair own = keyKind.generate();
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(sign(name, own, name(), keys, kind, false, fromDay, toDay));
        if (isIntermediate()) {
            chain.add(certificate);
        }
        chain.addAll(above);
        return new Identity(own.getPrivate(), chain);
    }

    /** Makes a certificate that names this authority as its issuer and that somebody else has signed. */
    Identity forged(String name) throws GeneralSecurityException {
        KeyPair own = kind.generate();
        X509Certificate leaf = sign(name, own, name(), kind.generate(), kind, false, -1, 1);
        return new Identity(own.getPrivate(), List.of(leaf));
    }

    /** Makes a server's certificate that nobody but itself vouches for. */
    static Identity selfSigned(String name) throws GeneralSecurityException {
        Authority itself = create(KeyKind.RSA, name);
        return new Identity(itself.keys.getPrivate(), List.of(itself.certificate));
    }

    X509Certificate certificate() {
        return certificate;
    }

    Path write(Path directory) throws IOException {
        return write(directory, certificate);
    }

    TrustManager[] trustManagers() throws GeneralSecurityException, IOException {
        KeyStore anchors = emptyStore("PKCS12");
        anchors.setCertificateEntry("ca", certificate);
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(anchors);
        return managers.getTrustManagers();
    }

    private static X509Certificate sign(
            String name,
            KeyPair own,
            String issuer,
            KeyPair issuerKeys,
            KeyKind issuerKind,
            boolean authority,
            int fromDay,
            int toDay)
            throws GeneralSecurityException {
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                new X500Name("CN=" + issuer),
                BigInteger.valueOf(SERIALS.incrementAndGet()),
                Date.from(now.plus(DAY.multipliedBy(fromDay))),
                Date.from(now.plus(DAY.multipliedBy(toDay))),
                new X500Name("CN=" + name),
                own.getPublic());
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            byte[] encoded = builder.build(
                            new JcaContentSignerBuilder(issuerKind.signature).build(issuerKeys.getPrivate()))
                    .getEncoded();
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
        } catch (OperatorCreationException | IOException e) {
            throw new GeneralSecurityException(e);
        }
    }

    static Path write(Path directory, Object... objects) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            for (Object object : objects) {
                writer.writeObject(object);
            }
        }
        Path file = Files.createTempFile(directory, "tls-", ".pem");
        return Files.writeString(file, text.toString(), StandardCharsets.US_ASCII);
    }

    private static KeyStore emptyStore(String type) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(type);
        store.load(null, PASSWORD);
        return store;
    }
}
