package io.uartnio.at;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/** An {@link Exchange} between the reader thread, which ends it with a result, and the lane, which gives it up. */
public final class ExchangeStress {

    private ExchangeStress() {}

    private static Exchange query() {
        return Exchange.ofCommand(AtCommand.of("AT+CMEE?").requiredInformation("+CMEE:"));
    }

    private static boolean line(Exchange exchange, String text) {
        byte[] line = Bytes.ascii(text);
        return exchange.onLine(line, 0, line.length);
    }

    /** A result comes as the lane gives up. */
    @JCStressTest
    @State
    @Outcome(id = "true, false, OK", expect = ACCEPTABLE, desc = "the result came first")
    @Outcome(id = "false, true, GIVEN_UP", expect = ACCEPTABLE, desc = "given up first: the result is nobody's")
    @Outcome(expect = FORBIDDEN, desc = "both, or neither")
    public static class ResultAgainstGiveUp {
        private final Exchange exchange = query();

        public ResultAgainstGiveUp() {
            line(exchange, "+CMEE: 1");
        }

        /** Reader thread. */
        @Actor
        public void result(LLL_Result r) {
            r.r1 = line(exchange, "OK");
        }

        /** Lane thread. */
        @Actor
        public void giveUp(LLL_Result r) {
            r.r2 = exchange.giveUp();
        }

        /** How it ended. */
        @Arbiter
        public void end(LLL_Result r) {
            r.r3 = exchange.end();
        }
    }

    /** A result comes as the timer finds the place in the stream lost. */
    @JCStressTest
    @State
    @Outcome(id = "true, SEND_FAIL", expect = ACCEPTABLE, desc = "the result came first")
    @Outcome(id = "false, ABORTED", expect = ACCEPTABLE, desc = "aborted first: the result is nobody's")
    @Outcome(expect = FORBIDDEN, desc = "both, or neither")
    public static class ResultAgainstAbort {
        private final Exchange exchange = Exchange.ofSend();

        public ResultAgainstAbort() {
            exchange.onPrompt();
            exchange.payloadLeaves();
        }

        /** Reader thread. */
        @Actor
        public void result(LL_Result r) {
            r.r1 = line(exchange, "SEND FAIL");
        }

        /** Timer thread. */
        @Actor
        public void abort() {
            exchange.abort();
        }

        /** How it ended. */
        @Arbiter
        public void end(LL_Result r) {
            r.r2 = exchange.end();
        }
    }

    /** Whoever sees the end sees the whole reply. */
    @JCStressTest
    @State
    @Outcome(id = "waiting", expect = ACCEPTABLE, desc = "looked before the end")
    @Outcome(id = "OK, [+CMEE: 1]", expect = ACCEPTABLE, desc = "the end and the line before it")
    @Outcome(expect = FORBIDDEN, desc = "the end without the line before it")
    public static class ReplyAgainstLook {
        private final Exchange exchange = query();

        /** Reader thread. */
        @Actor
        public void reply() {
            line(exchange, "+CMEE: 1");
            line(exchange, "OK");
        }

        /** Lane thread. */
        @Actor
        public void look(L_Result r) {
            r.r1 = exchange.end() == null
                    ? "waiting"
                    : exchange.end() + ", " + exchange.reply().lines();
        }
    }

    /** Whoever sees an error sees which. */
    @JCStressTest
    @State
    @Outcome(id = "waiting", expect = ACCEPTABLE, desc = "looked before the end")
    @Outcome(id = "ERROR, +CME ERROR: 3", expect = ACCEPTABLE, desc = "the end and its code")
    @Outcome(expect = FORBIDDEN, desc = "the end without its code")
    public static class ErrorAgainstLook {
        private final Exchange exchange = query();

        /** Reader thread. */
        @Actor
        public void reply() {
            line(exchange, "+CME ERROR: 3");
        }

        /** Lane thread. */
        @Actor
        public void look(L_Result r) {
            r.r1 = exchange.end() == null ? "waiting" : exchange.end() + ", " + exchange.errorLine();
        }
    }

    /** {@code SEND OK} counts only for payload that has begun to leave. */
    @JCStressTest
    @State
    @Outcome(id = "true, OK", expect = ACCEPTABLE, desc = "came behind the payload")
    @Outcome(id = "false, null", expect = ACCEPTABLE, desc = "came before: an earlier send's, refused")
    @Outcome(expect = FORBIDDEN, desc = "refused and believed, or taken and forgotten")
    public static class LateSendOk {
        private final Exchange exchange = Exchange.ofSend();

        /** Reader thread. */
        @Actor
        public void result(LL_Result r) {
            r.r1 = line(exchange, "SEND OK");
        }

        /** Lane thread. */
        @Actor
        public void leave() {
            exchange.payloadLeaves();
        }

        /** How it ended. */
        @Arbiter
        public void end(LL_Result r) {
            r.r2 = exchange.end();
        }
    }
}
