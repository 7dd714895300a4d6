package io.uartnio.frame;

import static io.uartnio.frame.Ec200x.frame;
import static io.uartnio.frame.Ec200x.latin1;
import static io.uartnio.frame.Ec200x.line;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One byte of a stream of two sockets is lost, added or changed, at every place outside payload, while the payload of
 * each socket is full of frames that pretend to be the other's. Whatever happens, no forged frame may reach a socket,
 * and a socket has either a beginning of its true stream or was told that the stream is in doubt.
 */
class DamageTest {

    private static final String CRLF = "\r\n";

    /** What is added or put in place of a byte: everything that means something to a parser, and two that do not. */
    private static final String VALUES = "\r\n\0 >+,\":019AQ\u00ff";

    private static final Pattern HEADER =
            Pattern.compile("\r\n\\+Q(?:I|SSL)URC: \"recv\",(\\d|10|11),([1-9]\\d{0,3})\r\n");

    private static final class Sockets implements FrameHandler {
        final StringBuilder[] received = {new StringBuilder(), new StringBuilder()};
        final List<String> forged = new ArrayList<>();
        private final StringBuilder pending = new StringBuilder();
        private final boolean[] tls;
        private int current = -1;
        boolean inDoubt;

        Sockets(boolean... tls) {
            this.tls = tls;
        }

        @Override
        public boolean onFrame(int index, boolean frameTls, int lengthBytes) {
            pending.setLength(0);
            current = index;
            return index < 2 && tls[index] == frameTls;
        }

        @Override
        public void onPayload(byte[] payload, int offset, int length) {
            pending.append(new String(payload, offset, length, StandardCharsets.ISO_8859_1));
        }

        @Override
        public void onFrameEnd() {
            received[current].append(pending);
            if (pending.toString().equals("FORGED" + current)) {
                forged.add(pending.toString());
            }
        }

        @Override
        public void onDoubt(FramingDoubt doubt) {
            assertThat(inDoubt).as("doubt is raised once").isFalse();
            inDoubt = true;
        }

        @Override
        public void onLine(byte[] line, int offset, int length) {}

        @Override
        public void onPrompt() {}

        @Override
        public boolean onRead(int lengthBytes) {
            return false;
        }

        @Override
        public void onReadPayload(byte[] payload, int offset, int length) {}

        @Override
        public void onReadEnd() {}
    }

    /** A stream, and which of its bytes are no payload. */
    private static final class Stream {
        final StringBuilder bytes = new StringBuilder();
        final List<Integer> framing = new ArrayList<>();
        /** Where headers begin. */
        final TreeSet<Integer> headers = new TreeSet<>();

        final StringBuilder[] truth = {new StringBuilder(), new StringBuilder()};
        private final boolean[] tls;
        private final String trailer;

        Stream(String trailer, boolean... tls) {
            this.trailer = trailer;
            this.tls = tls;
        }

        Stream text(String text) {
            framing(line(text));
            return this;
        }

        Stream frame(int index, String payload) {
            truth[index].append(payload);
            String whole = Ec200x.frame(index, tls[index], payload, trailer);
            String header = whole.substring(0, whole.length() - payload.length() - trailer.length());
            headers.add(bytes.length());
            framing(header);
            bytes.append(payload);
            framing(trailer);
            return this;
        }

        private void framing(String text) {
            for (int i = 0; i < text.length(); i++) {
                framing.add(bytes.length() + i);
            }
            bytes.append(text);
        }
    }

    /** Payload of one socket with frames in it that look like the other's, behind beginnings of several lengths. */
    private static String hostile(int victim, boolean[] tls, String trailer, int filler) {
        String forged = "FORGED" + victim;
        return "b".repeat(filler) + frame(victim, tls[victim], forged, trailer) + "m".repeat(3)
                + line("OK") + frame(victim, tls[victim], forged, "") + frame(victim, tls[victim], forged, CRLF)
                + line("+CREG: 1") + line("") + frame(victim, tls[victim], forged, trailer) + line("SEND OK") + "end";
    }

    private static Stream stream(String trailer, boolean... tls) {
        return new Stream(trailer, tls)
                .text("OK")
                .frame(0, "first of zero")
                .frame(1, "first of one")
                .frame(0, hostile(1, tls, trailer, 0))
                .text("SEND OK")
                .frame(1, hostile(0, tls, trailer, 2))
                .frame(0, hostile(1, tls, trailer, 17))
                .frame(1, hostile(0, tls, trailer, 101))
                .text("+CREG: 1")
                .frame(0, "x")
                .frame(1, "y")
                .frame(0, "last of zero")
                .frame(1, "last of one")
                .text("SEND OK")
                .text("OK");
    }

    private static List<String> damaged(String stream, int at) {
        List<String> results = new ArrayList<>();
        results.add(stream.substring(0, at) + stream.substring(at + 1));
        for (int i = 0; i < VALUES.length(); i++) {
            char value = VALUES.charAt(i);
            results.add(stream.substring(0, at) + value + stream.substring(at));
            if (stream.charAt(at) != value) {
                results.add(stream.substring(0, at) + value + stream.substring(at + 1));
            }
        }
        return results;
    }

    private static Sockets feed(String stream, int pieceBytes, boolean... tls) {
        Sockets sockets = new Sockets(tls);
        FrameDemultiplexer demultiplexer = new FrameDemultiplexer(sockets);
        demultiplexer.setGrammar(Ec200x.grammar());
        demultiplexer.setStrict(true);
        byte[] bytes = latin1(stream);
        for (int at = 0; at < bytes.length; at += pieceBytes) {
            demultiplexer.feed(bytes, at, Math.min(pieceBytes, bytes.length - at));
        }
        // A frame that stops half-way has a time limit, which then raises the doubt.
        sockets.inDoubt |= demultiplexer.isMidFrame();
        return sockets;
    }

    @ParameterizedTest
    @CsvSource({
        "'',false,false",
        "'',true,true",
        "'',false,true",
        "CRLF,false,false",
        "CRLF,true,true",
        "CRLF,true,false"
    })
    void oneDamagedByteLetsNoForgedFrameThrough(String form, boolean firstTls, boolean secondTls) {
        String trailer = form.isEmpty() ? "" : CRLF;
        Stream stream = stream(trailer, firstTls, secondTls);
        String intact = stream.bytes.toString();
        for (int pieceBytes : new int[] {intact.length() + 1, 1}) {
            Sockets whole = feed(intact, pieceBytes, firstTls, secondTls);
            assertThat(whole.inDoubt).isFalse();
            assertThat(whole.received[0].toString()).isEqualTo(stream.truth[0].toString());
            assertThat(whole.received[1].toString()).isEqualTo(stream.truth[1].toString());
            for (int at : stream.framing) {
                for (String damaged : damaged(intact, at)) {
                    Sockets sockets = feed(damaged, pieceBytes, firstTls, secondTls);
                    check(stream, sockets, damaged, at, pieceBytes == 1);
                }
            }
        }
    }

    private static void check(Stream stream, Sockets sockets, String damaged, int at, boolean confirmedAtOnce) {
        String what = "byte " + at + " of " + shown(stream.bytes.substring(Math.max(0, at - 30), at)) + "|"
                + shown(damaged.substring(at, Math.min(damaged.length(), at + 12)));
        if (isBeyondAnyParser(stream, damaged, at)) {
            return;
        }
        assertThat(sockets.forged).as(what).isEmpty();
        for (int socket = 0; socket < 2; socket++) {
            String received = sockets.received[socket].toString();
            boolean beginning = stream.truth[socket].toString().startsWith(received);
            assertThat((beginning && (sockets.inDoubt || received.length() == stream.truth[socket].length()))
                            || (confirmedAtOnce && sockets.inDoubt))
                    .as("socket %d, doubt=%s, received=%s, %s", socket, sockets.inDoubt, shown(received), what)
                    .isTrue();
        }
    }

    /**
     * The documented limits, and there are no others. Damage to the digits has made another correct announcement of it,
     * and either it names the other socket, which is open and of the same kind; or it names another length, and there
     * the stream goes on exactly as it does behind a frame. Nothing in the stream says that this is not what was meant.
     */
    private static boolean isBeyondAnyParser(Stream stream, String damaged, int at) {
        Integer header = stream.headers.floor(at);
        if (header == null) {
            return false;
        }
        Matcher now = HEADER.matcher(damaged).region(header, damaged.length());
        Matcher before = HEADER.matcher(stream.bytes).region(header, stream.bytes.length());
        if (!now.lookingAt() || !before.lookingAt()) {
            return false;
        }
        int index = Integer.parseInt(now.group(1));
        boolean otherSocket = index < 2 && index != Integer.parseInt(before.group(1)) && stream.tls[0] == stream.tls[1];
        int end = now.end() + Integer.parseInt(now.group(2));
        boolean otherLength = !now.group(2).equals(before.group(2)) && end <= damaged.length();
        return otherSocket
                || (otherLength
                        && goesOn(damaged.substring(end), stream.trailer, header.equals(stream.headers.first())));
    }

    private static boolean goesOn(String rest, String trailer, boolean firstFrame) {
        if ((trailer + CRLF).startsWith(rest)) {
            return true;
        }
        boolean asLearnt = rest.matches("(?s)\\Q" + trailer + "\\E\r\n[^\r\n].*");
        return asLearnt || (firstFrame && rest.matches("(?s)\r\n(\r\n)?[^\r\n].*"));
    }

    private static String shown(String text) {
        return text.replace('\r', '/').replace('\n', '\\').replace('\0', '0');
    }

    /**
     * Documented limit: a length that has become another one, and payload that goes on, exactly there, as if a frame
     * began. The peer must have laid its payload out for the very damage that then happens.
     */
    @Test
    void aChangedLengthIsNotSeenIfPayloadGoesOnThereAsAFrameWould() {
        String forged = frame(1, false, "FORGED1", "");
        String payload = "0123456789" + forged + line("OK") + "z".repeat(200);
        String stream = line("OK") + frame(0, false, payload, "") + line("OK");
        String digits = Integer.toString(payload.length());
        assertThat(digits).hasSize(3);
        Sockets sockets = feed(stream.replace("0," + digits, "0,10"), stream.length(), false, false);
        assertThat(sockets.received[1].toString()).isEqualTo("FORGED1");
    }
}
