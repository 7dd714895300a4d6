package io.uartnio.mux;

/**
 * The messages of DLCI 0: {@code type | length | values}, several of them in a frame if their sender likes. A type is
 * {@code id << 2 | C/R << 1 | EA}, with C/R 1 for a command and 0 for a response, whoever sends it.
 */
final class ControlMessage {

    /** DLC parameter negotiation. */
    static final int PN = 0x80;
    /** Power saving control. */
    static final int PSC = 0x40;
    /** Multiplexer close down. */
    static final int CLD = 0xc0;
    /** Test: echoed as it is. */
    static final int TEST = 0x20;
    /** Aggregate flow control on: frames are welcome. */
    static final int FCON = 0xa0;
    /** Aggregate flow control off: no frames but of DLCI 0. */
    static final int FCOFF = 0x60;
    /** Modem status. */
    static final int MSC = 0xe0;
    /** Non supported command. */
    static final int NSC = 0x10;
    /** Remote port negotiation. */
    static final int RPN = 0x90;
    /** Remote line status. */
    static final int RLS = 0x50;

    private static final int EA = 0x01;
    private static final int COMMAND = 0x02;
    private static final int ID_BITS = 0xfc;

    private ControlMessage() {}

    static int id(int typeOctet) {
        return typeOctet & ID_BITS;
    }

    static boolean isCommand(int typeOctet) {
        return (typeOctet & COMMAND) != 0;
    }

    /** Returns a frame of ours with one message. */
    static byte[] frame(int id, boolean command, byte... values) {
        byte[] message = new byte[2 + values.length];
        message[0] = (byte) (id | (command ? COMMAND : 0) | EA);
        message[1] = (byte) (values.length << 1 | 1);
        System.arraycopy(values, 0, message, 2, values.length);
        return FrameFormat.frame(FrameFormat.address(0, true), FrameFormat.UIH, message);
    }

    /** Returns the frame that says what our lines are, or answers the module's. */
    static byte[] modemStatus(boolean command, int dlci, int signals) {
        return frame(MSC, command, (byte) FrameFormat.address(dlci, true), (byte) signals);
    }
}
