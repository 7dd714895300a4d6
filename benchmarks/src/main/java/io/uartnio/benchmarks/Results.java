package io.uartnio.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/** What JMH has written with {@code -rf csv}: scores by name and parameters. Immutable. */
final class Results {

    private static final String PARAMETER = "Param: ";
    private static final Set<String> METRICS = Set.of("", "bytes", "p0.50", "p0.99", "gc.alloc.rate.norm");

    private final List<Map<String, String>> rows = new ArrayList<>();

    private Results() {}

    /** Reads files of results; each has its own columns. */
    static Results read(List<Path> files) throws IOException {
        Results results = new Results();
        for (Path file : files) {
            results.read(file);
        }
        return results;
    }

    private void read(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        List<String> header = fields(lines.get(0));
        for (String line : lines.subList(1, lines.size())) {
            List<String> fields = fields(line);
            Map<String, String> row = new HashMap<>();
            for (int i = 0; i < fields.size(); i++) {
                row.put(header.get(i), fields.get(i));
            }
            rows.add(row);
        }
    }

    /** Fields are apart by commas, and those that are text stand in quotes. JMH writes no quote inside. */
    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }

    /**
     * Returns a score.
     *
     * @param name how the benchmark's name ends, with the metric behind a colon for a secondary one
     * @param parameters names and values in turn; those not named may be anything
     */
    OptionalDouble score(String name, Object... parameters) {
        return rows.stream()
                .filter(row -> row.get("Benchmark").endsWith('.' + name) && hasAll(row, parameters))
                .mapToDouble(row -> Double.parseDouble(row.get("Score")))
                .findFirst();
    }

    private static boolean hasAll(Map<String, String> row, Object... parameters) {
        for (int i = 0; i < parameters.length; i += 2) {
            if (!String.valueOf(parameters[i + 1]).equals(row.get(PARAMETER + parameters[i]))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns the rows of a table of everything but the benchmarks whose names begin so: name, parameters, score.
     * Bytes a second become MB/s; of a distribution the median and the 99th percentile are told.
     */
    List<String> tableWithout(List<String> left) {
        List<String> lines = new ArrayList<>();
        for (Map<String, String> row : rows) {
            String benchmark = row.get("Benchmark");
            int colon = benchmark.indexOf(':');
            String metric = colon < 0 ? "" : benchmark.substring(colon + 1);
            String method = colon < 0 ? benchmark : benchmark.substring(0, colon);
            String name = method.substring(method.lastIndexOf('.', method.lastIndexOf('.') - 1) + 1);
            if (left.stream().noneMatch(name::startsWith) && METRICS.contains(metric)) {
                boolean isRate = metric.equals("bytes");
                double score = Double.parseDouble(row.get("Score")) / (isRate ? 1e6 : 1);
                lines.add("| " + name + ' ' + metric + " | " + parameters(row) + " | "
                        + String.format(Locale.ROOT, "%.1f", score) + ' ' + (isRate ? "MB/s" : row.get("Unit")) + " |");
            }
        }
        return lines;
    }

    private static String parameters(Map<String, String> row) {
        List<String> named = new ArrayList<>();
        row.forEach((column, value) -> {
            if (column.startsWith(PARAMETER) && !value.isEmpty()) {
                named.add(column.substring(PARAMETER.length()) + "=" + value);
            }
        });
        named.sort(null);
        return String.join(" ", named);
    }
}
