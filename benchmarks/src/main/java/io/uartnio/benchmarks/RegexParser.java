package io.uartnio.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The same stream read as most Java programs that talk to a modem read it: a {@link BufferedReader}, a line at a time,
 * a regular expression, payload as characters turned back into bytes. One thread.
 */
public final class RegexParser {

    private static final Pattern ANNOUNCEMENT = Pattern.compile("\\+QSSLURC: \"recv\",(\\d+),(\\d+)");

    private long frames;
    private long lines;
    private long payloadBytes;
    private byte[] last;

    /** Reads a whole stream, of which the port hands over this many bytes at a time. */
    public void parse(byte[] stream, int pieceBytes) throws IOException {
        BufferedReader reader = new BufferedReader(
                new InputStreamReader(new PieceStream(stream, pieceBytes), StandardCharsets.ISO_8859_1));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            Matcher matcher = ANNOUNCEMENT.matcher(line);
            if (matcher.matches()) {
                frame(reader, Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
            } else if (!line.isEmpty()) {
                lines++;
            }
        }
    }

    private void frame(BufferedReader reader, int index, int length) throws IOException {
        if (index > 11) {
            throw new IOException("no such socket: index=" + index);
        }
        char[] text = new char[length];
        int read = 0;
        while (read < length) {
            int count = reader.read(text, read, length - read);
            if (count < 0) {
                throw new IOException("stream ended in a frame: read=" + read);
            }
            read += count;
        }
        last = new String(text).getBytes(StandardCharsets.ISO_8859_1);
        payloadBytes += last.length;
        frames++;
    }

    /** Returns the number of frames read. */
    public long frames() {
        return frames;
    }

    /** Returns the number of other lines read. */
    public long lines() {
        return lines;
    }

    /** Returns the number of payload bytes read. */
    public long payloadBytes() {
        return payloadBytes;
    }

    /** A port that has no more than a piece at a time. */
    private static final class PieceStream extends InputStream {

        private final byte[] bytes;
        private final int pieceBytes;
        private int position;

        PieceStream(byte[] bytes, int pieceBytes) {
            this.bytes = bytes;
            this.pieceBytes = pieceBytes;
        }

        @Override
        public int read() {
            return position == bytes.length ? -1 : bytes[position++] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            int count = Math.min(Math.min(length, pieceBytes), bytes.length - position);
            if (count == 0) {
                return length == 0 ? 0 : -1;
            }
            System.arraycopy(bytes, position, target, offset, count);
            position += count;
            return count;
        }
    }
}
