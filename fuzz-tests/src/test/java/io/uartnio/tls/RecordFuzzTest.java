package io.uartnio.tls;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.uartnio.TlsProfile;
import io.uartnio.TlsSessionInfo;
import io.uartnio.socket.ModuleSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/**
 * Both who take records apart, the engine and the channel's side, are given bytes that may be no records: what they make
 * of them must be what a plain loop over the whole makes of them, wherever the bytes are cut, and nothing but their own
 * exceptions may come out.
 *
 * <p>An input begins with the number of pieces (its low four bits) and for each piece its length less 1; the lengths
 * repeat. The rest is the stream.
 */
class RecordFuzzTest {

    private static final TlsProfile PROFILE = TlsProfile.builder()
            .insecureSkipVerification()
            .allowUncheckedHostName()
            .build();

    private final Meetings meetings = new Meetings();
    private final TlsTerms terms = new TlsTerms(null, PROFILE, meetings, new SecureRandom());
    private final TlsSessionInfo session = new TlsSessionInfo(PROFILE, "TLSv1.2", null);

    @FuzzTest
    void makesOfBytesWhatAPlainLoopMakes(byte[] data) throws SSLException {
        int pieces = data.length == 0 ? 0 : data[0] & 0x0f;
        if (data.length < 1 + pieces) {
            return;
        }
        byte[] stream = new byte[data.length - 1 - pieces];
        System.arraycopy(data, 1 + pieces, stream, 0, stream.length);
        check("engine", unwrapped(data, pieces, stream), expectedOfEngine(stream));
        check("channel", stripped(data, pieces, stream), expectedOfChannel(stream));
    }

    private static void check(String who, String seen, String expected) {
        if (!seen.equals(expected)) {
            throw new AssertionError(who + " made:\n" + seen + "\nexpected:\n" + expected);
        }
    }

    private static int length(byte[] data, int pieces, int piece, int left) {
        return Math.min(left, pieces == 0 ? left : 1 + (data[1 + piece % pieces] & 0xff));
    }

    private static String words(ByteArrayOutputStream payload, String end) {
        StringBuilder text = new StringBuilder();
        for (byte b : payload.toByteArray()) {
            text.append(b).append(' ');
        }
        return text.append(end).toString();
    }

    // -- the engine --

    private ModuleSslEngine handshaken() throws SSLException {
        ModuleSslEngine engine = new ModuleSslEngine(terms);
        engine.setUseClientMode(true);
        ByteBuffer hello = ByteBuffer.allocate(PseudoRecord.MAX_BYTES);
        engine.wrap(ByteBuffer.allocate(0), hello);
        byte[] bytes = new byte[hello.flip().remaining()];
        hello.get(bytes);
        byte[] answer = meetings.take(bytes).meet(new ChannelFacts(null, "a", 1, session));
        engine.unwrap(ByteBuffer.wrap(answer), ByteBuffer.allocate(0));
        return engine;
    }

    private String unwrapped(byte[] data, int pieces, byte[] stream) throws SSLException {
        ModuleSslEngine engine = handshaken();
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        ByteBuffer in = ByteBuffer.allocate(stream.length);
        int at = 0;
        for (int piece = 0; at < stream.length; piece++) {
            int count = length(data, pieces, piece, stream.length - at);
            in.put(stream, at, count).flip();
            at += count;
            try {
                String end = unwrapAll(engine, in, payload);
                if (end != null) {
                    return words(payload, end);
                }
            } catch (SSLException e) {
                return words(payload, "refused");
            }
            in.compact();
        }
        return words(payload, "open");
    }

    private static String unwrapAll(ModuleSslEngine engine, ByteBuffer in, ByteArrayOutputStream payload)
            throws SSLException {
        while (true) {
            ByteBuffer out = ByteBuffer.allocate(PseudoRecord.MAX_PAYLOAD_BYTES);
            SSLEngineResult result = engine.unwrap(in, out);
            payload.write(out.array(), 0, out.position());
            if (result.getStatus() == Status.CLOSED) {
                return "closed";
            }
            if (result.getStatus() == Status.BUFFER_UNDERFLOW) {
                return null;
            }
        }
    }

    private static String expectedOfEngine(byte[] stream) {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        int at = 0;
        while (stream.length - at >= 5) {
            int length = lengthAt(stream, at);
            if (stream[at] < 21 || stream[at] > 23 || stream[at + 1] != 3 || stream[at + 2] != 3 || length > 16_384) {
                return words(payload, "refused");
            }
            if (stream.length - at - 5 < length) {
                break;
            }
            if (stream[at] == 21) {
                return words(payload, length == 2 && stream[at + 6] == 0 ? "closed" : "refused");
            }
            if (stream[at] == 22) {
                return words(payload, "refused");
            }
            payload.write(stream, at + 5, length);
            at += 5 + length;
        }
        return words(payload, "open");
    }

    private static int lengthAt(byte[] stream, int at) {
        return (stream[at + 3] & 0xff) * 256 + (stream[at + 4] & 0xff);
    }

    // -- the channel's side --

    private static String stripped(byte[] data, int pieces, byte[] stream) {
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        RecordStripper stripper = new RecordStripper(socketInto(sent, pieces), 0);
        int at = 0;
        for (int piece = 0; at < stream.length; piece++) {
            int count = length(data, pieces, piece, stream.length - at);
            ByteBuffer source = ByteBuffer.wrap(stream, at, count);
            at += count;
            while (source.hasRemaining()) {
                try {
                    stripper.write(source);
                } catch (IOException e) {
                    return words(sent, "refused");
                }
            }
        }
        return words(sent, "open");
    }

    /** A socket that takes a few bytes at a time, or all. */
    private static ModuleSocket socketInto(ByteArrayOutputStream sent, int room) {
        return (ModuleSocket) Proxy.newProxyInstance(
                RecordFuzzTest.class.getClassLoader(), new Class<?>[] {ModuleSocket.class}, (proxy, method, args) -> {
                    if (method.getName().equals("isWritable")) {
                        return true;
                    }
                    if (method.getName().equals("bytesTaken")) {
                        return (long) sent.size();
                    }
                    if (!method.getName().equals("write")) {
                        throw new AssertionError("asked for " + method);
                    }
                    ByteBuffer source = (ByteBuffer) args[0];
                    int count = Math.min(source.remaining(), room == 0 ? Integer.MAX_VALUE : room);
                    for (int i = 0; i < count; i++) {
                        sent.write(source.get());
                    }
                    return count;
                });
    }

    private static String expectedOfChannel(byte[] stream) {
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        int at = 0;
        boolean ended = false;
        while (stream.length - at >= 5) {
            int length = lengthAt(stream, at);
            boolean known = stream[at] == 21 || stream[at] == 23;
            if (!known || ended || stream[at + 1] != 3 || stream[at + 2] != 3 || length > 16_384) {
                return words(sent, "refused");
            }
            ended = stream[at] == 21;
            int there = Math.min(length, stream.length - at - 5);
            if (!ended) {
                sent.write(stream, at + 5, there);
            }
            at += 5 + there;
        }
        return words(sent, "open");
    }
}
