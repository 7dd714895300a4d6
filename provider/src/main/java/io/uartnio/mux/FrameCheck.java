package io.uartnio.mux;

/**
 * The frame check sequence: a reflected CRC-8 by x^8+x^2+x+1, begun with ones, sent inverted. It covers address, control
 * and length, and in UI frames the information too. Any thread.
 */
final class FrameCheck {

    private static final int START = 0xff;

    private static final byte[] TABLE = new byte[256];

    static {
        for (int i = 0; i < TABLE.length; i++) {
            int value = i;
            for (int bit = 0; bit < 8; bit++) {
                value = (value & 1) != 0 ? (value >> 1) ^ 0xe0 : value >> 1;
            }
            TABLE[i] = (byte) value;
        }
    }

    private FrameCheck() {}

    /** Returns the octet that is sent behind these. */
    static int of(byte[] bytes, int offset, int length) {
        int crc = START;
        for (int i = offset; i < offset + length; i++) {
            crc = next(crc, bytes[i]);
        }
        return 0xff - crc;
    }

    /** Returns the octet for the header of a UIH frame with so many bytes of information. */
    static int ofHeader(int address, int control, int length) {
        int crc = next(next(START, address), control);
        if (length <= FrameFormat.MAX_SHORT_LENGTH) {
            crc = next(crc, length << 1 | 1);
        } else {
            crc = next(next(crc, length << 1 & 0xfe), length >> 7);
        }
        return 0xff - crc;
    }

    private static int next(int crc, int octet) {
        return TABLE[(crc ^ octet) & 0xff] & 0xff;
    }
}
