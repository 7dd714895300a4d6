package io.uartnio.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.uartnio.contract.FreePorts;
import io.uartnio.emulator.ModuleEmulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Short measurements from end to end. What they measure is asserted nowhere: the machine may be busy. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BenchCommandTest {

    @AfterEach
    void noThreadAndNoFarEndIsLeft() {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(
                                Thread.getAllStackTraces().keySet().stream().map(Thread::getName))
                        .noneMatch(name -> name.startsWith("uartnio") && !name.equals("uartnio-timer")));
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> assertThat(ProcessHandle.current().children().filter(BenchCommandTest::isFarEnd))
                                .isEmpty());
    }

    private static boolean isFarEnd(ProcessHandle process) {
        return process.info()
                .arguments()
                .map(arguments -> Stream.of(arguments).anyMatch("bench-far-end"::equals))
                .orElse(false);
    }

    @Test
    void everyPartTellsItsFiguresAsTableJsonAndPage(@TempDir Path directory) throws IOException {
        Path json = directory.resolve("bench.json");
        Path html = directory.resolve("bench.html");

        Invocation run = Invocation.of(
                "bench",
                "--baud",
                "921600",
                "--sockets",
                "1,3",
                "--payload",
                "1460",
                "--seconds",
                "0.5",
                "--samples",
                "20",
                "--modems",
                "2",
                "--json",
                json.toString(),
                "--html",
                html.toString());

        assertThat(run.code()).as(run.toString()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains("of limit", "hand-over", "SocketChannel.read", "2 modems carry")
                .doesNotContain("\u001b");
        assertThat(run.outLines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        Map<String, Object> figures = JsonReader.object(Files.readString(json));
        assertThat(figures).containsKeys("machine", "module", "goodput", "latency", "modems");
        assertThat((List<?>) figures.get("goodput")).hasSize(4);
        assertThat((List<?>) figures.get("latency")).hasSize(8);
        assertThat((List<?>) figures.get("modems")).hasSize(4);
        assertThat(((Map<?, ?>) figures.get("machine")).keySet().toString()).contains("jdk", "processor", "date");
        assertThat((List<?>) figures.get("goodput"))
                .allSatisfy(row -> assertThat((Double) ((Map<?, ?>) row).get("bytesPerSecond"))
                        .isPositive());
        assertIsSelfContained(Files.readString(html));
    }

    private static void assertIsSelfContained(String page) {
        assertThat(page)
                .startsWith("<!DOCTYPE html>")
                .contains("<svg", "prefers-color-scheme: dark", "</html>")
                .doesNotContain("http:", "https:", "src=", "href=", "url(", "@import", "<script");
        assertThat(page.split("<svg", -1)).hasSameSizeAs(page.split("</svg>", -1));
    }

    @Test
    void jsonOnStandardOutputIsAloneThereAndTlsIsByTheModule() {
        Invocation run = Invocation.of(
                "bench",
                "--tls",
                "--parts",
                "goodput",
                "--baud",
                "921600",
                "--sockets",
                "2",
                "--payload",
                "512",
                "--seconds",
                "0.1",
                "--json",
                "-");

        assertThat(run.code()).as(run.toString()).isZero();
        assertThat(run.outLines()).hasSize(1);
        assertThat(JsonReader.object(run.out())).containsEntry("tls", true).containsEntry("latency", List.of());
        assertThat(run.err()).contains("of limit", "TLS by the module");
    }

    @Test
    void goodputIsMeasuredOverAMultiplexedLine() {
        Invocation run = Invocation.of(
                "bench",
                "--mux",
                "--baud",
                "921600",
                "--sockets",
                "2",
                "--payload",
                "1460",
                "--seconds",
                "0.1",
                "--json",
                "-");

        assertThat(run.code()).as(run.toString()).isZero();
        assertThat(JsonReader.object(run.out())).containsEntry("mux", true).containsEntry("latency", List.of());
        assertThat(run.err()).contains("of limit", "multiplexed");

        Invocation latency = Invocation.of("bench", "--mux", "--parts", "latency");
        assertThat(latency.code()).isEqualTo(2);
        assertThat(latency.err()).contains("latency is measured without --mux");
    }

    @Test
    void anotherModuleIsReachedByItsPort() throws IOException {
        try (ModuleEmulator emulator =
                ModuleEmulator.builder().baudRate(921_600).start()) {
            Invocation run = Invocation.of(
                    "bench",
                    "--port",
                    emulator.portName(),
                    "--host",
                    "127.0.0.1:" + FreePorts.next(),
                    "--baud",
                    "921600",
                    "--sockets",
                    "1",
                    "--payload",
                    "1460",
                    "--seconds",
                    "0.1");

            assertThat(run.code()).as(run.toString()).isZero();
            assertThat(run.out()).contains("up", "down").doesNotContain("hand-over");
        }
    }

    @Test
    void aPortThatDoesNotExistFailsWithOneLine() throws IOException {
        Invocation run =
                Invocation.of("bench", "--port", "/dev/no-such-tty", "--host", "127.0.0.1:" + FreePorts.next());

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).startsWith("uartnio bench: ").contains("/dev/no-such-tty");
    }

    @Test
    void accessModesAreMeasuredInOneRunAndShownSideBySide(@TempDir Path directory) throws IOException {
        Path html = directory.resolve("bench.html");

        Invocation run = Invocation.of(
                "bench",
                "--parts",
                "goodput,connect",
                "--access-mode",
                "push,buffer",
                "--baud",
                "921600",
                "--sockets",
                "3",
                "--payload",
                "1460",
                "--seconds",
                "0.5",
                "--connects",
                "2",
                "--turn-around",
                "1",
                "--html",
                html.toString(),
                "--json",
                "-");

        assertThat(run.code()).as(run.toString()).isZero();
        Map<String, Object> figures = JsonReader.object(run.out());
        assertThat(figures).containsEntry("accessModes", List.of("DIRECT_PUSH", "BUFFER"));
        assertThat((List<?>) figures.get("goodput"))
                .extracting(row -> ((Map<?, ?>) row).get("accessMode"))
                .isEqualTo(List.of("DIRECT_PUSH", "DIRECT_PUSH", "BUFFER", "BUFFER"));
        assertThat((List<?>) figures.get("connect"))
                .extracting(row -> ((Map<?, ?>) row).get("load"))
                .isEqualTo(List.of("idle", "up", "down", "idle", "up", "down"));
        assertThat(run.err())
                .containsPattern("way +push +buffer")
                .containsPattern("921600 +3 +1460 +down +[\\d.]+ % +[\\d.]+ %")
                .containsPattern("921600 +buffer +down +[\\d.]+");
        assertThat(run.err().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertIsSelfContained(Files.readString(html));
    }

    @Test
    void theTimeLimitEndsAMeasurementThatCannotBeDoneInIt() {
        Invocation run =
                Invocation.of("bench", "--baud", "4800", "--parts", "goodput", "--seconds", "60", "--timeout", "4");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("time limit reached: timeoutSeconds=4").doesNotContain("\tat ");
    }
}
