package io.uartnio.nio;

import io.uartnio.TlsProfile;
import io.uartnio.socket.ModuleSocket;
import io.uartnio.socket.ModuleSockets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * A modem played in memory. What becomes of a connect depends on its port. One thread stands for the modem's: results
 * of connects come from it.
 */
final class FakeModule implements ModuleSockets, AutoCloseable {

    static final int LISTENING_PORT = 80;
    static final int REFUSING_PORT = 81;
    static final int SILENT_PORT = 82;
    static final int NO_INDEX_PORT = 83;
    /** Connected before the call that asks for it has returned. */
    static final int INSTANT_PORT = 84;

    private final ExecutorService modemThread = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "fake-modem");
        thread.setDaemon(true);
        return thread;
    });

    private final Semaphore results = new Semaphore(1);
    private volatile FakeModuleSocket newest;
    private volatile TlsProfile newestTls;

    @Override
    public ModuleSocket create(TlsProfile tls) {
        newestTls = tls;
        newest = new FakeModuleSocket(this);
        return newest;
    }

    @Override
    public String portName() {
        return "fake0";
    }

    FakeModuleSocket newestSocket() {
        return newest;
    }

    TlsProfile newestTls() {
        return newestTls;
    }

    /** Runs the task on the modem's thread, after {@link #releaseResults} if results are held. */
    void later(Runnable task) {
        modemThread.execute(() -> {
            results.acquireUninterruptibly();
            results.release();
            task.run();
        });
    }

    void holdResults() {
        results.acquireUninterruptibly();
    }

    void releaseResults() {
        results.release();
    }

    @Override
    public void close() {
        results.release();
        modemThread.shutdownNow();
    }
}
