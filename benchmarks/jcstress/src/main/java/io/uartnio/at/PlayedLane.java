package io.uartnio.at;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Lets a test's thread play the lane: a {@link CommandLane} whose own thread is never started, and whose steps the test
 * takes when it wants. So a lane costs a test no thread, and a step falls where it hurts. One thread at a time.
 */
public final class PlayedLane {

    private static final MethodHandle STEP;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(CommandLane.class, MethodHandles.lookup());
            STEP = lookup.findVirtual(CommandLane.class, "step", MethodType.methodType(boolean.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final CommandLane lane;

    /** Creates a lane with this work. */
    public PlayedLane(LaneWork work) {
        lane = new CommandLane("played", work);
    }

    /** Returns the lane, for those who submit to it. */
    public CommandLane lane() {
        return lane;
    }

    /** Takes one step; returns false if there was nothing to do. */
    public boolean step() {
        try {
            return (boolean) STEP.invokeExact(lane);
        } catch (Throwable e) {
            throw new AssertionError("a lane's step never throws", e);
        }
    }

    /** Takes steps until there is nothing to do. */
    public void finish() {
        while (step()) {
            // each does a piece
        }
    }
}
