package io.uartnio.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A host name or address and perhaps a port, as {@code HOST[:PORT]}, IPv6 in brackets.
 *
 * @param host without brackets
 * @param port 1 to 65535, or 0 if none was given
 */
record HostPort(String host, int port) {

    private static final Pattern FORM = Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([^:\\[\\]\\s]+))(?::(\\d{1,5}))?");

    static HostPort parse(String text) {
        Matcher matcher = FORM.matcher(text);
        int port = matcher.matches() && matcher.group(3) != null ? Integer.parseInt(matcher.group(3)) : 0;
        if (!matcher.matches() || port > 65_535 || (port == 0 && matcher.group(3) != null)) {
            throw new TypeConversionException("'" + text + "' is not HOST or HOST:PORT");
        }
        return new HostPort(matcher.group(1) != null ? matcher.group(1) : matcher.group(2), port);
    }

    int portOr(int other) {
        return port == 0 ? other : port;
    }

    @Override
    public String toString() {
        String name = host.contains(":") ? "[" + host + "]" : host;
        return port == 0 ? name : name + ":" + port;
    }

    /** Reads one from a command line. */
    static final class Converter implements ITypeConverter<HostPort> {
        @Override
        public HostPort convert(String text) {
            return parse(text);
        }
    }
}
