package io.uartnio.cli;

import io.uartnio.cli.BenchResults.Connect;
import io.uartnio.cli.BenchResults.Goodput;
import io.uartnio.cli.BenchResults.Latency;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The figures as one HTML page with plots drawn as SVG inside it. It refers to nothing outside of itself and takes the
 * reader's light or dark colours.
 */
final class BenchPage {

    private static final String STYLE = """
            :root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --line: #d0d7de; --back: #ffffff;
              --a: #0a62c9; --b: #b45309; --mark: #b42318; }
            @media (prefers-color-scheme: dark) {
              :root { --text: #e6edf3; --soft: #9aa5b1; --line: #3a424c; --back: #0f1419; --a: #6cb0ff; --b: #f0a53a;
                --mark: #ff7b72; } }
            body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back);
              max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
            h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
            table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
            .wide { overflow-x: auto; }
            th, td { padding: .15rem .7rem; text-align: right; border-bottom: 1px solid var(--line); }
            th { color: var(--soft); font-weight: 600; }
            dl { display: grid; grid-template-columns: max-content auto; gap: 0 1rem; } dt { color: var(--soft); }
            dd { margin: 0; }
            svg { width: 100%; height: auto; } svg text { fill: var(--text); font-size: 12px; }
            .soft { fill: var(--soft); } .a { fill: var(--a); } .b { fill: var(--b); }
            .grid { stroke: var(--line); } .mark { stroke: var(--mark); stroke-dasharray: 4 3; }
            """;

    private final StringBuilder out = new StringBuilder();
    private final BenchResults results;
    private final BenchSettings settings;

    private BenchPage(BenchResults results, BenchSettings settings) {
        this.results = results;
        this.settings = settings;
    }

    /** Returns the page. */
    static String of(BenchResults results, BenchSettings settings) {
        return new BenchPage(results, settings).write();
    }

    private String write() {
        out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .append("<title>uartnio bench</title>\n<style>\n")
                .append(STYLE)
                .append("</style>\n</head>\n<body>\n<h1>uartnio bench</h1>\n");
        facts();
        if (!results.goodputs().isEmpty()) {
            goodput();
        }
        if (!results.connects().isEmpty()) {
            connects();
        }
        if (!results.latencies().isEmpty()) {
            latency();
        }
        if (!results.scaling().isEmpty()) {
            modems();
        }
        return out.append("</body>\n</html>\n").toString();
    }

    private void facts() {
        out.append("<dl>\n");
        for (Map.Entry<String, Object> fact : results.machine().entrySet()) {
            fact(fact.getKey(), fact.getValue().toString());
        }
        fact("module", (settings.module().isPlayed() ? "played: " : "") + results.module());
        fact("sockets", settings.socketWords());
        out.append("</dl>\n");
    }

    private void fact(String name, String value) {
        out.append("<dt>")
                .append(escape(name))
                .append("</dt><dd>")
                .append(escape(value))
                .append("</dd>\n");
    }

    // ------------------------------------------------------------------------------------------------------- sections

    private void goodput() {
        heading("Goodput", "Payload a second as a share of the framing limit (dashed), all sockets together.");
        List<Bar> bars = new ArrayList<>();
        for (Goodput row : results.goodputs()) {
            String label = label(row);
            bars.add(new Bar(
                    label, 100 * row.ofLimit(), percent(row.ofLimit()), row.direction() == Direction.DOWN ? "a" : "b"));
        }
        plot(bars, 100, "%");
        heading("Processor time", "Of this process for 1 MB of payload, in milliseconds.");
        List<Bar> times = new ArrayList<>();
        for (Goodput row : results.goodputs()) {
            String label = label(row);
            times.add(new Bar(
                    label,
                    row.cpuMillisPerMegabyte(),
                    number(row.cpuMillisPerMegabyte(), 0) + " ms, " + percent(row.cpuShare()) + " of a processor",
                    row.direction() == Direction.DOWN ? "a" : "b"));
        }
        plot(times, 0, "ms");
        table(results.goodputs());
    }

    private String label(Goodput row) {
        String mode = settings.accessModes().size() > 1 ? AccessModes.word(row.accessMode()) + ", " : "";
        return row.baudRate() + " baud, " + mode + row.sockets() + " × " + row.payload() + " B " + row.direction();
    }

    private void connects() {
        heading(
                "Connects",
                "How long a connect and then a small exchange take while the other sockets are idle or carry bulk one"
                        + " way; milliseconds, medians.");
        List<Bar> bars = new ArrayList<>();
        for (Connect row : results.connects()) {
            String load = row.baudRate() + " baud, " + AccessModes.word(row.accessMode()) + ", " + row.others() + " "
                    + row.load();
            double connect = row.connect().medianMicros() / 1e3;
            double exchange = row.exchange().medianMicros() / 1e3;
            bars.add(new Bar(load + ": connect", connect, number(connect, 1) + " ms", "a"));
            bars.add(new Bar("exchange", exchange, number(exchange, 1) + " ms", "b"));
        }
        plot(bars, 0, "ms");
        out.append("<div class=\"wide\"><table>\n");
        row("th", "baud", "mode", "others", "load", "", "samples", "median ms", "p90 ms", "max ms");
        for (Connect row : results.connects()) {
            for (Latency part : List.of(row.connect(), row.exchange())) {
                row(
                        "td",
                        Integer.toString(row.baudRate()),
                        AccessModes.word(row.accessMode()),
                        Integer.toString(row.others()),
                        row.load().toString(),
                        part.path(),
                        Integer.toString(part.samples()),
                        number(part.medianMicros() / 1e3, 1),
                        number(part.p90Micros() / 1e3, 1),
                        number(part.maxMicros() / 1e3, 1));
            }
        }
        out.append("</table></div>\n");
    }

    private void latency() {
        heading(
                "Latency",
                "From the write to the pseudo-terminal, or from unpark, to the thread that waits; microseconds. Upper"
                        + " bar: median, lower bar: 99 of 100 are faster.");
        List<Bar> bars = new ArrayList<>();
        for (Latency row : results.latencies()) {
            String title = BenchTable.title(row.path());
            bars.add(new Bar(title, row.medianMicros(), number(row.medianMicros(), 1) + " µs", "a"));
            bars.add(new Bar("p99", row.p99Micros(), number(row.p99Micros(), 1) + " µs", "b"));
        }
        plot(bars, 0, "µs");
        out.append("<div class=\"wide\"><table>\n");
        row("th", "path", "samples", "median µs", "p90 µs", "p99 µs", "max µs");
        for (Latency row : results.latencies()) {
            row(
                    "td",
                    BenchTable.title(row.path()),
                    Integer.toString(row.samples()),
                    number(row.medianMicros(), 1),
                    number(row.p90Micros(), 1),
                    number(row.p99Micros(), 1),
                    number(row.maxMicros(), 1));
        }
        out.append("</table></div>\n");
    }

    private void modems() {
        heading("Several modems", "Payload a second of one modem and of all of them on one selector, in kB/s.");
        List<Bar> bars = new ArrayList<>();
        for (Goodput row : results.scaling()) {
            double rate = row.bytesPerSecond() / 1000;
            bars.add(new Bar(
                    row.modems() + (row.modems() == 1 ? " modem, " : " modems, ") + row.sockets() + " sockets "
                            + row.direction(),
                    rate,
                    number(rate, 1) + " kB/s",
                    row.direction() == Direction.DOWN ? "a" : "b"));
        }
        plot(bars, 0, "kB/s");
        table(results.scaling());
    }

    private void heading(String title, String explanation) {
        out.append("<h2>")
                .append(escape(title))
                .append("</h2>\n<p>")
                .append(escape(explanation))
                .append("</p>\n");
    }

    private void table(List<Goodput> rows) {
        out.append("<div class=\"wide\"><table>\n");
        row("th", "baud", "mode", "sockets", "write B", "way", "kB/s", "of limit", "Jain", "CPU ms/MB", "CPU", "heap");
        for (Goodput row : rows) {
            row(
                    "td",
                    Integer.toString(row.baudRate()),
                    AccessModes.word(row.accessMode()),
                    Integer.toString(row.sockets()),
                    Integer.toString(row.payload()),
                    row.direction().toString(),
                    number(row.bytesPerSecond() / 1000, 1),
                    percent(row.ofLimit()),
                    number(row.jain(), 4),
                    number(row.cpuMillisPerMegabyte(), 0),
                    percent(row.cpuShare()),
                    ByteSize.text(row.heapBytes()));
        }
        out.append("</table></div>\n");
    }

    private void row(String element, String... cells) {
        out.append("<tr>");
        for (String cell : cells) {
            out.append('<').append(element).append('>').append(escape(cell));
            out.append("</").append(element).append('>');
        }
        out.append("</tr>\n");
    }

    // ---------------------------------------------------------------------------------------------------------- plots

    /** One bar of a plot; its class is its colour. */
    private record Bar(String label, double value, String text, String style) {}

    /** Draws lying bars, one below the other, so that labels of any length can be read. */
    private void plot(List<Bar> bars, double mark, String unit) {
        int left = 250;
        int width = 460;
        int step = 22;
        int height = bars.size() * step + 28;
        double most = Math.max(mark, bars.stream().mapToDouble(Bar::value).max().orElse(1));
        double scale = most > 0 ? width / (most * 1.02) : 1;
        out.append(String.format(
                Locale.ROOT, "<svg viewBox=\"0 0 900 %d\" role=\"img\" aria-label=\"bars, %s\">%n", height, unit));
        for (int i = 0; i <= 4; i++) {
            double value = most * i / 4;
            double x = left + value * scale;
            out.append(String.format(
                    Locale.ROOT,
                    "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"0\" y2=\"%d\"/>"
                            + "<text class=\"soft\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s %s</text>%n",
                    x,
                    x,
                    height - 20,
                    x,
                    height - 5,
                    number(value, most < 10 ? 1 : 0),
                    unit));
        }
        for (int i = 0; i < bars.size(); i++) {
            Bar bar = bars.get(i);
            int y = i * step + 4;
            double length = Math.max(1, bar.value() * scale);
            out.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>"
                            + "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"14\"/>"
                            + "<text x=\"%.1f\" y=\"%d\">%s</text>%n",
                    left - 8,
                    y + 12,
                    escape(bar.label()),
                    bar.style(),
                    left,
                    y,
                    length,
                    left + length + 6,
                    y + 12,
                    escape(bar.text())));
        }
        if (mark > 0) {
            out.append(String.format(
                    Locale.ROOT,
                    "<line class=\"mark\" x1=\"%.1f\" x2=\"%.1f\" y1=\"0\" y2=\"%d\"/>%n",
                    left + mark * scale,
                    left + mark * scale,
                    height - 20));
        }
        out.append("</svg>\n");
    }

    private static String percent(double share) {
        return number(100 * share, 1) + " %";
    }

    private static String number(double value, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
