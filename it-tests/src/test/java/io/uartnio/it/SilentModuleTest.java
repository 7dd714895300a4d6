package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.uartnio.Modem;
import io.uartnio.contract.Blocked;
import io.uartnio.emulator.ModuleEmulator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Closes and interrupts while the module says nothing at all. On JDK 17 {@code Thread.interrupt()} runs the close of the
 * channel under locks of the JDK, so neither may wait for a command.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(NothingLeftBehind.class)
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SilentModuleTest {

    private ModuleEmulator emulator;
    private Modem modem;
    private PeerServer echo;

    @BeforeEach
    void start() throws IOException {
        echo = PeerServer.echo();
        emulator = Bench.emulator().start();
        modem = Bench.modem(emulator).lingerTimeout(Duration.ofSeconds(2)).open();
    }

    @AfterEach
    void stop() throws Exception {
        modem.close();
        emulator.close();
        echo.close();
    }

    private void assertClosedInTheEnd() {
        assertThat(emulator.counters().closes()).isZero();
        emulator.unfreeze();
        await().atMost(Duration.ofSeconds(60)).until(() -> echo.openConnections() == 0);
    }

    @Test
    void anInterruptDoesNotWaitForTheModule() throws Exception {
        try (SocketChannel channel = Bench.connect(modem.selectorProvider(), echo.port());
                Blocked<Integer> read = Blocked.in(() -> channel.read(ByteBuffer.allocate(1)))) {
            emulator.freeze();
            read.interrupt();
            assertThatThrownBy(read::get).hasCauseExactlyInstanceOf(ClosedByInterruptException.class);
            assertThat(channel.isOpen()).isFalse();
        }
        assertClosedInTheEnd();
    }

    @Test
    void aCloseDoesNotWaitForTheModule() throws Exception {
        try (SocketChannel channel = Bench.connect(modem.selectorProvider(), echo.port());
                Blocked<Integer> read = Blocked.in(() -> channel.read(ByteBuffer.allocate(1)))) {
            emulator.freeze();
            channel.close();
            assertThatThrownBy(read::get).hasCauseExactlyInstanceOf(AsynchronousCloseException.class);
        }
        assertClosedInTheEnd();
    }

    @Test
    void aRegisteredChannelClosesAndItsSelectorGoesOn() throws Exception {
        try (SocketChannel channel = Bench.connect(modem.selectorProvider(), echo.port());
                Selector selector = modem.selectorProvider().openSelector()) {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            emulator.freeze();
            channel.close();
            assertThat(key.isValid()).isFalse();
            assertThat(selector.selectNow()).isZero();
            assertThat(selector.keys()).isEmpty();
        }
        assertClosedInTheEnd();
    }
}
