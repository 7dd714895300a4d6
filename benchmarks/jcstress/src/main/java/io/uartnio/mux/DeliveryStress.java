package io.uartnio.mux;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** A {@link Delivery} that two threads end while the reader delivers. */
public final class DeliveryStress {

    private DeliveryStress() {}

    /** Counts what it is told, and what it should not be. */
    private static final class Counting implements UartPort.Listener {
        private final AtomicInteger inside = new AtomicInteger();
        private int received;
        private int closed;
        private String wrong = "";

        @Override
        public void onReceived(byte[] buffer, int offset, int length) {
            enter();
            if (closed > 0) {
                wrong = "received behind the end";
            }
            received++;
            inside.decrementAndGet();
        }

        @Override
        public void onClosed(IOException cause) {
            enter();
            closed++;
            inside.decrementAndGet();
        }

        private void enter() {
            if (inside.incrementAndGet() > 1) {
                wrong = "two threads inside";
            }
        }

        String outcome() {
            return wrong.isEmpty() ? received + " received, closed " + closed : wrong;
        }
    }

    /** Two ends and two deliveries. */
    @JCStressTest
    @State
    @Outcome(
            id = {"0 received, closed 1", "1 received, closed 1", "2 received, closed 1"},
            expect = ACCEPTABLE,
            desc = "none, some or all delivered, and closed once behind them")
    @Outcome(expect = FORBIDDEN, desc = "two inside at once, delivered behind the end, or not closed exactly once")
    public static class EndsWhileDelivering {
        private final Counting listener = new Counting();
        private final Delivery delivery = new Delivery(listener);
        private final byte[] bytes = {1};

        /** Reader thread. */
        @Actor
        public void reader() {
            delivery.received(bytes, 0, 1);
            delivery.received(bytes, 0, 1);
        }

        /** Who closes the channel. */
        @Actor
        public void closer() {
            delivery.end(null);
        }

        /** Who loses it. */
        @Actor
        public void loser() {
            delivery.end(new IOException("lost"));
        }

        /** What has become of it. */
        @Arbiter
        public void outcome(L_Result result) {
            result.r1 = listener.outcome();
        }
    }
}
