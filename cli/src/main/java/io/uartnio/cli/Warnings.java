package io.uartnio.cli;

import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * Where the library's log goes. Left to the JVM it would be written to the terminal at any moment, into the middle of a
 * table that is being redrawn. So warnings are kept, and the display prints them where there is room; with
 * {@code --verbose} all of the library's log is written at once.
 *
 * <p>Any thread logs; {@link #drain} belongs to the thread that draws.
 */
final class Warnings extends Handler {

    private static final int MOST_KEPT = 50;

    private final SimpleFormatter formatter = new SimpleFormatter();
    private final Queue<String> kept = new ArrayDeque<>();
    private final Logger library = Logger.getLogger("io.uartnio");
    private final PrintWriter verboseTo;
    private int dropped;

    private Warnings(PrintWriter verboseTo) {
        this.verboseTo = verboseTo;
    }

    /**
     * Takes the log over, for the life of the JVM.
     *
     * @param verboseTo where to write all of it at once, or null to keep the warnings
     */
    static Warnings install(PrintWriter verboseTo) {
        LogManager.getLogManager().reset();
        Warnings warnings = new Warnings(verboseTo);
        warnings.library.setLevel(verboseTo == null ? Level.WARNING : Level.FINE);
        warnings.library.addHandler(warnings);
        return warnings;
    }

    @Override
    public void publish(LogRecord record) {
        String text = formatter.formatMessage(record);
        if (verboseTo != null) {
            verboseTo.println(record.getLevel() + " " + record.getLoggerName() + ": " + text);
            if (record.getThrown() != null) {
                record.getThrown().printStackTrace(verboseTo);
            }
            return;
        }
        synchronized (kept) {
            if (kept.size() < MOST_KEPT) {
                kept.add(text);
            } else {
                dropped++;
            }
        }
    }

    /** Writes what was kept since the last time, a line each. */
    void drain(PrintWriter to) {
        synchronized (kept) {
            kept.forEach(text -> to.println("warning: " + text));
            kept.clear();
            if (dropped > 0) {
                to.println("warning: and " + dropped + " more");
                dropped = 0;
            }
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
