package io.uartnio.emulator;

import com.sun.jna.NativeLong;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;

/** Makes the emulator's threads: daemons, named so that a thread dump tells whose they are. */
final class Threads {

    private Threads() {}

    static Thread create(String role, Runnable body) {
        Thread thread = new Thread(
                () -> {
                    // Else the system adds up to 50 µs to every pause of the line; a refusal leaves just that.
                    CLibrary.prctl(CLibrary.PR_SET_TIMERSLACK, new NativeLong(1));
                    body.run();
                },
                "uartnio-emulator-" + role);
        thread.setDaemon(true);
        return thread;
    }

    static ScheduledExecutorService timer() {
        // What is due after the end of the emulator is no loss.
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
                1, body -> create("timer", body), new ThreadPoolExecutor.DiscardPolicy());
        // A time limit that was met must not keep its socket's stores alive until it would have run out.
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }

    /** Waits for a thread to end, unless it is the caller. */
    static void join(Thread thread) {
        boolean interrupted = false;
        while (thread != Thread.currentThread() && thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
