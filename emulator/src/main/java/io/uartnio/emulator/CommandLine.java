package io.uartnio.emulator;

import java.io.IOException;
import java.util.Arrays;

/**
 * Reads command lines: up to CR, LF ignored, backspace honoured, everything before {@code AT} passed over, and echoed
 * as it was typed while {@code ATE1} holds. Command thread.
 */
final class CommandLine {

    private static final int MAX_CHARACTERS = 4096;
    private static final int BACKSPACE = 8;

    private final ModulePort port;
    private final PortInput input;
    private final StringBuilder line = new StringBuilder();
    private byte[] echo = new byte[256];
    private int echoed;

    CommandLine(ModulePort port) {
        this.port = port;
        this.input = port.input;
    }

    void reset() {
        line.setLength(0);
        echoed = 0;
    }

    /** Returns the next line that begins with {@code AT}, without it. */
    String next() throws IOException {
        while (true) {
            int read = input.read(-1);
            if (read == '\n') {
                continue;
            }
            echo(read);
            if (read == '\r') {
                String text = line.toString();
                line.setLength(0);
                int start = indexOfAt(text);
                if (start >= 0) {
                    return text.substring(start + 2);
                }
            } else if (read == BACKSPACE) {
                line.setLength(Math.max(0, line.length() - 1));
            } else if (line.length() < MAX_CHARACTERS) {
                line.append((char) read);
            }
        }
    }

    /** Never by the upper case of the whole: that of garbage, such as a sharp s, may be longer than the text. */
    private static int indexOfAt(String text) {
        for (int i = 0; i + 2 <= text.length(); i++) {
            if (text.regionMatches(true, i, "AT", 0, 2)) {
                return i;
            }
        }
        return -1;
    }

    /** Sends the echo in as few pieces as came in. */
    private void echo(int character) {
        if (!port.profile().echo) {
            return;
        }
        if (echoed == echo.length) {
            echo = Arrays.copyOf(echo, 2 * echoed);
        }
        echo[echoed++] = (byte) character;
        if (character == '\r' || !input.hasMore()) {
            port.output.put(LineFrame.Kind.ECHO, Arrays.copyOf(echo, echoed), null);
            echoed = 0;
        }
    }
}
