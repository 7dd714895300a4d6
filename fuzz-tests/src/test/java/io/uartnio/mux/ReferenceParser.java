package io.uartnio.mux;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a {@link FrameParser} must find, in the plainest way: all bytes that have not been dealt with are kept, and behind
 * each byte all of them are looked at anew. What damage may have done is found by writing down every frame that could have
 * been sent, damaged in every way. For tests only: as slow as it is plain.
 */
final class ReferenceParser {

    private static final int FLAG = 0xf9;
    private static final int ANY = -1;
    private static final int NO_FLAG = -2;
    private static final Set<Integer> TYPES = Set.of(0x2f, 0x63, 0x0f, 0x43, 0xef, 0x03);

    private enum Mode {
        HUNTING,
        AT_A_FLAG,
        IN_STEP,
        LOST
    }

    private final FrameListener listener;
    private final int channels;
    private final int longestBelieved;
    private final byte[] marker;

    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private byte[] bytes = {};
    private Mode mode = Mode.HUNTING;
    private boolean decide;
    private boolean hunt;
    private boolean deciding;
    private int longest;
    private int flags;
    private boolean flagsCount;
    private int usualFlags;
    private int score;

    ReferenceParser(FrameListener listener, int channels, int agreed, int longestBelieved, byte[] marker) {
        this.listener = listener;
        this.channels = channels;
        this.longest = agreed;
        this.longestBelieved = longestBelieved;
        this.marker = marker;
    }

    /** Orders hold from the next byte on; a hunt goes before a decision. */
    void decide() {
        decide = true;
    }

    void hunt() {
        hunt = true;
    }

    void accept(byte octet) {
        if (hunt) {
            keep(bytes.length);
            mode = Mode.HUNTING;
            flagsCount = false;
        } else if (decide && mode != Mode.LOST && bytes.length > 0) {
            deciding = true;
            run();
            deciding = false;
        }
        hunt = false;
        decide = false;
        kept.write(octet);
        bytes = kept.toByteArray();
        run();
    }

    private void run() {
        while (bytes.length > 0 && step()) {
            // as long as something can be done
        }
    }

    private void keep(int from) {
        byte[] rest = Arrays.copyOfRange(bytes, from, bytes.length);
        kept.reset();
        kept.writeBytes(rest);
        bytes = rest;
    }

    private int at(int index) {
        return bytes[index] & 0xff;
    }

    /** Does what can be done with the first byte; false if more must be seen. */
    private boolean step() {
        switch (mode) {
            case LOST -> {
                return seek();
            }
            case HUNTING -> {
                if (at(0) == FLAG) {
                    mode = Mode.AT_A_FLAG;
                } else {
                    keep(1);
                }
                return true;
            }
            default -> {
                if (at(0) == FLAG) {
                    flags++;
                    keep(1);
                    return true;
                }
                return frame();
            }
        }
    }

    private boolean seek() {
        int m = marker.length;
        int begin = 0;
        while (begin < bytes.length && at(begin) != (marker[0] & 0xff)) {
            begin++;
        }
        if (begin > 0) {
            keep(begin);
            return true;
        }
        for (int i = 1; i < m && i < bytes.length; i++) {
            if (bytes[i] != marker[i]) {
                keep(i);
                return true;
            }
        }
        if (bytes.length < m + 2) {
            return false;
        }
        boolean found = at(m + 1) == FLAG;
        keep(m + 2);
        if (found) {
            mode = Mode.IN_STEP;
            flags = 1;
            flagsCount = false;
            listener.onPlaceFound();
        }
        return true;
    }

    private boolean frame() {
        boolean possible = (at(0) & 1) == 1
                && (bytes.length < 2 || TYPES.contains(at(1) & ~0x10))
                && (bytes.length < 4 || length() <= longestBelieved);
        boolean lengthKnown = bytes.length >= 4 || (bytes.length == 3 && (at(2) & 1) == 1);
        if (possible && !lengthKnown && !deciding) {
            return false;
        }
        if (possible && lengthKnown) {
            int end = header() + length() + 2;
            if (bytes.length < end && !deciding) {
                return false;
            }
            if (bytes.length >= end && isWhole(end)) {
                return whole(end);
            }
        }
        return noFrame();
    }

    private int header() {
        return (at(2) & 1) == 1 ? 3 : 4;
    }

    private int length() {
        return header() == 3 ? at(2) >> 1 : (at(2) >> 1) + 128 * at(3);
    }

    private boolean isWhole(int end) {
        int covered = (at(1) & ~0x10) == 0x03 ? end - 2 : header();
        return at(end - 1) == FLAG && at(end - 2) == check(Arrays.copyOf(bytes, covered));
    }

    /** Bit by bit. */
    private static int check(byte[] covered) {
        int crc = 0xff;
        for (byte octet : covered) {
            crc ^= octet & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) == 1 ? crc / 2 ^ 0xe0 : crc / 2;
            }
        }
        return 0xff - crc;
    }

    private boolean whole(int end) {
        if (mode == Mode.IN_STEP && at(end - 2) == FLAG && score >= 3) {
            int next = end;
            while (next < bytes.length && at(next) == FLAG && next - end < 8) {
                next++;
            }
            int gap = next - end + 1;
            if (next == bytes.length && gap <= 8 && !deciding) {
                return false;
            }
            if (next < bytes.length && gap <= 8 && gap != usualFlags) {
                long dlci = 1L << (at(0) >> 2);
                keep(next);
                flags = gap;
                flagsCount = false;
                listener.onDamage(dlci);
                return true;
            }
        }
        mode = Mode.IN_STEP;
        if (flagsCount && flags == usualFlags) {
            score = Math.min(score + 1, 32);
        } else if (flagsCount && --score <= 0) {
            usualFlags = flags;
            score = 1;
        }
        flags = 1;
        flagsCount = true;
        longest = Math.max(longest, length());
        listener.onFrame(at(0), at(1), bytes, header(), length());
        keep(end);
        return true;
    }

    private boolean noFrame() {
        if (mode == Mode.AT_A_FLAG) {
            mode = Mode.HUNTING;
            keep(1);
            return true;
        }
        int window = longest + 10;
        if (bytes.length < window && !deciding) {
            return false;
        }
        explain(Math.min(bytes.length, window));
        return true;
    }

    // ------------------------------------------------------------------ damage

    /** A way in which the bytes can have come about: how many of them it explains, and whose frame it was. */
    private record Explanation(int end, int dlci) {}

    private void explain(int count) {
        List<Explanation> explanations = new ArrayList<>();
        for (int dlci = 0; dlci <= channels; dlci++) {
            for (int commandBit = 0; commandBit <= 2; commandBit += 2) {
                int address = dlci * 4 + commandBit + 1;
                for (int type : TYPES) {
                    for (int control = type; control <= (type | 0x10); control += 0x10) {
                        int most = type == 0xef ? longest : type == 0x03 ? -1 : 0;
                        for (int length = 0; length <= most; length++) {
                            damagedFrames(explanations, count, dlci, address, control, length);
                        }
                    }
                }
            }
        }
        Set<Integer> places = new TreeSet<>();
        long dlcis = 0;
        explanations.removeIf(explanation -> !mayBegin(pastFlags(explanation.end(), count), count));
        int whole = wholeBehindOne(count, explanations);
        for (Explanation explanation : explanations) {
            places.add(pastFlags(explanation.end(), count));
            dlcis |= 1L << explanation.dlci();
        }
        flagsCount = false;
        if (whole >= 0 && explanations.size() == whole) {
            keep(1);
            flags = 0;
        } else if (places.size() == 1) {
            keep(places.iterator().next());
            flags = 0;
            listener.onDamage(dlcis);
        } else {
            keep(count);
            mode = Mode.LOST;
            listener.onPlaceLost();
        }
    }

    /** Whatever follows is not damaged. */
    private boolean mayBegin(int from, int count) {
        return (from >= count || (at(from) & 1) == 1) && (from + 1 >= count || TYPES.contains(at(from + 1) & ~0x10));
    }

    private int pastFlags(int from, int count) {
        int i = from;
        while (i < count && at(i) == FLAG) {
            i++;
        }
        return i;
    }

    /** Returns how many explanations it has added if all but the first byte is well, or -1 if it is not. */
    private int wholeBehindOne(int count, List<Explanation> explanations) {
        int begin = pastFlags(1, count);
        if (begin == count) {
            return 0;
        }
        byte[] rest = Arrays.copyOfRange(bytes, begin, count);
        if (rest.length < 3 || !TYPES.contains(rest[1] & 0xff & ~0x10)) {
            return -1;
        }
        int header = (rest[2] & 1) == 1 ? 3 : 4;
        if (rest.length < header) {
            return -1;
        }
        int length = (rest[2] & 0xff) / 2 + (header == 3 ? 0 : 128 * (rest[3] & 0xff));
        int end = header + length + 2;
        int covered = (rest[1] & ~0x10 & 0xff) == 0x03 ? header + length : header;
        boolean well = length <= longest
                && (rest[0] & 0xff) >> 2 <= channels
                && end <= rest.length
                && (rest[end - 1] & 0xff) == FLAG
                && (rest[end - 2] & 0xff) == check(Arrays.copyOf(rest, covered));
        if (!well) {
            return -1;
        }
        explanations.add(new Explanation(begin + end, (rest[0] & 0xff) >> 2));
        return 1;
    }

    private void damagedFrames(List<Explanation> to, int count, int dlci, int address, int control, int length) {
        int header = length <= 127 ? 3 : 4;
        int[] frame = new int[header + length + 2];
        Arrays.fill(frame, ANY);
        frame[0] = address;
        frame[1] = control;
        frame[2] = length <= 127 ? length * 2 + 1 : length * 2 & 0xff;
        byte[] covered = {(byte) address, (byte) control, (byte) frame[2], (byte) (length / 128)};
        if (header == 4) {
            frame[3] = length / 128;
        }
        int check = header + length;
        frame[check] = check(Arrays.copyOf(covered, header));
        frame[check + 1] = FLAG;
        for (int i = 0; i < header; i++) {
            add(to, count, dlci, changed(frame, i, ANY));
            add(to, count, dlci, without(frame, i));
            if (i > 0) {
                add(to, count, dlci, with(frame, i, ANY));
            }
        }
        if (length > 0) {
            add(to, count, dlci, without(frame, header));
        }
        add(to, count, dlci, with(frame, check, ANY));
        add(to, count, dlci, changed(frame, check, ANY));
        add(to, count, dlci, without(frame, check));
        int[] behind = with(frame, check + 1, NO_FLAG);
        if (!add(to, count, dlci, behind) && score >= 3 && usualFlags == 1) {
            int[] cut = Arrays.copyOf(behind, behind.length - 1);
            if (matches(count, cut)) {
                to.add(new Explanation(cut.length - 1, dlci));
                to.add(new Explanation(cut.length, dlci));
            } else if (count == cut.length - 1 && matches(count, Arrays.copyOf(cut, cut.length - 1))) {
                to.add(new Explanation(cut.length - 1, dlci));
            }
        }
    }

    private boolean add(List<Explanation> to, int count, int dlci, int[] octets) {
        boolean matches = matches(count, octets);
        if (matches) {
            to.add(new Explanation(octets.length, dlci));
        }
        return matches;
    }

    private boolean matches(int count, int[] octets) {
        if (octets.length > count) {
            return false;
        }
        for (int i = 0; i < octets.length; i++) {
            boolean fits = octets[i] == ANY || (octets[i] == NO_FLAG ? at(i) != FLAG : at(i) == octets[i]);
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    private static int[] changed(int[] frame, int position, int octet) {
        int[] other = frame.clone();
        other[position] = octet;
        return other;
    }

    private static int[] without(int[] frame, int position) {
        int[] other = Arrays.copyOf(frame, frame.length - 1);
        System.arraycopy(frame, position + 1, other, position, other.length - position);
        return other;
    }

    private static int[] with(int[] frame, int position, int octet) {
        int[] other = Arrays.copyOf(frame, frame.length + 1);
        other[position] = octet;
        System.arraycopy(frame, position, other, position + 1, frame.length - position);
        return other;
    }
}
