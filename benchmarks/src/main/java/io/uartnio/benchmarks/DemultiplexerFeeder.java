package io.uartnio.benchmarks;

import io.uartnio.frame.FrameDemultiplexer;

/**
 * The shipped way of a byte from the port to a socket's ring: demultiplexer, grammar and rings as the modem has them,
 * strict as while sockets are open. One thread.
 */
public final class DemultiplexerFeeder implements PieceFeeder {

    private final RingHandler handler;
    private final FrameDemultiplexer demultiplexer;

    /** Creates the demultiplexer and a ring for each socket. */
    public DemultiplexerFeeder(int sockets) {
        handler = new RingHandler(sockets);
        demultiplexer = new FrameDemultiplexer(handler);
        demultiplexer.setGrammar(Workload.grammar());
        demultiplexer.setStrict(true);
    }

    @Override
    public void feed(byte[] buffer, int offset, int length) {
        demultiplexer.feed(buffer, offset, length);
        handler.drain();
    }

    /** Returns where the frames go. */
    public RingHandler handler() {
        return handler;
    }
}
