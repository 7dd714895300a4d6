package io.uartnio.nio;

import io.uartnio.Modem;
import io.uartnio.TlsProfile;
import io.uartnio.socket.ModuleSocket;
import io.uartnio.socket.ModuleSockets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The modem of the JVM's default provider: opened by the first connect that needs it, in a thread of its own, because
 * finding a module and its network takes seconds and a non-blocking connect must not. After a failed try the next
 * connect tries again. Once open it stays so until the JVM ends. Safe for any thread.
 */
final class LateModem implements Routes.Sockets {

    /** Opens the modem, which takes as long as it takes. */
    @FunctionalInterface
    interface Opener {
        /** Opens the modem. */
        Modem open() throws IOException;
    }

    /** Is told how the opening ended; called by the opening thread, or at once by whoever asks. */
    interface Opened {
        /** The modem is open. */
        void onOpened(LateModem modem);

        /** It could not be opened. */
        void onFailed(IOException cause);
    }

    private final Opener opener;
    private final String portName;
    private final TlsProfile tls;

    /** Null until the modem is open. */
    private volatile ModuleSockets sockets;

    // Guarded by this monitor.
    private final List<Opened> waiting = new ArrayList<>();
    private boolean opening;

    /**
     * Makes a modem that is not open.
     *
     * @param tls how the module runs TLS, null if it never does
     */
    LateModem(String portName, TlsProfile tls, Opener opener) {
        this.portName = portName;
        this.tls = tls;
        this.opener = opener;
    }

    /** Creates a socket, which waits for the modem if that is not open when it is connected. */
    @Override
    public ModuleSocket create(boolean withTls) {
        return sockets == null ? new LateModuleSocket(this, withTls) : createNow(withTls);
    }

    /** Creates a socket of the modem, which is open. */
    ModuleSocket createNow(boolean withTls) {
        return sockets.create(withTls ? Objects.requireNonNull(tls, "no TLS profile") : null);
    }

    @Override
    public String portName() {
        return portName;
    }

    /** Opens the modem unless it is open or being opened, and tells when that has ended. */
    void whenOpen(Opened listener) {
        synchronized (this) {
            if (sockets == null) {
                waiting.add(listener);
                if (!opening) {
                    opening = true;
                    Thread thread = new Thread(this::open, "uartnio-open-" + portName);
                    thread.setDaemon(true);
                    thread.start();
                }
                return;
            }
        }
        listener.onOpened(this);
    }

    private void open() {
        IOException failure = null;
        try {
            adopt(opener.open());
        } catch (IOException e) {
            failure = e;
        } catch (RuntimeException | Error e) {
            failure = new IOException("modem cannot be opened: port=" + portName, e);
        }
        for (Opened listener : endOpening()) {
            if (failure == null) {
                listener.onOpened(this);
            } else {
                listener.onFailed(failure);
            }
        }
    }

    private synchronized List<Opened> endOpening() {
        opening = false;
        List<Opened> told = List.copyOf(waiting);
        waiting.clear();
        return told;
    }

    private void adopt(Modem modem) {
        ModuleSelectorProvider provider = (ModuleSelectorProvider) modem.selectorProvider();
        synchronized (this) {
            sockets = provider.sockets();
        }
    }
}
