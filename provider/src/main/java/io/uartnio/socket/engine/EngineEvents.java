package io.uartnio.socket.engine;

import io.uartnio.ModemException;
import io.uartnio.module.ModuleEvents;
import java.util.List;

/**
 * Takes what the module tells of its own accord to the socket that it is about: a connection or an endpoint, whichever
 * has the index. An event that nobody can be meant by is counted.
 *
 * <p>Threads: the reader's alone; nothing blocks. Only {@link #onAccepted} takes the lock of the indexes.
 */
final class EngineEvents implements ModuleEvents {

    private final SocketEngine engine;
    private final Connections connections;
    private final Endpoints endpoints;
    private final IndexTable indexes;
    private final Runnable onContextLost;
    private final Runnable onRestartSuspected;

    EngineEvents(
            SocketEngine engine,
            Connections connections,
            Endpoints endpoints,
            IndexTable indexes,
            Runnable onContextLost,
            Runnable onRestartSuspected) {
        this.engine = engine;
        this.connections = connections;
        this.endpoints = endpoints;
        this.indexes = indexes;
        this.onContextLost = onContextLost;
        this.onRestartSuspected = onRestartSuspected;
    }

    // ------------------------------------------------------------------ of one socket

    @Override
    public void onOpened(int index, boolean tls) {
        EngineEndpoint endpoint = endpoint(index, tls);
        EngineSocket socket = endpoint == null ? connections.find(index, tls) : null;
        if (endpoint != null) {
            endpoints.onOpened(endpoint);
        } else if (socket != null) {
            connections.onOpened(socket);
        }
    }

    @Override
    public void onOpenFailed(int index, boolean tls, int code, String codeName) {
        EngineEndpoint endpoint = endpoint(index, tls);
        EngineSocket socket = endpoint == null ? connections.find(index, tls) : null;
        if (endpoint != null) {
            endpoints.onOpenFailed(endpoint, index, code, codeName);
        } else if (socket != null) {
            connections.onOpenFailed(socket, index, code, codeName);
        }
    }

    @Override
    public void onPeerClosed(int index, boolean tls) {
        EngineEndpoint endpoint = endpoint(index, tls);
        EngineSocket socket = endpoint == null ? connections.find(index, tls) : null;
        if (endpoint != null) {
            endpoints.onClosed(endpoint);
        } else if (socket != null) {
            connections.onPeerClosed(socket);
        }
    }

    @Override
    public void onDataWaiting(int index, boolean tls) {
        EngineEndpoint endpoint = endpoint(index, tls);
        EngineSocket socket = endpoint == null ? connections.find(index, tls) : null;
        if (endpoint != null) {
            endpoints.onDataWaiting(endpoint);
        } else if (socket != null && socket.isLive()) {
            socket.receive().onDataWaiting();
        }
    }

    /** Endpoints have no TLS. */
    private EngineEndpoint endpoint(int index, boolean tls) {
        return tls ? null : endpoints.get(index);
    }

    // ------------------------------------------------------------------ of sockets that listen

    @Override
    public void onAccepted(int listener, int index, long peer) {
        EngineServerSocket server = endpoints.get(listener) instanceof EngineServerSocket found ? found : null;
        EngineSocket accepted = new EngineSocket(
                engine,
                EngineDatagramSocket.unpack(peer),
                server == null ? SocketEngine.UNKNOWN_ADDRESS : server.acceptingAddress());
        if (index >= engine.maxSockets() || !indexes.adopt(accepted, index)) {
            engine.countStray();
            return;
        }
        if (server == null) {
            // Its listener was closed while the module was accepting it; it would have the index for ever.
            engine.countStray();
            accepted.close();
            return;
        }
        accepted.receive().onOpened();
        server.onAccepted(accepted);
    }

    @Override
    public void onAcceptRefused() {
        // The module does not say whose it would have been.
        endpoints.holders().stream()
                .filter(EngineServerSocket.class::isInstance)
                .findFirst()
                .ifPresent(endpoint -> ((EngineServerSocket) endpoint).countRefused());
    }

    // ------------------------------------------------------------------ of the whole module

    @Override
    public void onContextLost() {
        ModemException cause =
                new ModemException("network has ended the data connection (PDP context)", engine.details());
        List<EngineSocket> lost = connections.holders();
        List<EngineEndpoint> lostEndpoints = endpoints.holders();
        // First, so that who hears of the loss and connects anew at once waits for the network.
        onContextLost.run();
        lost.forEach(socket -> socket.failAndRelease(cause));
        lostEndpoints.forEach(endpoint -> endpoint.failAndRelease(cause));
    }

    @Override
    public void onRestartSuspected() {
        onRestartSuspected.run();
    }
}
