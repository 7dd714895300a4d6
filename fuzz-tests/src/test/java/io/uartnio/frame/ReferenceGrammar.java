package io.uartnio.frame;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which lines of the EC200x announce payload, written down a second time: by regular expressions, and by trying every
 * one-byte edit there is.
 */
public final class ReferenceGrammar {

    private static final String TCP_RECEIVED = "+QIURC: \"recv\",";
    private static final String TLS_RECEIVED = "+QSSLURC: \"recv\",";
    private static final String TCP_READ = "+QIRD: ";
    private static final String TLS_READ = "+QSSLRECV: ";
    private static final List<String> ANNOUNCEMENTS = List.of(TCP_RECEIVED, TLS_RECEIVED, TCP_READ, TLS_READ);
    private static final int MAX_LENGTH_BYTES = 1500;

    private static final Pattern RECEIVED = Pattern.compile("(\\d|10|11)(,([1-9]\\d{0,3}))?");
    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final Pattern DATAGRAM = Pattern.compile(
            "(0|[1-9]\\d{0,3}),\"" + OCTET + "\\." + OCTET + "\\." + OCTET + "\\." + OCTET + "\",(0|[1-9]\\d{0,4})");
    private static final Pattern SENDER_AT_END = Pattern.compile(
            "(?s).*\"" + OCTET + "\\." + OCTET + "\\." + OCTET + "\\." + OCTET + "\",(0|[1-9]\\d{0,4})");
    private static final Pattern RECEIVED_DATAGRAM = Pattern.compile("(\\d|10|11),(.*)");
    private static final int MAX_PORT = 65_535;
    private static final Pattern READ = Pattern.compile("0|[1-9]\\d{0,3}");
    private static final Pattern COUNTERS = Pattern.compile("[^,]*,[^,]*,[^,]+");
    private static final Pattern NUMBER_AT_END = Pattern.compile("(?s).*[ :]\\d+");
    private static final List<String> WITH_MESSAGE = List.of("+CMT: ", "+CBM: ", "+CDS: ", "^HCMT: ");

    private ReferenceGrammar() {}

    /** Returns what {@link FrameGrammar#classify} must return for the line. */
    public static long classify(String line) {
        if (line.startsWith(TCP_RECEIVED)) {
            return received(line.substring(TCP_RECEIVED.length()), false);
        }
        if (line.startsWith(TLS_RECEIVED)) {
            return received(line.substring(TLS_RECEIVED.length()), true);
        }
        if (line.startsWith(TCP_READ)) {
            return read(line.substring(TCP_READ.length()), false);
        }
        if (line.startsWith(TLS_READ)) {
            return read(line.substring(TLS_READ.length()), true);
        }
        boolean damaged = isOneEditFrom(TCP_RECEIVED, line)
                || isOneEditFrom(TLS_RECEIVED, line)
                || line.startsWith("+QIRD:")
                || line.startsWith("+QSSLRECV:")
                || ((isOneEditFrom(TCP_READ, line) || isOneEditFrom(TLS_READ, line))
                        && NUMBER_AT_END.matcher(line).matches())
                || (isOneEditFrom(TCP_READ, line) && endsInSender(line));
        if (damaged) {
            return Announcement.DAMAGED;
        }
        return hasMessage(line) ? Announcement.MESSAGE_FOLLOWS : Announcement.TEXT;
    }

    /** Returns what {@link FrameGrammar#mayAnnounce} must return for the beginning of a line. */
    public static boolean mayAnnounce(String beginning) {
        for (String fixed : ANNOUNCEMENTS) {
            if (fixed.startsWith(beginning) || beginning.startsWith(fixed)) {
                return true;
            }
        }
        return isOneEditFrom(TCP_RECEIVED, beginning) || isOneEditFrom(TLS_RECEIVED, beginning);
    }

    private static boolean endsInSender(String line) {
        Matcher matcher = SENDER_AT_END.matcher(line);
        return matcher.matches() && Integer.parseInt(matcher.group(5)) <= MAX_PORT;
    }

    private static boolean hasMessage(String line) {
        for (String fixed : WITH_MESSAGE) {
            if (line.startsWith(fixed)) {
                return true;
            }
        }
        return false;
    }

    private static long received(String rest, boolean tls) {
        Matcher matcher = RECEIVED.matcher(rest);
        if (!matcher.matches()) {
            return tls ? Announcement.DAMAGED : receivedDatagram(rest);
        }
        int index = Integer.parseInt(matcher.group(1));
        int lengthBytes = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
        return lengthBytes > MAX_LENGTH_BYTES ? Announcement.DAMAGED : Announcement.pushed(index, tls, lengthBytes);
    }

    private static long receivedDatagram(String rest) {
        Matcher matcher = RECEIVED_DATAGRAM.matcher(rest);
        Matcher datagram = matcher.matches() ? datagram(matcher.group(2)) : null;
        return datagram == null
                ? Announcement.DAMAGED
                : Announcement.datagram(Integer.parseInt(matcher.group(1)), Integer.parseInt(datagram.group(1)));
    }

    /** Returns what stands behind an index, or in a reply, if that is a datagram with its sender; else null. */
    private static Matcher datagram(String rest) {
        Matcher matcher = DATAGRAM.matcher(rest);
        boolean correct = matcher.matches()
                && Integer.parseInt(matcher.group(1)) <= MAX_LENGTH_BYTES
                && Integer.parseInt(matcher.group(6)) <= MAX_PORT;
        return correct ? matcher : null;
    }

    /** Returns what {@link FrameGrammar#source} must return for a line that announces a datagram. */
    public static long source(String line) {
        Matcher pushed =
                RECEIVED_DATAGRAM.matcher(line.startsWith(TCP_RECEIVED) ? line.substring(TCP_RECEIVED.length()) : "");
        Matcher datagram = datagram(pushed.matches() ? pushed.group(2) : line.substring(TCP_READ.length()));
        long source = 0;
        for (int group = 2; group <= 5; group++) {
            source = source * 256 + Integer.parseInt(datagram.group(group));
        }
        return source * 65_536 + Integer.parseInt(datagram.group(6));
    }

    private static long read(String rest, boolean tls) {
        if (READ.matcher(rest).matches() && Integer.parseInt(rest) <= MAX_LENGTH_BYTES) {
            return Announcement.read(Integer.parseInt(rest));
        }
        if (!tls && rest.indexOf('"') >= 0) {
            Matcher datagram = datagram(rest);
            return datagram == null
                    ? Announcement.DAMAGED
                    : Announcement.readDatagram(Integer.parseInt(datagram.group(1)));
        }
        return COUNTERS.matcher(rest).matches() ? Announcement.TEXT : Announcement.DAMAGED;
    }

    /** Tries to lose, to add and to change each byte. */
    private static boolean isOneEditFrom(String fixed, String line) {
        if (line.startsWith(fixed)) {
            return false;
        }
        for (int at = 0; at < fixed.length() && line.regionMatches(0, fixed, 0, at); at++) {
            int behind = fixed.length() - at - 1;
            boolean lost = line.regionMatches(at, fixed, at + 1, behind);
            boolean added = line.length() > at && line.regionMatches(at + 1, fixed, at, behind + 1);
            boolean changed = line.length() > at && line.regionMatches(at + 1, fixed, at + 1, behind);
            if (lost || added || changed) {
                return true;
            }
        }
        return false;
    }
}
