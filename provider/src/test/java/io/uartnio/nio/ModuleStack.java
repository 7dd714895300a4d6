package io.uartnio.nio;

import io.uartnio.TlsProfile;
import io.uartnio.contract.Deviation;
import io.uartnio.contract.Peer;
import io.uartnio.contract.Stack;
import io.uartnio.socket.FakeModule;
import io.uartnio.socket.FakeModuleSocket;
import io.uartnio.socket.ModuleSockets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** The channels and selectors of this project over a module that is played in memory. */
class ModuleStack implements Stack {

    final FakeModule module = new FakeModule();
    private final ModuleSelectorProvider provider;
    private final Map<SocketChannel, FakeModuleSocket> sockets = new ConcurrentHashMap<>();

    ModuleStack() {
        provider = new ModuleSelectorProvider(module, null);
    }

    /** Puts something between the module and the channels, which are all with TLS. */
    ModuleStack(UnaryOperator<ModuleSockets> between, TlsProfile tls) {
        provider = new ModuleSelectorProvider(between.apply(module), tls);
    }

    @Override
    public SocketChannel openChannel() {
        SocketChannel channel = provider.openSocketChannel();
        sockets.put(channel, module.newestSocket());
        return channel;
    }

    @Override
    public Selector openSelector() throws IOException {
        return provider.openSelector();
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

    /** Returns the module's socket under a channel of this stack. */
    FakeModuleSocket socketOf(SocketChannel channel) {
        return sockets.get(channel);
    }

    ModuleSelectorProvider provider() {
        return provider;
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
    public void holdConnects() {
        module.holdResults();
    }

    @Override
    public void releaseConnects() {
        module.releaseResults();
    }

    @Override
    public Peer peerOf(SocketChannel channel) {
        return socketOf(channel).peer();
    }

    @Override
    public void close() {
        module.close();
    }
}
