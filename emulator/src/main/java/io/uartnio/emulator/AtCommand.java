package io.uartnio.emulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One command of a line: its name in capitals without {@code AT} ({@code +QIOPEN}, {@code E}, {@code &W}), its form and
 * its arguments.
 */
record AtCommand(String name, Form form, List<Argument> arguments) {

    /** The four forms of a command. */
    enum Form {
        /** {@code AT+X=?}. */
        TEST,
        /** {@code AT+X?}. */
        READ,
        /** {@code AT+X=...}. */
        WRITE,
        /** {@code AT+X}. */
        EXECUTE
    }

    /** One argument as it was written, without its quotes. */
    record Argument(String text, boolean quoted) {}

    /** Thrown when an argument is missing, too many or not what the command takes. */
    static final class BadArgumentException extends RuntimeException {
        private static final long serialVersionUID = 1;

        BadArgumentException(String message) {
            super(message, null, false, false);
        }
    }

    /** Parses an extended command, such as {@code +QIOPEN=1,0,"TCP","example.org",80}. */
    static AtCommand parseExtended(String text) {
        int end = 1;
        while (end < text.length() && text.charAt(end) != '=' && text.charAt(end) != '?') {
            end++;
        }
        String name = text.substring(0, end).trim().toUpperCase(Locale.ROOT);
        String rest = text.substring(end);
        if (rest.isEmpty()) {
            return new AtCommand(name, Form.EXECUTE, List.of());
        }
        if (rest.equals("?")) {
            return new AtCommand(name, Form.READ, List.of());
        }
        if (rest.equals("=?")) {
            return new AtCommand(name, Form.TEST, List.of());
        }
        return new AtCommand(name, Form.WRITE, arguments(rest.substring(1)));
    }

    private static List<Argument> arguments(String text) {
        List<Argument> arguments = new ArrayList<>();
        StringBuilder current = new StringBuilder();
        boolean inside = false;
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                inside = !inside;
                quoted = true;
            } else if (c == ',' && !inside) {
                arguments.add(argument(current, quoted));
                current.setLength(0);
                quoted = false;
            } else {
                current.append(c);
            }
        }
        if (inside) {
            throw new BadArgumentException("quote is not closed");
        }
        arguments.add(argument(current, quoted));
        return arguments;
    }

    private static Argument argument(StringBuilder text, boolean quoted) {
        return new Argument(quoted ? text.toString() : text.toString().trim(), quoted);
    }

    int count() {
        return arguments.size();
    }

    /** Says whether an argument is there and not empty. */
    boolean has(int index) {
        return index < arguments.size()
                && (!arguments.get(index).text().isEmpty()
                        || arguments.get(index).quoted());
    }

    /** Demands that there be so many arguments. */
    void count(int min, int max) {
        if (arguments.size() < min || arguments.size() > max) {
            throw new BadArgumentException("wrong number of arguments");
        }
    }

    /** Returns a number of this range. */
    int number(int index, int min, int max) {
        String text = has(index) ? arguments.get(index).text() : "";
        if (!text.matches("\\d{1,9}") || arguments.get(index).quoted()) {
            throw new BadArgumentException("argument is no number");
        }
        int value = Integer.parseInt(text);
        if (value < min || value > max) {
            throw new BadArgumentException("argument is out of range");
        }
        return value;
    }

    /** Returns a number of this range, or the default if the argument is not there. */
    int number(int index, int min, int max, int missing) {
        return has(index) ? number(index, min, max) : missing;
    }

    /** Returns a text, with or without quotes. */
    String text(int index) {
        if (!has(index)) {
            throw new BadArgumentException("argument is missing");
        }
        return arguments.get(index).text();
    }

    /** Returns a text that must stand in quotes. */
    String quoted(int index) {
        String text = text(index);
        if (!arguments.get(index).quoted()) {
            throw new BadArgumentException("argument is no string");
        }
        return text;
    }
}
