package io.uartnio.modem;

import io.uartnio.at.AtChannel;
import io.uartnio.frame.FrameDemultiplexer;
import io.uartnio.socket.engine.SocketEngine;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;

/**
 * Says what a module sent that it should not have, at most once in a while, however much that was. The reader thread
 * only counts, because a log may block; this looks at its counters from the lane thread.
 */
final class OddityLog {

    private static final Logger LOG = System.getLogger(OddityLog.class.getName());
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final AtChannel channel;
    private final SocketEngine engine;
    private long logged;
    private long loggedNanos = System.nanoTime() - INTERVAL_NANOS;

    OddityLog(AtChannel channel, SocketEngine engine) {
        this.channel = channel;
        this.engine = engine;
    }

    /** Logs the counters if one has moved and the last time is long enough ago. Lane thread. */
    void logNow() {
        FrameDemultiplexer frames = channel.demultiplexer();
        long count = frames.oddityCount()
                + frames.overlongLineCount()
                + channel.strayResultCount()
                + channel.timeoutCount()
                + engine.strayCount();
        if (count == logged || System.nanoTime() - loggedNanos < INTERVAL_NANOS) {
            return;
        }
        logged = count;
        loggedNanos = System.nanoTime();
        LOG.log(
                Level.INFO,
                "module sent what it should not, so far: port={0}, framingOddities={1}, overlongLines={2},"
                        + " strayResults={3}, unansweredCommands={4}, strayIndexes={5}",
                channel.port().name(),
                frames.oddityCount(),
                frames.overlongLineCount(),
                channel.strayResultCount(),
                channel.timeoutCount(),
                engine.strayCount());
    }
}
