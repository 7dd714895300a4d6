package io.uartnio.tls;

import io.uartnio.TlsProfile;
import io.uartnio.socket.ModuleDatagramSocket;
import io.uartnio.socket.ModuleServerSocket;
import io.uartnio.socket.ModuleSocket;
import io.uartnio.socket.ModuleSockets;
import java.util.Objects;

/**
 * A modem's sockets, of which those with TLS recognise an engine of this JVM; plain ones are the modem's own. Internal:
 * public only because the modem lives in another package. Safe for any thread.
 */
public final class RecordSockets implements ModuleSockets {

    private final ModuleSockets sockets;
    private final Meetings meetings;

    /** Makes the sockets behind the faces of a modem. */
    public RecordSockets(ModuleSockets sockets) {
        this(sockets, Meetings.ofThisJvm());
    }

    RecordSockets(ModuleSockets sockets, Meetings meetings) {
        this.sockets = Objects.requireNonNull(sockets, "sockets");
        this.meetings = meetings;
    }

    @Override
    public ModuleSocket create(TlsProfile tls) {
        ModuleSocket socket = sockets.create(tls);
        return tls == null ? socket : new RecordSocket(socket, this, meetings);
    }

    @Override
    public ModuleServerSocket createServer() {
        return sockets.createServer();
    }

    @Override
    public ModuleDatagramSocket createDatagram() {
        return sockets.createDatagram();
    }

    @Override
    public String portName() {
        return sockets.portName();
    }
}
