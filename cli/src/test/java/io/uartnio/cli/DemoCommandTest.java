package io.uartnio.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.uartnio.contract.FreePorts;
import io.uartnio.emulator.ModuleEmulator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The demo from end to end, over a pseudo-terminal, and the ways in which it fails. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DemoCommandTest {

    private static final String JSON = "\\{\"sockets\":%d,\"verified\":%d,\"bytesDown\":%d,\"bytesUp\":%d,"
            + "\"seconds\":\\d+\\.\\d+,\"lineUtilisation\":\\d+\\.\\d+}";

    @AfterEach
    void noThreadIsLeft() {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(threadNames())
                        .noneMatch(name -> name.startsWith("uartnio") && !name.equals("uartnio-timer")));
    }

    private static Set<String> threadNames() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).collect(Collectors.toSet());
    }

    @Test
    void twelveSocketsAreVerifiedOverOneLine() {
        Invocation run = Invocation.of("demo", "--bytes", "8k");

        assertThat(run.code()).as(run.toString()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains("12 of 12 sockets verified")
                .contains("framing limit")
                .doesNotContain("\u001b");
        assertThat(run.outLines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void everySocketIsVerifiedOverAMultiplexedLine() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder()
                .host("demo.test", InetAddress.getLoopbackAddress())
                .start()) {
            Invocation run = Invocation.of(
                    "demo",
                    "--mux",
                    "--port",
                    emulator.portName(),
                    "--host",
                    "demo.test:" + FreePorts.next(),
                    "--listen",
                    "127.0.0.1",
                    "--sockets",
                    "3",
                    "--bytes",
                    "8k");

            assertThat(run.code()).as(run.toString()).isZero();
            // Of 127 bytes and 6.
            assertThat(run.out()).contains("3 of 3 sockets verified", "93.6 %");
            assertThat(emulator.counters().commands("+CMUX")).isPositive();
            assertThat(emulator.counters().muxFramesFromHost()).isGreaterThan(100);
        }
    }

    @Test
    void jsonIsTheLastLineOfStandardOutputAndAllElseIsOnStandardError() {
        Invocation run = Invocation.of("demo", "--bytes", "4k", "--sockets", "3", "--json");

        assertThat(run.code()).as(run.toString()).isZero();
        assertThat(run.outLines()).hasSize(1);
        assertThat(run.lastOutLine()).matches(String.format(JSON, 3, 3, 3 * 4096, 3 * 4096));
        assertThat(run.err()).contains("3 of 3 sockets verified");
    }

    @Test
    void aTerminalSeesATableRedrawnInPlaceAndThenTheReport() {
        Invocation run = Invocation.on(new Terminal(true, 24, 80, true), "demo", "--bytes", "4k", "--sockets", "2");

        assertThat(run.code()).as(run.toString()).isZero();
        assertThat(run.out()).contains("\u001b[?25l", "\u001b[?25h", "\u001b[6F", "2 of 2 sockets verified");
        assertThat(run.outLines())
                .allSatisfy(line -> assertThat(line.replaceAll("\u001b\\[[?0-9;]*[A-Za-z]", ""))
                        .hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void aTerminalThatIsTooSmallGetsPlainLines() {
        Invocation run = Invocation.on(new Terminal(true, 6, 80, false), "demo", "--bytes", "1k", "--sockets", "6");

        assertThat(run.code()).as(run.toString()).isZero();
        assertThat(run.out()).doesNotContain("\u001b");
    }

    @Test
    void anotherModuleIsReachedByItsPortAndReachesUsByTheHostThatItIsGiven(@TempDir Path directory) throws Exception {
        int port = FreePorts.next();
        Path trace = directory.resolve("line.trace");
        try (ModuleEmulator emulator = ModuleEmulator.builder()
                .host("demo.test", InetAddress.getLoopbackAddress())
                .splitWrites(true)
                .sendFail(0.1)
                .start()) {
            Invocation run = Invocation.of(
                    "demo",
                    "--port",
                    emulator.portName(),
                    "--host",
                    "demo.test:" + port,
                    "--listen",
                    "127.0.0.1",
                    "--bytes",
                    "16k",
                    "--trace",
                    trace.toString(),
                    "--json");

            assertThat(run.code()).as(run.toString()).isZero();
            assertThat(run.lastOutLine()).contains("\"verified\":12");
            assertThat(emulator.counters().opens()).isEqualTo(12);
            assertThat(emulator.counters().payloadSent()).isGreaterThanOrEqualTo(12 * 16 * 1024);
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() ->
                            assertThat(emulator.counters().currentSockets()).isZero());
        }
        assertThat(trace).content().contains("+QSSLURC: \"recv\",");
    }

    @Test
    void aHostThatTheModuleDoesNotKnowFailsEverySocketWithItsReason() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().start()) {
            Invocation run = Invocation.of(
                    "demo",
                    "--port",
                    emulator.portName(),
                    "--host",
                    "nowhere.test:" + FreePorts.next(),
                    "--sockets",
                    "2",
                    "--json");

            assertThat(run.code()).isEqualTo(1);
            assertThat(run.lastOutLine()).matches(String.format(JSON, 2, 0, 0, 0));
            assertThat(run.err())
                    .contains("socket 0: ", "socket 1: ", "nowhere.test")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void aPortThatDoesNotExistFailsWithOneLine() throws IOException {
        Invocation run = Invocation.of("demo", "--port", "/dev/no-such-tty", "--host", "127.0.0.1:" + FreePorts.next());

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).startsWith("uartnio demo: ").contains("/dev/no-such-tty");
    }

    @Test
    void anAddressThatIsInUseFailsWithOneLine() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Invocation run = Invocation.of("demo", "--listen", "127.0.0.1:" + taken.getLocalPort());

            assertThat(run.code()).isEqualTo(1);
            assertThat(run.err().lines()).hasSize(1);
            assertThat(run.err()).contains("cannot listen", String.valueOf(taken.getLocalPort()));
        }
    }

    @Test
    void theTimeLimitEndsADemoThatCannotBeDoneInIt() {
        Invocation run = Invocation.of("demo", "--baud", "4800", "--bytes", "1M", "--timeout", "4", "--json");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("time limit reached: timeoutSeconds=4").doesNotContain("\tat ");
        assertThat(run.lastOutLine()).contains("\"verified\":0");
    }

    @Test
    void aNetworkThatRefusesTheModuleFailsWithOneLineUnlessTheStackTraceIsAskedFor() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().pdpRefused(true).start()) {
            String host = "127.0.0.1:" + FreePorts.next();
            Invocation run = Invocation.of("demo", "--port", emulator.portName(), "--host", host);
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.err().lines()).hasSize(1);
            assertThat(run.err()).contains(emulator.portName(), "AT+QIACT", "561");

            Invocation verbose = Invocation.of("demo", "--port", emulator.portName(), "--host", host, "--verbose");
            assertThat(verbose.code()).isEqualTo(1);
            assertThat(verbose.err()).contains("AtException", "\tat ");
        }
    }
}
