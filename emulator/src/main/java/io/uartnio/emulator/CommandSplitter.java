package io.uartnio.emulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Splits a line into its commands: extended ones end at a semicolon outside quotes, basic ones ({@code E0}, {@code &W},
 * {@code S3=13}) may follow each other without one. Stateless.
 */
final class CommandSplitter {

    private CommandSplitter() {}

    /** Returns the texts of the commands of a line whose {@code AT} is already off. */
    static List<String> split(String line) {
        List<String> commands = new ArrayList<>();
        int at = 0;
        while (at < line.length()) {
            char c = line.charAt(at);
            if (c == ';' || c == ' ') {
                at++;
                continue;
            }
            int end = isExtended(c) ? extendedEnd(line, at) : basicEnd(line, at);
            commands.add(line.substring(at, end).trim());
            at = end;
        }
        return commands;
    }

    static boolean isExtended(char first) {
        return first == '+' || first == '^' || first == '$' || first == '*';
    }

    private static int extendedEnd(String line, int start) {
        boolean quoted = false;
        for (int i = start; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ';' && !quoted) {
                return i;
            }
        }
        return line.length();
    }

    /** A basic command is a letter, with {@code &} before it or not, and what is no letter behind it. */
    private static int basicEnd(String line, int start) {
        int end = start + (line.charAt(start) == '&' ? 2 : 1);
        while (end < line.length() && "0123456789=?".indexOf(line.charAt(end)) >= 0) {
            end++;
        }
        return Math.min(end, line.length());
    }

    /** Parses a basic command: name {@code E}, {@code &W} or {@code S3}, and a number as its only argument. */
    static AtCommand parseBasic(String text) {
        int nameEnd = Math.min(text.length(), text.charAt(0) == '&' ? 2 : 1);
        String name = text.substring(0, nameEnd).toUpperCase(Locale.ROOT);
        String rest = text.substring(nameEnd);
        if (rest.isEmpty()) {
            return new AtCommand(name, AtCommand.Form.EXECUTE, List.of());
        }
        return new AtCommand(name, AtCommand.Form.WRITE, List.of(new AtCommand.Argument(rest, false)));
    }
}
