package io.uartnio.at;

import java.util.Map;

/** Names of the {@code +CME ERROR} codes, 3GPP TS 27.007 section 9.2. */
public final class CmeError {

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(0, "phone failure"),
            Map.entry(1, "no connection to phone"),
            Map.entry(2, "phone-adaptor link reserved"),
            Map.entry(3, "operation not allowed"),
            Map.entry(4, "operation not supported"),
            Map.entry(5, "PH-SIM PIN required"),
            Map.entry(10, "SIM not inserted"),
            Map.entry(11, "SIM PIN required"),
            Map.entry(12, "SIM PUK required"),
            Map.entry(13, "SIM failure"),
            Map.entry(14, "SIM busy"),
            Map.entry(15, "SIM wrong"),
            Map.entry(16, "incorrect password"),
            Map.entry(17, "SIM PIN2 required"),
            Map.entry(18, "SIM PUK2 required"),
            Map.entry(20, "memory full"),
            Map.entry(21, "invalid index"),
            Map.entry(22, "not found"),
            Map.entry(23, "memory failure"),
            Map.entry(24, "text string too long"),
            Map.entry(25, "invalid characters in text string"),
            Map.entry(26, "dial string too long"),
            Map.entry(27, "invalid characters in dial string"),
            Map.entry(30, "no network service"),
            Map.entry(31, "network timeout"),
            Map.entry(32, "network not allowed - emergency calls only"),
            Map.entry(100, "unknown"));

    private CmeError() {}

    /** Returns the name of a code, or null if the standard has none. */
    public static String nameOf(int code) {
        return NAMES.get(code);
    }
}
