package io.uartnio.nio;

import io.uartnio.socket.face.Addresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A list of destinations as a property gives it: patterns with commas between them, each {@code host} or
 * {@code host:port}. A host is {@code loopback}, a name in which {@code *} stands for any characters, a numeric
 * address (in brackets, if it is an IPv6 address with a port), or a network such as {@code 192.168.0.0/16}. Names are
 * compared with what the caller has put into the address, without regard to case; nothing is ever looked up. Immutable.
 */
final class Destinations {

    private static final int ANY_PORT = -1;
    private static final int MAX_PORT = 65_535;

    /** Compares one destination with one pattern. */
    private interface HostPattern {
        boolean matches(InetSocketAddress destination);
    }

    private record Entry(HostPattern host, int port) {
        boolean matches(InetSocketAddress destination) {
            return (port == ANY_PORT || port == destination.getPort()) && host.matches(destination);
        }
    }

    private final String text;
    private final List<Entry> entries = new ArrayList<>();

    private Destinations(String text) {
        this.text = text;
    }

    /**
     * Parses a list; an empty one matches nothing.
     *
     * @throws IllegalArgumentException if it makes no sense; the message quotes the pattern
     */
    static Destinations parse(String text) {
        Destinations parsed = new Destinations(text);
        for (String pattern : text.split(",", -1)) {
            if (!pattern.isBlank()) {
                parsed.entries.add(entry(pattern.strip().toLowerCase(Locale.ROOT)));
            }
        }
        return parsed;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    boolean match(InetSocketAddress destination) {
        for (Entry entry : entries) {
            if (entry.matches(destination)) {
                return true;
            }
        }
        return false;
    }

    private static Entry entry(String pattern) {
        int end = pattern.startsWith("[") ? pattern.indexOf(']') : -1;
        if (end > 0) {
            String rest = pattern.substring(end + 1);
            if (!rest.isEmpty() && !rest.startsWith(":")) {
                throw senseless(pattern);
            }
            return new Entry(host(pattern.substring(1, end), pattern), port(rest, pattern));
        }
        int colon = pattern.indexOf(':');
        if (colon < 0 || colon != pattern.lastIndexOf(':')) {
            return new Entry(host(pattern, pattern), ANY_PORT);
        }
        return new Entry(host(pattern.substring(0, colon), pattern), port(pattern.substring(colon), pattern));
    }

    /** Returns the port behind a colon, or that of nothing. */
    private static int port(String afterHost, String pattern) {
        if (afterHost.isEmpty()) {
            return ANY_PORT;
        }
        try {
            int port = Integer.parseInt(afterHost.substring(1));
            if (port > 0 && port <= MAX_PORT) {
                return port;
            }
        } catch (NumberFormatException e) {
            // told below, as a number out of range is
        }
        throw senseless(pattern);
    }

    private static HostPattern host(String host, String pattern) {
        if (host.isEmpty()) {
            throw senseless(pattern);
        }
        if (host.equals("loopback")) {
            return Destinations::isLoopback;
        }
        int slash = host.indexOf('/');
        if (slash >= 0) {
            return network(host.substring(0, slash), host.substring(slash + 1), pattern);
        }
        if (Addresses.isNumeric(host)) {
            InetAddress address = numeric(host, pattern);
            return destination -> address.equals(addressOf(destination));
        }
        Pattern glob = Pattern.compile(Pattern.quote(host).replace("*", "\\E.*\\Q"));
        return destination -> glob.matcher(destination.getHostString().toLowerCase(Locale.ROOT))
                .matches();
    }

    private static HostPattern network(String base, String length, String pattern) {
        byte[] bits = numeric(base, pattern).getAddress();
        int prefix;
        try {
            prefix = Integer.parseInt(length);
        } catch (NumberFormatException e) {
            throw senseless(pattern);
        }
        if (prefix < 0 || prefix > 8 * bits.length) {
            throw senseless(pattern);
        }
        return destination -> {
            InetAddress address = addressOf(destination);
            return address != null && sameNetwork(bits, address.getAddress(), prefix);
        };
    }

    private static boolean sameNetwork(byte[] base, byte[] address, int prefix) {
        if (base.length != address.length) {
            return false;
        }
        for (int bit = 0; bit < prefix; bit++) {
            int mask = 0x80 >> bit % 8;
            if (((base[bit / 8] ^ address[bit / 8]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    private static InetAddress numeric(String host, String pattern) {
        InetAddress address = Addresses.numericOrNull(host);
        if (address == null) {
            throw senseless(pattern);
        }
        return address;
    }

    /** Returns the address, also of an unresolved destination that is given in numbers; else null. */
    private static InetAddress addressOf(InetSocketAddress destination) {
        return destination.isUnresolved()
                ? Addresses.numericOrNull(destination.getHostString())
                : destination.getAddress();
    }

    /** The wildcard address counts too: as a destination the JDK takes it for the loopback. */
    private static boolean isLoopback(InetSocketAddress destination) {
        InetAddress address = addressOf(destination);
        return address == null
                ? destination.getHostString().equalsIgnoreCase("localhost")
                : address.isLoopbackAddress() || address.isAnyLocalAddress();
    }

    private static IllegalArgumentException senseless(String pattern) {
        return new IllegalArgumentException("destination is neither host nor host:port: pattern=" + pattern);
    }

    @Override
    public String toString() {
        return text;
    }
}
