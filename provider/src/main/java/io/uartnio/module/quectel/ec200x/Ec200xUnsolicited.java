package io.uartnio.module.quectel.ec200x;

import static io.uartnio.at.Bytes.ascii;

import io.uartnio.at.Bytes;
import io.uartnio.frame.Source;
import io.uartnio.module.ModuleEvents;
import java.util.List;

/**
 * Reads the unsolicited result codes of the EC200x and EC800x that concern sockets, and lets all others pass. The
 * reader thread's.
 */
final class Ec200xUnsolicited {

    private static final byte[] TCP_OPENED = ascii("+QIOPEN: ");
    private static final byte[] TLS_OPENED = ascii("+QSSLOPEN: ");
    private static final byte[] TCP_CLOSED = ascii("+QIURC: \"closed\",");
    private static final byte[] TLS_CLOSED = ascii("+QSSLURC: \"closed\",");
    private static final byte[] TCP_WAITING = ascii("+QIURC: \"recv\",");
    private static final byte[] TLS_WAITING = ascii("+QSSLURC: \"recv\",");
    private static final byte[] ACCEPTED = ascii("+QIURC: \"incoming\",");
    private static final byte[] ACCEPT_REFUSED = ascii("+QIURC: \"incoming full\"");
    private static final byte[] CONTEXT_LOST = ascii("+QIURC: \"pdpdeact\",");
    /** What a module says when it has started or goes down; LTE AT manual 12.7, and RDY from the EC2x manual. */
    static final List<String> BANNERS = List.of("RDY", "APP RDY", "POWERED DOWN");

    private static final List<byte[]> RESTARTED =
            BANNERS.stream().map(Bytes::ascii).toList();

    private static final int MAX_CODE = 9_999;

    private final ModuleEvents events;

    Ec200xUnsolicited(ModuleEvents events) {
        this.events = events;
    }

    void onLine(byte[] line, int offset, int length) {
        if (line[offset] == '+') {
            onResultCode(line, offset, length);
            return;
        }
        for (byte[] banner : RESTARTED) {
            if (Bytes.equals(line, offset, length, banner)) {
                events.onRestartSuspected();
            }
        }
    }

    private void onResultCode(byte[] line, int offset, int length) {
        if (Bytes.startsWith(line, offset, length, TCP_OPENED)) {
            onOpened(line, offset + TCP_OPENED.length, offset + length, false);
        } else if (Bytes.startsWith(line, offset, length, TLS_OPENED)) {
            onOpened(line, offset + TLS_OPENED.length, offset + length, true);
        } else if (Bytes.startsWith(line, offset, length, TCP_CLOSED)) {
            onClosed(line, offset + TCP_CLOSED.length, offset + length, false);
        } else if (Bytes.startsWith(line, offset, length, TLS_CLOSED)) {
            onClosed(line, offset + TLS_CLOSED.length, offset + length, true);
        } else if (Bytes.startsWith(line, offset, length, TCP_WAITING)) {
            onWaiting(line, offset + TCP_WAITING.length, offset + length, false);
        } else if (Bytes.startsWith(line, offset, length, TLS_WAITING)) {
            onWaiting(line, offset + TLS_WAITING.length, offset + length, true);
        } else if (Bytes.startsWith(line, offset, length, ACCEPTED)) {
            onAccepted(line, offset + ACCEPTED.length, offset + length);
        } else if (Bytes.equals(line, offset, length, ACCEPT_REFUSED)) {
            events.onAcceptRefused();
        } else if (Bytes.startsWith(line, offset, length, CONTEXT_LOST)) {
            int context = Bytes.number(line, offset + CONTEXT_LOST.length, offset + length, MAX_CODE);
            if (context == Ec200xDriver.PDP_CONTEXT) {
                events.onContextLost();
            }
        }
    }

    /** {@code <id>,<err>}, complete: a line that a damaged byte has shortened says nothing. */
    private void onOpened(byte[] line, int from, int end, boolean tls) {
        int comma = Bytes.indexOf(line, from, end, ',');
        int index = Bytes.number(line, from, comma, Ec200xGrammar.MAX_INDEX);
        int code = Bytes.number(line, comma + 1, end, MAX_CODE);
        if (index < 0 || code < 0) {
            return;
        }
        if (code == 0) {
            events.onOpened(index, tls);
        } else {
            events.onOpenFailed(index, tls, code, QuectelError.nameOf(code));
        }
    }

    /** {@code <id>,<listener>,"<ip>",<port>}. */
    private void onAccepted(byte[] line, int from, int end) {
        int first = Bytes.indexOf(line, from, end, ',');
        int index = Bytes.number(line, from, first, Ec200xGrammar.MAX_INDEX);
        int second = Bytes.indexOf(line, first + 1, end, ',');
        int listener = first < end ? Bytes.number(line, first + 1, second, Ec200xGrammar.MAX_INDEX) : -1;
        long peer = Ec200xGrammar.sender(line, second + 1, end);
        if (index >= 0 && listener >= 0 && peer != Source.NONE) {
            events.onAccepted(listener, index, peer);
        }
    }

    private void onClosed(byte[] line, int from, int end, boolean tls) {
        int index = Bytes.number(line, from, end, Ec200xGrammar.MAX_INDEX);
        if (index >= 0) {
            events.onPeerClosed(index, tls);
        }
    }

    private void onWaiting(byte[] line, int from, int end, boolean tls) {
        int index = Bytes.number(line, from, end, Ec200xGrammar.MAX_INDEX);
        if (index >= 0) {
            events.onDataWaiting(index, tls);
        }
    }
}
