package io.uartnio.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** Sockets that carry bulk one way on a thread of their own, until there has been enough of it. */
final class BulkLoad implements AutoCloseable {

    /** What the other sockets do while one is measured. */
    enum Kind {
        IDLE(null),
        UP(Direction.UP),
        DOWN(Direction.DOWN);

        private final Direction direction;

        Kind(Direction direction) {
            this.direction = direction;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** More than any line carries in the time; what is left of it is never sent. */
    private static final long ENDLESS_BYTES = 1L << 50;

    private static final int WRITE_BYTES = 1460;
    private static final long JOIN_LIMIT_MILLIS = 5_000;

    /** Makes a client that runs as long as it is told to. */
    interface ClientFactory {
        BenchClient connect(BooleanSupplier goesOn) throws IOException;
    }

    private final AtomicBoolean enough = new AtomicBoolean();
    private final BenchClient client;
    private Thread thread;
    private volatile Exception failure;

    /** Connects the sockets and sets them to work. */
    BulkLoad(Kind kind, ClientFactory factory) throws IOException {
        client = factory.connect(() -> !enough.get());
        if (kind != Kind.IDLE) {
            thread = new Thread(() -> run(kind.direction), "uartnio-bench-bulk");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void run(Direction direction) {
        try {
            client.run(direction, WRITE_BYTES, ENDLESS_BYTES);
        } catch (IOException | UncheckedIOException e) {
            if (!enough.get()) {
                failure = e;
            }
        }
    }

    /** @throws IOException if the load has ended before its time, so that what was measured was measured without it */
    void check() throws IOException {
        if (failure != null) {
            throw new IOException("load has failed", failure);
        }
    }

    @Override
    public void close() throws IOException {
        enough.set(true);
        if (thread != null) {
            boolean interrupted = Thread.interrupted();
            try {
                thread.join(JOIN_LIMIT_MILLIS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        client.close();
    }
}
