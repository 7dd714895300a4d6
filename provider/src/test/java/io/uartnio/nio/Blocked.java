package io.uartnio.nio;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** A thread that runs one blocking operation, and the means to know that it has come to its wait. */
final class Blocked<T> implements AutoCloseable {

    /** Where the JDK's and this project's operations wait: the innermost method of the thread's stack. */
    private static final Set<String> WAITS =
            Set.of("park", "awaitChange", "poll", "wait", "wait0", "read0", "write0", "connect0", "epollWait");

    private final FutureTask<T> task;
    private final Thread thread;

    private Blocked(Callable<T> operation) {
        task = new FutureTask<>(operation);
        thread = new Thread(task, "blocked");
        thread.setDaemon(true);
    }

    /** Starts the operation and returns when it waits. */
    static <T> Blocked<T> in(Callable<T> operation) {
        Blocked<T> blocked = started(operation);
        blocked.awaitWaiting();
        return blocked;
    }

    /** Starts the operation. */
    static <T> Blocked<T> started(Callable<T> operation) {
        Blocked<T> blocked = new Blocked<>(operation);
        blocked.thread.start();
        return blocked;
    }

    /** Waits until the operation waits. */
    void awaitWaiting() {
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(2))
                .until(this::isWaiting);
    }

    private boolean isWaiting() {
        StackTraceElement[] first = thread.getStackTrace();
        StackTraceElement[] second = thread.getStackTrace();
        return first.length > 0
                && second.length > 0
                && WAITS.contains(first[0].getMethodName())
                && first[0].equals(second[0]);
    }

    void interrupt() {
        thread.interrupt();
    }

    boolean isDone() {
        return task.isDone();
    }

    /** Returns the result; what the operation threw is the cause of the {@code ExecutionException}. */
    T get() throws Exception {
        return task.get();
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
