package io.uartnio.cli;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One socket beside those that carry bulk: connects, asks for a few bytes, waits for them, closes, again and again. Used
 * by the thread that measures.
 */
final class ConnectProbe {

    /** What the answer to a small request has. */
    static final int ANSWER_BYTES = 32;

    /** After a close, before the next connect: several times what a command has to wait, so that an index is free. */
    private static final int PAUSE_FACTOR = 3;

    private static final int SAMPLES_BEFORE = 3;
    private static final long LEAST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final SelectorProvider provider;
    private final InetSocketAddress server;
    private final long token;
    private final ByteBuffer answer = ByteBuffer.allocate(ANSWER_BYTES);

    ConnectProbe(SelectorProvider provider, InetSocketAddress server, long token) {
        this.provider = provider;
        this.server = server;
        this.token = token;
    }

    /**
     * Takes samples in nanoseconds, as many as the arrays have room for. The first do not count: a load begins with all
     * its sockets coming anew at once, and each is owed a send before anybody has a turn.
     */
    void measure(long[] connects, long[] exchanges) throws IOException {
        long[] nanos = new long[2];
        for (int i = 0; i < SAMPLES_BEFORE; i++) {
            sample(nanos);
        }
        for (int i = 0; i < connects.length; i++) {
            sample(nanos);
            connects[i] = nanos[0];
            exchanges[i] = nanos[1];
        }
    }

    private void sample(long[] nanos) throws IOException {
        long start = System.nanoTime();
        try (SocketChannel channel = provider.openSocketChannel()) {
            channel.connect(server);
            long connected = System.nanoTime();
            exchange(channel, token, answer);
            nanos[0] = connected - start;
            nanos[1] = System.nanoTime() - connected;
        }
        pause(LEAST_PAUSE_NANOS + PAUSE_FACTOR * (nanos[0] + nanos[1]));
    }

    /** Lets the server send one small payload, and reads it. */
    static void exchange(SocketChannel channel, long token, ByteBuffer answer) throws IOException {
        ByteBuffer request = new BenchRequest(token, 0, 1, 0, Direction.DOWN, ANSWER_BYTES, ANSWER_BYTES).encode();
        while (request.hasRemaining()) {
            channel.write(request);
        }
        answer.clear();
        while (answer.hasRemaining()) {
            if (channel.read(answer) < 0) {
                throw new EOFException("server closed early: missing=" + answer.remaining());
            }
        }
    }

    private void pause(long nanos) throws InterruptedIOException {
        long deadlineNanos = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = deadlineNanos - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("measurement was stopped");
            }
        }
    }
}
