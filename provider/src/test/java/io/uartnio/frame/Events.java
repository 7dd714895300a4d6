package io.uartnio.frame;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes down what a demultiplexer reports. A payload's pieces are put together, so that two splits can be compared. */
final class Events implements FrameHandler {

    final List<String> seen = new ArrayList<>();
    private final StringBuilder payload = new StringBuilder();
    private String frame;
    private FrameDemultiplexer demultiplexer;
    private int openSockets = 12;
    private boolean reading = true;

    /** Makes the demultiplexer that reports here; a prompt is awaited again as soon as one has come. */
    FrameDemultiplexer demultiplexer(FrameGrammar grammar, boolean strict) {
        demultiplexer = new FrameDemultiplexer(this);
        demultiplexer.setGrammar(grammar);
        demultiplexer.setStrict(strict);
        return demultiplexer;
    }

    Events openSockets(int count) {
        openSockets = count;
        return this;
    }

    Events notReading() {
        reading = false;
        return this;
    }

    static String frameEnd(int index, boolean tls, String payload) {
        return "frame " + index + (tls ? " tls " : " tcp ") + payload;
    }

    static String waiting(int index, boolean tls) {
        return "waiting " + index + (tls ? " tls" : " tcp");
    }

    static String readEnd(String payload) {
        return "read " + payload;
    }

    static String line(String text) {
        return "line " + text;
    }

    boolean isInDoubt() {
        return seen.stream().anyMatch(event -> event.startsWith("doubt "));
    }

    private static String text(byte[] bytes, int offset, int length) {
        return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void onLine(byte[] line, int offset, int length) {
        seen.add(line(text(line, offset, length)));
    }

    @Override
    public void onPrompt() {
        seen.add("prompt");
        demultiplexer.setPromptAwaited(true);
    }

    @Override
    public boolean onFrame(int index, boolean tls, int lengthBytes) {
        if (index >= openSockets) {
            return false;
        }
        payload.setLength(0);
        frame = index + (tls ? " tls " : " tcp ");
        if (lengthBytes == 0) {
            seen.add(waiting(index, tls));
        }
        return true;
    }

    @Override
    public void onPayload(byte[] bytes, int offset, int length) {
        payload.append(text(bytes, offset, length));
    }

    @Override
    public void onFrameEnd() {
        seen.add("frame " + frame + payload);
    }

    @Override
    public boolean onRead(int lengthBytes) {
        if (!reading) {
            return false;
        }
        payload.setLength(0);
        if (lengthBytes == 0) {
            seen.add(readEnd(""));
        }
        return true;
    }

    @Override
    public void onReadPayload(byte[] bytes, int offset, int length) {
        payload.append(text(bytes, offset, length));
    }

    @Override
    public void onReadEnd() {
        seen.add(readEnd(payload.toString()));
    }

    @Override
    public void onDoubt(FramingDoubt doubt) {
        seen.add("doubt " + doubt);
    }
}
