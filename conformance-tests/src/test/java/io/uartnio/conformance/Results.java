package io.uartnio.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What came out of a run, a line for each transport, one for each test left out with its reason, and what Netty's leak
 * detector has found, in {@code target/conformance.txt}.
 */
final class Results implements AutoCloseable {

    private static final Path REPORT = Path.of("target", "conformance.txt");

    /** How a test ended. */
    enum Outcome {
        /** It ran to its end. */
        PASSED,
        /** It threw. */
        FAILED,
        /** It found that it cannot tell anything here. */
        ABORTED,
        /** It is on the list of deviations, or Netty has switched it off. */
        LEFT_OUT
    }

    private final Map<Transport, Map<Outcome, Integer>> counts = new EnumMap<>(Transport.class);
    private final List<String> notes = new ArrayList<>();
    private final Leaks leaks = new Leaks();

    synchronized void add(Transport transport, Outcome outcome) {
        counts.computeIfAbsent(transport, key -> new EnumMap<>(Outcome.class)).merge(outcome, 1, Integer::sum);
    }

    synchronized void add(Transport transport, Outcome outcome, String test, String reason) {
        add(transport, outcome);
        notes.add(transport + " " + outcome + ": " + test + ": " + reason);
    }

    @Override
    public synchronized void close() {
        List<String> lines = new ArrayList<>();
        counts.forEach((transport, outcomes) -> lines.add(transport + " " + outcomes));
        lines.addAll(notes);
        List<String> leaked = leaks.reports();
        lines.add("leaks reported: " + leaked.size());
        lines.addAll(leaked);
        leaks.close();
        try {
            Files.createDirectories(REPORT.getParent());
            Files.write(REPORT, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
