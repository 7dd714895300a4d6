package io.uartnio.emulator;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLEngine;

/** The cipher suites of the module's SSL note, by code, under the names that the JDK gives them. */
final class CipherSuites {

    /** All suites of the list. */
    static final int ALL = 0xFFFF;

    private static final Map<Integer, String> NAMES = new LinkedHashMap<>();

    static {
        NAMES.put(0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA");
        NAMES.put(0x002F, "TLS_RSA_WITH_AES_128_CBC_SHA");
        NAMES.put(0x0005, "SSL_RSA_WITH_RC4_128_SHA");
        NAMES.put(0x0004, "SSL_RSA_WITH_RC4_128_MD5");
        NAMES.put(0x000A, "SSL_RSA_WITH_3DES_EDE_CBC_SHA");
        NAMES.put(0x003D, "TLS_RSA_WITH_AES_256_CBC_SHA256");
        NAMES.put(0xC002, "TLS_ECDH_ECDSA_WITH_RC4_128_SHA");
        NAMES.put(0xC003, "TLS_ECDH_ECDSA_WITH_3DES_EDE_CBC_SHA");
        NAMES.put(0xC004, "TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA");
        NAMES.put(0xC005, "TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA");
        NAMES.put(0xC007, "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA");
        NAMES.put(0xC008, "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA");
        NAMES.put(0xC009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA");
        NAMES.put(0xC00A, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA");
        NAMES.put(0xC011, "TLS_ECDHE_RSA_WITH_RC4_128_SHA");
        NAMES.put(0xC012, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA");
        NAMES.put(0xC013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA");
        NAMES.put(0xC014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA");
        NAMES.put(0xC00C, "TLS_ECDH_RSA_WITH_RC4_128_SHA");
        NAMES.put(0xC00D, "TLS_ECDH_RSA_WITH_3DES_EDE_CBC_SHA");
        NAMES.put(0xC00E, "TLS_ECDH_RSA_WITH_AES_128_CBC_SHA");
        NAMES.put(0xC00F, "TLS_ECDH_RSA_WITH_AES_256_CBC_SHA");
        NAMES.put(0xC023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256");
        NAMES.put(0xC024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384");
        NAMES.put(0xC025, "TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA256");
        NAMES.put(0xC026, "TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA384");
        NAMES.put(0xC027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256");
        NAMES.put(0xC028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384");
        NAMES.put(0xC029, "TLS_ECDH_RSA_WITH_AES_128_CBC_SHA256");
        NAMES.put(0xC02A, "TLS_ECDH_RSA_WITH_AES_256_CBC_SHA384");
        NAMES.put(0xC02F, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
        NAMES.put(0xC030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
    }

    private CipherSuites() {}

    /** Reads {@code 0XC02F}; empty if that is no suite of the list. */
    static Optional<Integer> parse(String text) {
        if (!text.matches("0[xX][0-9a-fA-F]{4}")) {
            return Optional.empty();
        }
        int code = Integer.parseInt(text.substring(2), 16);
        return code == ALL || NAMES.containsKey(code) ? Optional.of(code) : Optional.empty();
    }

    static String format(int code) {
        return String.format("0X%04X", code);
    }

    static List<Integer> codes() {
        return List.copyOf(NAMES.keySet());
    }

    /** Returns the names to enable in the engine; empty if the JDK has none of those asked for. */
    static String[] names(int code, SSLEngine engine) {
        List<String> supported = Arrays.asList(engine.getSupportedCipherSuites());
        return NAMES.entrySet().stream()
                .filter(entry -> code == ALL || entry.getKey() == code)
                .map(Map.Entry::getValue)
                .filter(supported::contains)
                .toArray(String[]::new);
    }
}
