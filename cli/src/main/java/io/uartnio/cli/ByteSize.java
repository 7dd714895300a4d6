package io.uartnio.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads and writes numbers of bytes as people do: {@code 64k}, {@code 1M}; k is 1024 and M is 1024 times that. */
final class ByteSize implements ITypeConverter<Long> {

    private static final Pattern SIZE = Pattern.compile("(\\d{1,12})\\s*([kKmM]?)(?:i?[bB])?");

    @Override
    public Long convert(String text) {
        Matcher matcher = SIZE.matcher(text.strip());
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + text + "' is no number of bytes such as 65536, 64k or 1M");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
            case "k" -> number << 10;
            case "m" -> number << 20;
            default -> number;
        };
    }

    /** Writes a number of bytes in nine characters, if it is less than ten thousand MiB. */
    static String text(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double kibibytes = bytes / 1024.0;
        if (kibibytes < 999.95) {
            return String.format(Locale.ROOT, "%.1f KiB", kibibytes);
        }
        double mebibytes = kibibytes / 1024;
        return String.format(Locale.ROOT, mebibytes < 999.995 ? "%.2f MiB" : "%.0f MiB", mebibytes);
    }

    /** Writes bytes a second in eleven characters. */
    static String rate(double bytesPerSecond) {
        return text(Math.round(bytesPerSecond)) + "/s";
    }
}
