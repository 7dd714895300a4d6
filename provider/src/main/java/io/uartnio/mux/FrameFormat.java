package io.uartnio.mux;

import java.util.Arrays;

/**
 * The octets of a frame in the basic option:
 *
 * <pre>
 *   F9 | address | control | length, 1 or 2 | information | FCS | F9
 *
 *   address  bit 0 EA = 1, bit 1 C/R, bits 2-7 DLCI
 *   length   up to 127: (n &lt;&lt; 1) | 1, above: (n &lt;&lt; 1) &amp; FE, n &gt;&gt; 7; the second octet has no EA bit
 * </pre>
 *
 * There is no escaping: F9 may stand anywhere inside, so a frame is counted and never searched for its end.
 */
final class FrameFormat {

    static final byte FLAG = (byte) 0xf9;

    /** Set asynchronous balanced mode: opens a DLC. */
    static final int SABM = 0x2f;
    /** Unnumbered acknowledgement. */
    static final int UA = 0x63;
    /** Disconnected mode: a refusal, or not connected. */
    static final int DM = 0x0f;
    /** Disconnect. */
    static final int DISC = 0x43;
    /** Unnumbered information with header check. */
    static final int UIH = 0xef;
    /** Unnumbered information, all of it checked. */
    static final int UI = 0x03;
    /** The poll bit of a command, the final bit of a response. */
    static final int POLL_FINAL = 0x10;

    /** Longest information that the length field can tell. */
    static final int MAX_LENGTH = 32_767;
    /** Longest information whose length takes one octet. */
    static final int MAX_SHORT_LENGTH = 127;
    /** Flags, address, control, length of two octets and check. */
    static final int MAX_OVERHEAD = 7;

    /** DLCI 62 and 63 are reserved: the address of 62 would be a flag. */
    static final int MAX_DLCI = 61;

    private FrameFormat() {}

    static int address(int dlci, boolean command) {
        return dlci << 2 | (command ? 2 : 0) | 1;
    }

    static int dlci(int address) {
        return (address & 0xff) >> 2;
    }

    /** Returns the frame's type: its control octet without the poll/final bit. */
    static int type(int control) {
        return control & 0xff & ~POLL_FINAL;
    }

    static boolean isType(int type) {
        return carriesInformation(type) || type == SABM || type == UA || type == DM || type == DISC;
    }

    static boolean carriesInformation(int type) {
        return type == UIH || type == UI;
    }

    /**
     * Writes a whole frame with a flag of its own on both sides.
     *
     * @param out has room for {@code length} + {@link #MAX_OVERHEAD} bytes at {@code at}
     * @param control type and poll/final bit
     * @return where the next frame goes
     */
    static int encode(byte[] out, int at, int address, int control, byte[] information, int offset, int length) {
        int i = at;
        out[i++] = FLAG;
        int header = i;
        out[i++] = (byte) address;
        out[i++] = (byte) control;
        if (length <= MAX_SHORT_LENGTH) {
            out[i++] = (byte) (length << 1 | 1);
        } else {
            out[i++] = (byte) (length << 1 & 0xfe);
            out[i++] = (byte) (length >> 7);
        }
        int covered = i - header;
        System.arraycopy(information, offset, out, i, length);
        i += length;
        out[i++] = (byte) FrameCheck.of(out, header, type(control) == UI ? covered + length : covered);
        out[i++] = FLAG;
        return i;
    }

    /** Returns a frame by itself. */
    static byte[] frame(int address, int control, byte... information) {
        byte[] out = new byte[information.length + MAX_OVERHEAD];
        int end = encode(out, 0, address, control, information, 0, information.length);
        return end == out.length ? out : Arrays.copyOf(out, end);
    }

    /**
     * Returns true if the check octet of a UIH frame with this header is F9. Behind a lost byte of its information the
     * closing flag is then taken for the check octet, and looks right.
     */
    static boolean isCheckAFlag(int address, int control, int length) {
        return FrameCheck.ofHeader(address, control, length) == (FLAG & 0xff);
    }
}
