package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Connects, closes and selects again and again, and looks for what stays behind: keys, indexes of the module, threads,
 * descriptors. {@code -Duartnio.leakRounds=10000} is the long form.
 */
@EnabledOnOs(OS.LINUX)
class LeakTest {

    @RegisterExtension
    static final TtyLine LINE = new TtyLine();

    private static final int ROUNDS = Integer.getInteger("uartnio.leakRounds", 300);

    /** Of the JVM itself, which loads classes and opens files of its own meanwhile. */
    private static final int SPARE_DESCRIPTORS = 20;

    private static long openDescriptors() {
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount();
    }

    private static void assertDescriptorsComeBackTo(long before) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(openDescriptors()).isLessThan(before + SPARE_DESCRIPTORS));
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void connectsAndClosesLeaveNothing() throws Exception {
        SelectorProvider provider = LINE.modem().selectorProvider();
        try (PeerServer echo = PeerServer.echo();
                Selector selector = provider.openSelector()) {
            Bench.assertAllSocketsWork(LINE.modem(), echo);
            List<String> threads = NothingLeftBehind.threadsButTimer();
            long descriptors = openDescriptors();
            for (int round = 0; round < ROUNDS; round++) {
                connectAndClose(provider, selector, echo.port(), round);
            }
            selector.selectNow();
            assertThat(selector.keys()).isEmpty();
            assertThat(selector.selectedKeys()).isEmpty();
            await().atMost(Duration.ofSeconds(60)).until(() -> echo.openConnections() == 0);
            Bench.assertAllSocketsWork(LINE.modem(), echo);
            assertDescriptorsComeBackTo(descriptors);
            assertThat(NothingLeftBehind.threadsButTimer()).hasSameSizeAs(threads);
        }
    }

    /** Closes in turn before the connect is finished, after it, and with a byte on its way. */
    private static void connectAndClose(SelectorProvider provider, Selector selector, int port, int round)
            throws IOException {
        try (SocketChannel channel = provider.openSocketChannel()) {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
            channel.connect(Bench.at(port));
            if (round % 4 != 0) {
                while (selector.select() == 0) {
                    // a key of an earlier round was flushed
                }
                assertThat(channel.finishConnect()).isTrue();
                selector.selectedKeys().clear();
            }
            if (round % 4 > 1) {
                channel.write(ByteBuffer.allocate(10));
            }
            if (round % 4 > 2) {
                key.interestOps(SelectionKey.OP_READ);
                selector.select();
                assertThat(channel.read(ByteBuffer.allocate(10))).isPositive();
                selector.selectedKeys().clear();
            }
        }
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void selectorsLeaveNothing() throws Exception {
        SelectorProvider provider = LINE.modem().selectorProvider();
        try (PeerServer echo = PeerServer.echo();
                SocketChannel channel = Bench.connect(provider, echo.port())) {
            channel.configureBlocking(false);
            List<String> threads = NothingLeftBehind.threadsButTimer();
            long descriptors = openDescriptors();
            for (int round = 0; round < Math.max(100, ROUNDS / 10); round++) {
                try (Selector selector = provider.openSelector()) {
                    channel.register(selector, SelectionKey.OP_WRITE);
                    assertThat(selector.select()).isEqualTo(1);
                    assertThat(selector.keys()).hasSize(1);
                }
                assertThat(channel.isRegistered()).isFalse();
            }
            assertDescriptorsComeBackTo(descriptors);
            assertThat(NothingLeftBehind.threadsButTimer()).hasSameSizeAs(threads);
        }
    }
}
