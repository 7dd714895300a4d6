package io.uartnio.cli;

import java.nio.charset.StandardCharsets;

/**
 * The most payload that a line can carry, as a share of all it carries: payload ÷ (payload + every other byte that must
 * cross in that direction for it), at the largest payload that the module takes and gives, 1460 bytes.
 */
final class FramingLimit {

    private static final int PAYLOAD_BYTES = 1460;

    /** Direct push by TLS: what announces the payload, and the CR LF that follows it. */
    private static final double DOWN = share("\r\n+QSSLURC: \"recv\",0,1460\r\n", "\r\n");

    /** The command that asks to send; prompt and result cross in the other direction. */
    private static final double UP = share("AT+QSSLSEND=0,1460\r", "");

    /** Direct push by plain TCP. */
    private static final double PLAIN_DOWN = share("\r\n+QIURC: \"recv\",0,1460\r\n", "\r\n");

    private static final double PLAIN_UP = share("AT+QISEND=0,1460\r", "");

    /** A frame of the multiplexer carries so many bytes if both sides are offered what they ask for first. */
    private static final int MUX_INFORMATION_BYTES = 127;

    /** Two flags, address, control, length and check. */
    private static final int MUX_OTHER_BYTES = 6;

    private FramingLimit() {}

    private static double share(String before, String after) {
        int others = (before + after).getBytes(StandardCharsets.US_ASCII).length;
        return PAYLOAD_BYTES / (double) (PAYLOAD_BYTES + others);
    }

    /**
     * Returns the limit of a direction, for TLS by the module or for plain TCP.
     *
     * @param mux true if all of this crosses in frames of the multiplexer
     */
    static double of(Direction direction, boolean tls, boolean mux) {
        double limit = switch (direction) {
            case DOWN -> tls ? DOWN : PLAIN_DOWN;
            case UP -> tls ? UP : PLAIN_UP;
        };
        return mux ? limit * MUX_INFORMATION_BYTES / (MUX_INFORMATION_BYTES + MUX_OTHER_BYTES) : limit;
    }

    /** Returns the share of a line that a payload rate is: 8N1 takes ten bit times a byte. */
    static double lineShare(double bytesPerSecond, int baudRate) {
        return bytesPerSecond * 10 / baudRate;
    }
}
