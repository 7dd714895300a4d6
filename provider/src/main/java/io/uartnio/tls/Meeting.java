package io.uartnio.tls;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The one meeting of an engine with the channel under it. The engine says hello by a name that nobody can guess, and
 * the channel answers with a word that does not exist before: it is made up when a channel of this JVM has recognised
 * the hello, and only that channel's reader gets it. So whoever is at the other end of any other channel can neither
 * compute the answer nor know it from before; all that the network could ever see is the hello.
 *
 * <p>The hello is text in a handshake record, so that a TLS server that gets it answers with an alert and closes, and
 * without a line end, so that others wait for more. It tells nothing but that an engine of this project is here.
 *
 * <p>Safe for any thread.
 */
final class Meeting {

    private static final String HELLO = "UartNIO engine 1 ";
    private static final String ANSWER = "UartNIO channel 1 ";
    private static final int RANDOM_BYTES = 32;
    private static final int HEX_CHARS = 2 * RANDOM_BYTES;

    static final int HELLO_BYTES = PseudoRecord.HEADER_BYTES + HELLO.length() + HEX_CHARS;
    static final int ANSWER_PAYLOAD_BYTES = ANSWER.length() + HEX_CHARS;

    private record Met(String answer, ChannelFacts facts) {}

    private final SecureRandom random;
    private final byte[] hello;
    private final AtomicReference<Met> met = new AtomicReference<>();

    Meeting(SecureRandom random) {
        this.random = random;
        this.hello = record(HELLO + unguessable());
    }

    private String unguessable() {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static byte[] record(String text) {
        return PseudoRecord.handshake(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Returns the record by which the engine says hello. Not to be changed. */
    byte[] hello() {
        return hello;
    }

    boolean helloBeginsWith(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            if (bytes[i] != hello[i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * A channel has got the hello. Once only: {@link Meetings#take} gives a meeting to one channel.
     *
     * @return the record for the engine
     */
    byte[] meet(ChannelFacts facts) {
        String answer = ANSWER + unguessable();
        if (!met.compareAndSet(null, new Met(answer, facts))) {
            throw new IllegalStateException("engine has met another channel");
        }
        return record(answer);
    }

    /** Returns what the channel tells if this is its answer, else null. Takes as long for a wrong one as for the right. */
    ChannelFacts factsIfAnswer(byte[] payload) {
        Met here = met.get();
        boolean right = here != null && MessageDigest.isEqual(here.answer.getBytes(StandardCharsets.US_ASCII), payload);
        return right ? here.facts : null;
    }
}
