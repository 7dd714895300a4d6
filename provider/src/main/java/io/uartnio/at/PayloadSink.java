package io.uartnio.at;

import io.uartnio.frame.FramingDoubt;

/**
 * Takes the payload of the module's sockets, pushed or read. Called by the reader thread, so nothing here may block;
 * arrays are valid until the call returns.
 */
public interface PayloadSink {

    /**
     * A frame of a socket begins.
     *
     * @return false if that socket cannot have been sent anything
     */
    boolean onFrame(int index, boolean tls, int lengthBytes);

    /**
     * The reply to a read of a socket brings payload, in the same way as a frame.
     *
     * @return false if nobody wants it
     */
    boolean onReadFrame(int index, boolean tls, int lengthBytes);

    /** The reply to a read of a socket says that there is nothing to read, or refuses; its result is still to come. */
    void onReadEmpty(int index, boolean tls);

    /**
     * A frame of a socket begins that is a whole datagram; empty ones have no payload.
     *
     * @param source who has sent it, an {@link io.uartnio.frame.Source}
     * @return false if that socket cannot have been sent a datagram
     */
    default boolean onDatagram(int index, int lengthBytes, long source) {
        return false;
    }

    /**
     * The reply to a read of a socket brings a whole datagram, in the same way.
     *
     * @return false if nobody wants it
     */
    default boolean onReadDatagram(int index, int lengthBytes, long source) {
        return false;
    }

    /** A piece of the payload of the frame that began last. */
    void onPayload(byte[] payload, int offset, int length);

    /** The frame that began last is whole and may be handed on. */
    void onFrameEnd();

    /**
     * The place in the stream is lost: no socket that is pushed data can be whole any more. Called by the reader
     * thread, or by the timer thread for a frame that has stopped half-way.
     */
    void onDoubt(FramingDoubt doubt);
}
