package io.uartnio.module.quectel.ec200x;

/**
 * Checks values before they enter a command. A quote would end a string parameter and a control character the command,
 * and what follows would be run: so neither is ever sent.
 */
final class Parameters {

    /** DNS: a name has at most 253 characters. */
    private static final int MAX_HOST_CHARS = 253;

    private Parameters() {}

    /** Returns the host if it is a DNS name or a numeric address and nothing else. */
    static String host(String host) {
        if (host == null || host.isEmpty() || host.length() > MAX_HOST_CHARS) {
            throw new IllegalArgumentException("host name must have 1 to " + MAX_HOST_CHARS + " characters: length="
                    + (host == null ? 0 : host.length()));
        }
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            boolean allowed = isLetterOrDigit(c) || "-._:%".indexOf(c) >= 0;
            if (!allowed) {
                throw new IllegalArgumentException(
                        "host name holds a character that no name has: position=" + i + ", character=" + shown(c));
            }
        }
        return host;
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    /** Returns the port if it can be connected to. */
    static int port(int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port must be 1 to 65535: port=" + port);
        }
        return port;
    }

    /** Returns a string parameter if it can stand between quotes. */
    static String text(String name, String value, int maxChars) {
        int bad = firstBad(name, value, maxChars);
        if (bad >= 0) {
            throw new IllegalArgumentException(name + " holds a character that cannot be sent: position=" + bad
                    + ", character=" + shown(value.charAt(bad)));
        }
        return value;
    }

    /** As {@link #text}; the message shows nothing of the value. */
    static String secret(String name, String value, int maxChars) {
        int bad = firstBad(name, value, maxChars);
        if (bad >= 0) {
            throw new IllegalArgumentException(name + " holds a character that cannot be sent: position=" + bad);
        }
        return value;
    }

    /** Returns the place of the first character that cannot stand between quotes, or -1. */
    private static int firstBad(String name, String value, int maxChars) {
        if (value.length() > maxChars) {
            throw new IllegalArgumentException(name + " is too long: length=" + value.length() + ", max=" + maxChars);
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c > '~' || c == '"') {
                return i;
            }
        }
        return -1;
    }

    private static String shown(char c) {
        return c > ' ' && c <= '~' ? "'" + c + "'" : String.format("U+%04X", (int) c);
    }
}
