package io.uartnio.module;

/**
 * What a driver reads out of unsolicited lines, told to the floor above. Called by the reader thread, so nothing here
 * may block. A URC is a hint: whoever is told asks the module where it matters.
 */
public interface ModuleEvents {

    /** The module has connected a socket. */
    void onOpened(int index, boolean tls);

    /**
     * The module could not connect a socket.
     *
     * @param code the module's own
     * @param codeName its name in the manual, or null
     */
    void onOpenFailed(int index, boolean tls, int code, String codeName);

    /**
     * A socket that listens has accepted a connection; it may have closed since.
     *
     * @param listener the index of the socket that listens
     * @param index that of the connection, chosen by the module
     * @param peer its address and port, a {@link io.uartnio.frame.Source}
     */
    default void onAccepted(int listener, int index, long peer) {}

    /** The module has refused a connection, for want of an index. */
    default void onAcceptRefused() {}

    /** The peer or the network has closed a connection; what it sent before may still be in the module. */
    void onPeerClosed(int index, boolean tls);

    /** Data of a socket waits in the module until it is read. */
    void onDataWaiting(int index, boolean tls);

    /** The network has taken the data connection away: every socket is dead. */
    void onContextLost();

    /** A line came that a module sends when it starts or stops. */
    void onRestartSuspected();
}
