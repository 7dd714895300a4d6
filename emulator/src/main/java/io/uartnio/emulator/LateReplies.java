package io.uartnio.emulator;

import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Decides which final results come late, and brings them. The builder gives a probability; tests order single ones
 * while the module runs. Orders come from any thread, the rest is the command thread's.
 */
final class LateReplies {

    private record Order(String result, int count, long millis, boolean stall) {}

    private final EmulatorOptions options;
    private final EmulatorCounters counters;
    private final Power power;
    private final ScheduledExecutorService timer;
    private final Random random;
    private Order order = new Order("", 0, 0, false);

    LateReplies(EmulatorOptions options, EmulatorCounters counters, Power power, ScheduledExecutorService timer) {
        this.options = options;
        this.counters = counters;
        this.power = power;
        this.timer = timer;
        this.random = new Random(options.seed);
    }

    synchronized void order(String result, int count, long millis, boolean stall) {
        order = new Order(result, count, millis, stall);
    }

    /**
     * Takes charge of a result that is to be late; or the module stands still, and then sends it as always.
     *
     * @return false if the caller is to send it now
     */
    boolean delay(String result, long life, Runnable send) {
        Order due = due(result);
        if (due == null) {
            return false;
        }
        counters.lateReply();
        if (due.stall()) {
            power.sleep(due.millis(), life);
            return false;
        }
        Future<?> unused = timer.schedule(
                () -> {
                    if (power.life() == life) {
                        send.run();
                    }
                },
                due.millis(),
                TimeUnit.MILLISECONDS);
        return true;
    }

    private synchronized Order due(String result) {
        if (order.count() > 0 && order.result().equals(result)) {
            Order due = order;
            order = new Order(due.result(), due.count() - 1, due.millis(), due.stall());
            return due;
        }
        boolean chance = result.equals(options.lateReply)
                && options.lateReplyProbability > 0
                && random.nextDouble() < options.lateReplyProbability;
        return chance ? new Order(result, 0, options.lateReplyMillis, options.lateReplyStalls) : null;
    }
}
