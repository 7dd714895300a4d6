package io.uartnio.socket.engine;

import io.uartnio.AccessMode;
import io.uartnio.ModemException;
import io.uartnio.SocketInfo;
import io.uartnio.at.AtException;
import io.uartnio.at.LaneTask;
import io.uartnio.module.DatagramRequest;
import io.uartnio.uart.TimerThread;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The sockets of a module that are no connections: those that listen and those with datagrams. They share the module's
 * indexes with the connections, in one {@link IndexTable}.
 *
 * <p>Threads: as the engine's.
 */
final class Endpoints extends HolderTable<EngineEndpoint> {

    Endpoints(SocketEngine engine, IndexTable indexes) {
        super(engine, indexes);
    }

    // ------------------------------------------------------------------ any thread

    DatagramBuffer newReceiveBuffer() {
        return new DatagramBuffer(engine().settings().receiveBufferBytes());
    }

    DatagramBuffer newSendBuffer() {
        return new DatagramBuffer(engine().settings().sendBufferBytes());
    }

    int maxSendBytes() {
        return driver().maxSendBytes();
    }

    boolean canSendTo(InetSocketAddress target) {
        return driver().canSendTo(target);
    }

    void check(DatagramRequest request) {
        driver().check(request);
    }

    /**
     * Returns how datagrams cross the UART: pushed where the modem's sockets may be pushed to, since what finds no room
     * is dropped anyhow, and so nothing has to be switched.
     */
    AccessMode datagramMode() {
        return switch (engine().defaultAccessMode()) {
            case ADAPTIVE, DIRECT_PUSH -> AccessMode.DIRECT_PUSH;
            case BUFFER, TRANSPARENT -> AccessMode.BUFFER;
        };
    }

    List<SocketInfo> describe() {
        return holders().stream().map(EngineEndpoint::describe).toList();
    }

    /** Returns true if the module may accept a connection, and so take an index by itself. */
    boolean isAnyListening() {
        return holders().stream().anyMatch(EngineServerSocket.class::isInstance);
    }

    /** Returns one that lives and that the module may push something to, null if there is none. */
    EngineEndpoint livePushedTo() {
        return holders().stream()
                .filter(endpoint -> endpoint.isLive() && endpoint.isPushedTo())
                .findFirst()
                .orElse(null);
    }

    /** Returns true if the module knows of none that it pushes something to; one that waits to be opened is unknown to it. */
    boolean isNobodyPushedTo() {
        return holders().stream().noneMatch(endpoint -> endpoint.isAsked() && endpoint.isPushedTo());
    }

    /** Reads what the module keeps: it may have said so when nobody was told. */
    void readAll() {
        for (EngineEndpoint endpoint : holders()) {
            if (endpoint instanceof EngineDatagramSocket socket && socket.stage() == EngineEndpoint.Stage.OPEN) {
                socket.onDataWaiting();
            }
        }
    }

    /** Returns true if the module has been asked for none that it has not reported on. */
    boolean isNobodyOpening() {
        return holders().stream().noneMatch(endpoint -> endpoint.isOpening() && endpoint.isAsked());
    }

    /** Takes an index and begins to open. */
    void start(EngineEndpoint endpoint) throws IOException {
        boolean taken = indexes().takeOrAwait(endpoint);
        long limitMillis = engine().settings().connectTimeoutMillis();
        endpoint.setTimeout(
                TimerThread.schedule(() -> onTimeout(endpoint, limitMillis), limitMillis, TimeUnit.MILLISECONDS));
        if (!endpoint.isLive()) {
            endpoint.forget();
        }
        if (taken) {
            openLater(endpoint);
        }
    }

    private void onTimeout(EngineEndpoint endpoint, long limitMillis) {
        SocketTimeoutException timeout = new SocketTimeoutException("open timed out: waitedMillis=" + limitMillis + ", "
                + endpoint.target() + ", socket=" + endpoint.index() + ", port="
                + portName());
        timeout.initCause(new ModemException(
                "module did not report an open socket in time",
                details().command(driver().openCommandName(false)).socket(endpoint.index())));
        if (endpoint.failOpening(timeout)) {
            release(endpoint);
        }
    }

    void closeGracefully(EngineEndpoint endpoint) {
        long lingerMillis = engine().settings().lingerMillis();
        endpoint.setLingerDeadline(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(lingerMillis));
        endpoint.setTimeout(closeStepLater(endpoint, lingerMillis + 1));
        closeStepLater(endpoint);
    }

    void release(EngineEndpoint endpoint) {
        endpoint.setLingerDeadline(System.nanoTime());
        closeStepLater(endpoint);
    }

    void submit(LaneTask task) {
        lane().submit(task);
    }

    void submitRead(LaneTask task) {
        lane().submitRead(task);
    }

    void later(Runnable task, long millis) {
        TimerThread.schedule(task, millis, TimeUnit.MILLISECONDS);
    }

    // ------------------------------------------------------------------ lane thread

    @Override
    void open(EngineEndpoint endpoint) {
        if (endpoint.stage() != EngineEndpoint.Stage.OPENING) {
            if (!endpoint.isLive()) {
                closeStep(endpoint);
            }
            // Else it was given another index between taking one and being opened, and this is the second task of two.
            return;
        }
        if (!engine().ports().mayOpen(endpoint)) {
            return;
        }
        int index = indexes().beginOpen(endpoint);
        if (index < 0) {
            return;
        }
        try {
            endpoint.open(driver(), index);
        } catch (AtException e) {
            openFailed(endpoint, index, e.code(), e);
        } catch (IOException e) {
            endpoint.failAndRelease(e);
        }
    }

    private void openFailed(EngineEndpoint endpoint, int index, int code, ModemException cause) {
        if (endpoint.stage() != EngineEndpoint.Stage.OPENING
                || endpoint.index() != index
                || engine().openElsewhere(endpoint, index, code)) {
            return;
        }
        String message = "open failed: " + endpoint.target() + ", " + cause.getMessage();
        IOException failure = driver().isPortTaken(code)
                ? new BindException(message)
                : driver().isNameUnknown(code) ? new UnknownHostException(message) : new IOException(message);
        failure.initCause(cause);
        endpoint.failAndRelease(failure);
    }

    private void showOpened(EngineEndpoint endpoint) {
        if (endpoint.stage() != EngineEndpoint.Stage.OPENING || !holdsIndex(endpoint)) {
            return;
        }
        if (endpoint.onOpened(askLocalAddress(endpoint))) {
            endpoint.onOpen();
        }
    }

    @Override
    boolean mayClose(EngineEndpoint endpoint) {
        // Else the send that empties it comes here again, or the end of the linger time does.
        return !(endpoint.isClosed() && endpoint.isLingering() && endpoint.hasUnsent());
    }

    // ------------------------------------------------------------------ reader thread

    void onOpened(EngineEndpoint endpoint) {
        if (!endpoint.isAsked()) {
            engine().countStray();
        } else if (endpoint.onReported()) {
            lane().submitUrgent(() -> showOpened(endpoint));
        }
    }

    void onOpenFailed(EngineEndpoint endpoint, int index, int code, String codeName) {
        if (!endpoint.isAsked()) {
            engine().countStray();
            return;
        }
        ModemException cause = new ModemException(
                "module could not open the socket",
                details().command(driver().openCommandName(false)).socket(index).code(code, codeName));
        submit(() -> openFailed(endpoint, index, code, cause));
    }

    /** No peer can close it, so the network has. */
    void onClosed(EngineEndpoint endpoint) {
        endpoint.failAndRelease(
                new ModemException("module has closed the socket", details().socket(endpoint.index())));
    }

    void onDataWaiting(EngineEndpoint endpoint) {
        if (endpoint instanceof EngineDatagramSocket socket) {
            socket.onDataWaiting();
        } else {
            engine().countStray();
        }
    }
}
