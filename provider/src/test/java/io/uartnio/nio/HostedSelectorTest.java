package io.uartnio.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.UnixOperatingSystemMXBean;
import io.uartnio.contract.Bench;
import io.uartnio.contract.Blocked;
import io.uartnio.contract.Peer;
import io.uartnio.contract.SelectorContract;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.IllegalSelectorException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.SelectorProvider;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract as this project's selector keeps it for the JDK's channels, and what is at stake in hosting them. */
class HostedSelectorTest implements SelectorContract {

    private static final int ROUNDS = 200;
    private static final int MANY_ROUNDS = 1000;

    @RegisterExtension
    final Bench bench = new Bench(HostedStack::new);

    @Override
    public Bench bench() {
        return bench;
    }

    private static long openDescriptors() {
        OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
        Assumptions.assumeTrue(system instanceof UnixOperatingSystemMXBean);
        return ((UnixOperatingSystemMXBean) system).getOpenFileDescriptorCount();
    }

    @Test
    void aChannelClosedBetweenSelectsGivesItsDescriptorBack() throws IOException {
        long before = openDescriptors();
        for (int i = 0; i < MANY_ROUNDS; i++) {
            SocketChannel one = openChannel();
            Peer peer = connect(one);
            one.register(selector(), SelectionKey.OP_READ);
            selector().selectNow();
            one.close();
            peer.close();
            selector().selectNow();
        }
        assertThat(openDescriptors()).isLessThan(before + ROUNDS / 4);
    }

    @Test
    void aChannelClosedDuringASelectGivesItsDescriptorBack() throws Exception {
        long before = openDescriptors();
        for (int i = 0; i < ROUNDS; i++) {
            SocketChannel one = openChannel();
            Peer peer = connect(one);
            one.register(selector(), SelectionKey.OP_READ);
            try (Blocked<Integer> select = Blocked.in(selector()::select)) {
                one.close();
                selector().wakeup();
                select.get();
            }
            peer.close();
        }
        selector().selectNow();
        assertThat(openDescriptors()).isLessThan(before + ROUNDS / 4);
    }

    @Test
    void aChannelClosedWithTheSelectorGivesItsDescriptorBack() throws IOException {
        long before = openDescriptors();
        for (int i = 0; i < ROUNDS; i++) {
            SocketChannel one = openChannel();
            Peer peer = connect(one);
            try (Selector other = stack().openSelector()) {
                one.register(other, SelectionKey.OP_READ);
                other.selectNow();
                one.close();
            }
            peer.close();
        }
        assertThat(openDescriptors()).isLessThan(before + ROUNDS / 4);
    }

    @Test
    void oneLoopServesAListenerItsConnectionAndAModuleChannel() throws Exception {
        try (ModuleStack module = new ModuleStack();
                Selector both = module.openSelector();
                ServerSocketChannel server = ServerSocketChannel.open();
                SocketChannel client = SocketChannel.open();
                SocketChannel overModule = module.openChannel()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            server.configureBlocking(false);
            server.register(both, SelectionKey.OP_ACCEPT);
            overModule.connect(module.listening());
            overModule.configureBlocking(false);
            overModule.register(both, SelectionKey.OP_READ);

            client.connect(server.getLocalAddress());
            client.write(ByteBuffer.wrap(new byte[7]));
            int bytesOverTcp = 0;
            int bytesOverModule = 0;
            boolean sent = false;
            while (bytesOverTcp < 7 || bytesOverModule < 5) {
                assertThat(both.select()).isPositive();
                for (SelectionKey key : both.selectedKeys()) {
                    if (key.isAcceptable()) {
                        SocketChannel accepted = server.accept();
                        accepted.configureBlocking(false);
                        accepted.register(both, SelectionKey.OP_READ);
                    } else if (key.channel() == overModule) {
                        bytesOverModule += overModule.read(ByteBuffer.allocate(10));
                    } else {
                        bytesOverTcp += ((SocketChannel) key.channel()).read(ByteBuffer.allocate(10));
                    }
                }
                both.selectedKeys().clear();
                if (!sent) {
                    module.peerOf(overModule).send(new byte[5]);
                    sent = true;
                }
            }
            assertThat(bytesOverTcp).isEqualTo(7);
            assertThat(bytesOverModule).isEqualTo(5);
        }
    }

    @Test
    void aPipeOfTheProviderCanBeSelected() throws IOException {
        try (ModuleStack module = new ModuleStack();
                Selector ours = module.openSelector()) {
            Pipe pipe = module.provider().openPipe();
            pipe.source().configureBlocking(false);
            SelectionKey key = pipe.source().register(ours, SelectionKey.OP_READ);
            pipe.sink().write(ByteBuffer.wrap(new byte[1]));
            assertThat(ours.select()).isEqualTo(1);
            assertThat(key.isReadable()).isTrue();
            pipe.sink().close();
            pipe.source().close();
        }
    }

    @Test
    void aChannelOfNobodyWeKnowIsRefused() throws IOException {
        try (AbstractSelectableChannel stranger = new Stranger()) {
            stranger.configureBlocking(false);
            assertThatThrownBy(() -> stranger.register(selector(), SelectionKey.OP_READ))
                    .isInstanceOf(IllegalSelectorException.class);
            assertThat(stranger.isRegistered()).isFalse();
        }
        assertThat(selector().keys()).isEmpty();
    }

    @Test
    void interestOfAHostedChannelChangedDuringASelectTakesEffectInIt() throws Exception {
        connect();
        SelectionKey key = channel().register(selector(), 0);
        try (Blocked<Integer> select = Blocked.in(selector()::select)) {
            key.interestOps(SelectionKey.OP_WRITE);
            assertThat(select.get()).isEqualTo(1);
        }
    }

    /** A channel that is neither the JDK's nor ours. */
    private static final class Stranger extends AbstractSelectableChannel {

        Stranger() {
            super(SelectorProvider.provider());
        }

        @Override
        public int validOps() {
            return SelectionKey.OP_READ;
        }

        @Override
        protected void implCloseSelectableChannel() {}

        @Override
        protected void implConfigureBlocking(boolean block) {}
    }
}
