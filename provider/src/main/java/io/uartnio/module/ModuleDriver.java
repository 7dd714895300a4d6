package io.uartnio.module;

import io.uartnio.AccessMode;
import io.uartnio.ModuleInfo;
import io.uartnio.TlsSessionInfo;
import io.uartnio.at.AtChannel;
import io.uartnio.at.AtCommand;
import io.uartnio.at.SendOutcome;
import io.uartnio.at.TransparentStream;
import io.uartnio.at.UnsolicitedHandler;
import io.uartnio.frame.FrameGrammar;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;

/**
 * A family of modules: what it can do, how it opens, sends, receives and closes, and which lines announce what. One
 * instance drives one module.
 *
 * <p>Threads: everything belongs to the lane thread and may wait there for the module's answer, within the command's
 * time limit; but {@link #onUnsolicited} and the {@linkplain #grammar() grammar} are called by the reader thread, and
 * {@link #info()} by any.
 */
public interface ModuleDriver extends UnsolicitedHandler {

    /** Returns what the module is and can do. */
    ModuleInfo info();

    /** Returns which lines announce payload. */
    FrameGrammar grammar();

    /** Returns a query whose reply cannot be mistaken for another command's. */
    AtCommand probe();

    /** Returns the largest payload of one send, in bytes. */
    int maxSendBytes();

    /**
     * Puts the module into the state that this driver relies on, closes sockets that an earlier host left open, and
     * brings the network up.
     *
     * @throws io.uartnio.ModemException if the module refuses what cannot be done without
     * @throws IOException if the module does not answer
     */
    void bringUp(BringUpSettings settings) throws IOException;

    /**
     * Puts the module into the multiplexer mode of 3GPP TS 27.010, basic option, at the session's rate, which cannot be
     * changed any more then. When this returns the module expects frames. {@link #bringUp} follows over the first
     * channel.
     *
     * @return the longest information that the module takes in a frame (N1), in bytes; 0 if it has no multiplexer, and
     *     then nothing was asked of it
     * @throws io.uartnio.ModemException if the module refuses
     * @throws IOException if the module does not answer
     */
    default int startMux(BringUpSettings settings) throws IOException {
        return 0;
    }

    /**
     * Checks whether a socket could be opened so, before an index is taken. Any thread.
     *
     * @throws IllegalArgumentException if a value cannot be put into a command
     * @throws IOException if this module cannot do it, or not as securely as asked
     */
    void check(OpenRequest request) throws IOException;

    /**
     * Starts to connect a socket; the result comes as an event.
     *
     * @throws IOException if the module refuses at once or does not answer
     */
    void open(int index, OpenRequest request) throws IOException;

    /**
     * Is told that an open has failed, after the index was freed, and may try in another way.
     *
     * @param code the module's own
     * @param attempt how many attempts have failed, from 1
     * @return true if another attempt has been started
     * @throws IOException if it could not be started
     */
    boolean openOtherwise(int index, OpenRequest request, int code, int attempt) throws IOException;

    /** Returns true if the module can listen for TCP connections. Any thread. */
    default boolean canListen() {
        return false;
    }

    /** Returns true if the module has UDP. Any thread. */
    default boolean hasDatagrams() {
        return false;
    }

    /**
     * Starts to listen; the result comes as an event, and then each connection by {@link ModuleEvents#onAccepted}, with
     * an index that the module has chosen. Closed by {@link #close}, which leaves accepted connections alone.
     *
     * @throws IOException if the module refuses at once or does not answer
     */
    default void listen(int index, ListenRequest request) throws IOException {
        throw new UnsupportedOperationException("module cannot listen");
    }

    /**
     * Checks whether a datagram socket could be opened so, before an index is taken. Any thread.
     *
     * @throws IllegalArgumentException if a value cannot be put into a command
     */
    default void check(DatagramRequest request) {
        throw new UnsupportedOperationException("module has no datagrams");
    }

    /**
     * Opens a socket for datagrams; the result comes as an event.
     *
     * @throws IOException if the module refuses at once or does not answer
     */
    default void openDatagrams(int index, DatagramRequest request) throws IOException {
        throw new UnsupportedOperationException("module has no datagrams");
    }

    /** Returns true if the module can send a datagram to such an address. Any thread. */
    default boolean canSendTo(InetSocketAddress target) {
        return target.getAddress() instanceof Inet4Address && target.getPort() > 0;
    }

    /**
     * Sends one datagram of 1 to {@link #maxSendBytes()} bytes.
     *
     * @param source whom it is for, as {@link io.uartnio.frame.Source} packs it; its {@code NONE} for the socket's peer
     * @param payload stays as it is until the next command
     * @throws IOException if the module does not answer: whether it took the datagram is not known
     */
    default SendOutcome sendDatagram(int index, long source, byte[] payload, int length) throws IOException {
        throw new UnsupportedOperationException("module has no datagrams");
    }

    /**
     * Reads the oldest datagram that the module holds of a socket; it goes to the payload sink.
     *
     * @return false if there is none, or the socket is not known to the module any more
     * @throws IOException if the module does not answer
     */
    default boolean readDatagram(int index) throws IOException {
        throw new UnsupportedOperationException("module has no datagrams");
    }

    /** Returns true if this code of a failed open means that another socket of the module has the index. */
    default boolean isIndexTaken(int code) {
        return false;
    }

    /** Returns true if this code of a failed open means that the local port cannot be had. */
    default boolean isPortTaken(int code) {
        return false;
    }

    /** Returns true if this code of a failed open means that the host name does not exist. */
    boolean isNameUnknown(int code);

    /**
     * Sends payload of a socket, at most {@link #maxSendBytes()}.
     *
     * @param payload stays as it is until the next command
     * @throws IOException if the module does not answer: what it took is not known
     */
    SendOutcome send(int index, boolean tls, byte[] payload, int offset, int length) throws IOException;

    /**
     * Asks why the last send was refused.
     *
     * @return an exception that says so, with the module's code
     * @throws IOException if the module does not answer
     */
    IOException explainRefusal(int index, boolean tls) throws IOException;

    /**
     * Reads what the module holds of a socket, once; it goes to the payload sink.
     *
     * @return the number of bytes, 0 if there is nothing (more) or the socket is not known to the module any more
     * @throws IOException if the module does not answer
     */
    int read(int index, boolean tls) throws IOException;

    /**
     * Asks how much a socket has received, which of it was handed over, and which waits in the module.
     *
     * @return the counters, or null if this module cannot tell for such a socket
     * @throws IOException if the module does not answer
     */
    ReceiveCounters receiveCounters(int index, boolean tls) throws IOException;

    /**
     * Switches a connected socket to another access mode. What the module pushes or keeps around the switch, and in
     * which order, is for the caller to find out: no manual says.
     *
     * @param mode {@link AccessMode#BUFFER} or {@link AccessMode#DIRECT_PUSH}
     * @return false if the module refuses: the mode is the one before
     * @throws IOException if the module does not answer
     */
    boolean switchMode(int index, boolean tls, AccessMode mode) throws IOException;

    /**
     * Returns the command that gives the port to one socket, answered by {@code CONNECT}. Asked for only if the module
     * has {@link AccessMode#TRANSPARENT}.
     */
    default AtCommand dataModeCommand(int index, boolean tls) {
        throw new UnsupportedOperationException("module has no transparent access mode");
    }

    /** Returns the command that gives the port back to the socket that had it last, as {@link #dataModeCommand}. */
    default AtCommand dataModeAgainCommand() {
        return AtCommand.of("ATO");
    }

    /** Returns how a module that was brought up leaves its data mode. Asked behind {@link #bringUp}. */
    default TransparentStream.Traits dataModeTraits() {
        return new TransparentStream.Traits(false, 1_200, List.of());
    }

    /**
     * Makes another channel of the multiplexer, just opened, ready for data mode. The lane thread of that channel.
     *
     * @return how the module leaves data mode there
     * @throws IOException if the channel does not answer
     */
    default TransparentStream.Traits prepareDataChannel(AtChannel channel) throws IOException {
        throw new UnsupportedOperationException("module has no multiplexer");
    }

    /**
     * Asks how much a socket was given to send, and what of it the peer has not acknowledged.
     *
     * @return the counters, or null if this module cannot tell for such a socket
     * @throws IOException if the module does not answer
     */
    SendCounters sendCounters(int index, boolean tls) throws IOException;

    /**
     * Asks which address and port of its own the module has taken for a connection.
     *
     * @return the address, the wildcard if only the port is known; or null if this module cannot tell
     * @throws IOException if the module does not answer
     */
    default InetSocketAddress localAddress(int index, boolean tls) throws IOException {
        return null;
    }

    /**
     * Returns what can be said of a connection by TLS that the module has just reported.
     *
     * @param request that it was opened with
     */
    default TlsSessionInfo tlsSession(int index, OpenRequest request) {
        return new TlsSessionInfo(request.tls(), null, null);
    }

    /**
     * Asks whether a connection still stands.
     *
     * @throws IOException if the module does not answer
     */
    boolean isConnected(int index, boolean tls) throws IOException;

    /**
     * Closes a socket so that its index can be used again, without holding the lane for seconds.
     *
     * @return false if the module would not free the index: try again later
     * @throws IOException if the module does not answer
     */
    boolean close(int index, boolean tls) throws IOException;

    /** Returns the name of the command that opens a socket, for messages. Any thread. */
    String openCommandName(boolean tls);

    /** Returns the command that closes a socket at once, to be written without waiting for its answer. */
    String closeUnheardCommand(int index, boolean tls);

    /**
     * Closes every socket that the module still knows.
     *
     * @throws IOException if the module does not answer
     */
    void closeAll() throws IOException;

    /**
     * Closes every socket that the module still knows, but for some.
     *
     * @param kept their indexes
     * @throws IOException if the module does not answer
     */
    default void closeAllBut(Set<Integer> kept) throws IOException {
        closeAll();
    }

    /** Returns the indexes that the module still knows sockets by, TCP or TLS. */
    List<Integer> openIndexes() throws IOException;

    /**
     * Removes the files that UartNIO has stored on the module and that no open socket needs.
     *
     * @return their names
     * @throws IOException if the module refuses or does not answer
     */
    default List<String> removeUnusedFiles() throws IOException {
        return List.of();
    }

    /**
     * Takes the network up again after its loss.
     *
     * @throws IOException if that fails
     */
    void restoreNetwork(BringUpSettings settings) throws IOException;

    /**
     * Restarts the module, as the last resort when it does not answer as it should.
     *
     * @throws IOException if the port is closed
     */
    void restart() throws IOException;
}
