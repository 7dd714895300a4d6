package io.uartnio.emulator;

/**
 * The frame of 3GPP TS 27.010 in its basic option: flag, address, control, length of one or two octets, information,
 * check sequence, flag. Stateless.
 *
 * <pre>
 *   F9 | DLCI&lt;&lt;2 | C/R&lt;&lt;1 | 1 | type | P/F | length&lt;&lt;1 | 1  (or two octets) | information | FCS | F9
 * </pre>
 */
final class MuxFrame {

    static final int FLAG = 0xF9;

    // The types, without the poll or final bit.
    static final int SABM = 0x2F;
    static final int UA = 0x63;
    static final int DM = 0x0F;
    static final int DISC = 0x43;
    static final int UIH = 0xEF;
    static final int UI = 0x03;

    /** The poll bit of a command, the final bit of a response. */
    static final int POLL_FINAL = 0x10;

    /** The longest that surrounds the information: two flags, address, control, two octets of length, FCS. */
    static final int LONGEST_OVERHEAD = 7;

    /** What is left in the register when a frame has been checked together with its FCS. */
    private static final int GOOD_CHECK = 0xCF;

    private static final int INITIAL_CHECK = 0xFF;
    private static final int[] CHECK_TABLE = checkTable();

    private MuxFrame() {}

    /** The reflected CRC of the polynomial x^8 + x^2 + x + 1. */
    private static int[] checkTable() {
        int[] table = new int[256];
        for (int i = 0; i < table.length; i++) {
            int register = i;
            for (int bit = 0; bit < 8; bit++) {
                register = (register & 1) != 0 ? (register >> 1) ^ 0xE0 : register >> 1;
            }
            table[i] = register;
        }
        return table;
    }

    static int beginCheck() {
        return INITIAL_CHECK;
    }

    static int check(int register, int octet) {
        return CHECK_TABLE[(register ^ octet) & 0xff];
    }

    static boolean isGood(int registerWithFcs) {
        return registerWithFcs == GOOD_CHECK;
    }

    /**
     * Writes a frame.
     *
     * @param commandBit the C/R bit as it is sent
     * @param control the type with the poll or final bit
     * @return the place behind its last octet
     */
    static int write(
            byte[] target,
            int at,
            int dlci,
            boolean commandBit,
            int control,
            byte[] information,
            int offset,
            int length) {
        int next = at;
        target[next++] = (byte) FLAG;
        int header = next;
        target[next++] = (byte) (dlci << 2 | (commandBit ? 2 : 0) | 1);
        target[next++] = (byte) control;
        if (length <= 127) {
            target[next++] = (byte) (length << 1 | 1);
        } else {
            target[next++] = (byte) (length << 1 & 0xFE);
            target[next++] = (byte) (length >> 7);
        }
        int register = INITIAL_CHECK;
        for (int i = header; i < next; i++) {
            register = check(register, target[i]);
        }
        System.arraycopy(information, offset, target, next, length);
        if ((control & ~POLL_FINAL) == UI) {
            for (int i = next; i < next + length; i++) {
                register = check(register, target[i]);
            }
        }
        next += length;
        target[next++] = (byte) (0xFF - register);
        target[next++] = (byte) FLAG;
        return next;
    }
}
