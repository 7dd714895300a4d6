package io.uartnio.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.uartnio.ModemSocketOptions;
import io.uartnio.contract.Bench;
import io.uartnio.contract.SocketChannelContract;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract as the JVM's default provider keeps it. */
class RoutedToModuleSocketChannelTest implements SocketChannelContract {

    @RegisterExtension
    final Bench bench = new Bench(RoutedToModuleStack::new);

    @Override
    public Bench bench() {
        return bench;
    }

    /** Only a channel of the JDK has one, so it becomes one of those. */
    @Test
    @Override
    public void aLocalAddressOfTheCallersChoice() throws IOException {
        channel().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        assertThat(((InetSocketAddress) channel().getLocalAddress()).getPort()).isPositive();
        assertThat(channel().supportedOptions()).doesNotContain(ModemSocketOptions.ACCESS_MODE);
        assertThatThrownBy(() -> channel().connect(stack().listening())).isInstanceOf(UnresolvedAddressException.class);
        assertThat(channel().isOpen()).isTrue();
    }

    @Test
    void aDestinationThatTheModuleRefusesDoesNotDecideForTheNext() throws IOException {
        assertThatThrownBy(() -> channel().connect(InetSocketAddress.createUnresolved("a\"b", 80)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(channel().getRemoteAddress()).isNull();
        channel().configureBlocking(false);
        channel().setOption(StandardSocketOptions.TCP_NODELAY, true);
        InetSocketAddress direct = new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 9);
        try {
            channel().connect(direct);
            assertThat(channel().supportedOptions()).doesNotContain(ModemSocketOptions.ACCESS_MODE);
            assertThat(channel().getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
        } catch (ConnectException e) {
            assertThat(channel().isOpen()).isFalse(); // a loopback may refuse at once
        }
    }

    @Test
    void anAddressOfAnotherKindIsNotBoundTo() {
        assertThatThrownBy(() -> channel().bind(new SocketAddress() {
                    private static final long serialVersionUID = 1L;
                }))
                .isInstanceOf(UnsupportedAddressTypeException.class);
    }
}
