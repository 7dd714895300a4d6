package io.uartnio.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A line every two seconds, for files, pipes and whoever asked for it: no escape sequences, at most 80 columns. */
final class PlainDisplay implements DemoDisplay {

    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final PrintWriter out;
    private final Warnings warnings;
    private long lastNanos = System.nanoTime();

    PlainDisplay(PrintWriter out, Warnings warnings) {
        this.out = out;
        this.warnings = warnings;
    }

    @Override
    public void update(DemoStatus status) {
        status.tick();
        if (System.nanoTime() - lastNanos >= PERIOD_NANOS) {
            lastNanos = System.nanoTime();
            warnings.drain(out);
            out.println(line(status));
        }
    }

    static String line(DemoStatus status) {
        return String.format(
                Locale.ROOT,
                "%5.0f s  down %9s %s  up %9s %s  %d of %d done",
                status.seconds(),
                ByteSize.text(status.down().bytes()),
                share(status.downRate(), status),
                ByteSize.text(status.up().bytes()),
                share(status.upRate(), status),
                status.verified(),
                status.sockets().size());
    }

    private static String share(double rate, DemoStatus status) {
        return String.format(Locale.ROOT, "(%5.1f %% of line)", 100 * FramingLimit.lineShare(rate, status.baudRate()));
    }

    @Override
    public void end() {
        warnings.drain(out);
    }
}
