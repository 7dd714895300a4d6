package io.uartnio.frame;

/**
 * What a line of text says about the bytes behind it, packed into a {@code long} so that the hot path allocates
 * nothing: the kind in the top byte, then whether the socket runs TLS, its index, and the number of payload bytes.
 */
public final class Announcement {

    /** A line that announces nothing: a reply, a result code, an unsolicited result code. */
    public static final long TEXT = 0;

    /**
     * A line that began as an announcement of payload and is not a correct one: the bytes behind it may be payload, so
     * nothing that follows can be trusted.
     */
    public static final long DAMAGED = 1L << 56;

    /** A line of text behind which, up to the next empty line, a message stands that somebody sent. */
    public static final long MESSAGE_FOLLOWS = 2L << 56;

    private static final long PUSHED = 3L << 56;
    private static final long READ = 4L << 56;
    private static final long DATAGRAM = 5L << 56;
    private static final long READ_DATAGRAM = 6L << 56;
    private static final long KIND = 0xffL << 56;
    private static final long TLS = 1L << 55;

    private Announcement() {}

    /**
     * The module pushes payload of a socket, or tells that it has some.
     *
     * @param index of the socket, 0 to 255
     * @param tls true if the line is of the module's TLS commands
     * @param lengthBytes of the payload; 0 if the line only tells that data waits in the module, to be read
     */
    public static long pushed(int index, boolean tls, int lengthBytes) {
        return PUSHED | (tls ? TLS : 0) | (long) index << 32 | lengthBytes;
    }

    /** Payload that a read command asked for, 0 bytes or more. */
    public static long read(int lengthBytes) {
        return READ | lengthBytes;
    }

    /**
     * The module pushes a datagram and says who sent it, which {@link FrameGrammar#source} reads out of the line.
     *
     * @param index of the socket, 0 to 255
     * @param lengthBytes of the payload, 0 for an empty datagram
     */
    public static long datagram(int index, int lengthBytes) {
        return DATAGRAM | (long) index << 32 | lengthBytes;
    }

    /** A datagram that a read command asked for, with its sender as {@link #datagram}; 0 bytes or more. */
    public static long readDatagram(int lengthBytes) {
        return READ_DATAGRAM | lengthBytes;
    }

    /** Returns true for {@link #datagram}. */
    public static boolean isDatagram(long announcement) {
        return (announcement & KIND) == DATAGRAM;
    }

    /** Returns true for {@link #readDatagram}. */
    public static boolean isReadDatagram(long announcement) {
        return (announcement & KIND) == READ_DATAGRAM;
    }

    /** Returns true for {@link #pushed}. */
    public static boolean isPushed(long announcement) {
        return (announcement & KIND) == PUSHED;
    }

    /** Returns true for {@link #read}. */
    public static boolean isRead(long announcement) {
        return (announcement & KIND) == READ;
    }

    /** Returns the index of the socket whose payload is pushed. */
    public static int index(long announcement) {
        return (int) (announcement >>> 32) & 0xff;
    }

    /** Returns true if the payload is pushed by the module's TLS commands. */
    public static boolean isTls(long announcement) {
        return (announcement & TLS) != 0;
    }

    /** Returns the number of payload bytes announced. */
    public static int lengthBytes(long announcement) {
        return (int) announcement;
    }
}
