package io.uartnio.module.quectel.ec200x;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** What a module writes about its own side of a connection; whatever it writes else is taken for not known. */
final class LocalAddress {

    /** Stands for an address that is not known. */
    static final InetAddress UNKNOWN = new InetSocketAddress(0).getAddress();

    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";

    /** Matches nothing that the JDK would take for a name and look up. */
    private static final Pattern NUMERIC =
            Pattern.compile(OCTET + "(\\." + OCTET + "){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    private static final int MAX_PORT = 65_535;

    private LocalAddress() {}

    /** Reads a numeric address. */
    static InetAddress parse(String text) {
        if (!NUMERIC.matcher(text).matches()) {
            return UNKNOWN;
        }
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            return UNKNOWN;
        }
    }

    /** Reads a port, 0 if it is none. */
    static int port(String text) {
        int port = text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
        return port <= MAX_PORT ? port : 0;
    }
}
