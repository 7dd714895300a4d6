package io.uartnio.module.quectel.ec200x;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Table 3 of the SSL application note: the module's cipher suites by their IANA names. Stateless. */
final class TlsCipherSuites {

    /** The whole table, with all in it that is broken. */
    static final String ALL = "0XFFFF";

    private static final Map<String, String> CODES = new LinkedHashMap<>();

    static {
        CODES.put("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "0XC030");
        CODES.put("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "0XC02F");
        CODES.put("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", "0XC024");
        CODES.put("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "0XC023");
        CODES.put("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", "0XC028");
        CODES.put("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", "0XC027");
        CODES.put("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "0XC00A");
        CODES.put("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "0XC009");
        CODES.put("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "0XC014");
        CODES.put("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "0XC013");
        CODES.put("TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA384", "0XC026");
        CODES.put("TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA256", "0XC025");
        CODES.put("TLS_ECDH_RSA_WITH_AES_256_CBC_SHA384", "0XC02A");
        CODES.put("TLS_ECDH_RSA_WITH_AES_128_CBC_SHA256", "0XC029");
        CODES.put("TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA", "0XC005");
        CODES.put("TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA", "0XC004");
        CODES.put("TLS_ECDH_RSA_WITH_AES_256_CBC_SHA", "0XC00F");
        CODES.put("TLS_ECDH_RSA_WITH_AES_128_CBC_SHA", "0XC00E");
        CODES.put("TLS_RSA_WITH_AES_256_CBC_SHA256", "0X003D");
        CODES.put("TLS_RSA_WITH_AES_256_CBC_SHA", "0X0035");
        CODES.put("TLS_RSA_WITH_AES_128_CBC_SHA", "0X002F");
        CODES.put("TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA", "0XC008");
        CODES.put("TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", "0XC012");
        CODES.put("TLS_ECDH_ECDSA_WITH_3DES_EDE_CBC_SHA", "0XC003");
        CODES.put("TLS_ECDH_RSA_WITH_3DES_EDE_CBC_SHA", "0XC00D");
        CODES.put("TLS_RSA_WITH_3DES_EDE_CBC_SHA", "0X000A");
        CODES.put("TLS_ECDHE_ECDSA_WITH_RC4_128_SHA", "0XC007");
        CODES.put("TLS_ECDHE_RSA_WITH_RC4_128_SHA", "0XC011");
        CODES.put("TLS_ECDH_ECDSA_WITH_RC4_128_SHA", "0XC002");
        CODES.put("TLS_ECDH_RSA_WITH_RC4_128_SHA", "0XC00C");
        CODES.put("TLS_RSA_WITH_RC4_128_SHA", "0X0005");
        CODES.put("TLS_RSA_WITH_RC4_128_MD5", "0X0004");
    }

    private TlsCipherSuites() {}

    /** Returns all names of the table, the strong ones first. */
    static List<String> names() {
        return List.copyOf(CODES.keySet());
    }

    /** Returns the value of item {@code ciphersuite} for a suite, or null if the module does not have it. */
    static String code(String name) {
        return CODES.get(name);
    }

    /** Suites with another hash than SHA-1 or MD5 came with TLS 1.2 (RFC 5246 section 1.2, RFC 5289 section 3). */
    static boolean needsTls12(String name) {
        return name.endsWith("_SHA256") || name.endsWith("_SHA384");
    }
}
