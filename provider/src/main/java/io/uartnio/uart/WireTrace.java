package io.uartnio.uart;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;

/**
 * The wire trace: every byte that crosses a port, both ways, with time stamps, in a file that a person can read and a
 * program can replay. It is a port around a port, so that a port without it pays nothing.
 *
 * <p><b>The file holds all payload</b> that is not encrypted end to end. Passwords, PINs and private keys that are given
 * to the module, and its answers to that, are left out, and a line says how many bytes; {@link #withSecrets} records them
 * too. The file is made readable for its owner only, where files have modes; keep it so.
 *
 * <p>One line a chunk, as it was read or written: the time in UTC with microseconds, {@code >>} to the module or
 * {@code <<} from it, and the bytes. Printable ASCII stands for itself; a backslash is {@code \\}, CR {@code \r}, LF
 * {@code \n}, TAB {@code \t}, everything else {@code \x} and two hexadecimal digits, also a space at either end. Lines
 * with {@code --} tell what else happened: open, close, rate, control lines, a failed write, chunks that were
 * left out because they are secret, and chunks that are missing because the disk did not keep up.
 *
 * <pre>
 * 2026-03-01T12:00:00.123456Z -- open port=/dev/ttyUSB2 baudRate=921600 hardwareFlowControl=true
 * 2026-03-01T12:00:00.124001Z &gt;&gt; AT\r
 * 2026-03-01T12:00:00.125310Z &lt;&lt; \r\nOK\r\n
 * </pre>
 *
 * <p>All methods are thread-safe.
 */
public final class WireTrace {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    /** Which way bytes went. */
    public enum Direction {
        /** Written by the host: {@code >>}. */
        TO_MODULE(">>"),
        /** Received by the host: {@code <<}. */
        FROM_MODULE("<<");

        private final String mark;

        Direction(String mark) {
            this.mark = mark;
        }

        String mark() {
            return mark;
        }
    }

    private WireTrace() {}

    /**
     * Puts a trace around a port. The file is opened with the port and appended to; if it is absent it is made, for its
     * owner only. It is brought up to date at least once a second and when the port closes, by a daemon thread
     * {@code uartnio-trace-<port>}: the disk never holds up the line. When the disk is slower than the line for long,
     * chunks are left out and the file says how many.
     *
     * @param file to append to
     * @param port to be traced; used through the returned port only from now on
     * @return the port to use instead; its {@code open} fails with an {@link IOException} too if the file cannot be
     *     written
     */
    public static UartPort to(Path file, UartPort port) {
        return new TracingUartPort(Objects.requireNonNull(file, "file"), Objects.requireNonNull(port, "port"), false);
    }

    /** As {@link #to}, with everything in the file: whoever reads it can use the SIM and be the client. */
    public static UartPort withSecrets(Path file, UartPort port) {
        return new TracingUartPort(Objects.requireNonNull(file, "file"), Objects.requireNonNull(port, "port"), true);
    }

    /**
     * Reads one line of a trace, to replay or examine it.
     *
     * @param line without its line end
     * @return the chunk, or empty for a line that tells an event
     * @throws IllegalArgumentException if it is no line of a trace
     */
    public static Optional<Chunk> parse(String line) {
        int timeEnd = line.indexOf(' ');
        if (timeEnd < 0 || line.length() < timeEnd + 3) {
            throw notALine(line, null);
        }
        String mark = line.substring(timeEnd + 1, timeEnd + 3);
        String text = line.length() > timeEnd + 4 ? line.substring(timeEnd + 4) : "";
        try {
            Instant time = Instant.parse(line.substring(0, timeEnd));
            for (Direction direction : Direction.values()) {
                if (direction.mark.equals(mark)) {
                    return Optional.of(new Chunk(time, direction, unescape(text)));
                }
            }
        } catch (DateTimeParseException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw notALine(line, e);
        }
        if (!mark.equals("--")) {
            throw notALine(line, null);
        }
        return Optional.empty();
    }

    private static IllegalArgumentException notALine(String line, RuntimeException cause) {
        return new IllegalArgumentException("not a line of a wire trace: line=" + line, cause);
    }

    /** Appends a line of bytes. */
    static void format(StringBuilder out, Instant time, Direction direction, byte[] bytes) {
        TIME.formatTo(time, out);
        out.append(' ').append(direction.mark).append(' ');
        for (int i = 0; i < bytes.length; i++) {
            boolean edge = i == 0 || i == bytes.length - 1;
            escape(out, bytes[i], edge);
        }
        out.append('\n');
    }

    /** Appends a line that tells an event. */
    static void formatEvent(StringBuilder out, Instant time, String event) {
        TIME.formatTo(time, out);
        out.append(" -- ").append(event.replace('\n', ' ').replace('\r', ' ')).append('\n');
    }

    private static void escape(StringBuilder out, byte value, boolean edge) {
        switch (value) {
            case '\\' -> out.append("\\\\");
            case '\r' -> out.append("\\r");
            case '\n' -> out.append("\\n");
            case '\t' -> out.append("\\t");
            default -> {
                // A space at the end of a line would be lost to the first editor that saves the file.
                if (value < ' ' || value == 0x7F || (edge && value == ' ')) {
                    HEX.toHexDigits(out.append("\\x"), value);
                } else {
                    out.append((char) value);
                }
            }
        }
    }

    private static byte[] unescape(String text) {
        StringBuilder bytes = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                if (c < ' ' || c > '~') {
                    throw new IllegalArgumentException("unescaped character: code=" + (int) c);
                }
                bytes.append(c);
                continue;
            }
            char kind = text.charAt(++i);
            switch (kind) {
                case '\\' -> bytes.append('\\');
                case 'r' -> bytes.append('\r');
                case 'n' -> bytes.append('\n');
                case 't' -> bytes.append('\t');
                case 'x' -> {
                    bytes.append((char) HexFormat.fromHexDigits(text, i + 1, i + 3));
                    i += 2;
                }
                default -> throw new IllegalArgumentException("unknown escape: escape=\\" + kind);
            }
        }
        return bytes.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Bytes that crossed the port at one time. Immutable. */
    public static final class Chunk {

        private final Instant time;
        private final Direction direction;
        private final byte[] bytes;

        Chunk(Instant time, Direction direction, byte[] bytes) {
            this.time = time;
            this.direction = direction;
            this.bytes = bytes;
        }

        /** Returns when they were received, or handed over to be written. */
        public Instant time() {
            return time;
        }

        /** Returns which way they went. */
        public Direction direction() {
            return direction;
        }

        /** Returns a copy of the bytes. */
        public byte[] bytes() {
            return bytes.clone();
        }
    }
}
