package io.uartnio;

import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;

/**
 * Seeds of the tests that make up their input: some that never change, so that a run can be compared with the last, and
 * a fresh one each run. A test names its seed in every assertion; put it into {@link #FIXED} to see a failure again.
 */
public final class Seeds {

    private static final long[] FIXED = {1, 2, 3, 42, 4711, 20_260_101};

    private static final long FRESH = System.nanoTime() ^ System.currentTimeMillis() << 20;

    private Seeds() {}

    /** Returns the seeds, for {@code @MethodSource("io.uartnio.Seeds#all")}. */
    public static LongStream all() {
        return LongStream.concat(LongStream.of(FIXED), LongStream.of(FRESH));
    }

    /** Returns the numbers that a seed stands for. */
    public static RandomGenerator random(long seed) {
        return new Random(seed);
    }
}
