package io.uartnio.socket;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * A UDP socket of the module. It is either bound to a port and sends to whom it likes ({@link #open}), or belongs to
 * one peer, whose name the module resolves ({@link #connect}). Nothing here blocks but {@link #awaitChange}.
 *
 * <p>Datagrams that nobody reads in time are dropped, as UDP may, and counted. Threads: one thread at a time may call
 * {@link #receive}, one at a time {@link #send}; both may run together. Everything else is for any thread.
 */
public interface ModuleDatagramSocket extends ChangeSource {

    /** Where a datagram socket is in its life; it only ever moves down this list. */
    enum State {
        /** Created; no index of the module is taken yet. */
        UNBOUND,
        /** {@link #open} or {@link #connect} was called and the module has not reported the result. */
        OPENING,
        /** The module has reported that the socket is open. */
        OPEN,
        /** The module did not open it, or it was lost: {@link ModuleDatagramSocket#failure} says why. */
        FAILED,
        /** {@link ModuleDatagramSocket#close} was called. */
        CLOSED
    }

    /** Returns where this socket is in its life. */
    State state();

    /**
     * Takes one of the module's indexes and binds it to a port; the result shows in {@link #state()}.
     *
     * @param localPort the module's port, 1 to 65535
     * @throws IllegalArgumentException if the port is out of range; the socket stays unbound
     * @throws IllegalStateException if the socket is not {@link State#UNBOUND}
     * @throws IOException if the modem is closed or all its indexes are in use
     */
    void open(int localPort) throws IOException;

    /**
     * Takes one of the module's indexes for datagrams to and from one peer; the result shows in {@link #state()}. The
     * module resolves the name.
     *
     * @param host a DNS name or a numeric address
     * @param port 1 to 65535
     * @param localPort the module's port, 1 to 65535, or 0 if the module is to choose
     * @throws IllegalArgumentException if a value cannot be put into a command; the socket stays unbound
     * @throws IllegalStateException if the socket is not {@link State#UNBOUND}
     * @throws IOException if the modem is closed or all its indexes are in use
     */
    void connect(String host, int port, int localPort) throws IOException;

    /**
     * Sets whose datagrams are kept from now on, and forgets all that have come; for a socket that is {@link #open}ed.
     * Any thread.
     *
     * @param peer a resolved address, or null for everybody
     */
    void setPeer(InetSocketAddress peer);

    /**
     * Returns the module's address in its network, the wildcard if that is not known, and the port, 0 if that is not
     * known; null before {@link State#OPEN}.
     */
    InetSocketAddress localAddress();

    /**
     * Returns why the socket is {@link State#FAILED}, or was until it was closed; else null. Each caller gets the same
     * exception.
     */
    IOException failure();

    /** Returns the longest datagram that the module sends, in bytes. */
    int maxSendBytes();

    /** Returns true if {@link #receive} would return a datagram or throw, rather than null. */
    boolean isReadable();

    /** Returns true if {@link #send} would take a datagram or throw, rather than return false. */
    boolean isWritable();

    /**
     * Moves the datagram that has waited longest into the buffer; what does not fit is lost.
     *
     * @return who sent it: for a connected socket whose peer was a name, the unresolved address of that name; null if
     *     no datagram waits, and the buffer is as it was
     * @throws IOException the {@link #failure} of a failed socket, once no datagram waits; or if the socket is closed or
     *     not open yet
     */
    InetSocketAddress receive(ByteBuffer target) throws IOException;

    /**
     * Takes a datagram to send, whole or not at all; it leaves in the background.
     *
     * @param source what remains in it is the datagram: 1 to {@link #maxSendBytes()} bytes
     * @param target a resolved IPv4 address and a port, 1 to 65535; null for the peer of a connected socket
     * @return false if as many datagrams wait as may
     * @throws IllegalArgumentException if there is a target and the socket is connected, or none and it is not, or the
     *     module cannot send there
     * @throws IOException if the datagram is empty or too long; the {@link #failure} of a failed socket; or if the socket
     *     is closed or not open yet
     */
    boolean send(ByteBuffer source, InetSocketAddress target) throws IOException;

    /** Returns how many datagrams {@link #send} has taken that the module has neither taken nor refused. */
    int datagramsUnsent();

    /**
     * Returns why a datagram that {@link #send} took was not sent, and forgets it; null if nothing has happened since
     * it was asked last. Later failures replace earlier ones.
     */
    IOException pollSendFailure();

    /** Returns how many datagrams were received and dropped, because there was no room or they were not the peer's. */
    long droppedDatagrams();

    /**
     * Closes the socket and returns at once; datagrams taken before still leave, within the modem's linger time, and
     * then the index is freed in the background. Does nothing on a closed socket.
     */
    void close();

    /** Returns the module's index of this socket for messages, or -1 while it has none. */
    int index();
}
