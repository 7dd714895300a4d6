package io.uartnio.frame;

/**
 * Who has sent a datagram: an IPv4 address and a port, packed into a {@code long} so that nothing is allocated for a
 * frame. No family names the sender of a datagram by anything else.
 */
public final class Source {

    /** Stands for a sender that the module does not name: the one peer of the socket. */
    public static final long NONE = -1;

    private static final int PORT_BITS = 16;
    private static final int PORT_MASK = 0xffff;

    private Source() {}

    /**
     * Packs an address and a port.
     *
     * @param address the four bytes, the first in the highest place
     * @param port 0 to 65535
     */
    public static long of(int address, int port) {
        return (address & 0xffff_ffffL) << PORT_BITS | (port & PORT_MASK);
    }

    /** Returns the four bytes of the address. */
    public static byte[] address(long source) {
        int address = (int) (source >>> PORT_BITS);
        return new byte[] {(byte) (address >>> 24), (byte) (address >>> 16), (byte) (address >>> 8), (byte) address};
    }

    /** Returns the port. */
    public static int port(long source) {
        return (int) source & PORT_MASK;
    }
}
