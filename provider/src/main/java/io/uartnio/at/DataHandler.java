package io.uartnio.at;

/**
 * Takes the bytes of the one stream that has the line to itself, from the byte behind {@code CONNECT} on. Called by the
 * reader thread, so it must not block.
 */
@FunctionalInterface
public interface DataHandler {

    /**
     * Bytes have arrived.
     *
     * @param bytes are valid until the call returns
     * @return null while the stream goes on. Once it has ended, what was held back from behind its end: that is read as
     *     text, and then so are the bytes of this call and all that follow
     */
    byte[] onData(byte[] bytes, int offset, int length);
}
