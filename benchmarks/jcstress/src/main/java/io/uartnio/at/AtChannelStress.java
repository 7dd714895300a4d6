package io.uartnio.at;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.uartnio.frame.Announcement;
import io.uartnio.frame.FrameGrammar;
import java.io.IOException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * A command on an {@link AtChannel} while the reader thread answers, closes the port or loses the place in the stream:
 * the lane always hears of it. A time limit of 20 s that runs out is the lost wake-up.
 */
public final class AtChannelStress {

    private static final long LOST_MILLIS = 20_000;

    private AtChannelStress() {}

    /** Says when the command has been written. */
    private static final class ListeningPort extends SilentPort {
        volatile boolean written;

        @Override
        public void write(byte[] buffer, int offset, int length) {
            written = true;
        }
    }

    private static AtChannel channel(SilentPort port) {
        return new AtChannel(port, new NoSink(), () -> {}, LOST_MILLIS, LOST_MILLIS);
    }

    private static String execute(AtChannel channel) {
        try {
            channel.execute(AtCommand.of("AT"));
            return "answered";
        } catch (AtTimeoutException e) {
            return "slept on";
        } catch (IOException e) {
            return "ended";
        }
    }

    private static void receive(AtChannel channel, String text) {
        byte[] bytes = Bytes.ascii(text);
        channel.listener().onReceived(bytes, 0, bytes.length);
    }

    /** The answer, as the lane lies down to wait for it. */
    @JCStressTest
    @State
    @Outcome(id = "answered", expect = ACCEPTABLE, desc = "saw the answer at once, or was woken")
    @Outcome(expect = FORBIDDEN, desc = "lost wake-up")
    public static class Answer {
        private final ListeningPort port = new ListeningPort();
        private final AtChannel channel = channel(port);

        /** Lane thread. */
        @Actor
        public void execute(L_Result r) {
            r.r1 = AtChannelStress.execute(channel);
        }

        /** Reader thread. */
        @Actor
        public void answer() {
            while (!port.written) {
                Thread.onSpinWait();
            }
            receive(channel, "\r\nOK\r\n");
        }
    }

    /** The port closes: a command that begins now finds it closed, or is found and ended. */
    @JCStressTest
    @State
    @Outcome(id = "ended", expect = ACCEPTABLE, desc = "told that the port is closed")
    @Outcome(expect = FORBIDDEN, desc = "waits for the answer of a closed port")
    public static class CommandAgainstClose {
        private final AtChannel channel = channel(new SilentPort());

        /** Lane thread. */
        @Actor
        public void execute(L_Result r) {
            r.r1 = AtChannelStress.execute(channel);
        }

        /** Reader thread. */
        @Actor
        public void close() {
            channel.listener().onClosed(null);
        }
    }

    /** The place in the stream is lost: a command that begins now finds that, or is found and ended. */
    @JCStressTest
    @State
    @Outcome(id = "ended", expect = ACCEPTABLE, desc = "told that the place is lost")
    @Outcome(expect = FORBIDDEN, desc = "waits for an answer that nobody will believe")
    public static class CommandAgainstDoubt {
        private final AtChannel channel = channel(new SilentPort());

        public CommandAgainstDoubt() {
            channel.setGrammar(new Damaged());
            channel.setStrict(true);
        }

        private static final class Damaged implements FrameGrammar {
            @Override
            public long classify(byte[] line, int offset, int length) {
                return Announcement.DAMAGED;
            }

            @Override
            public boolean mayAnnounce(byte[] line, int offset, int length) {
                return false;
            }
        }

        /** Lane thread. */
        @Actor
        public void execute(L_Result r) {
            r.r1 = AtChannelStress.execute(channel);
        }

        /** Reader thread. */
        @Actor
        public void lose() {
            receive(channel, "\r\n+damaged\r\n");
        }
    }
}
