package io.uartnio.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the demo says when it is over: for people, at most 80 columns wide, or for programs. */
final class DemoReport {

    /** So much of a hash tells two apart at a glance; {@code compare} has compared all of it. */
    private static final int HASH_DIGITS = 16;

    private DemoReport() {}

    /** Writes every socket with its verdict, then the goodput of each direction beside what was possible. */
    static void write(DemoStatus status, boolean colours, PrintWriter out) {
        out.println(" #  state          down         up  sha256 down       sha256 up");
        for (DemoSocket socket : status.sockets()) {
            out.println(String.format(
                            Locale.ROOT,
                            "%2d  %s %9s  %9s  %-16s  %-16s",
                            socket.number(),
                            LiveTable.state(socket, colours),
                            ByteSize.text(status.down().bytes(socket.number())),
                            ByteSize.text(status.up().bytes(socket.number())),
                            shortened(socket.downHash()),
                            shortened(socket.upHash()))
                    .stripTrailing());
        }
        out.println();
        out.println(String.format(
                Locale.ROOT,
                "%d of %d sockets verified by SHA-256 both ways, in %.1f s",
                status.verified(),
                status.sockets().size(),
                status.seconds()));
        out.println();
        out.println("        payload       goodput  line used  framing limit");
        direction("down", status.down(), status.framingLimit(Direction.DOWN), status, out);
        direction("up", status.up(), status.framingLimit(Direction.UP), status, out);
        out.println();
        out.println("Line used: payload against what " + status.baudRate() + " baud carry in one direction (8N1),");
        out.println("from the first payload to arrive in that direction to the last.");
        if (status.lineUtilisation() > 1) {
            // USB, and a pseudo-terminal that nobody paces, take a rate and ignore it.
            out.println("More than 100 %: this port does not keep to its rate.");
        }
    }

    private static String shortened(String hash) {
        return hash.isEmpty() ? "-" : hash.substring(0, HASH_DIGITS);
    }

    private static void direction(String name, Traffic traffic, double limit, DemoStatus status, PrintWriter out) {
        out.println(String.format(
                Locale.ROOT,
                "  %-4s %9s  %11s  %7.1f %%  %11.1f %%",
                name,
                ByteSize.text(traffic.bytes()),
                ByteSize.rate(traffic.bytesPerSecond()),
                100 * FramingLimit.lineShare(traffic.bytesPerSecond(), status.baudRate()),
                100 * limit));
    }

    /** Says why sockets failed, those together that failed for the same reason. */
    static void writeFailures(DemoStatus status, PrintWriter err) {
        Map<String, List<String>> socketsByReason = new LinkedHashMap<>();
        for (DemoSocket socket : status.sockets()) {
            if (socket.failure() != null) {
                socketsByReason
                        .computeIfAbsent(Failures.describe(socket.failure()), reason -> new ArrayList<>())
                        .add(Integer.toString(socket.number()));
            }
        }
        socketsByReason.forEach((reason, sockets) -> err.println(
                (sockets.size() == 1 ? "socket " : "sockets ") + String.join(", ", sockets) + ": " + reason));
    }

    /** Returns the result as one JSON object on one line. */
    static String json(int sockets, int verified, long down, long up, double seconds, double utilisation) {
        return String.format(
                Locale.ROOT,
                "{\"sockets\":%d,\"verified\":%d,\"bytesDown\":%d,\"bytesUp\":%d,\"seconds\":%.3f,"
                        + "\"lineUtilisation\":%.4f}",
                sockets,
                verified,
                down,
                up,
                seconds,
                utilisation);
    }
}
