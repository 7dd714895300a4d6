package io.uartnio.module.quectel.ec200x;

import static io.uartnio.at.Bytes.ascii;

import io.uartnio.at.Bytes;
import io.uartnio.frame.Announcement;
import io.uartnio.frame.FrameGrammar;
import io.uartnio.frame.Source;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Which lines of the EC200x and EC800x announce payload:
 *
 * <pre>
 *   +QIURC: "recv",&lt;id&gt;,&lt;length&gt;       pushed, TCP        +QIURC: "recv",&lt;id&gt;       waits in the module
 *   +QSSLURC: "recv",&lt;id&gt;,&lt;length&gt;     pushed, TLS        +QSSLURC: "recv",&lt;id&gt;     waits in the module
 *   +QIURC: "recv",&lt;id&gt;,&lt;length&gt;,"&lt;ip&gt;",&lt;port&gt;     pushed, a datagram with its sender
 *   +QIRD: &lt;length&gt;                    read, TCP
 *   +QIRD: &lt;length&gt;,"&lt;ip&gt;",&lt;port&gt;      read, a datagram with its sender
 *   +QSSLRECV: &lt;length&gt;                read, TLS
 * </pre>
 *
 * <p>Numbers are taken in their one canonical form and range only. A line that is one lost, added or changed byte away
 * from the fixed part of an announcement, or has that part and not the rest, is damaged. The reader thread's.
 */
final class Ec200xGrammar implements FrameGrammar {

    static final int MAX_INDEX = 11;
    private static final int MAX_LENGTH_BYTES = 1500;
    private static final int MAX_PORT = 65_535;

    private static final byte[] TCP_RECEIVED = ascii("+QIURC: \"recv\",");
    private static final byte[] TLS_RECEIVED = ascii("+QSSLURC: \"recv\",");
    private static final byte[] TCP_READ = ascii("+QIRD: ");
    private static final byte[] TLS_READ = ascii("+QSSLRECV: ");
    private static final byte[] TCP_READ_NAME = ascii("+QIRD:");
    private static final byte[] TLS_READ_NAME = ascii("+QSSLRECV:");

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long TLS_RECEIVED_0 = (long) LONGS.get(TLS_RECEIVED, 0);
    private static final long TLS_RECEIVED_8 = (long) LONGS.get(TLS_RECEIVED, 8);
    private static final long TCP_RECEIVED_0 = (long) LONGS.get(TCP_RECEIVED, 0);
    private static final long TCP_RECEIVED_7 = (long) LONGS.get(TCP_RECEIVED, 7);

    /** URCs behind which a message stands that somebody sent; LTE AT manual 12.7. */
    private static final List<byte[]> WITH_MESSAGE =
            List.of(ascii("+CMT: "), ascii("+CBM: "), ascii("+CDS: "), ascii("^HCMT: "));

    @Override
    public long classify(byte[] line, int offset, int length) {
        if (length >= TLS_RECEIVED.length && isTlsReceived(line, offset)) {
            return received(line, offset + TLS_RECEIVED.length, offset + length, true);
        }
        if (length >= TCP_RECEIVED.length && isTcpReceived(line, offset)) {
            return received(line, offset + TCP_RECEIVED.length, offset + length, false);
        }
        if (Bytes.startsWith(line, offset, length, TLS_READ)) {
            return read(line, offset + TLS_READ.length, offset + length, true);
        }
        if (Bytes.startsWith(line, offset, length, TCP_READ)) {
            return read(line, offset + TCP_READ.length, offset + length, false);
        }
        if (mayBeEdited(line, offset, length) && isNearlyAnnouncement(line, offset, length)) {
            return Announcement.DAMAGED;
        }
        return hasMessage(line, offset, length) ? Announcement.MESSAGE_FOLLOWS : Announcement.TEXT;
    }

    /** These two stand before every payload, so they are compared eight bytes at a time. */
    private static boolean isTlsReceived(byte[] line, int offset) {
        return (long) LONGS.get(line, offset) == TLS_RECEIVED_0
                && (long) LONGS.get(line, offset + 8) == TLS_RECEIVED_8
                && line[offset + 16] == ',';
    }

    private static boolean isTcpReceived(byte[] line, int offset) {
        return (long) LONGS.get(line, offset) == TCP_RECEIVED_0 && (long) LONGS.get(line, offset + 7) == TCP_RECEIVED_7;
    }

    private static boolean hasMessage(byte[] line, int offset, int length) {
        for (int i = 0; i < WITH_MESSAGE.size(); i++) {
            if (Bytes.startsWith(line, offset, length, WITH_MESSAGE.get(i))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean mayAnnounce(byte[] line, int offset, int length) {
        return begins(line, offset, length, TCP_RECEIVED)
                || begins(line, offset, length, TLS_RECEIVED)
                || begins(line, offset, length, TCP_READ)
                || begins(line, offset, length, TLS_READ)
                || isOneEditFrom(TCP_RECEIVED, line, offset, length)
                || isOneEditFrom(TLS_RECEIVED, line, offset, length);
    }

    private static boolean begins(byte[] line, int offset, int length, byte[] fixed) {
        for (int i = 0; i < Math.min(length, fixed.length); i++) {
            if (line[offset + i] != fixed[i]) {
                return false;
            }
        }
        return true;
    }

    /** {@code <id>} or {@code <id>,<length>}. */
    private static long received(byte[] line, int from, int end, boolean tls) {
        int comma = Bytes.indexOf(line, from, end, ',');
        int index = Bytes.number(line, from, comma, MAX_INDEX);
        if (index < 0) {
            return Announcement.DAMAGED;
        }
        if (comma == end) {
            return Announcement.pushed(index, tls, 0);
        }
        int lengthBytes = Bytes.number(line, comma + 1, end, MAX_LENGTH_BYTES);
        if (lengthBytes > 0) {
            return Announcement.pushed(index, tls, lengthBytes);
        }
        return tls ? Announcement.DAMAGED : datagram(line, index, comma + 1, end);
    }

    /** {@code <length>,"<ip>",<port>} behind the index. */
    private static long datagram(byte[] line, int index, int from, int end) {
        int comma = Bytes.indexOf(line, from, end, ',');
        int lengthBytes = Bytes.number(line, from, comma, MAX_LENGTH_BYTES);
        return lengthBytes < 0 || sender(line, comma + 1, end) == Source.NONE
                ? Announcement.DAMAGED
                : Announcement.datagram(index, lengthBytes);
    }

    /** The sender stands at the end, and nothing in front of it holds a quote but the fixed part. */
    @Override
    public long source(byte[] line, int offset, int length) {
        return sender(line, senderStart(line, offset, length), offset + length);
    }

    private static int senderStart(byte[] line, int offset, int length) {
        int from = offset + length - 1;
        int quotes = 0;
        while (from > offset && quotes < 2) {
            from--;
            quotes += line[from] == '"' ? 1 : 0;
        }
        return from;
    }

    /** Reads {@code "<ip>",<port>}; {@link Source#NONE} if that is not what stands there. */
    static long sender(byte[] line, int from, int end) {
        if (from >= end || line[from] != '"') {
            return Source.NONE;
        }
        int position = from + 1;
        int address = 0;
        for (int i = 0; i < 4; i++) {
            int dot = Bytes.indexOf(line, position, end, i < 3 ? '.' : '"');
            int part = Bytes.number(line, position, dot, 255);
            if (part < 0) {
                return Source.NONE;
            }
            address = address << 8 | part;
            position = dot + 1;
        }
        if (position >= end || line[position] != ',') {
            return Source.NONE;
        }
        int port = Bytes.number(line, position + 1, end, MAX_PORT);
        return port < 0 ? Source.NONE : Source.of(address, port);
    }

    /** One number, or three: the answer to a query of counters; or a number and a sender. */
    private static long read(byte[] line, int from, int end, boolean tls) {
        int lengthBytes = Bytes.number(line, from, end, MAX_LENGTH_BYTES);
        if (lengthBytes >= 0) {
            return Announcement.read(lengthBytes);
        }
        if (!tls && Bytes.indexOf(line, from, end, '"') < end) {
            return readDatagram(line, from, end);
        }
        return areCounters(line, from, end) ? Announcement.TEXT : Announcement.DAMAGED;
    }

    private static long readDatagram(byte[] line, int from, int end) {
        int comma = Bytes.indexOf(line, from, end, ',');
        int lengthBytes = Bytes.number(line, from, comma, MAX_LENGTH_BYTES);
        return lengthBytes < 0 || sender(line, comma + 1, end) == Source.NONE
                ? Announcement.DAMAGED
                : Announcement.readDatagram(lengthBytes);
    }

    /** {@code <total>,<read>,<unread>}: a damaged length has one comma at most. */
    private static boolean areCounters(byte[] line, int from, int end) {
        int second = Bytes.indexOf(line, from, end, ',') + 1;
        int third = Bytes.indexOf(line, second, end, ',') + 1;
        return third < end && Bytes.indexOf(line, third, end, ',') == end;
    }

    /**
     * Returns false if the first three bytes tell that no byte lost, added or changed can have made this of an
     * announcement, which begins with {@code +QI} or {@code +QS}: so for most lines.
     */
    private static boolean mayBeEdited(byte[] line, int offset, int length) {
        if (length < 3) {
            return false;
        }
        byte first = line[offset];
        byte second = line[offset + 1];
        byte third = line[offset + 2];
        return second == 'Q'
                || first == 'Q'
                || third == 'Q'
                || (first == '+' && (second == 'I' || second == 'S' || third == 'I' || third == 'S'));
    }

    private static boolean isNearlyAnnouncement(byte[] line, int offset, int length) {
        return isOneEditFrom(TCP_RECEIVED, line, offset, length)
                || isOneEditFrom(TLS_RECEIVED, line, offset, length)
                || Bytes.startsWith(line, offset, length, TCP_READ_NAME)
                || Bytes.startsWith(line, offset, length, TLS_READ_NAME)
                || (isOneEditFrom(TCP_READ, line, offset, length)
                        && (endsInDigits(line, offset, length) || endsInSender(line, offset, length)))
                || (isOneEditFrom(TLS_READ, line, offset, length) && endsInDigits(line, offset, length));
    }

    private static boolean endsInSender(byte[] line, int offset, int length) {
        return sender(line, senderStart(line, offset, length), offset + length) != Source.NONE;
    }

    /** The reads' fixed part is so short that a URC (+QIND) is one edit away; its rest is no number. */
    private static boolean endsInDigits(byte[] line, int offset, int length) {
        int i = offset + length - 1;
        while (i >= offset && line[i] >= '0' && line[i] <= '9') {
            i--;
        }
        return i < offset + length - 1 && i >= offset && (line[i] == ' ' || line[i] == ':');
    }

    /** Returns true if the line would begin with the fixed part but for one byte lost, added or changed. */
    private static boolean isOneEditFrom(byte[] fixed, byte[] line, int offset, int length) {
        if (length < fixed.length - 1) {
            return false;
        }
        int i = 0;
        while (i < fixed.length && i < length && line[offset + i] == fixed[i]) {
            i++;
        }
        if (i == fixed.length) {
            return false;
        }
        return matches(line, offset + i, offset + length, fixed, i + 1)
                || matches(line, offset + i + 1, offset + length, fixed, i)
                || matches(line, offset + i + 1, offset + length, fixed, i + 1);
    }

    private static boolean matches(byte[] line, int from, int end, byte[] fixed, int fixedFrom) {
        int rest = fixed.length - fixedFrom;
        if (end - from < rest) {
            return false;
        }
        for (int i = 0; i < rest; i++) {
            if (line[from + i] != fixed[fixedFrom + i]) {
                return false;
            }
        }
        return true;
    }
}
