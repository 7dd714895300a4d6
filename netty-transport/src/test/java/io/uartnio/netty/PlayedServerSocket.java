package io.uartnio.netty;

import io.uartnio.socket.ModuleServerSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;

/** A listening socket of the module's, whose every move a test makes. */
final class PlayedServerSocket extends PlayedSource implements ModuleServerSocket {

    // All guarded by this monitor.
    private State state = State.UNBOUND;
    private IOException failure;
    private int port;
    private int backlog;
    private final ArrayDeque<Accepted> waiting = new ArrayDeque<>();

    // -- the module --

    void report() {
        change(() -> state = State.LISTENING);
    }

    void fail(IOException cause) {
        change(() -> {
            failure = cause;
            state = State.FAILED;
        });
    }

    PlayedSocket bring(InetSocketAddress remote) {
        PlayedSocket socket = new PlayedSocket();
        socket.connect();
        change(() -> waiting.add(new Accepted(socket, remote)));
        return socket;
    }

    /** Returns the port that the module was asked for. */
    synchronized int port() {
        return port;
    }

    synchronized int backlog() {
        return backlog;
    }

    synchronized int waiting() {
        return waiting.size();
    }

    // -- ModuleServerSocket --

    @Override
    public synchronized State state() {
        return state;
    }

    @Override
    public synchronized void listen(int listenPort, int connections) {
        if (listenPort < 1) {
            throw new IllegalArgumentException("port out of range: port=" + listenPort);
        }
        port = listenPort;
        backlog = connections;
        state = State.OPENING;
    }

    @Override
    public synchronized InetSocketAddress localAddress() {
        return state.compareTo(State.LISTENING) < 0 ? null : new InetSocketAddress("10.0.0.2", port);
    }

    @Override
    public synchronized IOException failure() {
        return failure;
    }

    @Override
    public synchronized boolean isAcceptable() {
        return state.compareTo(State.LISTENING) > 0 || !waiting.isEmpty();
    }

    @Override
    public synchronized Accepted accept() throws IOException {
        if (waiting.isEmpty() && state == State.FAILED) {
            throw failure;
        }
        return waiting.poll();
    }

    @Override
    public long refusedConnections() {
        return 0;
    }

    @Override
    public void close() {
        change(() -> state = State.CLOSED);
    }

    @Override
    public int index() {
        return 5;
    }
}
