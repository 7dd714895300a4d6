package io.uartnio.nio;

import io.uartnio.contract.Deviation;
import io.uartnio.contract.JdkStack;
import io.uartnio.socket.ModuleSocket;
import java.io.IOException;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.EnumSet;
import java.util.Set;

/** The channels of the JVM's default provider where they turn out to be the JDK's, in the selector of this project. */
final class RoutedToJdkStack extends JdkStack {

    private final Routes routes = new Routes(
            SelectorProvider.provider(),
            SelectorProvider.provider(),
            new NoSockets(),
            Destinations.parse("loopback"),
            Destinations.parse(""));

    RoutedToJdkStack() throws IOException {}

    @Override
    public SocketChannel openChannel() {
        return new RoutedSocketChannel(SelectorProvider.provider(), routes);
    }

    @Override
    public Selector openSelector() throws IOException {
        return new UartSelector(SelectorProvider.provider(), SelectorProvider.provider());
    }

    @Override
    public Set<Deviation> deviations() {
        return EnumSet.of(
                Deviation.LOCAL_PORT_AFTER_CONNECT, Deviation.NO_URGENT_DATA, Deviation.UNCONNECTED_IS_NOT_READY);
    }

    /** Nothing here goes to the module. */
    private static final class NoSockets implements Routes.Sockets {

        @Override
        public ModuleSocket create(boolean tls) {
            throw new AssertionError("a socket of the module was asked for");
        }

        @Override
        public String portName() {
            return "none";
        }
    }
}
