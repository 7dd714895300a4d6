package io.uartnio.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A table of all sockets that is redrawn in place, five times a second. Each drawing goes out in one piece, so that
 * nothing flickers, and clears only what is right of a line's end. At most {@value #WIDTH} columns.
 */
final class LiveTable implements DemoDisplay {

    static final int WIDTH = 79;
    /** What is drawn besides a row for each socket. */
    static final int OTHER_LINES = 4;

    private static final int BAR_CELLS = 16;
    private static final String ESCAPE = "\u001b[";
    private static final String HIDE_CURSOR = ESCAPE + "?25l";
    private static final String SHOW_CURSOR = ESCAPE + "?25h";
    private static final String CLEAR_TO_END_OF_LINE = ESCAPE + "K";
    private static final String CLEAR_TO_END_OF_SCREEN = ESCAPE + "J";

    private final PrintWriter out;
    private final Warnings warnings;
    private final boolean colours;
    private final Thread showCursor = new Thread(this::showCursor, "uartnio-cursor");
    private int drawnLines;

    LiveTable(PrintWriter out, Warnings warnings, boolean colours) {
        this.out = out;
        this.warnings = warnings;
        this.colours = colours;
        // Whatever ends the JVM, the user's shell wants its cursor back.
        Runtime.getRuntime().addShutdownHook(showCursor);
        out.print(HIDE_CURSOR);
    }

    private void showCursor() {
        out.print(SHOW_CURSOR);
        out.flush();
    }

    @Override
    public void update(DemoStatus status) {
        if (status.tick() || drawnLines == 0) {
            draw(lines(status, colours));
        }
    }

    private void draw(List<String> lines) {
        StringBuilder text = new StringBuilder(back());
        for (String line : lines) {
            text.append(line).append(CLEAR_TO_END_OF_LINE).append('\n');
        }
        out.print(text);
        out.flush();
        drawnLines = lines.size();
    }

    private String back() {
        return drawnLines == 0 ? "" : ESCAPE + drawnLines + "F";
    }

    /** Removes the table: the report says the same and more. */
    @Override
    public void end() {
        out.print(back() + CLEAR_TO_END_OF_SCREEN + SHOW_CURSOR);
        drawnLines = 0;
        out.flush();
        Runtime.getRuntime().removeShutdownHook(showCursor);
        warnings.drain(out);
    }

    /** Returns the table as it stands. */
    static List<String> lines(DemoStatus status, boolean colours) {
        List<String> lines = new ArrayList<>();
        lines.add(" #  state     progress                  down         up          rate    line");
        for (DemoSocket socket : status.sockets()) {
            lines.add(row(socket, status, colours));
        }
        lines.add("");
        lines.add(total("down", status.down(), status.downRate(), status.framingLimit(Direction.DOWN), status));
        lines.add(total("up", status.up(), status.upRate(), status.framingLimit(Direction.UP), status)
                + String.format(Locale.ROOT, "%8.1f s", status.seconds()));
        return lines;
    }

    private static String row(DemoSocket socket, DemoStatus status, boolean colours) {
        int number = socket.number();
        double rate = status.downRate(number) + status.upRate(number);
        return String.format(
                Locale.ROOT,
                "%2d  %s  [%s]  %9s  %9s  %11s %5.1f %%",
                number,
                state(socket, colours),
                bar(status.down().bytes(number) + status.up().bytes(number), 2 * status.bytesEach()),
                ByteSize.text(status.down().bytes(number)),
                ByteSize.text(status.up().bytes(number)),
                ByteSize.rate(rate),
                100 * FramingLimit.lineShare(rate, status.baudRate()));
    }

    /** Writes a state in eight columns. */
    static String state(DemoSocket socket, boolean colours) {
        String text = String.format(Locale.ROOT, "%-8s", socket.state().name().toLowerCase(Locale.ROOT));
        if (!colours) {
            return text;
        }
        return switch (socket.state()) {
            case VERIFIED -> ESCAPE + "32m" + text + ESCAPE + "0m";
            case FAILED -> ESCAPE + "31m" + text + ESCAPE + "0m";
            default -> text;
        };
    }

    private static String bar(long done, long all) {
        int cells = all == 0 ? BAR_CELLS : (int) (BAR_CELLS * done / all);
        return "#".repeat(cells) + ".".repeat(BAR_CELLS - cells);
    }

    private static String total(String direction, Traffic traffic, double rate, double limit, DemoStatus status) {
        return String.format(
                Locale.ROOT,
                "    %-4s %9s  %11s  %5.1f %% of the line (limit %.1f %%)",
                direction,
                ByteSize.text(traffic.bytes()),
                ByteSize.rate(rate),
                100 * FramingLimit.lineShare(rate, status.baudRate()),
                100 * limit);
    }
}
