package io.uartnio.mux;

/**
 * How a multiplexer is run. The standard's own times (100 and 300 ms) are shorter than what modules take.
 *
 * @param channels how many DLCs carry data, 1 to 61; DLC 1 is the one for commands
 * @param frameBytes longest information that is sent in a frame (N1), 1 to 32767; up to 127 needs one length octet
 * @param maxReceivedFrameBytes longest information that is believed of a received frame, in bytes and not less than
 *     {@code frameBytes}; some modules send more than was agreed
 * @param ackTimeoutMillis how long to wait for UA or DM before SABM or DISC is sent again (T1)
 * @param responseTimeoutMillis how long to wait for the response to a message of DLCI 0 before it is sent again (T2)
 * @param attempts how often each of them is sent (N2)
 * @param keepAliveMillis after how long without a byte from the module it is asked for a sign of life
 * @param frameTimeoutMillis how long a frame may stop half-way
 */
public record MuxSettings(
        int channels,
        int frameBytes,
        int maxReceivedFrameBytes,
        long ackTimeoutMillis,
        long responseTimeoutMillis,
        int attempts,
        long keepAliveMillis,
        long frameTimeoutMillis) {

    /** Four channels, frames of 127 bytes, five attempts half a second apart. */
    public static final MuxSettings DEFAULT = new MuxSettings(4, 127, 2_048, 500, 500, 5, 10_000, 1_000);

    /** Refuses what the protocol has no octets for. */
    public MuxSettings {
        require(channels >= 1 && channels <= FrameFormat.MAX_DLCI, "channels", channels);
        require(frameBytes >= 1 && frameBytes <= FrameFormat.MAX_LENGTH, "frameBytes", frameBytes);
        require(
                maxReceivedFrameBytes >= Math.max(frameBytes, FrameFormat.MAX_SHORT_LENGTH)
                        && maxReceivedFrameBytes <= FrameFormat.MAX_LENGTH,
                "maxReceivedFrameBytes",
                maxReceivedFrameBytes);
        require(ackTimeoutMillis > 0, "ackTimeoutMillis", ackTimeoutMillis);
        require(responseTimeoutMillis > 0, "responseTimeoutMillis", responseTimeoutMillis);
        require(attempts > 0, "attempts", attempts);
        require(keepAliveMillis > 0, "keepAliveMillis", keepAliveMillis);
        require(frameTimeoutMillis > 0, "frameTimeoutMillis", frameTimeoutMillis);
    }

    private static void require(boolean holds, String name, long value) {
        if (!holds) {
            throw new IllegalArgumentException("out of range: " + name + "=" + value);
        }
    }
}
