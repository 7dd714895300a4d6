package io.uartnio.emulator;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The clock of {@code AT+CCLK}: {@code "yy/MM/dd,hh:mm:ss±zz"}, the zone in quarters of an hour. It runs, is set by the
 * host and is not saved. Any thread.
 */
final class ModuleClock {

    private static final Pattern TEXT = Pattern.compile("(\\d\\d/\\d\\d/\\d\\d,\\d\\d:\\d\\d:\\d\\d)([+-]\\d\\d)");
    private static final DateTimeFormatter DIGITS = DateTimeFormatter.ofPattern("yy/MM/dd,HH:mm:ss");

    private final EmulatorOptions options;
    private LocalDateTime setTo;
    private int quarterHours;
    private long setAtNanos;

    ModuleClock(EmulatorOptions options) {
        this.options = options;
        reset();
    }

    void reset() {
        set(options.clock, options.clockQuarterHours);
    }

    private synchronized void set(LocalDateTime time, int zone) {
        setTo = time;
        quarterHours = zone;
        setAtNanos = System.nanoTime();
    }

    /** Sets the clock; returns false if that is no time. */
    boolean set(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return false;
        }
        int zone = Integer.parseInt(matcher.group(2));
        Optional<LocalDateTime> time = parse(matcher.group(1));
        if (time.isEmpty() || zone < -48 || zone > 56) {
            return false;
        }
        set(time.get(), zone);
        return true;
    }

    private static Optional<LocalDateTime> parse(String digits) {
        try {
            return Optional.of(LocalDateTime.parse(digits, DIGITS));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private LocalDateTime now() {
        return setTo.plus(System.nanoTime() - setAtNanos, ChronoUnit.NANOS);
    }

    synchronized String text() {
        return DIGITS.format(now()) + String.format("%+03d", quarterHours);
    }

    /** Returns the moment that the module believes it is. */
    synchronized Instant instant() {
        int offsetSeconds = options.clockIsLocal ? quarterHours * 15 * 60 : 0;
        return now().toInstant(ZoneOffset.UTC).minusSeconds(offsetSeconds);
    }
}
