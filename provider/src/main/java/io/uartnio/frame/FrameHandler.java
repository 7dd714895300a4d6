package io.uartnio.frame;

/**
 * Takes what a {@link FrameDemultiplexer} makes of the bytes. Called by the thread that feeds it, so nothing here may
 * block. Arrays are valid until the call returns.
 */
public interface FrameHandler {

    /** A line of text, without its line end; never empty. */
    void onLine(byte[] line, int offset, int length);

    /** The prompt for payload, while one is awaited. */
    void onPrompt();

    /**
     * A frame of a socket begins; its payload follows by {@link #onPayload}. Or, with a length of 0, the module tells
     * that data of the socket waits; the line itself follows by {@link #onLine}.
     *
     * @return false if that socket cannot have been sent anything, so the announcement cannot be true
     */
    boolean onFrame(int index, boolean tls, int lengthBytes);

    /**
     * A frame of a socket begins that is a whole datagram; its payload follows by {@link #onPayload} unless it is
     * empty, and then {@link #onFrameEnd}.
     *
     * @param source who has sent it, a {@link Source}
     * @return false if that socket cannot have been sent a datagram, so the announcement cannot be true
     */
    default boolean onDatagram(int index, int lengthBytes, long source) {
        return false;
    }

    /** A piece of the payload of the frame that began last. */
    void onPayload(byte[] payload, int offset, int length);

    /** The frame is whole, and what followed it was as it must be: its payload may be handed on. */
    void onFrameEnd();

    /**
     * The reply to a read command begins; payload follows by {@link #onReadPayload} if there is any.
     *
     * @return false if no read command is in flight: then it is a line like any other
     */
    boolean onRead(int lengthBytes);

    /**
     * The reply to a read command begins and is a whole datagram; payload follows by {@link #onReadPayload} unless it
     * is empty, and then {@link #onReadEnd}.
     *
     * @param source who has sent it, a {@link Source}
     * @return false if no read command is in flight: then it is a line like any other
     */
    default boolean onReadDatagram(int lengthBytes, long source) {
        return false;
    }

    /** A piece of the payload that a read or download command asked for. */
    void onReadPayload(byte[] payload, int offset, int length);

    /** The payload that a read or download command asked for is whole. */
    void onReadEnd();

    /**
     * Bytes of the stream that has the line to itself, from {@link FrameDemultiplexer#takeData()} until this says that
     * it has ended.
     *
     * @return null while the stream goes on. Once it has ended, what was held back from behind its end: that is read as
     *     text, and then so are the bytes of this call, none of which were taken
     */
    default byte[] onData(byte[] bytes, int offset, int length) {
        throw new IllegalStateException("no stream has the line to itself");
    }

    /**
     * The place in the stream is lost, and with it the payload of a frame that had begun and not ended. Nothing is
     * reported from here on until {@link FrameDemultiplexer#requestResume()}.
     */
    void onDoubt(FramingDoubt doubt);
}
