package io.uartnio;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of textual encodings (RFC 7468, and RFC 1421's headers where a key is encrypted), read whole. What is wrong
 * with it is told by an {@link IllegalArgumentException} that names the file and never shows its contents. Immutable.
 */
final class PemFile {

    /** What is not told apart by name, and says nothing here: curves of a key, which stand in the key as well. */
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

    private static final Pattern BEGIN = Pattern.compile("-----BEGIN ");

    private record Block(String label, String body) {}

    private final Path file;
    private final List<Block> blocks = new ArrayList<>();

    private PemFile(Path file, String text) {
        this.file = file;
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            blocks.add(new Block(block.group(1), block.group(2)));
        }
        if (BEGIN.matcher(text).results().count() != blocks.size()) {
            throw new IllegalArgumentException("PEM file has a BEGIN without its END: file=" + file);
        }
    }

    static PemFile read(Path file) {
        try {
            return new PemFile(file, Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new IllegalArgumentException("PEM file cannot be read: file=" + file, e);
        }
    }

    /** Returns the certificates, in their order; at least one. */
    List<X509Certificate> certificates() {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks) {
            if (block.label.equals("CERTIFICATE") || block.label.equals("X509 CERTIFICATE")) {
                certificates.add(certificate(decode(block)));
            }
        }
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException("PEM file holds no certificate: file=" + file);
        }
        return certificates;
    }

    private X509Certificate certificate(byte[] der) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException e) {
            throw new IllegalArgumentException("PEM file holds a certificate that cannot be read: file=" + file, e);
        }
    }

    /** Returns the one private key: PKCS#8, PKCS#1 (RSA) or SEC 1 (EC), not encrypted. */
    PrivateKey privateKey() {
        List<Block> keys = blocks.stream()
                .filter(block -> block.label.endsWith("PRIVATE KEY"))
                .toList();
        if (keys.size() != 1) {
            throw new IllegalArgumentException(
                    (keys.isEmpty() ? "PEM file holds no private key" : "PEM file holds several private keys")
                            + ": file=" + file + ", privateKeys=" + keys.size());
        }
        Block key = keys.get(0);
        if (key.label.startsWith("ENCRYPTED") || key.body.contains("ENCRYPTED")) {
            throw new IllegalArgumentException("private key is encrypted: file=" + file
                    + "; decrypt it (openssl pkey -in " + file.getFileName()
                    + " -out key.pem), or give it in a PKCS#12 file with its password");
        }
        try {
            return PrivateKeys.parse(key.label, decode(key));
        } catch (Der.MalformedException e) {
            throw new IllegalArgumentException("private key cannot be read, " + e.getMessage() + ": file=" + file, e);
        }
    }

    private byte[] decode(Block block) {
        try {
            return Base64.getMimeDecoder().decode(block.body);
        } catch (IllegalArgumentException e) {
            // Without the cause, which may quote a key.
            throw new IllegalArgumentException(
                    "PEM file is damaged, not base 64: file=" + file + ", block=" + block.label);
        }
    }

    /** Writes certificates as PEM: nothing else, lines of 64 ended by LF, so that the same give the same bytes. */
    static byte[] write(List<X509Certificate> certificates) {
        StringBuilder pem = new StringBuilder();
        for (X509Certificate certificate : certificates) {
            try {
                append(pem, "CERTIFICATE", certificate.getEncoded());
            } catch (CertificateEncodingException e) {
                throw new IllegalArgumentException(
                        "certificate cannot be encoded: subject=" + certificate.getSubjectX500Principal(), e);
            }
        }
        return pem.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** Writes one block, in the form of {@link #write(List)}. */
    static byte[] write(String label, byte[] der) {
        StringBuilder pem = new StringBuilder();
        append(pem, label, der);
        return pem.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static void append(StringBuilder pem, String label, byte[] der) {
        pem.append("-----BEGIN ")
                .append(label)
                .append("-----\n")
                .append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der))
                .append("\n-----END ")
                .append(label)
                .append("-----\n");
    }
}
