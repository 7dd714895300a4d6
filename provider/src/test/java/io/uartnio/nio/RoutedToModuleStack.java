package io.uartnio.nio;

import io.uartnio.socket.FakeModuleSocket;
import io.uartnio.socket.ModuleSocket;
import java.io.IOException;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The channels of the JVM's default provider where they turn out to be the module's. */
final class RoutedToModuleStack extends ModuleStack {

    private final Routes routes = new Routes(
            SelectorProvider.provider(),
            SelectorProvider.provider(),
            new FakeSockets(),
            Destinations.parse("127.0.0.1:9"),
            Destinations.parse(""));

    private final Map<SocketChannel, FakeModuleSocket> sockets = new ConcurrentHashMap<>();

    @Override
    public SocketChannel openChannel() {
        return new RoutedSocketChannel(SelectorProvider.provider(), routes);
    }

    @Override
    public Selector openSelector() throws IOException {
        return new UartSelector(SelectorProvider.provider(), SelectorProvider.provider());
    }

    /** A channel has no socket before its connect, so this has to be asked before the next channel connects. */
    @Override
    FakeModuleSocket socketOf(SocketChannel channel) {
        return sockets.computeIfAbsent(channel, connected -> module.newestSocket());
    }

    private final class FakeSockets implements Routes.Sockets {

        @Override
        public ModuleSocket create(boolean tls) {
            return module.create(null);
        }

        @Override
        public String portName() {
            return module.portName();
        }
    }
}
