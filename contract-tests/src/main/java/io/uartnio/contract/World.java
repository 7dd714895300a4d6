package io.uartnio.contract;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.EnumSet;
import java.util.Set;

/** What an implementation under test connects to, and what is known of it; made for one test. */
public interface World extends AutoCloseable {

    /** Returns an address where connections are taken. */
    InetSocketAddress listening();

    /** Returns an address where connections are refused. */
    InetSocketAddress refusing();

    /** Returns an address that answers nothing for as long as a test takes. */
    InetSocketAddress silent() throws IOException;

    /** Returns what this implementation is known to do otherwise. */
    default Set<Deviation> deviations() {
        return EnumSet.noneOf(Deviation.class);
    }

    /** Returns a number of bytes that the buffers on the way to a peer that does not read cannot hold. */
    int moreThanFits();

    @Override
    void close() throws IOException;
}
