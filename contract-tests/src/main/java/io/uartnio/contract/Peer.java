package io.uartnio.contract;

import java.io.IOException;

/** The far end of a connection under test. Its methods are for the test's own thread and wait as long as it takes. */
public interface Peer extends AutoCloseable {

    /** Sends all the bytes. */
    void send(byte[] bytes) throws IOException;

    /** Returns the next bytes, exactly so many. */
    byte[] receive(int count) throws IOException;

    /** Returns once the end of the stream has been reached, throwing away what came before. */
    void awaitEnd() throws IOException;

    /** Sends the end of the stream and goes on receiving. */
    void shutdownOutput() throws IOException;

    /** Ends the connection by a reset. */
    void reset() throws IOException;

    /** Closes the connection, so that the near end reads the end of the stream. */
    @Override
    void close() throws IOException;
}
