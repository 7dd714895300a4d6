package io.uartnio.socket.face;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The ports of a module that a caller binds to. No command lets a module choose one for a socket that listens or has
 * datagrams of many, so where the caller leaves it open one of the ephemeral ports is tried, and another if it is taken.
 */
public final class LocalPorts {

    /** RFC 6335, section 6. */
    private static final int FIRST_EPHEMERAL = 49_152;

    private static final int LAST_EPHEMERAL = 65_535;

    /** How many ports are tried before a caller who left it open is told that they are taken. */
    private static final int MAX_ATTEMPTS = 8;

    /** Binds to one port. */
    @FunctionalInterface
    public interface Binder {
        /**
         * Binds.
         *
         * @throws BindException if the port is taken
         */
        void bind(int port) throws IOException;
    }

    private LocalPorts() {}

    /**
     * Returns the port of an address to bind to, 0 if the caller leaves it open.
     *
     * @param local null for any
     * @throws SocketException if it names an address: the module has one, and chooses it itself
     */
    public static int check(SocketAddress local) throws SocketException {
        if (local == null) {
            return 0;
        }
        if (!(local instanceof InetSocketAddress inet)) {
            throw new UnsupportedAddressTypeException();
        }
        InetAddress address = inet.getAddress();
        if (address == null) {
            throw new UnresolvedAddressException();
        }
        if (!address.isAnyLocalAddress()) {
            throw new SocketException(
                    "local address is chosen by the module, only the wildcard can be bound to: address=" + local);
        }
        return inet.getPort();
    }

    /** Binds to the port, or with 0 to one that is not taken. */
    public static void bind(int port, Binder binder) throws IOException {
        Attempts attempts = new Attempts(port);
        for (; ; ) {
            try {
                binder.bind(attempts.next());
                return;
            } catch (BindException e) {
                if (!attempts.mayGoOn(e)) {
                    throw e;
                }
            }
        }
    }

    /** The ports that one bind asks for, one after the other. For one thread at a time. */
    public static final class Attempts {

        private final int port;
        private int made;

        /**
         * Begins a bind.
         *
         * @param port 0 if the caller leaves it open
         */
        public Attempts(int port) {
            this.port = port;
        }

        /** Returns the port to ask for now: the caller's, or one of the ephemeral ports, taken or not. */
        public int next() {
            made++;
            return port == 0 ? ThreadLocalRandom.current().nextInt(FIRST_EPHEMERAL, LAST_EPHEMERAL + 1) : port;
        }

        /** Returns true if what the last attempt has ended in is a reason for another. */
        public boolean mayGoOn(Exception cause) {
            return port == 0 && cause instanceof BindException && made < MAX_ATTEMPTS;
        }
    }
}
