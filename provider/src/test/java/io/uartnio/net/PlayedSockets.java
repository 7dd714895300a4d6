package io.uartnio.net;

import io.uartnio.contract.Deviation;
import io.uartnio.contract.Peer;
import io.uartnio.contract.SocketStack;
import io.uartnio.socket.FakeModule;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.EnumSet;
import java.util.Set;
import javax.net.SocketFactory;

/** The sockets of this project over a module that is played in memory. */
final class PlayedSockets implements SocketStack {

    final FakeModule module = new FakeModule();
    private final SocketFactory factory = new ModuleSocketFactory(module, null);

    @Override
    public SocketFactory factory() {
        return factory;
    }

    @Override
    public InetSocketAddress listening() {
        return InetSocketAddress.createUnresolved("listening.example", FakeModule.LISTENING_PORT);
    }

    @Override
    public InetSocketAddress refusing() {
        return InetSocketAddress.createUnresolved("refusing.example", FakeModule.REFUSING_PORT);
    }

    @Override
    public InetSocketAddress silent() {
        return InetSocketAddress.createUnresolved("silent.example", FakeModule.SILENT_PORT);
    }

    @Override
    public Peer peerOf(Socket socket) {
        return module.newestSocket().peer();
    }

    @Override
    public Set<Deviation> deviations() {
        return EnumSet.complementOf(EnumSet.of(Deviation.LOCAL_PORT_AFTER_CONNECT, Deviation.NO_HALF_CLOSE_BY_PEER));
    }

    @Override
    public int moreThanFits() {
        return 1 << 20;
    }

    @Override
    public void close() {
        module.close();
    }
}
