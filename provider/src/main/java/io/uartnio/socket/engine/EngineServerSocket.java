package io.uartnio.socket.engine;

import io.uartnio.AccessMode;
import io.uartnio.SocketInfo;
import io.uartnio.module.ListenRequest;
import io.uartnio.module.ModuleDriver;
import io.uartnio.socket.ModuleServerSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** A socket that listens, and the connections that nobody has accepted yet. */
final class EngineServerSocket extends EngineEndpoint implements ModuleServerSocket {

    private volatile ListenRequest request;

    /** Guards what follows; held for some instructions. */
    private final Object queueLock = new Object();

    private final ArrayDeque<EngineSocket> waiting = new ArrayDeque<>();
    private boolean ended;
    private long refused;

    EngineServerSocket(Endpoints endpoints) {
        super(endpoints);
    }

    @Override
    public State state() {
        return switch (stage()) {
            case UNBOUND -> State.UNBOUND;
            case OPENING -> State.OPENING;
            case OPEN -> State.LISTENING;
            case FAILED -> State.FAILED;
            case CLOSED -> State.CLOSED;
        };
    }

    @Override
    public void listen(int port, int backlog) throws IOException {
        if (port < 1 || port > 65_535 || backlog < 1) {
            throw new IllegalArgumentException(
                    "port must be 1 to 65535 and backlog positive: port=" + port + ", backlog=" + backlog);
        }
        if (stage() == Stage.UNBOUND) {
            request = new ListenRequest(port, backlog, AccessMode.BUFFER);
        }
        start();
    }

    @Override
    public boolean isAcceptable() {
        if (stage() == Stage.FAILED || stage() == Stage.CLOSED) {
            return true;
        }
        synchronized (queueLock) {
            return !waiting.isEmpty();
        }
    }

    @Override
    public Accepted accept() throws IOException {
        synchronized (queueLock) {
            EngineSocket socket = waiting.poll();
            if (socket != null) {
                return new Accepted(socket, socket.peer());
            }
        }
        requireOpen();
        return null;
    }

    @Override
    public long refusedConnections() {
        synchronized (queueLock) {
            return refused;
        }
    }

    /** A connection that nobody here was told of was refused. Reader thread. */
    void countRefused() {
        synchronized (queueLock) {
            refused++;
        }
    }

    /** The module has accepted a connection: it waits, or is closed if there is no room. Reader thread. */
    void onAccepted(EngineSocket socket) {
        boolean taken;
        synchronized (queueLock) {
            taken = !ended && waiting.size() < request.backlog();
            if (taken) {
                waiting.add(socket);
            } else {
                refused++;
            }
        }
        if (taken) {
            signalChange();
        } else {
            socket.close();
        }
    }

    /** Returns what an accepted connection shows as its own address. */
    InetSocketAddress acceptingAddress() {
        InetSocketAddress local = localAddress();
        return local == null ? new InetSocketAddress("0.0.0.0", request.port()) : local;
    }

    // ------------------------------------------------------------------ endpoint

    @Override
    void open(ModuleDriver driver, int atIndex) throws IOException {
        driver.listen(atIndex, request);
    }

    @Override
    void onOpen() {
        signalChange();
    }

    /** Those whom nobody has accepted end with a listener that is closed; of a failed one they can still be had. */
    @Override
    void onEnd() {
        List<EngineSocket> unwanted = new ArrayList<>();
        synchronized (queueLock) {
            ended = true;
            if (stage() == Stage.CLOSED) {
                unwanted.addAll(waiting);
                waiting.clear();
            }
        }
        unwanted.forEach(EngineSocket::close);
    }

    /** A connection that nobody is told of would have its index for ever. */
    @Override
    boolean isPushedTo() {
        return true;
    }

    @Override
    boolean hasUnsent() {
        return false;
    }

    @Override
    String target() {
        return "localPort=" + request.port();
    }

    @Override
    SocketInfo describe() {
        return new SocketInfo(
                index(),
                SocketInfo.Kind.LISTENER,
                "0.0.0.0",
                request.port(),
                false,
                describedState(SocketInfo.State.LISTENING),
                AccessMode.BUFFER,
                AccessMode.BUFFER,
                0,
                0,
                0,
                0,
                0);
    }
}
