package io.uartnio.cli;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;

/** Writes maps, collections, texts, numbers and booleans as JSON on one line. */
final class Json {

    private Json() {}

    static String text(Object value) {
        StringBuilder out = new StringBuilder();
        write(value, out);
        return out.toString();
    }

    private static void write(Object value, StringBuilder out) {
        if (value instanceof Map<?, ?> map) {
            String separator = "{";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.append(separator);
                quote(entry.getKey().toString(), out);
                write(entry.getValue(), out.append(':'));
                separator = ",";
            }
            out.append(map.isEmpty() ? "{}" : "}");
        } else if (value instanceof Collection<?> collection) {
            String separator = "[";
            for (Object element : collection) {
                write(element, out.append(separator));
                separator = ",";
            }
            out.append(collection.isEmpty() ? "[]" : "]");
        } else if (value instanceof Double number) {
            // JSON knows neither infinity nor NaN.
            out.append(Double.isFinite(number) ? String.format(Locale.ROOT, "%.6f", number) : "null");
        } else if (value instanceof Number || value instanceof Boolean || value == null) {
            out.append(value);
        } else {
            quote(value.toString(), out);
        }
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
