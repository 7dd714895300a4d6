package io.uartnio.netty;

import io.uartnio.TlsProfile;
import io.uartnio.socket.ModuleDatagramSocket;
import io.uartnio.socket.ModuleServerSocket;
import io.uartnio.socket.ModuleSocket;
import io.uartnio.socket.ModuleSockets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A module played in memory, whose every move a test makes. */
final class PlayedModule implements ModuleSockets {

    private final BlockingQueue<PlayedSocket> created = new LinkedBlockingQueue<>();
    private final BlockingQueue<PlayedServerSocket> servers = new LinkedBlockingQueue<>();
    private final BlockingQueue<PlayedDatagramSocket> datagrams = new LinkedBlockingQueue<>();
    private volatile TlsProfile newestProfile;
    private volatile boolean reportsAtOnce;

    @Override
    public ModuleSocket create(TlsProfile tls) {
        newestProfile = tls;
        PlayedSocket socket = new PlayedSocket();
        created.add(socket);
        return socket;
    }

    @Override
    public ModuleServerSocket createServer() {
        PlayedServerSocket server = new PlayedServerSocket();
        servers.add(server);
        return server;
    }

    @Override
    public ModuleDatagramSocket createDatagram() {
        PlayedDatagramSocket socket = new PlayedDatagramSocket(reportsAtOnce);
        datagrams.add(socket);
        return socket;
    }

    @Override
    public String portName() {
        return "played";
    }

    /** Sockets with datagrams are open from now on before a channel can look. */
    void reportAtOnce() {
        reportsAtOnce = true;
    }

    /** Returns the next socket, waiting until a channel has created it. */
    PlayedSocket nextSocket() throws InterruptedException {
        return created.take();
    }

    /** Returns the next listening socket, waiting until a channel has created it. */
    PlayedServerSocket nextServer() throws InterruptedException {
        return servers.take();
    }

    /** Returns the next socket with datagrams, waiting until a channel has created it. */
    PlayedDatagramSocket nextDatagram() throws InterruptedException {
        return datagrams.take();
    }

    /** Returns true if no channel has created a socket that no test has taken. */
    boolean isUnasked() {
        return created.isEmpty() && servers.isEmpty() && datagrams.isEmpty();
    }

    TlsProfile newestProfile() {
        return newestProfile;
    }
}
