package io.uartnio.cli;

import io.uartnio.emulator.EmulatorBuilder;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Which final results of the emulator come late: {@code RESULT:RATE:MILLIS[:stall]}.
 *
 * @param result such as {@code SEND OK}
 * @param rate how many of them, 0 to 1
 * @param millis by how much
 * @param stall true if the module does nothing else meanwhile
 */
record LateReply(String result, double rate, long millis, boolean stall) {

    private static final Pattern FORM = Pattern.compile("([A-Z ]+):(\\d(?:\\.\\d+)?):(\\d{1,8})(:stall)?");

    EmulatorBuilder addTo(EmulatorBuilder builder) {
        return builder.lateReplies(result, rate, Duration.ofMillis(millis), stall);
    }

    /** Reads one from a command line. */
    static final class Converter implements ITypeConverter<LateReply> {
        @Override
        public LateReply convert(String text) {
            Matcher matcher = FORM.matcher(text);
            if (!matcher.matches()) {
                throw new TypeConversionException(
                        "'" + text + "' is not RESULT:RATE:MILLIS, such as 'SEND OK:0.1:500'");
            }
            return new LateReply(
                    matcher.group(1),
                    Double.parseDouble(matcher.group(2)),
                    Long.parseLong(matcher.group(3)),
                    matcher.group(4) != null);
        }
    }
}
