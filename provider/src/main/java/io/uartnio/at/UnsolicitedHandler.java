package io.uartnio.at;

/** Takes the lines that belong to no command. Called by the reader thread, so it must not block. */
@FunctionalInterface
public interface UnsolicitedHandler {

    /**
     * An unsolicited result code.
     *
     * @param line holds the text, without its line end; valid until the call returns
     */
    void onUnsolicited(byte[] line, int offset, int length);
}
