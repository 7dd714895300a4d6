package io.uartnio.socket.face;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.regex.Pattern;

/** What the JDK's addresses mean to a module. Nothing here looks a name up. */
public final class Addresses {

    private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)";

    /** What the JDK takes for an address without a look-up: four octets, or anything with a colon. */
    private static final Pattern NUMERIC =
            Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}|[0-9A-Fa-f:.]*:[0-9A-Za-z:.%]*");

    private Addresses() {}

    /** Returns true if the host is meant for a numeric address, which it may still not be. */
    public static boolean isNumeric(String host) {
        return NUMERIC.matcher(host).matches();
    }

    /** Returns the numeric address, or null if the host is none. */
    public static InetAddress numericOrNull(String host) {
        if (!isNumeric(host)) {
            return null;
        }
        try {
            return InetAddress.getByName(host); // numbers only, so no look-up
        } catch (UnknownHostException e) {
            return null;
        }
    }

    /** Returns what to tell the module: the name if the address was made from one, else the numeric form. */
    public static String hostOf(InetSocketAddress remote) {
        InetAddress address = remote.getAddress();
        String host = remote.getHostString(); // never a reverse look-up
        return host.isEmpty() && address != null ? address.getHostAddress() : host;
    }

    /**
     * Checks that a module can connect there: the JDK takes the wildcard address for the loopback, which a module does
     * not have. With a name it only stands for an address that nobody knows.
     *
     * @throws IllegalArgumentException if it is the wildcard address
     */
    public static void checkDestination(InetSocketAddress remote) {
        if (!remote.isUnresolved()
                && remote.getAddress().isAnyLocalAddress()
                && (remote.getHostString().isEmpty() || isNumeric(remote.getHostString()))) {
            throw new IllegalArgumentException(
                    "wildcard address is no destination, a module has no loopback: address=" + remote);
        }
    }

    /**
     * Checks that a module can send a datagram there, or leave it to itself to find out.
     *
     * @throws IllegalArgumentException if it is the wildcard address
     * @throws SocketException if it is port 0
     * @throws UnsupportedAddressTypeException if it is not an IPv4 address and not a name
     */
    public static void checkDatagramTarget(InetSocketAddress target) throws SocketException {
        if (target.getPort() == 0) {
            throw new SocketException("no datagram can be sent to port 0: target=" + target);
        }
        checkDestination(target);
        InetAddress address = target.getAddress();
        if (address != null && address.getAddress().length != 4) {
            throw new UnsupportedAddressTypeException();
        }
    }

    /**
     * Checks that a socket can be bound so.
     *
     * @throws SocketException if it is not the wildcard address with port 0
     */
    public static void checkLocal(InetSocketAddress local) throws SocketException {
        if (local.getPort() != 0 || local.isUnresolved() || !local.getAddress().isAnyLocalAddress()) {
            throw new SocketException("local address is chosen by the module: address=" + local);
        }
    }
}
