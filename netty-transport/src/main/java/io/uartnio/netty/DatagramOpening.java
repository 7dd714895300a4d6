package io.uartnio.netty;

import io.netty.channel.ChannelPromise;
import io.uartnio.socket.ModuleDatagramSocket;
import io.uartnio.socket.face.LocalPorts;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * A socket that a {@link ModemDatagramChannel} wants of the module, in the place of the one it has: at a port, and for
 * everybody or for one peer. Event loop's.
 */
final class DatagramOpening {

    private final AwaitedModem modem;
    /** 0 for any. */
    private final int port;
    /** Null for everybody. */
    private final InetSocketAddress peer;
    /** A refusal leaves the channel as it was. */
    private final boolean isBind;

    private final LocalPorts.Attempts attempts;
    /** Is done when the module has reported. */
    private final ChannelPromise done;

    private boolean asked;

    DatagramOpening(AwaitedModem modem, int port, InetSocketAddress peer, boolean isBind, ChannelPromise done) {
        this.modem = modem;
        this.port = port;
        this.peer = peer;
        this.isBind = isBind;
        this.attempts = new LocalPorts.Attempts(port);
        this.done = done;
    }

    /** Returns null for everybody. */
    InetSocketAddress peer() {
        return peer;
    }

    /** Returns true if a refusal leaves the channel as it was, rather than close it. */
    boolean isBind() {
        return isBind;
    }

    boolean isByName() {
        return peer != null && peer.isUnresolved();
    }

    /** Is done when the module has reported. */
    ChannelPromise done() {
        return done;
    }

    /**
     * Returns true if the modem is there to be asked.
     *
     * @throws IOException why it could not be opened
     */
    boolean isModemOpen() throws IOException {
        return modem.isOpen();
    }

    /** Returns true if a socket has been asked to open, and not been refused a port since. */
    boolean isAsked() {
        return asked;
    }

    void ask(ModuleDatagramSocket socket) throws IOException {
        asked = true;
        if (isByName()) {
            socket.connect(peer.getHostString(), peer.getPort(), port);
        } else {
            socket.open(attempts.next());
        }
    }

    /** Returns true if another port is to be asked for after this refusal, with another socket. */
    boolean tryAgain(Exception cause) {
        boolean again = !isByName() && attempts.mayGoOn(cause);
        if (again) {
            asked = false;
        }
        return again;
    }
}
