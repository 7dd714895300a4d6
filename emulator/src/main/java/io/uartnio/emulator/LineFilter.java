package io.uartnio.emulator;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Damages one direction of the line. Called by the thread that writes to the line or reads from it, once for each frame
 * and in order; must not block. The bytes are those of the wire, so under the multiplexer its frames are damaged.
 */
@FunctionalInterface
public interface LineFilter {

    /**
     * Returns the bytes that arrive in place of the frame's.
     *
     * @param frame the next frame
     * @return any bytes, also none
     */
    byte[] apply(LineFrame frame);

    /**
     * Loses one byte.
     *
     * @param position counted from the first byte that was sent
     */
    static LineFilter dropAt(long position) {
        return once(position, (bytes, at) -> {
            byte[] shorter = Arrays.copyOf(bytes, bytes.length - 1);
            System.arraycopy(bytes, at + 1, shorter, at, shorter.length - at);
            return shorter;
        });
    }

    /**
     * Adds one byte before another.
     *
     * @param position of the byte that is pushed back, counted from the first byte that was sent
     * @param added the byte that comes before it
     */
    static LineFilter addAt(long position, byte added) {
        return once(position, (bytes, at) -> {
            byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
            longer[at] = added;
            System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
            return longer;
        });
    }

    /**
     * Changes one byte.
     *
     * @param position counted from the first byte that was sent
     * @param flippedBits the bits that are inverted
     */
    static LineFilter changeAt(long position, int flippedBits) {
        return once(position, (bytes, at) -> {
            bytes[at] ^= (byte) flippedBits;
            return bytes;
        });
    }

    private static LineFilter once(long position, Damage damage) {
        AtomicBoolean done = new AtomicBoolean();
        return frame -> {
            byte[] bytes = frame.bytes();
            long at = position - frame.position();
            boolean hit = at >= 0 && at < bytes.length && done.compareAndSet(false, true);
            return hit ? damage.apply(bytes, (int) at) : bytes;
        };
    }

    /** One change to the bytes of a frame. */
    @FunctionalInterface
    interface Damage {
        /** Returns the damaged bytes; may change and return the array that it is given. */
        byte[] apply(byte[] bytes, int offset);
    }
}
