package io.uartnio.tls;

import java.nio.ByteBuffer;

/**
 * The records that an engine and the channel under it exchange inside this JVM: the header of a TLS record (RFC 5246
 * section 6.2.1) and behind it the payload as it is, because the module encrypts it. Those who put themselves between
 * engine and channel, Netty's {@code SslHandler} for one, look for whole records.
 *
 * <pre>
 *     type (1)   version (2): 03 03   length of the payload (2)   payload
 * </pre>
 */
final class PseudoRecord {

    static final int HEADER_BYTES = 5;

    /** RFC 5246 section 6.2.1: "The length MUST NOT exceed 2^14." */
    static final int MAX_PAYLOAD_BYTES = 1 << 14;

    static final int MAX_BYTES = HEADER_BYTES + MAX_PAYLOAD_BYTES;

    /** Content types, RFC 5246 appendix A.1. */
    static final byte ALERT = 21;

    static final byte HANDSHAKE = 22;
    static final byte APPLICATION_DATA = 23;

    /** An alert's level and description, RFC 5246 section 7.2. */
    static final int ALERT_PAYLOAD_BYTES = 2;

    static final int ALERT_BYTES = HEADER_BYTES + ALERT_PAYLOAD_BYTES;
    static final byte WARNING = 1;
    static final byte FATAL = 2;
    static final byte CLOSE_NOTIFY = 0;
    static final byte INTERNAL_ERROR = 80;

    /** TLS 1.2. */
    private static final byte VERSION_MAJOR = 3;

    private static final byte VERSION_MINOR = 3;

    private PseudoRecord() {}

    /** Puts a header, which moves the buffer's position. */
    static void putHeader(ByteBuffer target, byte type, int payloadBytes) {
        target.put(type).put(VERSION_MAJOR).put(VERSION_MINOR);
        target.put((byte) (payloadBytes >> 8)).put((byte) payloadBytes);
    }

    static byte[] alert(byte level, byte description) {
        ByteBuffer record = ByteBuffer.allocate(ALERT_BYTES);
        putHeader(record, ALERT, ALERT_PAYLOAD_BYTES);
        record.put(level).put(description);
        return record.array();
    }

    /** Makes a record of a handshake's message. */
    static byte[] handshake(byte[] message) {
        ByteBuffer record = ByteBuffer.allocate(HEADER_BYTES + message.length);
        putHeader(record, HANDSHAKE, message.length);
        record.put(message);
        return record.array();
    }

    /** Returns true if the header is one that an engine or a channel of ours writes. */
    static boolean isHeader(byte[] header) {
        boolean known = header[0] == ALERT || header[0] == HANDSHAKE || header[0] == APPLICATION_DATA;
        return known
                && header[1] == VERSION_MAJOR
                && header[2] == VERSION_MINOR
                && payloadBytes(header) <= MAX_PAYLOAD_BYTES;
    }

    static byte type(byte[] header) {
        return header[0];
    }

    static int payloadBytes(byte[] header) {
        return (header[3] & 0xff) << 8 | (header[4] & 0xff);
    }

    /** Returns the header in words, for messages. */
    static String describe(byte[] header) {
        return "type=" + (header[0] & 0xff) + ", version=" + header[1] + "." + header[2] + ", length="
                + payloadBytes(header);
    }
}
