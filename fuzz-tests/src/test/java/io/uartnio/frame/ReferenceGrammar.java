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
            return read(line.substring(TCP_READ.length()));
        }
        if (line.startsWith(TLS_READ)) {
            return read(line.substring(TLS_READ.length()));
        }
        boolean damaged = isOneEditFrom(TCP_RECEIVED, line)
                || isOneEditFrom(TLS_RECEIVED, line)
                || line.startsWith("+QIRD:")
                || line.startsWith("+QSSLRECV:")
                || ((isOneEditFrom(TCP_READ, line) || isOneEditFrom(TLS_READ, line))
                        && NUMBER_AT_END.matcher(line).matches());
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
            return Announcement.DAMAGED;
        }
        int index = Integer.parseInt(matcher.group(1));
        int lengthBytes = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
        return lengthBytes > MAX_LENGTH_BYTES ? Announcement.DAMAGED : Announcement.pushed(index, tls, lengthBytes);
    }

    private static long read(String rest) {
        if (READ.matcher(rest).matches() && Integer.parseInt(rest) <= MAX_LENGTH_BYTES) {
            return Announcement.read(Integer.parseInt(rest));
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
