package io.uartnio.at;

import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/**
 * One AT command line and how its reply is told from everything else: which lines of text are its own, whether one of
 * them must come, whether {@code CONNECT} opens an upload or download, how long all this may take, and which part of
 * the text is secret. Immutable; each method returns a fuller copy.
 */
public final class AtCommand {

    private final String text;
    private final String masked;
    private final Predicate<String> information;
    private final boolean informationRequired;
    private final byte[] upload;
    private final int downloadBytes;
    private final long timeoutMillis;
    private final boolean secret;

    private AtCommand(
            String text,
            String masked,
            Predicate<String> information,
            boolean informationRequired,
            byte[] upload,
            int downloadBytes,
            long timeoutMillis,
            boolean secret) {
        this.text = text;
        this.masked = masked;
        this.information = information;
        this.informationRequired = informationRequired;
        this.upload = upload;
        this.downloadBytes = downloadBytes;
        this.timeoutMillis = timeoutMillis;
        this.secret = secret;
    }

    /**
     * A command that is answered by a result code alone.
     *
     * @param text the line without its carriage return
     * @throws IllegalArgumentException if the text holds a control character: it would end the line early
     */
    public static AtCommand of(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
                throw new IllegalArgumentException("command holds a character that cannot be sent: position=" + i);
            }
        }
        return new AtCommand(text, text, line -> false, false, null, 0, 0, false);
    }

    /** Lines that begin with the prefix belong to the reply. */
    public AtCommand information(String prefix) {
        return information(line -> line.startsWith(prefix), false);
    }

    /**
     * As {@link #information(String)}, and without such a line an {@code OK} does not end the command: it belongs to
     * an earlier one.
     */
    public AtCommand requiredInformation(String prefix) {
        return information(line -> line.startsWith(prefix), true);
    }

    /** Lines that satisfy the predicate belong to the reply; one of them must come if required. */
    public AtCommand information(Predicate<String> matcher, boolean required) {
        return new AtCommand(text, masked, matcher, required, upload, downloadBytes, timeoutMillis, secret);
    }

    /** Writes these bytes when the module has answered {@code CONNECT}. */
    public AtCommand upload(byte[] bytes) {
        return new AtCommand(
                text, masked, information, informationRequired, bytes, downloadBytes, timeoutMillis, secret);
    }

    /** Takes this many raw bytes behind {@code CONNECT}. */
    public AtCommand download(int bytes) {
        return new AtCommand(text, masked, information, informationRequired, upload, bytes, timeoutMillis, secret);
    }

    /** Sets the time limit for the whole exchange; 0 for the channel's default. */
    public AtCommand timeoutMillis(long millis) {
        return new AtCommand(text, masked, information, informationRequired, upload, downloadBytes, millis, secret);
    }

    /**
     * Shows a part of the text as {@code ***} wherever the command is named; what crosses the port for it is {@link
     * #secretData() secret} too. Nothing if it is empty.
     */
    public AtCommand secret(String part) {
        if (part.isEmpty()) {
            return this;
        }
        String shown = masked.replace('"' + part + '"', "\"***\"");
        if (shown.equals(masked)) {
            shown = masked.replace(part, "***");
        }
        return new AtCommand(text, shown, information, informationRequired, upload, downloadBytes, timeoutMillis, true);
    }

    /** Has nothing recorded of what crosses the port for this command, not its text, its data or the answer. */
    public AtCommand secretData() {
        return new AtCommand(
                text, masked, information, informationRequired, upload, downloadBytes, timeoutMillis, true);
    }

    boolean isSecret() {
        return secret;
    }

    byte[] line() {
        return (text + '\r').getBytes(StandardCharsets.US_ASCII);
    }

    String text() {
        return text;
    }

    boolean isInformation(String line) {
        return information.test(line);
    }

    boolean isInformationRequired() {
        return informationRequired;
    }

    byte[] upload() {
        return upload;
    }

    int downloadBytes() {
        return downloadBytes;
    }

    long timeoutMillisOr(long defaultMillis) {
        return timeoutMillis == 0 ? defaultMillis : timeoutMillis;
    }

    /** Returns the command as it may be shown: without carriage return and secrets. */
    @Override
    public String toString() {
        return masked;
    }
}
