package io.uartnio.socket;

import io.uartnio.TlsProfile;
import io.uartnio.TlsSessionInfo;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * A modem played in memory. What becomes of a connect depends on its port. One thread stands for the modem's: results
 * of connects come from it.
 */
public final class FakeModule implements ModuleSockets, AutoCloseable {

    public static final int LISTENING_PORT = 80;
    public static final int REFUSING_PORT = 81;
    public static final int SILENT_PORT = 82;
    public static final int NO_INDEX_PORT = 83;
    /** Connected before the call that asks for it has returned. */
    public static final int INSTANT_PORT = 84;

    private final ExecutorService modemThread = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "fake-modem");
        thread.setDaemon(true);
        return thread;
    });

    private final Semaphore results = new Semaphore(1);
    private volatile FakeModuleSocket newest;
    private volatile TlsProfile newestTls;
    private volatile String protocol = "TLSv1.2";
    private volatile String cipherSuite = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";

    @Override
    public ModuleSocket create(TlsProfile tls) {
        newestTls = tls;
        newest = new FakeModuleSocket(this, tls == null ? null : new TlsSessionInfo(tls, protocol, cipherSuite));
        return newest;
    }

    @Override
    public String portName() {
        return "fake0";
    }

    public FakeModuleSocket newestSocket() {
        return newest;
    }

    public TlsProfile newestTls() {
        return newestTls;
    }

    /** Sets what sockets made from now on tell of their TLS; null for what they do not. */
    public void setNegotiated(String protocol, String cipherSuite) {
        this.protocol = protocol;
        this.cipherSuite = cipherSuite;
    }

    /** Runs the task on the modem's thread, after {@link #releaseResults} if results are held. */
    public void later(Runnable task) {
        modemThread.execute(() -> {
            results.acquireUninterruptibly();
            results.release();
            task.run();
        });
    }

    public void holdResults() {
        results.acquireUninterruptibly();
    }

    public void releaseResults() {
        results.release();
    }

    @Override
    public void close() {
        results.release();
        modemThread.shutdownNow();
    }
}
