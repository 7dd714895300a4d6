package io.uartnio.cli;

import io.uartnio.AccessMode;
import io.uartnio.cli.BenchResults.Connect;
import io.uartnio.cli.BenchResults.Goodput;
import io.uartnio.cli.BenchResults.Latency;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Figures for people, a line as soon as it is there, at most 80 columns wide. Never redrawn: good for any output. */
final class BenchTable {

    private static final int WIDTH = 80;

    private final PrintWriter out;

    BenchTable(PrintWriter out) {
        this.out = out;
    }

    void begin(BenchResults results, BenchSettings settings) {
        for (Map.Entry<String, Object> fact : results.machine().entrySet()) {
            line(fact.getKey() + ": " + fact.getValue());
        }
        line("module: "
                + (settings.module().isPlayed()
                        ? "played EC200N, paced"
                        : "on " + settings.module().port()) + ", "
                + settings.socketWords());
    }

    void goodputHeader(AccessMode accessMode) {
        line("");
        line("Access mode: %s", AccessModes.word(accessMode));
        header();
    }

    /** The same runs once more, the modes side by side. */
    void byAccessMode(List<Goodput> rows, List<AccessMode> modes) {
        line("");
        line("Of the framing limit of direct push, by access mode");
        StringBuilder head =
                new StringBuilder(String.format(Locale.ROOT, "%7s %7s %6s  %-4s", "baud", "sockets", "write", "way"));
        modes.forEach(mode -> head.append(String.format(Locale.ROOT, " %10s", AccessModes.word(mode))));
        line(head.toString());
        for (Goodput row : rows) {
            if (row.accessMode() != modes.get(0)) {
                continue;
            }
            StringBuilder text = new StringBuilder(String.format(
                    Locale.ROOT, "%7d %7d %6d  %-4s", row.baudRate(), row.sockets(), row.payload(), row.direction()));
            for (AccessMode mode : modes) {
                rows.stream()
                        .filter(other -> other.isLike(row) && other.accessMode() == mode)
                        .forEach(other -> text.append(String.format(Locale.ROOT, " %8.1f %%", 100 * other.ofLimit())));
            }
            line(text.toString());
        }
    }

    void connectsHeader(int samples, int others) {
        line("");
        line("Connect and a small exchange in ms, %d each, %d sockets beside it", samples, others);
        line("%24s %26s   %26s", "", "connect", "exchange");
        line(
                "%7s  %-9s %-5s %8s %8s %8s   %8s %8s %8s",
                "baud", "mode", "load", "median", "p90", "max", "median", "p90", "max");
    }

    void add(Connect row) {
        line(
                "%7d  %-9s %-5s %8.1f %8.1f %8.1f   %8.1f %8.1f %8.1f",
                row.baudRate(),
                AccessModes.word(row.accessMode()),
                row.load(),
                row.connect().medianMicros() / 1e3,
                row.connect().p90Micros() / 1e3,
                row.connect().maxMicros() / 1e3,
                row.exchange().medianMicros() / 1e3,
                row.exchange().p90Micros() / 1e3,
                row.exchange().maxMicros() / 1e3);
    }

    private void header() {
        line(
                "%7s %7s %6s  %-4s %11s  %8s %5s %6s %6s %9s",
                "baud", "sockets", "write", "way", "goodput", "of limit", "Jain", "ms/MB", "CPU", "heap");
    }

    void add(Goodput row) {
        line(
                "%7d %7d %6d  %-4s %11s  %6.1f %% %.3f %6.0f %5.1f%% %9s",
                row.baudRate(),
                row.sockets(),
                row.payload(),
                row.direction(),
                ByteSize.rate(row.bytesPerSecond()),
                100 * row.ofLimit(),
                row.jain(),
                row.cpuMillisPerMegabyte(),
                100 * row.cpuShare(),
                ByteSize.text(row.heapBytes()));
    }

    void latencyHeader(int samples) {
        line("");
        line("Latency in µs, %d samples each    median      p90      p99       max", samples);
    }

    void add(Latency row) {
        line(
                "  %-29s %8.1f %8.1f %8.1f %9.1f",
                title(row.path()), row.medianMicros(), row.p90Micros(), row.p99Micros(), row.maxMicros());
    }

    /** Says what a path is. */
    static String title(String path) {
        return switch (path) {
            case "hand-over" -> "hand-over (unpark to park)";
            case "bare" -> "tty to bare jSerialComm read";
            case "bare+hand-over" -> "tty to bare read, handed over";
            case "read" -> "tty to SocketChannel.read";
            case "select+read" -> "tty to select, then read";
            default -> "  of it, added to the port's";
        };
    }

    /** Rows: a hand-over, the bare read, and each further path followed by what it adds to the port's read. */
    void latencyVerdict(List<Latency> rows) {
        Latency handOver = rows.get(0);
        Latency bare = rows.get(1);
        Latency handedOver = rows.get(3);
        for (int i = 4; i + 1 < rows.size(); i += 2) {
            Latency whole = rows.get(i);
            double addedMicros = rows.get(i + 1).medianMicros();
            line(
                    "  %s: adds %.1f hand-overs, %.1f times what a handed-over read adds;",
                    whole.path(), addedMicros / handOver.medianMicros(), addedMicros / handedOver.medianMicros());
            line("    its p99 is %.1f times the bare read's", whole.p99Micros() / bare.p99Micros());
        }
    }

    void modemsHeader(int modems) {
        line("");
        line("One modem, then %d on one selector", modems);
        header();
    }

    void modemsVerdict(List<Goodput> rows) {
        for (int i = 0; i < rows.size() / 2; i++) {
            Goodput one = rows.get(i);
            Goodput all = rows.get(i + rows.size() / 2);
            line(
                    "  %s: %d modems carry %.2f times what one does",
                    one.direction(), all.modems(), all.bytesPerSecond() / one.bytesPerSecond());
        }
    }

    private void line(String format, Object... values) {
        String text = values.length == 0 ? format : String.format(Locale.ROOT, format, values);
        out.println(text.length() <= WIDTH ? text : text.substring(0, WIDTH - 1) + "…");
        out.flush();
    }
}
