package io.uartnio.at;

import java.util.List;

/**
 * What the module answered before its {@code OK}.
 *
 * @param lines the command's own lines, in their order, without line ends
 * @param raw the bytes of a download, else empty
 */
public record AtReply(List<String> lines, byte[] raw) {

    /** Returns the first line, or an empty string if there is none. */
    public String firstLine() {
        return lines.isEmpty() ? "" : lines.get(0);
    }
}
