package io.uartnio;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A private key and the certificates that go with it, its own first, as a TLS client shows them. Immutable. */
final class ClientIdentity {

    private final List<X509Certificate> chain;
    private final PrivateKey key;
    private final byte[] keyPem;

    /**
     * Checks that the first certificate is the key's and each other one its predecessor's issuer.
     *
     * @param from names the source in messages
     */
    ClientIdentity(List<X509Certificate> chain, PrivateKey key, String from) {
        this.chain = List.copyOf(chain);
        this.key = key;
        this.keyPem = PrivateKeys.pem(key);
        checkKey(from);
        checkOrder(from);
    }

    private void checkKey(String from) {
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("client identity has no certificate: from=" + from);
        }
        if (PrivateKeys.match(key, chain.get(0).getPublicKey())) {
            return;
        }
        boolean elsewhere = chain.stream().anyMatch(certificate -> PrivateKeys.match(key, certificate.getPublicKey()));
        throw new IllegalArgumentException((elsewhere
                        ? "client certificate is not the first of its chain"
                        : "private key does not belong to the client certificate")
                + ": from=" + from + ", subject=" + chain.get(0).getSubjectX500Principal());
    }

    private void checkOrder(String from) {
        for (int i = 1; i < chain.size(); i++) {
            X509Certificate issued = chain.get(i - 1);
            X509Certificate issuer = chain.get(i);
            if (!issued.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
                throw new IllegalArgumentException(
                        "client certificate chain is out of order: from=" + from + ", subject="
                                + issuer.getSubjectX500Principal() + ", expected=" + issued.getIssuerX500Principal());
            }
        }
    }

    static ClientIdentity ofPem(Path certificates, Path key) {
        return new ClientIdentity(
                PemFile.read(certificates).certificates(),
                PemFile.read(key).privateKey(),
                certificates.equals(key) ? key.toString() : certificates + " and " + key);
    }

    static ClientIdentity ofPkcs12(Path file, char[] password) {
        KeyStore store;
        try (InputStream in = Files.newInputStream(file)) {
            store = KeyStore.getInstance("PKCS12");
            store.load(in, password);
        } catch (IOException e) {
            boolean wrong = e.getCause() instanceof GeneralSecurityException;
            throw new IllegalArgumentException(
                    (wrong ? "PKCS#12 file does not open with this password" : "PKCS#12 file cannot be read")
                            + ": file=" + file,
                    e);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("PKCS#12 file cannot be read: file=" + file, e);
        }
        try {
            return ofStore(store, password, file);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("private key cannot be taken out of the PKCS#12 file: file=" + file, e);
        }
    }

    private static ClientIdentity ofStore(KeyStore store, char[] password, Path file) throws GeneralSecurityException {
        List<String> keys = new ArrayList<>();
        for (String alias : Collections.list(store.aliases())) {
            if (store.isKeyEntry(alias)) {
                keys.add(alias);
            }
        }
        if (keys.size() != 1) {
            throw new IllegalArgumentException(
                    "PKCS#12 file must hold one private key: file=" + file + ", privateKeys=" + keys.size());
        }
        Certificate[] entries = store.getCertificateChain(keys.get(0));
        List<X509Certificate> chain = new ArrayList<>();
        for (Certificate certificate : entries == null ? new Certificate[0] : entries) {
            chain.add((X509Certificate) certificate);
        }
        if (!(store.getKey(keys.get(0), password) instanceof PrivateKey key)) {
            throw new IllegalArgumentException("PKCS#12 file holds a key that is not private: file=" + file);
        }
        return new ClientIdentity(chain, key, file.toString());
    }

    List<X509Certificate> chain() {
        return chain;
    }

    byte[] keyPem() {
        return keyPem.clone();
    }

    /** The key is not compared: it is the one that belongs to the certificate. */
    @Override
    public boolean equals(Object other) {
        return other instanceof ClientIdentity that && chain.equals(that.chain);
    }

    @Override
    public int hashCode() {
        return chain.hashCode();
    }

    /** Names the certificate and shows nothing of the key. */
    @Override
    public String toString() {
        return chain.get(0).getSubjectX500Principal().toString();
    }
}
