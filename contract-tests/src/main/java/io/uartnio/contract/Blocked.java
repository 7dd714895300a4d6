package io.uartnio.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/**
 * A thread that runs one blocking operation, and the means to know that it has come to its wait. It is a virtual one if
 * the test's own is.
 */
public final class Blocked<T> implements AutoCloseable {

    /** Where the JDK's and this project's operations wait: the innermost method of the thread's stack. */
    private static final Set<String> WAITS = Set.of(
            "park",
            "parkNanos",
            "awaitChange",
            "poll",
            "wait",
            "wait0",
            "read0",
            "write0",
            "connect0",
            "epollWait",
            "receive0",
            "accept");

    private final FutureTask<T> task;
    private final Thread thread;

    private Blocked(Callable<T> operation) {
        task = new FutureTask<>(operation);
        thread = ThreadKind.current().start("blocked", task);
    }

    /** Starts the operation and returns when it waits. */
    public static <T> Blocked<T> in(Callable<T> operation) {
        Blocked<T> blocked = started(operation);
        blocked.awaitWaiting();
        return blocked;
    }

    /** Starts the operation. */
    public static <T> Blocked<T> started(Callable<T> operation) {
        return new Blocked<>(operation);
    }

    /** Waits until the operation waits. */
    public void awaitWaiting() {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(2))
                .untilAsserted(() -> assertThat(isWaiting())
                        .as(() -> "waits: " + Arrays.toString(thread.getStackTrace()))
                        .isTrue());
    }

    private boolean isWaiting() {
        StackTraceElement[] first = thread.getStackTrace();
        StackTraceElement[] second = thread.getStackTrace();
        return first.length > 0
                && second.length > 0
                && WAITS.contains(first[0].getMethodName())
                && first[0].equals(second[0]);
    }

    /** Interrupts the thread. */
    public void interrupt() {
        thread.interrupt();
    }

    /** Returns true once the operation has returned or thrown. */
    public boolean isDone() {
        return task.isDone();
    }

    /** Returns the result; what the operation threw is the cause of the {@code ExecutionException}. */
    public T get() throws Exception {
        return task.get();
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
