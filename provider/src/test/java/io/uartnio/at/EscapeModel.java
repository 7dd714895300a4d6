package io.uartnio.at;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * What a module makes of what is written to it in data mode, told by the rules of the manuals and of nothing else: at
 * least a second without any byte, {@code +++} within a second, at least a second without any byte. Hayes' own modems
 * demanded instead that no second passes between two of the three; a module may do either.
 */
final class EscapeModel {

    private static final long SECOND = 1_000_000_000L;

    private static final class Write {
        final long nanos;
        final byte[] bytes;

        Write(long nanos, byte[] bytes) {
            this.nanos = nanos;
            this.bytes = bytes;
        }
    }

    private final List<Write> writes = new ArrayList<>();

    void write(long nanos, byte[] bytes, int length) {
        byte[] copy = new byte[length];
        System.arraycopy(bytes, 0, copy, 0, length);
        writes.add(new Write(nanos, copy));
    }

    byte[] all() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        writes.forEach(write -> all.writeBytes(write.bytes));
        return all.toByteArray();
    }

    int writeCount() {
        return writes.size();
    }

    /**
     * Returns what could be taken for the escape sequence, or null. The line may have been silent for long between any
     * two writes, before the first and behind the last, and in one more place, but never in a run of {@code longRun}.
     */
    String findEscape(int longRun) {
        byte[] all = all();
        int[] writeOf = new int[all.length];
        boolean[] begins = new boolean[all.length];
        boolean[] ends = new boolean[all.length];
        int place = 0;
        for (int w = 0; w < writes.size(); w++) {
            int length = writes.get(w).bytes.length;
            begins[place] = true;
            ends[place + length - 1] = true;
            for (int i = 0; i < length; i++) {
                writeOf[place++] = w;
            }
        }
        for (int i = 0; i + 3 <= all.length; i++) {
            if (all[i] != '+' || all[i + 1] != '+' || all[i + 2] != '+' || runAround(all, i) >= longRun) {
                continue;
            }
            int silencesNeeded = (begins[i] ? 0 : 1) + (ends[i + 2] ? 0 : 1);
            long first = writes.get(writeOf[i]).nanos;
            long second = writes.get(writeOf[i + 1]).nanos;
            long third = writes.get(writeOf[i + 2]).nanos;
            boolean withinOneSecond = third - first <= SECOND;
            boolean noPause = second - first < SECOND && third - second < SECOND;
            if (silencesNeeded <= 1 && (withinOneSecond || noPause)) {
                return "plus signs at " + i + " of " + all.length + ", silencesNeeded=" + silencesNeeded + ", nanos="
                        + first + "," + second + "," + third;
            }
        }
        return null;
    }

    private static int runAround(byte[] all, int place) {
        int from = place;
        while (from > 0 && all[from - 1] == '+') {
            from--;
        }
        int to = place;
        while (to < all.length && all[to] == '+') {
            to++;
        }
        return to - from;
    }
}
