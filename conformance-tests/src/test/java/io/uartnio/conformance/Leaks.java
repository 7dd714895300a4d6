package io.uartnio.conformance;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Collects what Netty's leak detector reports, which it does to its log only. */
final class Leaks extends Handler {

    private static final int ROUNDS = 5;

    /** Kept, because a logger that nobody refers to forgets its handlers. */
    private final Logger logger = Logger.getLogger(ResourceLeakDetector.class.getName());

    private final List<String> reports = new CopyOnWriteArrayList<>();

    Leaks() {
        logger.addHandler(this);
    }

    /** Makes the detector look once more, which it does when a buffer is made. */
    List<String> reports() {
        for (int i = 0; i < ROUNDS; i++) {
            System.gc();
            PooledByteBufAllocator.DEFAULT.buffer().release();
        }
        return List.copyOf(reports);
    }

    @Override
    public void publish(LogRecord event) {
        if (event.getMessage().contains("LEAK")) {
            reports.add(event.getMessage());
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
