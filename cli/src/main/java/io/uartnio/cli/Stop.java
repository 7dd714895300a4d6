package io.uartnio.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Ends a command before its time: on Ctrl-C, on SIGTERM, or when a time limit has passed. The thread that works is
 * interrupted and then cleans up by itself, so that the module is told goodbye while its port is still open; a shutdown
 * hook would come too late for that, since jSerialComm closes all ports in a hook of its own. A second signal ends the
 * JVM at once.
 *
 * <p>Created and closed by the working thread; signals and the limit come from other threads.
 */
final class Stop implements AutoCloseable {

    /** Why to stop. */
    enum Reason {
        /** Ctrl-C. */
        INTERRUPTED(130, "interrupted"),
        /** SIGTERM. */
        TERMINATED(143, "terminated"),
        /** The limit of {@code --timeout} has passed. */
        TIMED_OUT(Main.EXIT_FAILURE, "time limit reached");

        private final int exitCode;
        private final String text;

        Reason(int exitCode, String text) {
            this.exitCode = exitCode;
            this.text = text;
        }

        int exitCode() {
            return exitCode;
        }

        String text() {
            return text;
        }
    }

    private final AtomicReference<Reason> reason = new AtomicReference<>();
    private final Thread worker = Thread.currentThread();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "uartnio-limit");
        thread.setDaemon(true);
        return thread;
    });
    private ScheduledFuture<?> limit;
    private volatile boolean closed;

    /** Starts to listen for signals, where the JVM lets us. */
    Stop() {
        onSignal("INT", Reason.INTERRUPTED);
        onSignal("TERM", Reason.TERMINATED);
    }

    /** Sets a time limit from now on. */
    void limitTo(long seconds) {
        limit = timer.schedule(() -> stop(Reason.TIMED_OUT), seconds, TimeUnit.SECONDS);
    }

    /** Returns why to stop, or null as long as there is no reason to. */
    Reason reason() {
        return reason.get();
    }

    private void stop(Reason why) {
        if (!closed && reason.compareAndSet(null, why)) {
            worker.interrupt();
        } else if (why != Reason.TIMED_OUT) {
            Runtime.getRuntime().halt(why.exitCode());
        }
    }

    /**
     * Handles a signal by {@code sun.misc.Signal}, by reflection because the compiler warns of every use of it. Without
     * it (another JVM, {@code -Xrs}) the signal ends the JVM as usual.
     */
    private void onSignal(String name, Reason why) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object ours = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        stop(why);
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), ours);
        } catch (InvocationTargetException e) {
            return; // the JVM keeps this signal to itself
        } catch (ReflectiveOperationException e) {
            return; // no such class
        }
    }

    /**
     * Ends the limit; a signal that comes later ends the JVM. The worker's interrupt status is cleared, for what stopped
     * it is over.
     */
    @Override
    public void close() {
        closed = true;
        if (limit != null) {
            limit.cancel(false);
        }
        timer.shutdownNow();
        Thread.interrupted();
    }
}
