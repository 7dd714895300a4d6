package io.uartnio.contract;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What the contracts have in common: a bench to work at and a few handy things. */
public interface Contract {

    /** Returns the bench, which is registered as an extension. */
    Bench bench();

    /** Returns the stack under test. */
    default Stack stack() {
        return bench().stack();
    }

    /** Returns the test's selector. */
    default Selector selector() {
        return bench().selector();
    }

    /** Returns the test's channel. */
    default SocketChannel channel() {
        return bench().channel();
    }

    /** Opens a further channel. */
    default SocketChannel openChannel() throws IOException {
        return bench().openChannel();
    }

    /** Returns true if the stack is known to do that otherwise. */
    default boolean deviates(Deviation deviation) {
        return stack().deviations().contains(deviation);
    }

    /** Writes to a non-blocking channel until nothing more is taken; returns the number of bytes, all of them 0. */
    default int fill(SocketChannel one) throws IOException {
        long settlingNanos = TimeUnit.MILLISECONDS.toNanos(stack().settlingMillis());
        int taken = 0;
        long fullSince = System.nanoTime();
        for (int zeros = 0; zeros < 3 || System.nanoTime() - fullSince < settlingNanos; ) {
            int n = one.write(ByteBuffer.allocate(8192));
            taken += n;
            if (n > 0) {
                zeros = 0;
                fullSince = System.nanoTime();
            } else {
                zeros++;
                LockSupport.parkNanos(settlingNanos / 50);
            }
        }
        return taken;
    }

    /** Lets others run, in a loop that looks for something without being told of it. */
    static void pause() {
        LockSupport.parkNanos(50_000);
    }

    /** Returns the characters as bytes. */
    static byte[] bytes(String text) {
        return text.getBytes(US_ASCII);
    }

    /** Returns bytes that look random and are always the same for the same number of them. */
    static byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }
}
