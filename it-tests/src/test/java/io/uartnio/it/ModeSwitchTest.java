package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.uartnio.AccessMode;
import io.uartnio.Modem;
import io.uartnio.ModemSocketOptions;
import io.uartnio.SocketInfo;
import io.uartnio.emulator.EmulatorBuilder;
import io.uartnio.emulator.Leftovers;
import io.uartnio.emulator.ModuleEmulator;
import io.uartnio.it.Certificates.KeyKind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sockets are switched to and fro while they receive without an end, on modules that do around a switch whatever no
 * manual rules out, over a line that splits everything and is full of URCs: no byte is lost or comes out of order.
 * {@code -Duartnio.switches=1000} makes that many switches on each module.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(NothingLeftBehind.class)
@Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ModeSwitchTest {

    private static final int SWITCHES = Integer.getInteger("uartnio.switches", 12);

    /** The pseudo-terminal has no rate; this is the one by which the modem reckons how long a frame may be under way. */
    private static final int BAUD_RATE = 921_600;

    private static final int RESERVE_BYTES = 256 << 10;

    static Stream<Arguments> modules() {
        List<Arguments> modules = new ArrayList<>();
        for (Leftovers leftovers : Leftovers.values()) {
            for (int frames : new int[] {0, 3}) {
                UnaryOperator<EmulatorBuilder> knobs =
                        builder -> builder.leftovers(leftovers).framesAfterSwitch(frames);
                modules.add(Arguments.of(leftovers + ", " + frames + " frames behind the OK", knobs));
            }
        }
        UnaryOperator<EmulatorBuilder> silent =
                builder -> builder.countersCountPushed(false).recvUrcAfterSwitch(false);
        modules.add(Arguments.of("counts only what was read, does not tell of what waits", silent));
        UnaryOperator<EmulatorBuilder> early = builder -> builder.recvUrcNeedsEmptyRead(true)
                .crlfAfterPushedData(false)
                .duplicateClosedUrcs(2)
                .closedBeforeLastData(true);
        modules.add(Arguments.of("tells again behind an empty read only, and of the close too early", early));
        return modules.stream();
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(5));
    }

    private static SocketInfo info(Modem modem, int index) {
        return modem.sockets().stream()
                .filter(socket -> socket.index() == index)
                .findFirst()
                .orElseThrow();
    }

    private static void awaitMode(Modem modem, int index, AccessMode mode) {
        await().until(() -> info(modem, index).accessModeInForce() == mode);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("modules")
    void nothingIsLostOrOutOfOrder(String name, UnaryOperator<EmulatorBuilder> knobs, @TempDir Path directory)
            throws Exception {
        Certificates certificates = Certificates.create(KeyKind.EC, Bench.HOST);
        EmulatorBuilder awkward =
                Bench.emulator().moduleBaudRate(BAUD_RATE).splitWrites(true).strayUrcs(0.1);
        try (ModuleEmulator emulator = knobs.apply(awkward).start();
                EndlessServer plain = new EndlessServer();
                EndlessServer tls = new EndlessServer(certificates.serverContext());
                Modem modem = Bench.modem(emulator)
                        .baudRate(BAUD_RATE)
                        .tls(Bench.trusting(certificates.writeAuthority(directory)))
                        .open();
                Download first = Download.start(modem.selectorProvider(), plain.port(), 1);
                Download second = Download.start(modem.selectorProvider(), plain.port(), 2);
                Download third = Download.start(modem.tlsSelectorProvider(), tls.port(), 3)) {
            List<Download> downloads = List.of(first, second, third);
            switchToAndFro(modem, downloads, List.of(plain, tls));
            plain.stop();
            tls.stop();
            for (Download download : downloads) {
                download.verify(120);
            }
        }
    }

    /** By asking for another mode, and by reading too slowly, in turns. */
    private static void switchToAndFro(Modem modem, List<Download> downloads, List<EndlessServer> servers)
            throws IOException {
        for (int round = 0; switches(modem) < SWITCHES; round++) {
            boolean asked = round % 2 == 0;
            for (Download download : downloads) {
                if (asked) {
                    download.channel().setOption(ModemSocketOptions.ACCESS_MODE, AccessMode.BUFFER);
                } else {
                    download.channel().setOption(ModemSocketOptions.ACCESS_MODE, AccessMode.ADAPTIVE);
                    download.sleep();
                }
            }
            for (int index = 0; index < downloads.size(); index++) {
                awaitMode(modem, index, AccessMode.BUFFER);
                Download download = downloads.get(index);
                if (asked) {
                    long received = download.receivedBytes();
                    await().until(() -> download.receivedBytes() > received);
                } else {
                    download.wake();
                }
                // Not adaptive: a line as fast as the machine fills a ring before anybody can look.
                download.channel().setOption(ModemSocketOptions.ACCESS_MODE, AccessMode.DIRECT_PUSH);
            }
            // A module that keeps, and adds to what it keeps, is read empty only when its peers let it be.
            servers.forEach(server -> server.pause(true));
            for (int index = 0; index < downloads.size(); index++) {
                awaitMode(modem, index, AccessMode.DIRECT_PUSH);
            }
            servers.forEach(server -> server.pause(false));
        }
    }

    private static long switches(Modem modem) {
        return modem.sockets().stream().mapToLong(SocketInfo::modeSwitches).sum();
    }

    @Test
    void aModuleThatRefusesToSwitchIsLeftInBufferMode() throws Exception {
        try (ModuleEmulator emulator = Bench.emulator()
                        .moduleBaudRate(BAUD_RATE)
                        .modeSwitchRefused(true)
                        .start();
                EndlessServer server = new EndlessServer();
                Modem modem = Bench.modem(emulator).baudRate(BAUD_RATE).open();
                Download slow = Download.start(modem.selectorProvider(), server.port(), 1);
                Download fast = Download.start(modem.selectorProvider(), server.port(), 2)) {
            await().until(() -> slow.receivedBytes() > 100_000 && fast.receivedBytes() > 100_000);
            slow.sleep();
            await().until(() -> emulator.counters().isHeldBack(0));
            long received = fast.receivedBytes();
            await().until(() -> fast.receivedBytes() > received + 500_000);
            assertThat(modem.sockets())
                    .extracting(SocketInfo::accessMode, SocketInfo::accessModeInForce)
                    .containsOnly(tuple(AccessMode.ADAPTIVE, AccessMode.BUFFER));
            assertThat(emulator.counters().commands("+QISWTMD")).isOne();
            slow.wake();
            server.stop();
            slow.verify(60);
            fast.verify(60);
        }
    }

    @Test
    void whenNothingStopsTheModuleAndTheReserveIsSpentOneSocketFailsAndTheOthersLive() throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().baudRate(BAUD_RATE).start();
                EndlessServer server = new EndlessServer();
                Modem modem = Bench.modem(emulator)
                        .baudRate(BAUD_RATE)
                        .reserveBytes(RESERVE_BYTES)
                        .open();
                Download slow = Download.start(modem.selectorProvider(), server.port(), 1);
                Download fast = Download.start(modem.selectorProvider(), server.port(), 2)) {
            awaitMode(modem, 0, AccessMode.DIRECT_PUSH);
            awaitMode(modem, 1, AccessMode.DIRECT_PUSH);
            emulator.refuseModeSwitches(true);
            slow.sleep();
            await().until(() -> modem.sockets().stream().noneMatch(socket -> socket.index() == 0));
            slow.wake();
            assertThatThrownBy(() -> slow.verify(60))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("reserveBytes=" + RESERVE_BYTES)
                    .hasMessageContaining("socket=0");
            server.stop();
            fast.verify(60);
        }
    }

    @Test
    void theModeOfASocketIsAskedForBeforeTheConnectOrLater() throws Exception {
        try (ModuleEmulator emulator =
                        Bench.emulator().moduleBaudRate(BAUD_RATE).start();
                EndlessServer server = new EndlessServer();
                Modem modem = Bench.modem(emulator)
                        .baudRate(BAUD_RATE)
                        .accessMode(AccessMode.BUFFER)
                        .open();
                Download buffer = Download.start(modem.selectorProvider(), server.port(), 1);
                Download push = Download.start(modem.selectorProvider(), server.port(), 2, AccessMode.DIRECT_PUSH)) {
            assertThat(buffer.channel().getOption(ModemSocketOptions.ACCESS_MODE))
                    .isEqualTo(AccessMode.BUFFER);
            await().until(() -> buffer.receivedBytes() > 100_000 && push.receivedBytes() > 100_000);
            assertThat(emulator.counters().commands("+QISWTMD")).isZero();
            assertThat(emulator.counters().framesPushed(0)).isZero();
            assertThat(emulator.counters().framesPushed(1)).isPositive();
            buffer.channel().setOption(ModemSocketOptions.ACCESS_MODE, AccessMode.DIRECT_PUSH);
            push.channel().setOption(ModemSocketOptions.ACCESS_MODE, AccessMode.BUFFER);
            awaitMode(modem, 0, AccessMode.DIRECT_PUSH);
            awaitMode(modem, 1, AccessMode.BUFFER);
            server.stop();
            buffer.verify(60);
            push.verify(60);
        }
    }
}
