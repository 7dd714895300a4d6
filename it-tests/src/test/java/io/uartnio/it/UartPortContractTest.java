package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.uartnio.Modem;
import io.uartnio.emulator.ModuleEmulator;
import io.uartnio.uart.ControlLine;
import io.uartnio.uart.LineSettings;
import io.uartnio.uart.SerialUartPort;
import io.uartnio.uart.UartPort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The emulator's line in memory keeps the contract of a port as the serial port over a pseudo-terminal does. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UartPortContractTest {

    private static final LineSettings SETTINGS = new LineSettings(921_600, true);

    /** The two ways to an emulated module. */
    enum Way {
        TERMINAL {
            @Override
            ModuleEmulator start() throws IOException {
                return Bench.emulator().start();
            }

            @Override
            UartPort port(ModuleEmulator emulator) {
                return new SerialUartPort(emulator.portName());
            }
        },
        MEMORY {
            @Override
            ModuleEmulator start() throws IOException {
                return Bench.emulator().startInMemory();
            }

            @Override
            UartPort port(ModuleEmulator emulator) {
                return new MemoryUartPort(emulator.line());
            }
        };

        abstract ModuleEmulator start() throws IOException;

        abstract UartPort port(ModuleEmulator emulator);
    }

    /** Gathers what a port delivers and how it ends. */
    private static class Recorder implements UartPort.Listener {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final List<IOException> closes = new ArrayList<>();

        @Override
        public synchronized void onReceived(byte[] buffer, int offset, int length) {
            bytes.write(buffer, offset, length);
        }

        @Override
        public synchronized void onClosed(IOException cause) {
            closes.add(cause);
        }

        synchronized byte[] bytes() {
            return bytes.toByteArray();
        }

        synchronized String text() {
            return bytes.toString(StandardCharsets.ISO_8859_1);
        }

        synchronized void clear() {
            bytes.reset();
        }

        synchronized List<IOException> closes() {
            return new ArrayList<>(closes);
        }
    }

    private static void command(UartPort port, Recorder recorder, String command, String end) throws IOException {
        byte[] bytes = (command + "\r").getBytes(StandardCharsets.US_ASCII);
        recorder.clear();
        port.write(bytes, 0, bytes.length);
        await().atMost(Duration.ofSeconds(60)).until(() -> recorder.text().endsWith(end));
        recorder.clear();
    }

    @ParameterizedTest
    @EnumSource
    void bytesOfAnySizeCrossBothWaysUnchanged(Way way) throws Exception {
        Random random = new Random(7);
        try (PeerServer echo = PeerServer.echo();
                ModuleEmulator emulator = way.start();
                UartPort port = way.port(emulator)) {
            Recorder recorder = new Recorder();
            port.open(SETTINGS, recorder);
            command(port, recorder, "ATE0", "OK\r\n");
            command(port, recorder, "AT+IFC=2,2", "OK\r\n");
            command(port, recorder, "AT+QIACT=1", "OK\r\n");
            String open = "AT+QIOPEN=1,0,\"TCP\",\"" + Bench.HOST + "\"," + echo.port() + ",0,2";
            command(port, recorder, open, "CONNECT\r\n");
            ByteArrayOutputStream sent = new ByteArrayOutputStream();
            for (int size : new int[] {0, 1, 2, 1_460, 4_096, 100_000}) {
                byte[] bytes = new byte[size + 20];
                random.nextBytes(bytes);
                sent.write(bytes, 20, size);
                port.write(bytes, 20, size);
            }
            assertThat(port.awaitTransmitIdle(20_000)).isTrue();
            await().atMost(Duration.ofSeconds(60)).until(() -> recorder.bytes().length >= sent.size());
            assertThat(recorder.bytes()).isEqualTo(sent.toByteArray());
            assertThatThrownBy(() -> port.write(new byte[3], 2, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void closeEndsABlockedWriteAndTellsTheListenerOnceWithoutACause(Way way) throws Exception {
        try (ModuleEmulator emulator = way.start();
                UartPort port = way.port(emulator)) {
            Recorder recorder = new Recorder();
            port.open(SETTINGS, recorder);
            command(port, recorder, "AT+IFC=2,2", "OK\r\n");
            emulator.freeze();
            CompletableFuture<Throwable> write = CompletableFuture.supplyAsync(
                    () -> catchThrowable(() -> port.write(new byte[1 << 20], 0, 1 << 20)));
            await().during(100, TimeUnit.MILLISECONDS).until(() -> !write.isDone());
            port.close();
            assertThat(write.get(30, TimeUnit.SECONDS))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("port is closed: port=" + port.name());
            assertThat(port.isOpen()).isFalse();
            assertThat(recorder.closes()).containsExactly((IOException) null);
            port.close();
            assertThat(recorder.closes()).hasSize(1);
            assertThatIOException().isThrownBy(() -> port.write(new byte[1], 0, 1));
            assertThatIOException().isThrownBy(() -> port.awaitTransmitIdle(10));
            assertThatIOException().isThrownBy(() -> port.setBaudRate(9_600));
        }
    }

    @ParameterizedTest
    @EnumSource
    void anOpenPortIsBusyAndAClosedOneOpensAgain(Way way) throws Exception {
        try (ModuleEmulator emulator = way.start();
                UartPort port = way.port(emulator)) {
            port.open(SETTINGS, new Recorder());
            assertThatIOException()
                    .isThrownBy(() -> port.open(SETTINGS, new Recorder()))
                    .withMessageContaining("port is already open: port=" + port.name());
            port.close();
            Recorder recorder = new Recorder();
            port.open(new LineSettings(115_200, true), recorder);
            assertThatThrownBy(() -> port.setBaudRate(0)).isInstanceOf(IllegalArgumentException.class);
            port.setBaudRate(460_800);
            command(port, recorder, "AT", "OK\r\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theListenerMayCloseThePortAndOpenItAgainWhenItHasClosed(Way way) throws Exception {
        try (ModuleEmulator emulator = way.start();
                UartPort port = way.port(emulator)) {
            Recorder second = new Recorder();
            CompletableFuture<Throwable> reopened = new CompletableFuture<>();
            port.open(SETTINGS, new UartPort.Listener() {
                @Override
                public void onReceived(byte[] buffer, int offset, int length) {
                    port.close();
                }

                @Override
                public void onClosed(IOException cause) {
                    Throwable failure = catchThrowable(() -> port.open(SETTINGS, second));
                    reopened.complete(failure == null ? cause : failure);
                }
            });
            // The echo may end the port while the write is on its way out of it.
            Throwable late = catchThrowable(() -> port.write(new byte[] {'A', 'T', '\r'}, 0, 3));
            assertThat(late == null || late instanceof IOException).isTrue();
            assertThat(reopened.get(30, TimeUnit.SECONDS)).isNull();
            assertThat(port.isOpen()).isTrue();
            command(port, second, "AT", "OK\r\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aListenerThatThrowsEndsThePortWithItsFailure(Way way) throws Exception {
        try (ModuleEmulator emulator = way.start();
                UartPort port = way.port(emulator)) {
            Recorder recorder = new Recorder() {
                @Override
                public synchronized void onReceived(byte[] buffer, int offset, int length) {
                    throw new IllegalStateException("on purpose");
                }
            };
            port.open(SETTINGS, recorder);
            Throwable late = catchThrowable(() -> port.write(new byte[] {'A', 'T', '\r'}, 0, 3));
            assertThat(late == null || late instanceof IOException).isTrue();
            await().atMost(Duration.ofSeconds(60)).until(() -> recorder.closes().size() == 1);
            assertThat(recorder.closes().get(0)).hasMessageContaining("listener failed: port=" + port.name());
            assertThat(port.isOpen()).isFalse();
        }
    }

    @Test
    void onlyTheLineInMemoryHasControlLines() throws Exception {
        try (ModuleEmulator emulator = Way.MEMORY.start();
                UartPort port = Way.MEMORY.port(emulator)) {
            assertThat(port.isAsserted(ControlLine.DTR)).isFalse();
            assertThat(port.setAsserted(ControlLine.DTR, true)).isFalse();
            port.open(SETTINGS, new Recorder());
            assertThat(port.controlLines()).containsExactlyInAnyOrder(ControlLine.values());
            assertThat(port.isAsserted(ControlLine.DTR)).isTrue();
            assertThat(port.isAsserted(ControlLine.RTS)).isTrue();
            assertThat(port.isAsserted(ControlLine.CTS)).isTrue();
            assertThat(port.isAsserted(ControlLine.DSR)).isTrue();
            assertThat(port.isAsserted(ControlLine.DCD)).isFalse();
            assertThat(port.setAsserted(ControlLine.RTS, false)).isFalse();
            assertThat(port.setAsserted(ControlLine.DTR, false)).isTrue();
            assertThat(port.isAsserted(ControlLine.DTR)).isFalse();
            assertThatThrownBy(() -> port.setAsserted(ControlLine.CTS, true))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        try (ModuleEmulator emulator = Way.TERMINAL.start();
                UartPort port = Way.TERMINAL.port(emulator)) {
            port.open(SETTINGS, new Recorder());
            assertThat(port.controlLines()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aModemRunsOverEither(Way way) throws Exception {
        try (PeerServer echo = PeerServer.echo();
                ModuleEmulator emulator = way.start();
                Modem modem = Bench.modem(emulator).port(way.port(emulator)).open()) {
            Bench.assertAllSocketsWork(modem, echo);
        }
    }
}
