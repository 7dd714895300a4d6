package io.uartnio.socket.engine;

import io.uartnio.ModemException;
import io.uartnio.TlsSessionInfo;
import io.uartnio.at.AtException;
import io.uartnio.module.OpenRequest;
import io.uartnio.module.SendCounters;
import io.uartnio.socket.ModuleSocket;
import io.uartnio.uart.TimerThread;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The sockets of a module that are connections, by index: opens them, finds what they are told, and frees their indexes
 * when everything was sent. They share the indexes with {@link Endpoints}, in one {@link IndexTable}.
 *
 * <p>Threads: application threads ask, and get back at once; the lane opens and closes; the reader reports. The sections
 * say which is which.
 */
final class Connections extends HolderTable<EngineSocket> {

    private static final long ACKNOWLEDGED_POLL_MILLIS = 100;

    Connections(SocketEngine engine, IndexTable indexes) {
        super(engine, indexes);
    }

    // ------------------------------------------------------------------ by index: any thread

    /** Returns the connection that the module has named; null, and counted, if none can be meant. */
    EngineSocket find(int index, boolean tls) {
        EngineSocket socket = get(index);
        if (socket == null || socket.isTls() != tls) {
            engine().countStray();
            return null;
        }
        return socket;
    }

    /** Returns those that are connected. */
    List<EngineSocket> connected() {
        return holders().stream()
                .filter(socket -> socket.state() == ModuleSocket.State.CONNECTED)
                .toList();
    }

    /** Returns true if the module has been asked for none that it has not reported on. */
    boolean isNobodyConnecting() {
        return holders().stream()
                .noneMatch(socket -> socket.state() == ModuleSocket.State.CONNECTING && socket.isAsked());
    }

    // ------------------------------------------------------------------ what is asked for: any thread

    /**
     * Takes an index for the socket and starts to connect it. While none is free but one is being closed, the socket
     * waits for that.
     */
    void connect(EngineSocket socket) throws IOException {
        boolean taken = indexes().takeOrAwait(socket);
        long timeoutMillis = socket.request().timeoutMillis();
        socket.setTimeout(TimerThread.schedule(() -> onConnectTimeout(socket), timeoutMillis, TimeUnit.MILLISECONDS));
        if (!socket.isLive()) {
            // Closed by another thread before the time limit was there to be taken back.
            socket.cancelTimeout();
        }
        if (taken) {
            openLater(socket);
        }
    }

    private void onConnectTimeout(EngineSocket socket) {
        OpenRequest request = socket.request();
        SocketTimeoutException timeout = new SocketTimeoutException(
                "connect timed out: waitedMillis=" + request.timeoutMillis() + ", " + describe(socket));
        timeout.initCause(new ModemException(
                "module did not report a connection in time",
                details().command(driver().openCommandName(request.isTls())).socket(socket.index())));
        if (socket.failConnecting(timeout)) {
            release(socket);
        }
    }

    private String describe(EngineSocket socket) {
        OpenRequest request = socket.request();
        return "host=" + request.host() + ":" + request.port() + ", socket=" + socket.index() + ", port=" + portName();
    }

    /** Sends what was written, within the linger time, and frees the index. */
    void closeGracefully(EngineSocket socket) {
        long lingerMillis = engine().settings().lingerMillis();
        engine().ports().onUnwanted(socket);
        socket.setLingerDeadline(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(lingerMillis));
        // Kept before the first step, which may free the index and take the time limit back.
        socket.setTimeout(closeStepLater(socket, lingerMillis + 1));
        closeStepLater(socket);
    }

    /** Frees the index without sending anything more. */
    void release(EngineSocket socket) {
        socket.setLingerDeadline(System.nanoTime());
        engine().ports().onUnwanted(socket);
        closeStepLater(socket);
    }

    void failAndRelease(EngineSocket socket, IOException cause) {
        if (socket.fail(cause)) {
            release(socket);
        }
    }

    // ------------------------------------------------------------------ opening: lane thread

    @Override
    void open(EngineSocket socket) {
        if (socket.state() != ModuleSocket.State.CONNECTING) {
            if (!socket.isLive()) {
                // Closed or timed out before the module was told; its own task may have come before it had an index.
                closeStep(socket);
            }
            // Else it was given another index between taking one and being opened, and this is the second task of two.
            return;
        }
        if (!engine().ports().mayOpen(socket)) {
            return;
        }
        int index = indexes().beginOpen(socket);
        if (index < 0) {
            return;
        }
        try {
            driver().open(index, socket.request());
        } catch (AtException e) {
            openFailed(socket, index, e.code(), e);
        } catch (IOException e) {
            failAndRelease(socket, e);
        }
    }

    /** The module has connected. */
    private void showOpened(EngineSocket socket) {
        if (socket.state() != ModuleSocket.State.CONNECTING || !holdsIndex(socket)) {
            return;
        }
        InetSocketAddress local = askLocalAddress(socket);
        TlsSessionInfo session = socket.isTls() ? driver().tlsSession(socket.index(), socket.request()) : null;
        if (socket.onOpened(local, session)) {
            socket.receive().onOpened();
            // Before anybody writes: an answer to that would have to be read first.
            engine().ports().onWanted(socket);
            socket.signalChange();
        }
    }

    private void openFailed(EngineSocket socket, int index, int code, ModemException cause) {
        if (socket.state() != ModuleSocket.State.CONNECTING
                || socket.index() != index
                || engine().openElsewhere(socket, index, code)) {
            return;
        }
        try {
            boolean freed = driver().close(index, socket.isTls());
            if (freed && driver().openOtherwise(index, socket.request(), code, socket.countFailedOpen())) {
                return;
            }
            failAndRelease(socket, connectException(socket, cause));
        } catch (AtException e) {
            failAndRelease(socket, connectException(socket, e));
        } catch (IOException e) {
            failAndRelease(socket, e);
        }
    }

    /** Says in the JDK's terms what the module said in its own. */
    private IOException connectException(EngineSocket socket, ModemException cause) {
        String message = "connect failed: host=" + socket.request().host() + ":"
                + socket.request().port() + ", " + cause.getMessage();
        IOException exception = driver().isNameUnknown(cause.code())
                ? new UnknownHostException(message)
                : new ConnectException(message);
        exception.initCause(cause);
        return exception;
    }

    // ------------------------------------------------------------------ closing: lane thread

    @Override
    boolean mayClose(EngineSocket socket) throws IOException {
        if (engine().ports().isApart(socket)) {
            // Comes here again when it has left its channel.
            engine().ports().onUnwanted(socket);
            return false;
        }
        if (!socket.isLingering()) {
            return true;
        }
        if (socket.unsent().size() > 0) {
            // The send that empties it comes here again, or the end of the linger time does.
            return false;
        }
        if (!socket.isCloseAnnounced() && socket.hasSentAnything() && !isAcknowledged(socket)) {
            closeStepLater(socket, ACKNOWLEDGED_POLL_MILLIS);
            return false;
        }
        return true;
    }

    /** Returns true if the peer has everything, or nobody can tell. */
    private boolean isAcknowledged(EngineSocket socket) throws IOException {
        SendCounters counters = driver().sendCounters(socket.index(), socket.isTls());
        return counters == null
                || (counters.unacknowledged() == 0 && socket.sentAudit().isSettled(counters));
    }

    /** The peer has closed: what the module still holds is read before the end of the stream is shown. */
    private void endAfterPeer(EngineSocket socket) throws IOException {
        if (!holdsIndex(socket)) {
            return;
        }
        if (indexes().mayCloseBeOfPredecessor(socket.index())) {
            // Before the question: a close that is announced behind its answer must be looked into again.
            socket.unannounceClose();
            if (driver().isConnected(socket.index(), socket.isTls())) {
                engine().countStray();
                return;
            }
            socket.announceClose();
        }
        drain(socket);
    }

    /** The peer has closed: ends the stream behind what the module still holds. */
    void drain(EngineSocket socket) {
        socket.receive().steps().readToTheEnd();
    }

    // ------------------------------------------------------------------ what the module reports: reader thread

    void onOpened(EngineSocket socket) {
        if (isAsked(socket) && socket.onReported()) {
            // Before every other task, so that those of what follows on the line find a connected socket.
            lane().submitUrgent(() -> showOpened(socket));
        }
    }

    void onOpenFailed(EngineSocket socket, int index, int code, String codeName) {
        if (isAsked(socket) && socket.state() == ModuleSocket.State.CONNECTING) {
            ModemException cause = new ModemException(
                    "module could not connect",
                    details()
                            .command(driver().openCommandName(socket.isTls()))
                            .socket(index)
                            .code(code, codeName));
            lane().submit(() -> openFailed(socket, index, code, cause));
        }
    }

    /** A result that comes before the module was asked belongs to whoever had the index before. */
    private boolean isAsked(EngineSocket socket) {
        boolean asked = socket.isAsked();
        if (!asked) {
            engine().countStray();
        }
        return asked;
    }

    void onPeerClosed(EngineSocket socket) {
        if (socket.isReported() && socket.announceClose()) {
            lane().submit(() -> endAfterPeer(socket));
        }
    }
}
