package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.uartnio.Modem;
import io.uartnio.ModemException;
import io.uartnio.TlsProfile;
import io.uartnio.emulator.EmulatorBuilder;
import io.uartnio.emulator.ModuleEmulator;
import io.uartnio.emulator.SimState;
import io.uartnio.it.Certificates.KeyKind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a user, a card, a network or a server does wrong ends in an exception that names it in the module's words, and
 * leaves neither a thread nor one of the module's sockets behind.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(NothingLeftBehind.class)
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BadInputTest {

    /** Of a connect that times out, and of twelve afterwards that must not, even where the machine stands still for a while. */
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(8);

    // ------------------------------------------------------------------ opening the modem

    @Test
    void aPortThatDoesNotExistIsNamed() {
        IOException failure = catchThrowableOfType(
                IOException.class, () -> Modem.builder().port("/dev/ttyNoSuch7").open());
        assertThat(failure).hasMessageContaining("/dev/ttyNoSuch7");
        NothingLeftBehind.awaitNoLibraryThread();
    }

    @Test
    void aPortThatAnotherModemHasOpenIsBusy() throws IOException {
        try (ModuleEmulator emulator = Bench.emulator().start();
                PeerServer echo = PeerServer.echo();
                Modem modem = Bench.modem(emulator).open()) {
            IOException failure = catchThrowableOfType(
                    IOException.class, () -> Bench.modem(emulator).open());
            assertThat(failure).hasMessageContaining(emulator.portName()).hasMessageMatching("(?is).*(busy|in use).*");
            Bench.assertAllSocketsWork(modem, echo);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aPortWithoutAModuleIsGivenUp() throws IOException {
        try (ModuleEmulator emulator =
                Bench.emulator().bootTime(Duration.ofHours(1)).start()) {
            ModemException failure = refused(
                    () -> Bench.modem(emulator)
                            .findTimeout(Duration.ofMillis(500))
                            .open(),
                    emulator);
            assertThat(failure).hasMessageContaining("no module answers");
            assertThat(failure.command()).isEqualTo("AT");
        }
        NothingLeftBehind.awaitNoLibraryThread();
    }

    @Test
    void aMissingSimIsToldInTheModulesWords() throws IOException {
        ModemException failure = refusedToOpen(Bench.emulator().sim(SimState.NOT_INSERTED));
        assertThat(failure.code()).isEqualTo(10);
        assertThat(failure.codeName()).isEqualToIgnoringCase("SIM not inserted");
        assertThat(failure.command()).isEqualTo("AT+CPIN?");
    }

    @Test
    void aSimThatWantsAPinThatNobodyGaveIsTold() throws IOException {
        ModemException failure = refusedToOpen(Bench.emulator().sim("4321", 3));
        assertThat(failure).hasMessageContaining("SIM PIN");
        assertThat(failure.command()).isEqualTo("AT+CPIN?");
    }

    @Test
    void aBlockedSimIsTold() throws IOException {
        ModemException failure = refusedToOpen(Bench.emulator().sim(SimState.PUK_REQUIRED));
        assertThat(failure).hasMessageContaining("SIM PUK");
        assertThat(failure.command()).isEqualTo("AT+CPIN?");
    }

    @Test
    void aWrongPinIsSentOnceAndNotShown() throws IOException {
        try (ModuleEmulator emulator = Bench.emulator().sim("4321", 3).start()) {
            ModemException failure =
                    refused(() -> Bench.modem(emulator).simPin("9876").open(), emulator);
            assertThat(failure.code()).isEqualTo(16);
            assertThat(failure.codeName()).isEqualToIgnoringCase("incorrect password");
            assertThat(failure.command()).startsWith("AT+CPIN=").doesNotContain("9876");
            assertThat(failure.toString()).doesNotContain("9876");
            NothingLeftBehind.awaitNoLibraryThread();
            // The card has two tries left, so the right PIN still opens it.
            Bench.modem(emulator).simPin("4321").open().close();
        }
    }

    @Test
    void aRefusedPdpContextIsToldInTheModulesWords() throws IOException {
        ModemException failure = refusedToOpen(Bench.emulator().pdpRefused(true));
        assertThat(failure.code()).isEqualTo(561);
        assertThat(failure.codeName()).isEqualToIgnoringCase("open PDP context failed");
        assertThat(failure.command()).isEqualTo("AT+QIACT=1");
    }

    @Test
    void aNetworkThatDeniesRegistrationIsTold() throws IOException {
        try (ModuleEmulator emulator = Bench.emulator().registrationDenied(true).start()) {
            ModemException failure = refused(
                    () -> Bench.modem(emulator)
                            .registrationTimeout(Duration.ofSeconds(1))
                            .open(),
                    emulator);
            assertThat(failure).hasMessageContaining("registration denied");
            assertThat(failure.command()).matches("AT\\+C(E|G)?REG\\?");
        }
        NothingLeftBehind.awaitNoLibraryThread();
    }

    private static ModemException refusedToOpen(EmulatorBuilder builder) throws IOException {
        try (ModuleEmulator emulator = builder.start()) {
            ModemException failure = refused(() -> Bench.modem(emulator).open(), emulator);
            NothingLeftBehind.awaitNoLibraryThread();
            return failure;
        }
    }

    private static ModemException refused(ThrowingCallable open, ModuleEmulator emulator) {
        ModemException failure = Causes.modemException(catchThrowable(open));
        assertThat(failure.portName()).isEqualTo(emulator.portName());
        assertThat(failure).hasMessageContaining("port=" + emulator.portName());
        return failure;
    }

    // ------------------------------------------------------------------ connecting

    @Test
    void aHostNameThatCannotBePutIntoACommandIsRefused() throws Exception {
        List<String> hosts = List.of(
                "a\"b.test", "a\rb.test", "a\nb", "a b", "", "caf\u00e9.test", "a;b", "a,b", "a.".repeat(200) + "test");
        withModem(Bench.emulator(), (emulator, modem) -> {
            long before = emulator.counters().bytesFromHost();
            for (String host : hosts) {
                assertThat(catchThrowable(() -> connect(modem.selectorProvider(), host, 80)))
                        .as(host)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("host name");
            }
            assertThat(emulator.counters().bytesFromHost()).isEqualTo(before);
        });
    }

    @Test
    void portZeroIsRefused() throws Exception {
        withModem(
                Bench.emulator(),
                (emulator, modem) -> assertThat(catchThrowable(() -> connect(modem.selectorProvider(), Bench.HOST, 0)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("port=0"));
    }

    @Test
    void aThirteenthSocketIsRefusedAndTheTwelveGoOn() throws Exception {
        withModem(Bench.emulator(), (emulator, modem) -> {
            List<SocketChannel> twelve = new ArrayList<>();
            try (PeerServer echo = PeerServer.echo()) {
                for (int i = 0; i < Bench.MAX_SOCKETS; i++) {
                    twelve.add(Bench.connect(modem.selectorProvider(), echo.port()));
                }
                ModemException failure = Causes.modemException(
                        catchThrowable(() -> connect(modem.selectorProvider(), Bench.HOST, echo.port())));
                assertThat(failure).hasMessageContaining("no socket is free").hasMessageContaining("max=12");
                assertThat(failure.portName()).isEqualTo(emulator.portName());
                for (SocketChannel channel : twelve) {
                    Bench.writeFully(channel, new byte[] {7});
                    assertThat(Bench.readFully(channel, 1)).containsExactly(7);
                }
            } finally {
                for (SocketChannel channel : twelve) {
                    channel.close();
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource(KeyKind.class)
    void aServerThatTheAnchorsDoNotVouchForIsNotConnectedTo(KeyKind kind, @TempDir Path directory) throws Exception {
        Certificates trusted = Certificates.create(kind, Bench.HOST);
        Certificates stranger = Certificates.create(kind, Bench.HOST);
        TlsProfile profile = Bench.trusting(trusted.writeAuthority(directory));
        withModem(Bench.emulator(), (emulator, modem) -> {
            try (PeerServer server = new PeerServer(stranger.serverContext(), Trade::serve)) {
                SelectorProvider provider = modem.tlsSelectorProvider(profile);
                Throwable thrown = catchThrowable(() -> connect(provider, Bench.HOST, server.port()));
                assertThat(thrown).isInstanceOf(ConnectException.class);
                assertFailedToConnect(thrown, emulator, 566, "AT+QSSLOPEN");
            }
        });
    }

    @Test
    void tlsWithoutTrustAnchorsIsNotConnected() throws Exception {
        TlsProfile nobody = TlsProfile.builder().allowUncheckedHostName().build();
        withModem(Bench.emulator(), (emulator, modem) -> {
            ModemException failure = Causes.modemException(
                    catchThrowable(() -> connect(modem.tlsSelectorProvider(nobody), Bench.HOST, 443)));
            assertThat(failure).hasMessageContaining("trust anchors");
            assertThat(failure.portName()).isEqualTo(emulator.portName());
            assertThat(emulator.counters().commands("+QSSLOPEN")).isZero();
        });
    }

    @Test
    void tlsThatInsistsOnTheHostNameIsNotConnected(@TempDir Path directory) throws Exception {
        Certificates certificates = Certificates.create(KeyKind.EC, Bench.HOST);
        TlsProfile strict = TlsProfile.builder()
                .trustAnchors(certificates.writeAuthority(directory))
                .build();
        withModem(Bench.emulator(), (emulator, modem) -> {
            ModemException failure = Causes.modemException(
                    catchThrowable(() -> connect(modem.tlsSelectorProvider(strict), Bench.HOST, 443)));
            assertThat(failure).hasMessageContaining("allowUncheckedHostName()");
            assertThat(emulator.counters().commands("+QSSLOPEN")).isZero();
        });
    }

    @Test
    void tlsWithoutAProfileIsNotOffered() throws Exception {
        withModem(
                Bench.emulator(),
                (emulator, modem) -> assertThat(catchThrowable(modem::tlsSelectorProvider))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("TLS profile"));
    }

    @Test
    void aRefusedConnectIsAConnectException() throws Exception {
        // Bound, so that nobody else gets the port meanwhile, and not listening.
        try (Socket holder = new Socket()) {
            holder.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int closed = holder.getLocalPort();
            withModem(Bench.emulator(), (emulator, modem) -> {
                Throwable thrown = catchThrowable(() -> connect(modem.selectorProvider(), Bench.HOST, closed));
                assertThat(thrown).isInstanceOf(ConnectException.class).hasMessageContaining(Bench.HOST + ":" + closed);
                assertFailedToConnect(thrown, emulator, 566, "AT+QIOPEN");
            });
        }
    }

    @Test
    void anUnknownHostIsAnUnknownHostException() throws Exception {
        withModem(Bench.emulator(), (emulator, modem) -> {
            Throwable thrown = catchThrowable(() -> connect(modem.selectorProvider(), "no.such.test", 80));
            assertThat(thrown).isInstanceOf(UnknownHostException.class).hasMessageContaining("no.such.test");
            assertFailedToConnect(thrown, emulator, 565, "AT+QIOPEN");
        });
    }

    @Test
    void aConnectThatTakesTooLongTimesOut() throws Exception {
        try (PeerServer echo = PeerServer.echo();
                ModuleEmulator emulator = Bench.emulator().start();
                Modem modem =
                        Bench.modem(emulator).connectTimeout(CONNECT_TIMEOUT).open()) {
            emulator.connectDelay(Duration.ofMinutes(2));
            Throwable thrown = catchThrowable(() -> connect(modem.selectorProvider(), Bench.HOST, echo.port()));
            assertThat(thrown)
                    .isInstanceOf(SocketTimeoutException.class)
                    .hasMessageContaining(Bench.HOST)
                    .hasMessageContaining("waitedMillis=" + CONNECT_TIMEOUT.toMillis());
            ModemException cause = Causes.modemException(thrown);
            assertThat(cause.command()).isEqualTo("AT+QIOPEN");
            assertThat(cause.portName()).isEqualTo(emulator.portName());
            emulator.connectDelay(Duration.ZERO);
            Bench.assertAllSocketsWork(modem, echo);
        }
    }

    private static void assertFailedToConnect(Throwable thrown, ModuleEmulator emulator, int code, String command) {
        ModemException cause = Causes.modemException(thrown);
        assertThat(cause.code()).isEqualTo(code);
        assertThat(cause.codeName()).isNotBlank();
        assertThat(cause.command()).startsWith(command);
        assertThat(cause.portName()).isEqualTo(emulator.portName());
        assertThat(cause.socketIndex()).isBetween(0, Bench.MAX_SOCKETS - 1);
    }

    private static void connect(SelectorProvider provider, String host, int port) throws IOException {
        try (SocketChannel channel = provider.openSocketChannel()) {
            channel.connect(InetSocketAddress.createUnresolved(host, port));
        }
    }

    /** What is done with a modem that must afterwards be as good as new. */
    @FunctionalInterface
    private interface Use {
        void with(ModuleEmulator emulator, Modem modem) throws Exception;
    }

    private static void withModem(EmulatorBuilder builder, Use use) throws Exception {
        try (ModuleEmulator emulator = builder.start();
                PeerServer echo = PeerServer.echo();
                Modem modem = Bench.modem(emulator).open()) {
            use.with(emulator, modem);
            Bench.assertAllSocketsWork(modem, echo);
        }
    }
}
