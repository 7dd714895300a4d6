package io.uartnio.netty;

import io.uartnio.socket.ModuleSockets;
import io.uartnio.socket.face.LateModem;
import java.io.IOException;

/**
 * The modem of a channel that is to be bound, which may have to be opened first: that of the system properties is, by
 * the first who needs it. A client's socket needs nothing like it, as it is connecting meanwhile; there is no bind that
 * could wait in the same way. Event loop's, but for what the opening thread tells.
 */
final class AwaitedModem implements LateModem.Opened {

    private final ModuleSockets sockets;
    private final Runnable lookLater;

    private boolean asked;
    private volatile IOException failure;

    /**
     * Asks for nothing yet.
     *
     * @param lookLater is run by any thread when {@link #isOpen} has something else to say
     */
    AwaitedModem(ModuleSockets sockets, Runnable lookLater) {
        this.sockets = sockets;
        this.lookLater = lookLater;
    }

    /**
     * Returns true if the modem is there to be asked for a socket, or has it opened.
     *
     * @throws IOException why it could not be opened
     */
    boolean isOpen() throws IOException {
        if (!(sockets instanceof LateModem late) || late.isOpen()) {
            return true;
        }
        IOException told = failure;
        if (told != null) {
            throw told;
        }
        if (!asked) {
            asked = true;
            late.whenOpen(this);
        }
        return false;
    }

    @Override
    public void onOpened(LateModem modem) {
        lookLater.run();
    }

    @Override
    public void onFailed(IOException cause) {
        failure = cause;
        lookLater.run();
    }
}
