package io.uartnio.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Makes tables and pictures of a run of the benchmarks. Absolute figures of one machine mean little, so what others
 * make of the same stream stands beside them. CSV and not JSON, because that can be read without a library.
 */
public final class Report {

    private static final String SHIPPED = "FrameDemultiplexerBenchmark.demultiplex";
    private static final int[] PAYLOADS = {1, 16, 64, 256, 1024, 1460};
    private static final int[] PIECES = {1, 64, 512, 4096};

    private final Results results;

    private Report(Results results) {
        this.results = results;
    }

    /**
     * Prints tables in Markdown and writes pictures.
     *
     * @param arguments the files that JMH wrote with {@code -rf csv -rff <file>}, and a directory for the pictures
     * @throws IOException if a file cannot be read or written
     */
    public static void main(String[] arguments) throws IOException {
        int files = arguments.length - 1;
        List<Path> runs = Stream.of(arguments).limit(files).map(Path::of).toList();
        Report report = new Report(Results.read(runs));
        report.printTables();
        Path directory = Files.createDirectories(Path.of(arguments[files]));
        for (int piece : PIECES) {
            Files.writeString(directory.resolve("stream-by-" + piece + ".svg"), report.picture(piece));
        }
    }

    private void printTables() {
        for (int sockets : new int[] {12, 1}) {
            System.out.println("\nMB/s of stream a second on the processor (ns a frame), sockets=" + sockets);
            printTable((payload, piece) -> speed(SHIPPED, payload, piece, "sockets", sockets));
        }
        System.out.println("\nBytes allocated a frame, sockets=12");
        printTable(this::allocation);
        for (String reference : List.of("bufferedReader", "nettyDecoder", "bareSketch")) {
            System.out.println("\n" + reference + ": MB/s of stream, and how many times as fast the demultiplexer is");
            printTable((payload, piece) -> ratio("ReferenceBenchmark." + reference, payload, piece));
        }
        for (String copy : List.of("streamToStream", "streamToRing")) {
            String name = "CopyBenchmark." + copy;
            results.score(name + ":bytes")
                    .ifPresent(bytes -> results.score(name + ":cpuNanos")
                            .ifPresent(nanos ->
                                    System.out.printf(Locale.ROOT, "%n%s: %.0f MB/s%n", copy, bytes / nanos * 1e3)));
        }
        System.out.println("\n| benchmark | parameters | score |\n|---|---|---|");
        results.tableWithout(List.of("FrameDemultiplexer", "Reference", "Copy")).forEach(System.out::println);
    }

    /** What stands in a cell. */
    private interface Cell {
        String of(int payload, int piece);
    }

    private static void printTable(Cell cell) {
        StringBuilder head = new StringBuilder("| pieces of |");
        StringBuilder rule = new StringBuilder("|---|");
        for (int payload : PAYLOADS) {
            head.append(" payload ").append(payload).append(" |");
            rule.append("---|");
        }
        System.out.println(head + "\n" + rule);
        for (int piece : PIECES) {
            StringBuilder row = new StringBuilder("| " + piece + " |");
            for (int payload : PAYLOADS) {
                row.append(' ').append(cell.of(payload, piece)).append(" |");
            }
            System.out.println(row);
        }
    }

    private String speed(String name, int payload, int piece, Object... more) {
        OptionalDouble rate = megabytesASecond(name, payload, piece, more);
        OptionalDouble nanos = score(name + ":cpuNanos", payload, piece, more);
        OptionalDouble frames = score(name + ":frames", payload, piece, more);
        return rate.isEmpty()
                ? "-"
                : String.format(
                        Locale.ROOT, "%.0f (%.0f)", rate.getAsDouble(), nanos.getAsDouble() / frames.getAsDouble());
    }

    /** Of the thread's time on the processor, not of the clock's. */
    private OptionalDouble megabytesASecond(String name, int payload, int piece, Object... more) {
        OptionalDouble bytes = score(name + ":bytes", payload, piece, more);
        OptionalDouble nanos = score(name + ":cpuNanos", payload, piece, more);
        return bytes.isEmpty() || nanos.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(bytes.getAsDouble() / nanos.getAsDouble() * 1e3);
    }

    private String allocation(int payload, int piece) {
        OptionalDouble streams = score(SHIPPED, payload, piece, "sockets", 12);
        OptionalDouble frames = score(SHIPPED + ":frames", payload, piece, "sockets", 12);
        OptionalDouble bytesAStream = score(SHIPPED + ":gc.alloc.rate.norm", payload, piece, "sockets", 12);
        return streams.isEmpty() || frames.isEmpty() || bytesAStream.isEmpty()
                ? "-"
                : String.format(
                        Locale.ROOT, "%.4f", bytesAStream.getAsDouble() * streams.getAsDouble() / frames.getAsDouble());
    }

    private String ratio(String reference, int payload, int piece) {
        OptionalDouble own = megabytesASecond(SHIPPED, payload, piece, "sockets", 12);
        OptionalDouble other = megabytesASecond(reference, payload, piece);
        return own.isEmpty() || other.isEmpty()
                ? "-"
                : String.format(
                        Locale.ROOT, "%.0f (%.1fx)", other.getAsDouble(), own.getAsDouble() / other.getAsDouble());
    }

    private OptionalDouble score(String name, int payload, int piece, Object... more) {
        Object[] parameters = new Object[4 + more.length];
        parameters[0] = "payload";
        parameters[1] = payload;
        parameters[2] = "piece";
        parameters[3] = piece;
        System.arraycopy(more, 0, parameters, 4, more.length);
        return results.score(name, parameters);
    }

    private String picture(int piece) {
        String pieces = piece == 1 ? "byte by byte" : "in pieces of " + piece + " bytes";
        Plot plot = new Plot("The stream " + pieces + ", 12 sockets", "payload of a frame, bytes", "MB/s");
        plot.add("UartNIO", line(SHIPPED, piece, "sockets", 12));
        plot.add("bare sketch, no checks", line("ReferenceBenchmark.bareSketch", piece));
        plot.add("Netty decoder", line("ReferenceBenchmark.nettyDecoder", piece));
        plot.add("BufferedReader, regex", line("ReferenceBenchmark.bufferedReader", piece));
        return plot.svg();
    }

    private List<double[]> line(String name, int piece, Object... more) {
        List<double[]> points = new ArrayList<>();
        IntStream.of(PAYLOADS)
                .forEach(payload -> megabytesASecond(name, payload, piece, more)
                        .ifPresent(rate -> points.add(new double[] {payload, rate})));
        return points;
    }
}
