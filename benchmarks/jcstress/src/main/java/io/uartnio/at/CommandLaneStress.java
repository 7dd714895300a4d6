package io.uartnio.at;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/** Tasks for a {@link CommandLane} whose own thread is going to sleep, or to end. */
public final class CommandLaneStress {

    private static final long LOST_NANOS = TimeUnit.SECONDS.toNanos(20);

    private CommandLaneStress() {}

    /** Has nothing to send but what a test counts. */
    private static class Work implements LaneWork {

        @Override
        public boolean prepare() {
            return true;
        }

        @Override
        public boolean sendNext() {
            return false;
        }

        @Override
        public void onFailure(Throwable cause) {
            throw new AssertionError("a lane's task failed", cause);
        }
    }

    private static final class Task implements LaneTask {
        volatile String done = "stranded";

        @Override
        public void run() {
            done = "run";
        }

        @Override
        public void abandon() {
            done = "abandoned";
        }

        String await() {
            long deadlineNanos = System.nanoTime() + LOST_NANOS;
            while (done.equals("stranded") && deadlineNanos - System.nanoTime() > 0) {
                // The lane needs a processor to run it, and there may be but two.
                LockSupport.parkNanos(1);
            }
            return done;
        }
    }

    /** Two threads submit to one lane, each as soon as its last task was run, so when the lane is about to park. */
    @JCStressTest
    @State
    @Outcome(id = "run, run", expect = ACCEPTABLE, desc = "the lane was awake, or was woken")
    @Outcome(expect = FORBIDDEN, desc = "a task waits while the lane sleeps")
    public static class SubmitAgainstPark {
        private static final CommandLane LANE = new CommandLane("jcstress", new Work());

        static {
            LANE.start();
        }

        private final Task first = new Task();
        private final Task second = new Task();

        /** Any thread. */
        @Actor
        public void first(LL_Result r) {
            LANE.submit(first);
            r.r1 = first.await();
        }

        /** Any thread. */
        @Actor
        public void second(LL_Result r) {
            LANE.submit(second);
            r.r2 = second.await();
        }
    }

    /** The same with the lane's other two queues: what is urgent must not be left lying any more than a read. */
    @JCStressTest
    @State
    @Outcome(id = "run, run", expect = ACCEPTABLE, desc = "the lane was awake, or was woken")
    @Outcome(expect = FORBIDDEN, desc = "a task waits while the lane sleeps")
    public static class SubmitUrgentAgainstPark {
        private static final CommandLane LANE = new CommandLane("jcstress", new Work());

        static {
            LANE.start();
        }

        private final Task urgent = new Task();
        private final Task read = new Task();

        /** Reader thread. */
        @Actor
        public void urgent(LL_Result r) {
            LANE.submitUrgent(urgent);
            r.r1 = urgent.await();
        }

        /** Any thread. */
        @Actor
        public void read(LL_Result r) {
            LANE.submitRead(read);
            r.r2 = read.await();
        }
    }

    /** What a socket has to send is told by {@link CommandLane#wake} alone, without a task. */
    @JCStressTest
    @State
    @Outcome(id = "sent", expect = ACCEPTABLE, desc = "the lane was awake, or was woken")
    @Outcome(expect = FORBIDDEN, desc = "something waits to be sent while the lane sleeps")
    public static class WakeAgainstPark {
        private static final SendWork WORK = new SendWork();
        private static final CommandLane LANE = new CommandLane("jcstress", WORK);

        static {
            LANE.start();
        }

        private static final class SendWork extends Work {
            volatile WakeAgainstPark waiting;

            @Override
            public boolean sendNext() {
                WakeAgainstPark sender = waiting;
                if (sender == null) {
                    return false;
                }
                waiting = null;
                sender.sent = true;
                return true;
            }
        }

        private volatile boolean sent;

        /** Application thread. */
        @Actor
        public void send(L_Result r) {
            WORK.waiting = this;
            LANE.wake();
            long deadlineNanos = System.nanoTime() + LOST_NANOS;
            while (!sent && deadlineNanos - System.nanoTime() > 0) {
                LockSupport.parkNanos(1);
            }
            r.r1 = sent ? "sent" : "stranded";
        }

        /** Timer thread: a waking that means nothing. */
        @Actor
        public void wake() {
            LANE.wake();
        }
    }

    /** A task and the end of the lane. */
    @JCStressTest
    @State
    @Outcome(id = "run", expect = ACCEPTABLE, desc = "run before the lane closed")
    @Outcome(id = "abandoned", expect = ACCEPTABLE, desc = "told that the lane has closed")
    @Outcome(expect = FORBIDDEN, desc = "neither: queued when the lane had looked for the last time")
    public static class SubmitAgainstClose {
        private final CommandLane lane = new CommandLane("jcstress", new Work());
        private final Task task = new Task();

        public SubmitAgainstClose() {
            lane.start();
        }

        /** Any thread. */
        @Actor
        public void submit() {
            lane.submit(task);
        }

        /** Application thread. */
        @Actor
        public void close() {
            lane.close();
        }

        /** What became of the task once the lane's thread had ended. */
        @Arbiter
        public void end(L_Result r) {
            r.r1 = lane.awaitEnd(TimeUnit.NANOSECONDS.toMillis(LOST_NANOS)) ? task.done : "lane did not end";
        }
    }

    /** An urgent task, a read, and the end of the lane. */
    @JCStressTest
    @State
    @Outcome(id = "run, run", expect = ACCEPTABLE, desc = "run before the lane closed")
    @Outcome(id = "run, abandoned", expect = ACCEPTABLE, desc = "closed between the two")
    @Outcome(id = "abandoned, run", expect = ACCEPTABLE, desc = "closed between the two")
    @Outcome(id = "abandoned, abandoned", expect = ACCEPTABLE, desc = "told that the lane has closed")
    @Outcome(expect = FORBIDDEN, desc = "neither: queued when the lane had looked for the last time")
    public static class SubmitUrgentAgainstClose {
        private final CommandLane lane = new CommandLane("jcstress", new Work());
        private final Task urgent = new Task();
        private final Task read = new Task();

        public SubmitUrgentAgainstClose() {
            lane.start();
        }

        /** Reader thread. */
        @Actor
        public void urgent() {
            lane.submitUrgent(urgent);
        }

        /** Any thread. */
        @Actor
        public void read() {
            lane.submitRead(read);
        }

        /** Application thread. */
        @Actor
        public void close() {
            lane.close();
        }

        /** What became of the tasks once the lane's thread had ended. */
        @Arbiter
        public void end(LL_Result r) {
            boolean ended = lane.awaitEnd(TimeUnit.NANOSECONDS.toMillis(LOST_NANOS));
            r.r1 = ended ? urgent.done : "lane did not end";
            r.r2 = read.done;
        }
    }
}
