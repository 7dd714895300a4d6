package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.uartnio.AccessMode;
import io.uartnio.Modem;
import io.uartnio.ModemException;
import io.uartnio.ModemSocketOptions;
import io.uartnio.SocketInfo;
import io.uartnio.emulator.ModuleEmulator;
import io.uartnio.uart.SerialUartPort;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The multiplexer over a real pseudo-terminal: transparent streams and pushed sockets at once. {@code -Duartnio.muxMiB=20}
 * is the long form. What becomes of them when the line damages bytes is {@link MuxDamageTest}'s.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(NothingLeftBehind.class)
@Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MultiplexerTest {

    private static final int STREAM_BYTES = Integer.getInteger("uartnio.muxMiB", 0) << 20;
    private static final int SHORT_BYTES = 200_000;
    private static final int STREAMS = 3;
    private static final int PUSHED = 8;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    private static int bytes() {
        return STREAM_BYTES == 0 ? SHORT_BYTES : STREAM_BYTES;
    }

    private static SocketChannel connect(Modem modem, int port, AccessMode mode) throws IOException {
        SocketChannel channel = modem.selectorProvider().openSocketChannel();
        try {
            channel.setOption(ModemSocketOptions.ACCESS_MODE, mode);
            channel.connect(Bench.at(port));
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static long transparent(Modem modem) {
        return modem.sockets().stream()
                .filter(info -> info.accessModeInForce() == AccessMode.TRANSPARENT)
                .count();
    }

    private static void awaitTransparent(Modem modem, int count) {
        Awaitility.await().atMost(1, TimeUnit.MINUTES).until(() -> transparent(modem) == count);
    }

    @Test
    void everySocketOfAModemWorksOverTheFirstChannel() throws Exception {
        try (PeerServer echo = PeerServer.echo();
                ModuleEmulator emulator = Bench.emulator().start()) {
            for (int i = 0; i < 2; i++) {
                // The second time shows that the first has left the module as it found it.
                try (Modem modem = Bench.modem(emulator).mux(true).open()) {
                    Bench.assertAllSocketsWork(modem, echo);
                }
            }
            try (Modem modem = Bench.modem(emulator).open()) {
                Bench.assertAllSocketsWork(modem, echo);
            }
        }
    }

    @Test
    void threeStreamsAndEightPushedSocketsGoAtOnce() throws Exception {
        try (PeerServer server = new PeerServer(Mixture::serve);
                ModuleEmulator emulator = Bench.emulator().start();
                Modem modem = Bench.modem(emulator).mux(true).open()) {
            List<SocketChannel> channels = new ArrayList<>();
            try {
                for (int i = 0; i < STREAMS + PUSHED; i++) {
                    channels.add(connect(
                            modem, server.port(), i < STREAMS ? AccessMode.TRANSPARENT : AccessMode.DIRECT_PUSH));
                }
                awaitTransparent(modem, STREAMS);
                List<Future<?>> exchanges = new ArrayList<>();
                for (SocketChannel channel : channels) {
                    long seed = exchanges.size();
                    exchanges.add(threads.submit(() -> {
                        Mixture.exchange(channel, seed, bytes(), 0);
                        return null;
                    }));
                }
                for (Future<?> exchange : exchanges) {
                    exchange.get();
                }
            } finally {
                for (SocketChannel channel : channels) {
                    channel.close();
                }
            }
        }
    }

    @Test
    void aStreamThatIsLeftGoesOnInBufferAccessMode() throws Exception {
        try (PeerServer echo = PeerServer.echo();
                ModuleEmulator emulator = Bench.emulator().start();
                Modem modem = Bench.modem(emulator).mux(true).open();
                SocketChannel channel = connect(modem, echo.port(), AccessMode.TRANSPARENT)) {
            awaitTransparent(modem, 1);
            echo(channel, "+++");
            assertThat(modem.sockets()).extracting(SocketInfo::modeSwitches).containsExactly(1L);
            channel.setOption(ModemSocketOptions.ACCESS_MODE, AccessMode.BUFFER);
            awaitTransparent(modem, 0);
            echo(channel, "buffered");
            assertThat(modem.sockets()).extracting(SocketInfo::modeSwitches).containsExactly(2L);
            channel.setOption(ModemSocketOptions.ACCESS_MODE, AccessMode.TRANSPARENT);
            awaitTransparent(modem, 1);
            echo(channel, "\r\nNO CARRIER\r\n");
            assertThat(modem.sockets()).extracting(SocketInfo::modeSwitches).containsExactly(3L);
        }
    }

    @Test
    void aModuleThatRefusesAnotherChannelKeepsTheSocketInBufferAccessMode() throws Exception {
        try (PeerServer echo = PeerServer.echo();
                ModuleEmulator emulator = Bench.emulator().start();
                Modem modem = Bench.modem(emulator).mux(true).open();
                SocketChannel first = connect(modem, echo.port(), AccessMode.BUFFER);
                SocketChannel second = connect(modem, echo.port(), AccessMode.BUFFER)) {
            emulator.refuseModeSwitches(true);
            first.setOption(ModemSocketOptions.ACCESS_MODE, AccessMode.TRANSPARENT);
            // The module's refusal is seen in the background, and told to whoever asks from then on.
            Awaitility.await()
                    .atMost(1, TimeUnit.MINUTES)
                    .untilAsserted(() -> assertThatThrownBy(
                                    () -> second.setOption(ModemSocketOptions.ACCESS_MODE, AccessMode.TRANSPARENT))
                            .isInstanceOf(ModemException.class)
                            .hasMessageContaining("refuses to move a connected socket"));
            echo(first, "first");
            echo(second, "second");
            assertThat(modem.sockets())
                    .extracting(SocketInfo::accessModeInForce, SocketInfo::modeSwitches)
                    .containsOnly(tuple(AccessMode.BUFFER, 0L));
        }
    }

    private static void echo(SocketChannel channel, String text) throws IOException {
        byte[] sent = text.getBytes(StandardCharsets.US_ASCII);
        Bench.writeFully(channel, sent);
        assertThat(Bench.readFully(channel, sent.length)).isEqualTo(sent);
    }

    @Test
    void aModuleThatIsStillMultiplexedIsFound() throws Exception {
        try (PeerServer echo = PeerServer.echo();
                ModuleEmulator emulator = Bench.emulator().start()) {
            SerialUartPort gone = new SerialUartPort(emulator.portName());
            try (Modem modem = Bench.modem(emulator).port(gone).mux(true).open()) {
                // Without a goodbye.
                gone.close();
                assertThat(modem.isOpen()).isTrue();
            }
            try (Modem modem = Bench.modem(emulator).open()) {
                Bench.assertAllSocketsWork(modem, echo);
            }
        }
    }
}
