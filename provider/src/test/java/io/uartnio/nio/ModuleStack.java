package io.uartnio.nio;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The channels and selectors of this project over a module that is played in memory. */
final class ModuleStack implements Stack {

    private final FakeModule module = new FakeModule();
    private final ModuleSelectorProvider provider = new ModuleSelectorProvider(module, null);
    private final Map<SocketChannel, FakeModuleSocket> sockets = new ConcurrentHashMap<>();

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

    /** Returns an address that never answers. */
    InetSocketAddress silent() {
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
