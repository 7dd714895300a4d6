package io.uartnio.socket;

import io.uartnio.AccessMode;
import io.uartnio.TlsSessionInfo;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * One of the module's sockets, what a kernel socket is to a file descriptor. Nothing here blocks but
 * {@link #awaitChange}; the faces ({@code java.nio}, {@code java.net}, Netty) put their contracts on top.
 *
 * <p>Threads: one thread at a time may call {@link #read}, one at a time {@link #write}; both may run together.
 * Everything else is for any thread at any time.
 */
public interface ModuleSocket extends ChangeSource {

    /** Where a socket is in its life; it only ever moves down this list. */
    enum State {
        /** Created; no index of the module is taken yet. */
        UNCONNECTED,
        /** {@link ModuleSocket#connect} was called and the module has not reported the result. */
        CONNECTING,
        /** The module has reported the connection. The peer may since have closed: {@code read} tells. */
        CONNECTED,
        /** The connect failed, or the connection was lost: {@link ModuleSocket#failure} says why. */
        FAILED,
        /** {@link ModuleSocket#close} was called. */
        CLOSED
    }

    /** Returns where this socket is in its life. */
    State state();

    /**
     * Takes one of the module's indexes and starts to connect; the result shows in {@link #state()}. The module
     * resolves the name.
     *
     * @param host a DNS name or a numeric address
     * @param port 1 to 65535
     * @param timeoutMillis how long the connect may take, 0 for the modem's default
     * @throws IllegalArgumentException if the host or port cannot be put into a command; the socket stays unconnected
     * @throws IllegalStateException if the socket is not {@link State#UNCONNECTED}
     * @throws IOException if the modem is closed or all its indexes are in use
     */
    void connect(String host, int port, long timeoutMillis) throws IOException;

    /**
     * Returns the address and port that the module itself has taken for the connection, the wildcard and port 0 for
     * what it does not tell; null before {@link State#CONNECTED}.
     */
    InetSocketAddress localAddress();

    /**
     * Returns what can be said of the connection on which the module runs TLS; null on a plain socket, and before {@link
     * State#CONNECTED}. It does not change and is still told when the connection has ended.
     */
    TlsSessionInfo tlsSession();

    /**
     * Returns why the socket is {@link State#FAILED}, or was until it was closed; else null. Each caller gets the same
     * exception.
     */
    IOException failure();

    /** Returns true if {@link #read} would return bytes, end of stream, or throw, rather than 0. */
    boolean isReadable();

    /**
     * Returns true if {@link #read} would return -1 because the peer has closed and everything it sent has been read.
     * Unlike {@code read} this finds out without taking anything.
     */
    boolean isAtEnd();

    /** Returns true if {@link #write} would take at least one byte or throw, rather than return 0. */
    boolean isWritable();

    /**
     * Moves received bytes into the buffer.
     *
     * @return the number of bytes, 0 if none is there now or the buffer has no room, -1 at the end of the stream (the
     *     peer closed and everything it sent has been read, or input was shut down)
     * @throws IOException the {@link #failure} of a failed socket, once what arrived whole before it has been read; or
     *     if the socket is closed or was never connected
     */
    int read(ByteBuffer target) throws IOException;

    /**
     * Takes bytes to send, as many as fit now.
     *
     * @return the number of bytes taken, possibly 0
     * @throws IOException the {@link #failure} of a failed socket; or if the socket is closed, not connected, or its
     *     output was shut down
     */
    int write(ByteBuffer source) throws IOException;

    /**
     * Makes {@link #read} return -1 from now on; what arrives is dropped. Nothing is told to the peer, as with a TCP
     * socket of the JDK.
     */
    void shutdownInput();

    /**
     * Takes no more bytes to send; those taken before still leave. The modules have no command that sends only a FIN,
     * so the peer sees the end of the stream when the socket is closed.
     */
    void shutdownOutput();

    /**
     * Says how received data is to cross the UART. Before {@link #connect} the socket is opened so; later it is
     * switched, in the background and without loss.
     *
     * @throws UnsupportedOperationException if the module does not have this mode, or not for this socket now
     * @throws java.nio.channels.ClosedChannelException if the socket is closed
     * @throws IOException if another socket has the port that this mode needs for one socket alone
     */
    void setAccessMode(AccessMode mode) throws IOException;

    /** Returns the access mode asked for. */
    AccessMode accessMode();

    /**
     * Says how many received bytes may wait for the reader before the module is slowed down: an adaptive socket is moved
     * to buffer access mode, and one in that mode is read no further. Three quarters of the modem's receive buffer until
     * set. What is under way then still comes.
     *
     * @param bytes 1 to the size of that buffer
     * @throws IllegalArgumentException if it is out of range
     */
    void setReceiveHighWaterMark(int bytes);

    /**
     * Returns how many bytes {@link #read} would return at once, at least 1 if it would return any; 0 too before the
     * connection and where it would return the end of the stream or throw. What the module still holds does not count.
     */
    int bytesReadable();

    /** Returns the number of bytes that {@link #write} has taken and the module has not. */
    int bytesUnsent();

    /**
     * Returns the number of bytes that the module has taken since the connect, by {@code SEND OK} or, in transparent
     * mode, off the line. It only grows, and counts nothing that was given up: beside {@link #bytesUnsent()}, which falls
     * then too, it tells what a sender may believe. Every growth is told to the {@linkplain #setChangeListener listener},
     * some of it at a time, unless {@link #tellOfTakenFrom} asks for less.
     */
    long bytesTaken();

    /**
     * Asks to be told of growth of {@link #bytesTaken()} only once that is so much, so that a sender need not be woken
     * for each payload. Everything else is told as ever, and until this is called so is this; a socket may tell more
     * often. What has grown before this returns may not be told: look once behind it. For the one who writes.
     *
     * @param bytes at most what {@link #write} has ever taken
     */
    default void tellOfTakenFrom(long bytes) {}

    /**
     * Closes the socket and returns at once. In the background what was written is sent, within the modem's linger
     * time, and then the module's index is freed. Does nothing on a closed socket.
     */
    void close();

    /** Returns the module's index of this socket for messages, or -1 while it has none. */
    int index();
}
