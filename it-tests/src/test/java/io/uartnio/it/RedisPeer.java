package io.uartnio.it;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** As much of Redis as a client needs that sets and gets. For machines without Redis. */
final class RedisPeer {

    private final Map<String, String> values = new ConcurrentHashMap<>();

    /** Serves one connection to its end. */
    void serve(Socket connection) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(connection.getInputStream()));
        OutputStream out = connection.getOutputStream();
        for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
            String[] words = new String[Integer.parseInt(line.substring(1))];
            for (int i = 0; i < words.length; i++) {
                byte[] word = new byte[Integer.parseInt(readLine(in).substring(1))];
                in.readFully(word);
                in.readFully(new byte[2]);
                words[i] = new String(word, StandardCharsets.ISO_8859_1);
            }
            out.write((answer(words) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    private String answer(String[] words) {
        return switch (words[0].toUpperCase(Locale.ROOT)) {
            case "PING" -> "+PONG";
            case "CLIENT" -> "+OK";
            case "SET" -> {
                values.put(words[1], words[2]);
                yield "+OK";
            }
            case "GET" -> {
                String value = values.get(words[1]);
                yield value == null ? "$-1" : "$" + value.length() + "\r\n" + value;
            }
            default -> "-ERR unknown command";
        };
    }

    /** Returns the line without its end, empty at the end of the stream. */
    private static String readLine(DataInputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.append((char) next);
        }
        return line.toString().strip();
    }
}
