package io.uartnio.cli;

import java.io.Console;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What standard output can show: whether it is a terminal, how large, and whether in colour.
 *
 * <p>{@code System.console()} alone does not tell: up to JDK 21 it is null as soon as standard input is redirected, and
 * from JDK 22 on it is not null even where nothing is a terminal.
 *
 * @param interactive true if lines can be redrawn in place
 * @param rows its height, 0 if unknown
 * @param columns its width, 0 if unknown
 * @param colours true if colours are welcome
 */
record Terminal(boolean interactive, int rows, int columns, boolean colours) {

    private static final Path STANDARD_OUTPUT = Path.of("/proc/self/fd/1");

    /** No terminal: a file, a pipe, a test. */
    static Terminal none() {
        return new Terminal(false, 0, 0, false);
    }

    /** Looks at standard output. */
    static Terminal ofStandardOutput() {
        String type = System.getenv("TERM");
        if (type == null || type.equals("dumb") || !isTerminal()) {
            return none();
        }
        String noColour = System.getenv("NO_COLOR");
        int[] size = size();
        return new Terminal(true, size[0], size[1], noColour == null || noColour.isEmpty());
    }

    /** Returns true if that many lines of that many columns can be redrawn in place. */
    boolean fits(int lines, int width) {
        return interactive && (rows == 0 || rows > lines) && (columns == 0 || columns >= width);
    }

    @SuppressWarnings("SystemConsoleNull") // null is asked for only where it still happens
    private static boolean isTerminal() {
        if (Files.exists(STANDARD_OUTPUT)) {
            try {
                String device = STANDARD_OUTPUT.toRealPath().toString();
                return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty") || device.equals("/dev/console");
            } catch (IOException e) {
                return false; // a pipe has no path
            }
        }
        Console console = System.console();
        if (console == null || Runtime.version().feature() < 22) {
            return console != null;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    /** Asks the system's stty, which every terminal worth drawing on comes with. */
    private static int[] size() {
        if (System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("windows")) {
            return new int[2];
        }
        try {
            Process stty = new ProcessBuilder("sh", "-c", "stty size </dev/tty")
                    .redirectError(Redirect.DISCARD)
                    .start();
            String text = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            if (stty.waitFor(2, TimeUnit.SECONDS) && text.matches("\\d{1,5} \\d{1,5}")) {
                int space = text.indexOf(' ');
                return new int[] {
                    Integer.parseInt(text.substring(0, space)), Integer.parseInt(text.substring(space + 1))
                };
            }
        } catch (IOException e) {
            return new int[2];
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new int[2];
    }
}
