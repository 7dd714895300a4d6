package io.uartnio.frame;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Writes down what a demultiplexer reports, compactly, with the pieces of a payload put together. Answers as a modem
 * would: some sockets are open, a read may be in flight, {@code CONNECT} may open a download.
 */
final class EventLog implements FrameHandler {

    private final int openSockets;
    private final boolean reading;
    private final int downloadBytes;
    private byte[] events = new byte[256];
    private int length;
    private byte[] payload = new byte[64];
    private int payloadLength;
    private int frameHead;

    /** Called behind each prompt, and for each download with its length. */
    private Runnable onPrompt = () -> {};

    private IntConsumer onDownload = bytes -> {};

    EventLog(int openSockets, boolean reading, int downloadBytes) {
        this.openSockets = openSockets;
        this.reading = reading;
        this.downloadBytes = downloadBytes;
    }

    void answers(Runnable newOnPrompt, IntConsumer newOnDownload) {
        onPrompt = newOnPrompt;
        onDownload = newOnDownload;
    }

    boolean isSameAs(EventLog other) {
        return Arrays.equals(events, 0, length, other.events, 0, other.length);
    }

    private void add(char kind, int value, byte[] bytes, int offset, int count) {
        int needed = length + count + 4;
        if (needed > events.length) {
            events = Arrays.copyOf(events, 2 * needed);
        }
        events[length++] = (byte) kind;
        events[length++] = (byte) value;
        events[length++] = (byte) (count >> 8);
        events[length++] = (byte) count;
        System.arraycopy(bytes, offset, events, length, count);
        length += count;
    }

    @Override
    public void onLine(byte[] line, int offset, int count) {
        if (count == 0 || count > FrameDemultiplexer.MAX_LINE_BYTES) {
            throw new AssertionError("line of " + count + " bytes");
        }
        add('L', 0, line, offset, count);
        if (count == 7 && new String(line, offset, count, StandardCharsets.ISO_8859_1).equals("CONNECT")) {
            onDownload.accept(downloadBytes);
        }
    }

    @Override
    public void onPrompt() {
        add('>', 0, payload, 0, 0);
        onPrompt.run();
    }

    @Override
    public boolean onFrame(int index, boolean tls, int lengthBytes) {
        if (index < 0 || index > 11 || lengthBytes < 0 || lengthBytes > FrameDemultiplexer.MAX_PAYLOAD_BYTES) {
            throw new AssertionError("frame of socket " + index + ", " + lengthBytes + " bytes");
        }
        frameHead = tls ? index + 16 : index;
        payloadLength = 0;
        add('f', frameHead, payload, 0, 0);
        return index < openSockets;
    }

    @Override
    public boolean onDatagram(int index, int lengthBytes, long source) {
        if (source < 0 || source >>> 48 != 0) {
            throw new AssertionError("sender of a datagram: " + source);
        }
        boolean known = onFrame(index, false, lengthBytes);
        addSource(source);
        return known;
    }

    private void addSource(long source) {
        byte[] bytes = Long.toString(source).getBytes(StandardCharsets.US_ASCII);
        add('S', 0, bytes, 0, bytes.length);
    }

    @Override
    public boolean onReadDatagram(int lengthBytes, long source) {
        boolean wanted = onRead(lengthBytes);
        addSource(source);
        return wanted;
    }

    @Override
    public void onPayload(byte[] bytes, int offset, int count) {
        if (payloadLength + count > payload.length) {
            payload = Arrays.copyOf(payload, 2 * (payloadLength + count));
        }
        System.arraycopy(bytes, offset, payload, payloadLength, count);
        payloadLength += count;
    }

    @Override
    public void onFrameEnd() {
        add('F', frameHead, payload, 0, payloadLength);
    }

    @Override
    public boolean onRead(int lengthBytes) {
        if (lengthBytes < 0 || lengthBytes > FrameDemultiplexer.MAX_PAYLOAD_BYTES) {
            throw new AssertionError("read of " + lengthBytes + " bytes");
        }
        payloadLength = 0;
        add('r', reading ? 1 : 0, payload, 0, 0);
        return reading;
    }

    @Override
    public void onReadPayload(byte[] bytes, int offset, int count) {
        onPayload(bytes, offset, count);
    }

    @Override
    public void onReadEnd() {
        add('R', 0, payload, 0, payloadLength);
        payloadLength = 0;
    }

    @Override
    public void onDoubt(FramingDoubt doubt) {
        byte[] name = doubt.name().getBytes(StandardCharsets.US_ASCII);
        add('D', 0, name, 0, name.length);
    }

    /** Names one event a line, for a failure. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < length; ) {
            int count = (events[at + 2] & 0xff) << 8 | (events[at + 3] & 0xff);
            String bytes = new String(events, at + 4, count, StandardCharsets.ISO_8859_1);
            text.append((char) events[at]).append(' ').append(events[at + 1]).append(' ');
            text.append(bytes.replace('\r', '/').replace('\n', '\\')).append('\n');
            at += 4 + count;
        }
        return text.toString();
    }
}
