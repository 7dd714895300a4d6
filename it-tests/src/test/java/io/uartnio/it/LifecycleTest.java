package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.uartnio.Modem;
import io.uartnio.emulator.ModuleEmulator;
import io.uartnio.emulator.ModuleProfile;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A modem is found in whatever state an earlier host left it, lost with everything that was under way, found again,
 * and closed without a trace.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(NothingLeftBehind.class)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LifecycleTest {

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    // ------------------------------------------------------------------ found

    @ParameterizedTest
    @EnumSource(ModuleProfile.class)
    void everyModuleOfTheFamilyIsFoundAsItLeavesTheFactory(ModuleProfile profile) throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().profile(profile).start();
                PeerServer echo = PeerServer.echo();
                Modem modem = Bench.modem(emulator).open()) {
            assertThat(modem.info().vendor()).isEqualTo(profile.vendor());
            assertThat(modem.info().model()).isEqualTo(profile.objectId());
            assertThat(modem.info().firmware()).isEqualTo(profile.revision());
            assertThat(modem.info().maxSockets()).isEqualTo(Bench.MAX_SOCKETS);
            assertThat(modem.portName()).isEqualTo(emulator.portName());
            Bench.assertAllSocketsWork(modem, echo);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {921_600, 57_600, 4_800})
    void aModuleAtAnotherRateIsFoundAndRaised(int baudRate) throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().moduleBaudRate(baudRate).start();
                PeerServer echo = PeerServer.echo();
                Modem modem = Bench.modem(emulator).baudRate(460_800).open()) {
            assertThat(emulator.counters().commands("+IPR")).isPositive();
            Bench.assertAllSocketsWork(modem, echo);
        }
    }

    @Test
    void socketsThatAnEarlierHostLeftAreClosed() throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().start();
                PeerServer echo = PeerServer.echo()) {
            try (RawHost earlier = connectedHost(emulator)) {
                for (int index : new int[] {0, 5, 11}) {
                    earlier.command(open(index, echo.port(), 1), "+QIOPEN: " + index + ",0");
                }
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> echo.openConnections() == 3);
            try (Modem modem = Bench.modem(emulator).open()) {
                await().atMost(Duration.ofSeconds(60)).until(() -> echo.openConnections() == 0);
                assertThat(emulator.counters().currentSockets()).isZero();
                Bench.assertAllSocketsWork(modem, echo);
            }
        }
    }

    @Test
    void aModuleThatWaitsForPayloadIsFound() throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().start();
                PeerServer echo = PeerServer.echo()) {
            try (RawHost earlier = connectedHost(emulator)) {
                earlier.command(open(3, echo.port(), 1), "+QIOPEN: 3,0");
                earlier.command("AT+QISEND=3,1000", ">");
                earlier.type("and then the host went away");
            }
            try (Modem modem = Bench.modem(emulator).open()) {
                Bench.assertAllSocketsWork(modem, echo);
            }
        }
    }

    @Test
    void aModuleInDataModeIsFound() throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().start();
                PeerServer echo = PeerServer.echo()) {
            try (RawHost earlier = connectedHost(emulator)) {
                earlier.command(open(0, echo.port(), 2), "CONNECT");
                earlier.type("and then the host went away");
            }
            try (Modem modem = Bench.modem(emulator).open()) {
                Bench.assertAllSocketsWork(modem, echo);
            }
        }
    }

    /** Returns a host that has taken the module to the network and sees its URCs. */
    private static RawHost connectedHost(ModuleEmulator emulator) throws IOException {
        RawHost host = new RawHost(emulator.portName(), 115_200);
        host.command("AT+QURCCFG=\"urcport\",\"uart1\"", "OK");
        host.command("AT+QICSGP=1,1,\"internet\"", "OK");
        host.command("AT+QIACT=1", "OK");
        return host;
    }

    private static String open(int index, int port, int mode) {
        return "AT+QIOPEN=1," + index + ",\"TCP\",\"" + Bench.HOST + "\"," + port + ",0," + mode;
    }

    // ------------------------------------------------------------------ closed

    @Test
    void closingEndsWhatIsInFlightAndFreesThePortAtOnce() throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().start();
                PeerServer echo = PeerServer.echo();
                PeerServer deaf = new PeerServer(LifecycleTest::waitForTheEnd)) {
            Modem modem = Bench.modem(emulator).open();
            InFlight inFlight = new InFlight(modem, deaf.port());
            emulator.connectDelay(Duration.ofMinutes(5));
            inFlight.add(() -> Bench.connect(modem.selectorProvider(), deaf.port()));
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> emulator.counters().commands("+QIOPEN") == InFlight.SOCKETS + 1);

            modem.close();
            NothingLeftBehind.awaitNoLibraryThread();
            inFlight.assertAllFailed("modem was closed");
            assertThat(modem.isOpen()).isFalse();
            assertThat(catchThrowable(() -> Bench.connect(modem.selectorProvider(), deaf.port())))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("closed");
            modem.close();

            emulator.connectDelay(Duration.ZERO);
            try (Modem again = Bench.modem(emulator).open()) {
                Bench.assertAllSocketsWork(again, echo);
            }
        }
    }

    @Test
    void closingWhileTheModuleIsFrozenEndsToo() throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().start();
                PeerServer deaf = new PeerServer(LifecycleTest::waitForTheEnd)) {
            Modem modem =
                    Bench.modem(emulator).lingerTimeout(Duration.ofMillis(500)).open();
            InFlight inFlight = new InFlight(modem, deaf.port());
            emulator.freeze();
            modem.close();
            NothingLeftBehind.awaitNoLibraryThread();
            inFlight.assertAllFailed("modem was closed");
        }
    }

    @Test
    void aModemThatIsClosedWhileItIsLostEnds() throws Exception {
        Modem modem;
        try (ModuleEmulator emulator = Bench.emulator().start()) {
            modem = Bench.modem(emulator).open();
        }
        modem.close();
        NothingLeftBehind.awaitNoLibraryThread();
    }

    // ------------------------------------------------------------------ lost and found

    @Test
    void aRestartOfTheModuleFailsEverySocketAndNewOnesWork() throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().start();
                PeerServer echo = PeerServer.echo();
                PeerServer deaf = new PeerServer(LifecycleTest::waitForTheEnd);
                Modem modem = Bench.modem(emulator)
                        .commandTimeout(Duration.ofSeconds(6))
                        .baudRate(921_600)
                        .open()) {
            InFlight inFlight = new InFlight(modem, deaf.port());
            emulator.restart();
            inFlight.assertAllFailed("");
            Bench.assertAllSocketsWork(modem, echo);
        }
    }

    @Test
    void aLostPdpContextFailsEverySocketAndNewOnesWork() throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().start();
                PeerServer echo = PeerServer.echo();
                PeerServer deaf = new PeerServer(LifecycleTest::waitForTheEnd);
                Modem modem = Bench.modem(emulator).open()) {
            for (int round = 0; round < 3; round++) {
                InFlight inFlight = new InFlight(modem, deaf.port());
                emulator.pdpDeactivated(1);
                inFlight.assertAllFailed("PDP context");
                Bench.assertAllSocketsWork(modem, echo);
            }
        }
    }

    /** The port's name is a link, as udev makes them, so that the next pseudo-terminal can take its place. */
    @Test
    void aPortThatIsUnpluggedFailsEverySocketAndIsFoundWhenItIsBack(@TempDir Path directory) throws Exception {
        Path link = directory.resolve("ttyModule");
        ModuleEmulator emulator = Bench.emulator().start();
        try (PeerServer echo = PeerServer.echo();
                PeerServer deaf = new PeerServer(LifecycleTest::waitForTheEnd)) {
            Files.createSymbolicLink(link, Path.of(emulator.portName()));
            try (Modem modem = Bench.modem(emulator).port(link.toString()).open()) {
                InFlight inFlight = new InFlight(modem, deaf.port());
                Files.delete(link);
                emulator.close();
                inFlight.assertAllFailed("port");

                emulator = Bench.emulator().start();
                Files.createSymbolicLink(link, Path.of(emulator.portName()));
                Bench.assertAllSocketsWork(modem, echo);
            }
        } finally {
            emulator.close();
        }
    }

    @Test
    void aModuleThatStandsStillFailsEverySocketAndIsFoundWhenItGoesOn() throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().start();
                PeerServer echo = PeerServer.echo();
                PeerServer deaf = new PeerServer(LifecycleTest::waitForTheEnd);
                Modem modem = Bench.modem(emulator)
                        .commandTimeout(Duration.ofSeconds(3))
                        .writeTimeout(Duration.ofSeconds(3))
                        .open()) {
            InFlight inFlight = new InFlight(modem, deaf.port());
            emulator.freeze();
            // Something must be asked for anyone to notice.
            inFlight.add(() -> Bench.connect(modem.selectorProvider(), echo.port()));
            inFlight.assertAllFailed("");
            emulator.unfreeze();
            Bench.assertAllSocketsWork(modem, echo);
        }
    }

    // ------------------------------------------------------------------ operations in flight

    private static void waitForTheEnd(Socket connection) throws IOException {
        // Nothing is read, and the window is small, so that whoever writes soon has to wait.
        connection.setReceiveBufferSize(1024);
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** Blocked reads, blocked writes and a selection, each in a thread of its own. */
    private final class InFlight {

        private static final int SOCKETS = 7;

        private final List<Future<Throwable>> operations = new ArrayList<>();

        InFlight(Modem modem, int port) throws IOException {
            for (int i = 0; i < 3; i++) {
                SocketChannel reading = Bench.connect(modem.selectorProvider(), port);
                add(() -> read(reading));
                SocketChannel writing = Bench.connect(modem.selectorProvider(), port);
                add(() -> writeForEver(writing));
            }
            SocketChannel selected = Bench.connect(modem.selectorProvider(), port);
            add(() -> select(modem, selected));
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> operations.stream().noneMatch(Future::isDone));
        }

        void add(ThrowingCallable operation) {
            operations.add(threads.submit(() -> catchThrowable(operation)));
        }

        void assertAllFailed(String messagePart) throws Exception {
            for (Future<Throwable> operation : operations) {
                Throwable failure = operation.get(60, TimeUnit.SECONDS);
                assertThat(failure).isInstanceOf(IOException.class).hasMessageContaining(messagePart);
                assertThat(Causes.modemException(failure).portName()).isNotBlank();
            }
        }

        private void read(SocketChannel channel) throws IOException {
            try (channel) {
                int count = channel.read(ByteBuffer.allocate(1));
                throw new AssertionError("read without a failure: count=" + count);
            }
        }

        private void writeForEver(SocketChannel channel) throws IOException {
            try (channel) {
                while (true) {
                    channel.write(ByteBuffer.allocate(64 * 1024));
                }
            }
        }

        private void select(Modem modem, SocketChannel channel) throws IOException {
            try (channel;
                    Selector selector = modem.selectorProvider().openSelector()) {
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ);
                assertThat(selector.select()).isEqualTo(1);
                int count = channel.read(ByteBuffer.allocate(1));
                throw new AssertionError("selected without a failure: count=" + count);
            }
        }
    }
}
