package io.uartnio.socket.face;

import io.uartnio.Modem;
import io.uartnio.TlsProfile;
import io.uartnio.socket.ModuleDatagramSocket;
import io.uartnio.socket.ModuleServerSocket;
import io.uartnio.socket.ModuleSocket;
import io.uartnio.socket.ModuleSocketSource;
import io.uartnio.socket.ModuleSockets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * A modem that is opened by the first connect or bind that needs it, in a thread of its own, because finding a module and
 * its network takes seconds and a non-blocking connect must not. After a failed try the next one tries again. Once open
 * it stays so until the JVM ends. {@link #ofSystemProperties()} is the one that everybody shares who names no modem: two
 * could not have the same port. Safe for any thread.
 */
public final class LateModem implements ModuleSockets {

    /** Opens the modem, which takes as long as it takes. */
    @FunctionalInterface
    public interface Opener {
        /** Opens the modem. */
        Modem open() throws IOException;
    }

    /** Is told how the opening ended; called by the opening thread, or at once by whoever asks. */
    public interface Opened {
        /** The modem is open. */
        void onOpened(LateModem modem);

        /** It could not be opened. */
        void onFailed(IOException cause);
    }

    /** Made at first use, so that a program may set properties before. */
    private static final class Shared {
        static final LateModem MODEM = describedBy(System.getProperties());
    }

    private final Opener opener;
    private final String portName;

    /** Null until the modem is open. */
    private volatile ModuleSockets sockets;

    // Guarded by this monitor.
    private final List<Opened> waiting = new ArrayList<>();
    private boolean opening;

    /** Makes a modem that is not open. */
    public LateModem(String portName, Opener opener) {
        this.portName = portName;
        this.opener = opener;
    }

    /**
     * Returns the modem that the system properties describe, as {@link Modem#open(Properties)} reads them, one in a JVM.
     * What is wrong with them shows when it is opened. It is closed when the JVM ends.
     */
    public static LateModem ofSystemProperties() {
        return Shared.MODEM;
    }

    private static LateModem describedBy(Properties properties) {
        return new LateModem(
                properties.getProperty("uartnio.port", "unset"), () -> Modem.open(closingAtExit(properties)));
    }

    /** Nobody can close this modem before the JVM ends. */
    private static Properties closingAtExit(Properties properties) {
        Properties more = new Properties();
        more.putAll(properties);
        more.setProperty("uartnio.closeAtExit", "true");
        return more;
    }

    /** Creates a socket, which waits for the modem if that is not open when it is connected. */
    @Override
    public ModuleSocket create(TlsProfile tls) {
        return sockets == null ? new LateModuleSocket(this, tls) : createNow(tls);
    }

    /** Creates a socket of the modem, which is open. */
    ModuleSocket createNow(TlsProfile tls) {
        return sockets.create(tls);
    }

    /**
     * Creates a server socket of the modem.
     *
     * @throws UnsupportedOperationException if the modem is not open yet, see {@link #whenOpen}, or cannot listen
     */
    @Override
    public ModuleServerSocket createServer() {
        ModuleSockets open = sockets;
        return open == null ? ModuleSockets.super.createServer() : open.createServer();
    }

    /**
     * Creates a datagram socket of the modem.
     *
     * @throws UnsupportedOperationException if the modem is not open yet, see {@link #whenOpen}, or has no UDP
     */
    @Override
    public ModuleDatagramSocket createDatagram() {
        ModuleSockets open = sockets;
        return open == null ? ModuleSockets.super.createDatagram() : open.createDatagram();
    }

    /** Returns true if the modem is open. */
    public boolean isOpen() {
        return sockets != null;
    }

    @Override
    public String portName() {
        return portName;
    }

    /** Opens the modem unless it is open or being opened, and tells when that has ended. */
    public void whenOpen(Opened listener) {
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
        ModuleSockets opened = ModuleSocketSource.of(modem).moduleSockets();
        synchronized (this) {
            sockets = opened;
        }
    }
}
