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
                "%5.0f s  down %9s, line %5.1f %%  up %9s, line %5.1f %%  %d of %d done",
                status.seconds(),
                ByteSize.text(status.down().bytes()),
                percent(status.downRate(), status),
                ByteSize.text(status.up().bytes()),
                percent(status.upRate(), status),
                status.verified(),
                status.sockets().size());
    }

    private static double percent(double rate, DemoStatus status) {
        return 100 * FramingLimit.lineShare(rate, status.baudRate());
    }

    @Override
    public void end() {
        warnings.drain(out);
    }
}
