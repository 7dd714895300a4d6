package io.uartnio.socket;

import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * A socket of the module that listens: the module accepts connections by itself, and they wait here until somebody
 * wants them. Nothing here blocks but {@link #awaitChange}.
 *
 * <p>It takes one of the module's indexes, and every connection takes another, whether or not it has been accepted
 * here. Safe for any thread.
 */
public interface ModuleServerSocket extends ChangeSource {

    /** Where a server socket is in its life; it only ever moves down this list. */
    enum State {
        /** Created; no index of the module is taken yet. */
        UNBOUND,
        /** {@link ModuleServerSocket#listen} was called and the module has not reported the result. */
        OPENING,
        /** The module has reported that it listens. */
        LISTENING,
        /** The module does not listen, or not any more: {@link ModuleServerSocket#failure} says why. */
        FAILED,
        /** {@link ModuleServerSocket#close} was called. */
        CLOSED
    }

    /**
     * A connection that the module has accepted.
     *
     * @param socket connected, though what it is connected to may have closed since; the caller's to close
     * @param remote the peer's numeric address and port
     */
    record Accepted(ModuleSocket socket, InetSocketAddress remote) {}

    /** Returns where this socket is in its life. */
    State state();

    /**
     * Takes one of the module's indexes and starts to listen; the result shows in {@link #state()}.
     *
     * @param port the module's port, 1 to 65535
     * @param backlog how many connections may wait to be accepted, from 1; one more is closed at once
     * @throws IllegalArgumentException if the port or the backlog is out of range; the socket stays unbound
     * @throws IllegalStateException if the socket is not {@link State#UNBOUND}
     * @throws IOException if the modem is closed or all its indexes are in use
     */
    void listen(int port, int backlog) throws IOException;

    /**
     * Returns the module's address in its network, the wildcard if that is not known, and the port; null before
     * {@link State#LISTENING}.
     */
    InetSocketAddress localAddress();

    /**
     * Returns why the socket is {@link State#FAILED}, or was until it was closed; else null. Each caller gets the same
     * exception.
     */
    IOException failure();

    /** Returns true if {@link #accept} would return a connection or throw, rather than null. */
    boolean isAcceptable();

    /**
     * Takes the connection that has waited longest.
     *
     * @return the connection, or null if none waits
     * @throws IOException the {@link #failure} of a failed socket, once no connection waits; or if the socket is closed
     *     or does not listen yet
     */
    Accepted accept() throws IOException;

    /** Returns how many connections were closed because nobody accepted them in time or there was no room for them. */
    long refusedConnections();

    /**
     * Stops listening and returns at once; connections that nobody has accepted are closed, those accepted stay. The
     * index is freed in the background. Does nothing on a closed socket.
     */
    void close();

    /** Returns the module's index of this socket for messages, or -1 while it has none. */
    int index();
}
