package io.uartnio.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads JSON strictly, as a program that is given ours would; knows nothing of {@link Json}. */
final class JsonReader {

    private final String text;
    private int at;

    private JsonReader(String text) {
        this.text = text;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(String text) {
        JsonReader reader = new JsonReader(text.strip());
        Object value = reader.value();
        if (reader.at != reader.text.length()) {
            throw new IllegalArgumentException("more after the value: at=" + reader.at);
        }
        return (Map<String, Object>) value;
    }

    private Object value() {
        char c = text.charAt(at);
        if (c == '{') {
            Map<String, Object> map = new LinkedHashMap<>();
            while (more('{', '}')) {
                String key = string();
                expect(':');
                map.put(key, value());
            }
            return map;
        }
        if (c == '[') {
            List<Object> list = new ArrayList<>();
            while (more('[', ']')) {
                list.add(value());
            }
            return list;
        }
        if (c == '"') {
            return string();
        }
        int start = at;
        while (at < text.length() && ",]}".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String word = text.substring(start, at);
        return switch (word) {
            case "true" -> true;
            case "false" -> false;
            case "null" -> null;
            default -> {
                if (!word.matches("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?")) {
                    throw new IllegalArgumentException("no JSON: " + word);
                }
                yield Double.valueOf(word);
            }
        };
    }

    /** Steps over what begins, separates or ends the elements; false at the end. */
    private boolean more(char begin, char end) {
        char c = text.charAt(at);
        at++;
        if (c == begin && text.charAt(at) == end) {
            at++;
            return false;
        }
        if (c != begin && c != ',' && c != end) {
            throw new IllegalArgumentException("no JSON: at=" + at);
        }
        return c != end;
    }

    private void expect(char c) {
        if (text.charAt(at++) != c) {
            throw new IllegalArgumentException("no JSON: at=" + at);
        }
    }

    private String string() {
        expect('"');
        StringBuilder out = new StringBuilder();
        while (text.charAt(at) != '"') {
            char c = text.charAt(at++);
            if (c < ' ') {
                throw new IllegalArgumentException("control character in a string: at=" + at);
            }
            if (c == '\\') {
                char escaped = text.charAt(at++);
                if (escaped == 'u') {
                    c = (char) Integer.parseInt(text, at, at + 4, 16);
                    at += 4;
                } else {
                    c = escaped;
                }
            }
            out.append(c);
        }
        at++;
        return out.toString();
    }
}
