package io.uartnio;

import java.util.concurrent.Executor;

/** Threads of their own for tasks that block: the common pool may have a single thread on a small machine. */
public final class Background {

    /** Starts a daemon thread for each task. */
    public static final Executor THREAD_EACH = task -> {
        Thread thread = new Thread(task, "test-background");
        thread.setDaemon(true);
        thread.start();
    };

    private Background() {}
}
