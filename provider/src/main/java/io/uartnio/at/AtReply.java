package io.uartnio.at;

import java.util.List;

/** What the module answered before its {@code OK}. */
public final class AtReply {

    private final List<String> lines;
    private final byte[] raw;

    AtReply(List<String> lines, byte[] raw) {
        this.lines = List.copyOf(lines);
        this.raw = raw;
    }

    /** Returns the command's own lines, in their order, without line ends. */
    public List<String> lines() {
        return lines;
    }

    /** Returns the bytes of a download, else none. */
    public byte[] raw() {
        return raw.clone();
    }

    /** Returns the first line, or an empty string if there is none. */
    public String firstLine() {
        return lines.isEmpty() ? "" : lines.get(0);
    }
}
