package io.uartnio.socket;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Objects;

/** What every face makes of the addresses that it is given: names are the module's to resolve, and so is the local end. */
public final class SocketAddresses {

    /** Stands for the local address of a socket that was bound and is not connected, as the module chooses it. */
    public static final InetSocketAddress ANY_LOCAL = new InetSocketAddress("0.0.0.0", 0);

    private SocketAddresses() {}

    /**
     * Checks where a socket is to be connected to.
     *
     * @throws UnsupportedAddressTypeException if it is no internet address
     * @throws IllegalArgumentException if it is the wildcard, which the JDK takes for the loopback
     */
    public static InetSocketAddress checkRemote(SocketAddress remote) {
        Objects.requireNonNull(remote, "remote");
        if (!(remote instanceof InetSocketAddress inet)) {
            throw new UnsupportedAddressTypeException();
        }
        if (!inet.isUnresolved() && inet.getAddress().isAnyLocalAddress()) {
            throw new IllegalArgumentException(
                    "wildcard address is no destination, a module has no loopback: address=" + remote);
        }
        return inet;
    }

    /**
     * Checks what a socket is to be bound to, null for any.
     *
     * @throws UnsupportedAddressTypeException if it is no internet address
     * @throws SocketException if it is not the wildcard with port 0
     */
    public static void checkLocal(SocketAddress local) throws SocketException {
        if (local == null) {
            return;
        }
        if (!(local instanceof InetSocketAddress inet)) {
            throw new UnsupportedAddressTypeException();
        }
        if (inet.getPort() != 0 || inet.isUnresolved() || !inet.getAddress().isAnyLocalAddress()) {
            throw new SocketException("local address is chosen by the module: address=" + local);
        }
    }

    /** Returns the name if the address was made from one, else the numeric form; never a reverse look-up. */
    public static String hostOf(InetSocketAddress remote) {
        InetAddress address = remote.getAddress();
        String host = remote.getHostString();
        return host.isEmpty() && address != null ? address.getHostAddress() : host;
    }
}
