package io.uartnio.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command does before anything is opened: help, versions, and command lines that make no sense. */
class MainTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "demo", "bench", "emulate"})
    void helpIsAtMostEightyColumnsWide(String command) {
        Invocation run = command.isEmpty() ? Invocation.of("--help") : Invocation.of(command, "--help");

        assertThat(run.code()).isZero();
        assertThat(run.outLines())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(run.out()).contains("Usage: uartnio").doesNotContain("\u001b", "${");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void helpOfAllNamesEachCommandWithADescription() {
        assertThat(Invocation.of("--help").out())
                .containsPattern("demo +\\w")
                .containsPattern("emulate +\\w")
                .containsPattern("bench +\\w")
                .doesNotContain("far-end");
    }

    @Test
    void versionNamesTheProgramAndTheJvm() {
        Invocation run = Invocation.of("--version");

        assertThat(run.code()).isZero();
        assertThat(run.out())
                .startsWith("uartnio ")
                .contains("Java " + Runtime.version().feature());
    }

    @Test
    void withoutACommandTheUsageIsShownAsAnError() {
        Invocation run = Invocation.of();

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("Usage: uartnio");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fly",
                "demo --no-such-option",
                "demo --sockets 13",
                "demo --sockets 0",
                "demo --sockets many",
                "demo --bytes 0",
                "demo --bytes 64x",
                "demo --baud 7",
                "demo --timeout 0",
                "demo --host a:b:c",
                "demo --host example.org:0",
                "demo --host example.org:65536",
                "demo --sim-pin 12",
                "demo --port /dev/ttyUSB2",
                "demo --flow-control XON",
                "bench --sockets 0",
                "bench --sockets 1,13",
                "bench --baud 12345",
                "bench --payload 0",
                "bench --seconds 0",
                "bench --samples 1",
                "bench --modems 0",
                "bench --parts speed",
                "bench --parts modems",
                "bench --access-mode FAST",
                "bench --access-mode push,transparent",
                "bench --connects 0",
                "bench --port /dev/ttyUSB2",
                "bench --port /dev/ttyUSB2 --host example.org --parts latency",
                "bench --html /no/such/directory/page.html",
                "bench --timeout 0",
                "emulate --profile EC999",
                "emulate --baud 12345",
                "emulate --host example.org",
                "emulate --stray-urcs 1.5",
                "emulate --late-replies soon",
                "emulate --send-buffer 1",
                "emulate --stats 0"
            })
    void aCommandLineThatMakesNoSenseEndsWithTwoAndSaysWhere(String commandLine) {
        Invocation run = Invocation.of(commandLine.split(" ", -1));

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("uartnio").contains("--help").doesNotContain("\tat ");
        assertThat(run.err().lines()).hasSizeLessThanOrEqualTo(3);
    }
}
