package io.uartnio.socket.engine;

import io.uartnio.AccessMode;
import io.uartnio.at.AtChannel;
import io.uartnio.at.CommandLane;
import io.uartnio.module.ModuleDriver;
import java.io.IOException;

/**
 * Who may have a port to himself, in transparent access mode: the one socket that has the module's only port
 * ({@link BarePort}), or as many as there are channels for it beside that of the commands ({@link ChannelPorts}).
 */
interface TransparentPorts {

    /** Sets the channel and the lane of the commands, before anything is connected. */
    void attach(AtChannel commands, CommandLane lane);

    /** Sets the driver of the module, before the first socket and again when the module was found again. */
    void setDriver(ModuleDriver driver);

    // ------------------------------------------------------------------ any thread

    /**
     * Asks for a port on behalf of a socket.
     *
     * @throws IOException if there is none left
     */
    void claim(EngineSocket socket) throws IOException;

    /** The socket does not want the port any more, or is to end. */
    void onUnwanted(EngineSocket socket);

    /** The socket is connected and wants the port. */
    void onWanted(EngineSocket socket);

    /** The socket has bytes to send. */
    void onWritten(EngineSocket socket);

    /** The socket's reader has made room. Its consumer's thread. */
    void afterRead(EngineSocket socket);

    /** Returns what the socket would be shown to be in. */
    AccessMode inForce(EngineSocket socket);

    /** Returns true while a socket has the port of the commands to itself. */
    boolean isOwned();

    /** Returns true while a socket has a port of its own, and the commands another: none may concern it. */
    boolean isApart(EngineSocket socket);

    /** Ends threads of its own; every socket has failed. */
    void shutDown();

    // ------------------------------------------------------------------ lane thread

    /** Says whether a socket may be opened now; if not, it is opened when that is so. */
    boolean mayOpen(EngineSocket socket);

    /** Says whether an endpoint may be opened now; if not, it is opened when that is so. */
    boolean mayOpen(EngineEndpoint endpoint);

    /**
     * Serves the socket that has the port of the commands, if one has.
     *
     * @return true if that port is for commands
     * @throws IOException if it cannot be taken back: the module must be found again
     */
    boolean serve() throws IOException;

    /** The module was lost. */
    void reset();
}
