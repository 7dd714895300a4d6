package io.uartnio.emulator;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the certificate and key files that a host has uploaded. Stateless. */
final class PemFiles {

    private static final Pattern KEY =
            Pattern.compile("-----BEGIN (RSA |EC |)PRIVATE KEY-----([^-]*)-----END \\1PRIVATE KEY-----");

    /** DER of {@code AlgorithmIdentifier { rsaEncryption, NULL }}. */
    private static final byte[] RSA_ALGORITHM = {
        0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
    };

    /** DER of the object identifier {@code id-ecPublicKey}. */
    private static final byte[] EC_PUBLIC_KEY = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01};

    private PemFiles() {}

    /** Returns the certificates of a file, in PEM (one or several) or DER. */
    static List<X509Certificate> certificates(byte[] file) throws GeneralSecurityException {
        return CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(file)).stream()
                .map(X509Certificate.class::cast)
                .toList();
    }

    /** Returns the private key of a PEM file: PKCS#8, PKCS#1 (RSA) or SEC 1 (EC), not encrypted. */
    static PrivateKey privateKey(byte[] file) throws GeneralSecurityException {
        Matcher matcher = KEY.matcher(new String(file, StandardCharsets.ISO_8859_1));
        if (!matcher.find()) {
            throw new InvalidKeySpecException("no private key in the file");
        }
        byte[] der;
        try {
            der = Base64.getMimeDecoder().decode(matcher.group(2));
        } catch (IllegalArgumentException e) {
            throw new InvalidKeySpecException("private key is no base 64", e);
        }
        return switch (matcher.group(1)) {
            case "RSA " -> key("RSA", pkcs8(RSA_ALGORITHM, der));
            case "EC " -> key("EC", pkcs8(ecAlgorithm(der), der));
            default -> anyKey(der);
        };
    }

    private static PrivateKey anyKey(byte[] pkcs8) throws GeneralSecurityException {
        try {
            return key("RSA", pkcs8);
        } catch (InvalidKeySpecException e) {
            return key("EC", pkcs8);
        }
    }

    private static PrivateKey key(String algorithm, byte[] pkcs8) throws GeneralSecurityException {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    }

    /** Wraps a key of its own format as {@code PrivateKeyInfo { 0, algorithm, key }}. */
    private static byte[] pkcs8(byte[] algorithm, byte[] key) {
        return der(0x30, concat(new byte[] {0x02, 0x01, 0x00}, algorithm, der(0x04, key)));
    }

    /** Takes the curve from {@code ECPrivateKey}, whose parameters stand behind the tag {@code [0]}. */
    private static byte[] ecAlgorithm(byte[] key) throws InvalidKeySpecException {
        for (int i = 0; i + 3 < key.length; i++) {
            int length = key[i + 1] & 0xff;
            boolean parameters = (key[i] & 0xff) == 0xa0 && key[i + 2] == 0x06 && length == (key[i + 3] & 0xff) + 2;
            if (parameters && i + 2 + length <= key.length) {
                byte[] curve = Arrays.copyOfRange(key, i + 2, i + 2 + length);
                return der(0x30, concat(EC_PUBLIC_KEY, curve));
            }
        }
        throw new InvalidKeySpecException("EC private key names no curve");
    }

    private static byte[] der(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else if (content.length < 0x100) {
            out.write(0x81);
            out.write(content.length);
        } else {
            out.write(0x82);
            out.write(content.length >> 8);
            out.write(content.length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
