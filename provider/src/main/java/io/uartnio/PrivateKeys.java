package io.uartnio;

import io.uartnio.Der.MalformedException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.ProviderException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;

/**
 * RSA and EC private keys, the two kinds that the cipher suites of modules know, in and out of the three forms in
 * which they stand in PEM files. No message shows any of a key. Stateless.
 */
final class PrivateKeys {

    /** rsaEncryption, 1.2.840.113549.1.1.1. */
    private static final byte[] RSA = {0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01};

    /** id-ecPublicKey, 1.2.840.10045.2.1. */
    private static final byte[] EC = {0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01};

    private static final byte[] ZERO = {Der.INTEGER, 1, 0};
    private static final byte[] ONE = {Der.INTEGER, 1, 1};
    private static final byte[] NULL = {0x05, 0x00};

    private PrivateKeys() {}

    /**
     * Reads a key.
     *
     * @param label of the PEM block
     */
    static PrivateKey parse(String label, byte[] der) throws MalformedException {
        return switch (label) {
            case "PRIVATE KEY" -> ofPkcs8(der);
            case "RSA PRIVATE KEY" -> ofPkcs8(pkcs8(algorithm(RSA, NULL), der));
            case "EC PRIVATE KEY" -> ofPkcs8(pkcs8(algorithm(EC, curveOf(der)), der));
            default -> throw new MalformedException("it is neither RSA nor EC");
        };
    }

    private static PrivateKey ofPkcs8(byte[] pkcs8) throws MalformedException {
        String algorithm = isRsa(pkcs8) ? "RSA" : "EC";
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) {
            // Without the cause, which may quote the key.
            throw new MalformedException("it is damaged, or of a curve that this JDK does not have");
        }
    }

    private static boolean isRsa(byte[] pkcs8) throws MalformedException {
        Der key = Der.sequence(pkcs8);
        key.contents(Der.INTEGER);
        byte[] algorithm = key.into(Der.SEQUENCE).contents(Der.OBJECT_IDENTIFIER);
        boolean rsa = Arrays.equals(algorithm, RSA);
        if (!rsa && !Arrays.equals(algorithm, EC)) {
            throw new MalformedException("it is neither RSA nor EC");
        }
        return rsa;
    }

    private static byte[] algorithm(byte[] identifier, byte[] parameters) {
        return Der.write(Der.SEQUENCE, Der.write(Der.OBJECT_IDENTIFIER, identifier), parameters);
    }

    /** {@code PrivateKeyInfo} of PKCS#8, RFC 5208 section 5. */
    private static byte[] pkcs8(byte[] algorithm, byte[] key) {
        return Der.write(Der.SEQUENCE, ZERO, algorithm, Der.write(Der.OCTET_STRING, key));
    }

    /** {@code ECPrivateKey} of RFC 5915 section 3 names its curve behind {@code [0]}. */
    private static byte[] curveOf(byte[] sec1) throws MalformedException {
        Der key = Der.sequence(sec1);
        key.contents(Der.INTEGER);
        key.contents(Der.OCTET_STRING);
        if (key.nextTag() != Der.CONTEXT_0) {
            throw new MalformedException("it names no curve");
        }
        return key.contents(Der.CONTEXT_0);
    }

    /**
     * Writes a key as PEM in the form of its own kind, PKCS#1 or SEC 1 with the curve, which old and small TLS
     * libraries read as well.
     *
     * @throws IllegalArgumentException if the key cannot be taken out of where it is, or is neither RSA nor EC
     */
    static byte[] pem(PrivateKey key) {
        byte[] encoded = "PKCS#8".equals(key.getFormat()) ? key.getEncoded() : null;
        if (encoded == null) {
            throw new IllegalArgumentException(
                    "private key cannot be given to a module, its keeper does not hand it out: algorithm="
                            + key.getAlgorithm());
        }
        try {
            boolean rsa = isRsa(encoded);
            Der info = Der.sequence(encoded);
            info.contents(Der.INTEGER);
            Der algorithm = info.into(Der.SEQUENCE);
            byte[] own = info.contents(Der.OCTET_STRING);
            if (rsa) {
                return PemFile.write("RSA PRIVATE KEY", own);
            }
            algorithm.contents(Der.OBJECT_IDENTIFIER);
            return PemFile.write("EC PRIVATE KEY", withCurve(own, algorithm.element()));
        } catch (MalformedException e) {
            throw new IllegalArgumentException(
                    "private key cannot be given to a module, " + e.getMessage() + ": algorithm=" + key.getAlgorithm(),
                    e);
        }
    }

    /** Within PKCS#8 the curve stands outside the key. */
    private static byte[] withCurve(byte[] sec1, byte[] curve) throws MalformedException {
        Der key = Der.sequence(sec1);
        key.contents(Der.INTEGER);
        byte[] secret = key.element();
        if (key.nextTag() == Der.CONTEXT_0) {
            return sec1;
        }
        byte[] publicKey = key.hasMore() ? key.element() : new byte[0];
        return Der.write(Der.SEQUENCE, ONE, secret, Der.write(Der.CONTEXT_0, curve), publicKey);
    }

    /** Returns true if what the private key signs the public key verifies. */
    static boolean match(PrivateKey privateKey, PublicKey publicKey) {
        if (!privateKey.getAlgorithm().equals(publicKey.getAlgorithm())) {
            return false;
        }
        String algorithm = privateKey.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
        byte[] challenge = new byte[32];
        new SecureRandom().nextBytes(challenge);
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(privateKey);
            signature.update(challenge);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(challenge);
            return signature.verify(signed);
        } catch (GeneralSecurityException | ArithmeticException | ProviderException e) {
            // What is damaged may not even be reckoned with.
            return false;
        }
    }
}
