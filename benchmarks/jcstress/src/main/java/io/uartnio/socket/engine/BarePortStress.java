package io.uartnio.socket.engine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.uartnio.AccessMode;
import java.io.IOException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** Who may have the port to himself, while another may not be opened then. */
public final class BarePortStress {

    private BarePortStress() {}

    /** A socket asks for the port while a server is bound: one of the two must see the other. */
    @JCStressTest
    @State
    @Outcome(
            id = "claimed, waits",
            expect = ACCEPTABLE,
            desc = "the server is opened when the port is everybody's again")
    @Outcome(id = "refused, opened", expect = ACCEPTABLE, desc = "the socket is told that a server stands in its way")
    @Outcome(
            id = "refused, waits",
            expect = ACCEPTABLE,
            desc = "each has seen the other: the server's turn comes again")
    @Outcome(expect = FORBIDDEN, desc = "both go on, or neither ever does")
    public static class ClaimAgainstBind {
        private final PlayedEngine engine = new PlayedEngine();
        private final EngineSocket socket = engine.connected();
        private final EngineServerSocket server =
                (EngineServerSocket) engine.engine().createServer();

        /** Application thread. */
        @Actor
        public void claim(LL_Result r) {
            try {
                socket.setAccessMode(AccessMode.TRANSPARENT);
                r.r1 = "claimed";
            } catch (IOException e) {
                r.r1 = "refused";
            }
        }

        /** Application thread, and the lane after it. */
        @Actor
        public void bind(LL_Result r) {
            try {
                server.listen(2020, 1);
            } catch (IOException e) {
                throw new AssertionError("there is an index for it", e);
            }
            engine.lane().step();
            r.r2 = server.isAsked() ? "opened" : "waits";
        }

        /** Is a server that has waited for a claim which was refused opened after all? */
        @Arbiter
        public void end(LL_Result r) {
            if (r.r1.equals("refused")) {
                engine.lane().finish();
                if (!server.isAsked()) {
                    r.r2 = "forgotten";
                }
            }
            server.failAndRelease(new IOException("test is over"));
            socket.fail(new IOException("test is over"));
        }
    }
}
