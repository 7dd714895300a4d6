package io.uartnio.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.uartnio.emulator.EmulatorBuilder;
import io.uartnio.emulator.LineFilter;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The emulator as a command, in a JVM of its own, as it ends by a signal. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EmulateCommandTest {

    private static Process start(String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path")));
        command.add(Main.class.getName());
        command.addAll(List.of(args));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    @Test
    void theFirstPlainLineIsThePortAndTheLinkIsThereUntilASignalEndsIt(@TempDir Path directory) throws Exception {
        Path link = directory.resolve("modem");
        Process emulate = start("emulate", "--plain", "--stats", "1", "--link", link.toString());
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(emulate.getInputStream(), StandardCharsets.UTF_8))) {
            String port = out.readLine();
            assertThat(port).startsWith("/dev/pts/");
            assertThat(Files.readSymbolicLink(link)).hasToString(port);
            assertThat(out.readLine()).startsWith("sockets 0 of 0 ").doesNotContain("\u001b");

            emulate.destroy();

            assertThat(emulate.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(emulate.exitValue()).isZero();
            assertThat(link).doesNotExist();
        } finally {
            emulate.destroyForcibly();
        }
    }

    @Test
    void aFileInTheWayOfTheLinkIsLeftAlone(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("modem"), "precious");

        Invocation run = Invocation.of("emulate", "--link", file.toString());

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains(file.toString()).contains("in the way");
        assertThat(file).hasContent("precious");
    }

    @Test
    void everyKnobIsAccepted(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("ca.pem"), "text");
        Path notALink = Files.writeString(directory.resolve("modem"), "");
        // The link that cannot be made ends the command as soon as all knobs have been turned.
        Invocation run =
                Invocation.of(("emulate --link " + notALink + " --profile EC800M --revision EC800MX --baud 921600"
                                + " --host a.test=127.0.0.1 --host b.test:443=127.0.0.1:8443 --host c.test=127.0.0.1:80"
                                + " --module-baud 115200 --check-baud --no-hold-line-open --split-writes --stray-urcs 0.2"
                                + " --stray-urcs-inside-replies --seed 7 --prompt late_space --no-crlf-after-payload"
                                + " --no-blank-line-after-read --lines-framed-singly --space-in-error-text --tls-failure-leaves-no-error --latency-millis 3 --late-replies OK:0.1:5:stall"
                                + " --prompt-timeout-result silence --esc-cancels-fixed-length --urc-port uart1"
                                + " --no-socket-urcs-follow-urc-port --sim ready --sim-pin 4711:2 --sim-busy-millis 1"
                                + " --registration-delay-millis 1 --registration-denied --pdp-refused"
                                + " --pdp-activation-millis 1 --pdp-active-at-boot --clock 2026-01-31T12:00:00"
                                + " --clock-quarter-hours 4 --no-clock-is-local --boot-millis 1 --no-shared-socket-ids"
                                + " --incoming-in-buffer-mode --incoming-ids-from-bottom --incoming-delay-millis 1"
                                + " --long-datagrams-dropped"
                                + " --failed-open-keeps-id --send-fail-rate 0.1 --duplicate-closed-urcs 1"
                                + " --closed-before-last-data --recv-urc-needs-empty-read --no-ssl-obeys-tcp-settings"
                                + " --leftovers kept --frames-after-switch 2 --mode-switch-refused --send-buffer 2k"
                                + " --receive-buffer 64k --connect-delay-millis 1 --transparent-wait-unit-millis 1"
                                + " --no-counters-count-pushed --no-recv-urc-after-switch --urcs-lost-in-data-mode"
                                + " --connect-text 115200 --no-carrier-delay-millis 1 --no-carrier-glued"
                                + " --ok-after-dtr-drop --dcd-falls-after-no-carrier"
                                + " --no-mux-supported --mux-at-start --mux-cannot-be-left --mux-urc-port 2"
                                + " --mux-largest-frame 512 --mux-long-frames --mux-command-bit"
                                + " --mux-status-at-open never --mux-waits-for-status-answer --mux-ua-delay-millis 1"
                                + " --mux-uas-lost 1"
                                + " --storage 64k --file ca=" + file)
                        .split(" ", -1));

        assertThat(run.err()).contains("in the way");
        assertThat(run.code()).isEqualTo(1);
    }

    @Test
    void theBuilderHasNoKnobWithoutAnOption() {
        long knobs = Arrays.stream(EmulatorBuilder.class.getMethods())
                .filter(method -> method.getReturnType() == EmulatorBuilder.class)
                .filter(method -> !Arrays.asList(method.getParameterTypes()).contains(LineFilter.class))
                .map(Method::getName)
                .distinct()
                .count();
        long options = Invocation.of("emulate", "--help").outLines().stream()
                .filter(line -> line.matches("( {6}|  -\\w, )--.*"))
                .count();

        // Not knobs: link, stats, plain, help, version. One knob has two options: clock.
        assertThat(options)
                .as("each setter of EmulatorBuilder has an option in EmulatorKnobs, and none has two")
                .isEqualTo(knobs + 5 + 2);
    }
}
