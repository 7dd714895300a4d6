package io.uartnio.it;

import io.uartnio.AccessMode;
import io.uartnio.ModemSocketOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What an {@link EndlessServer} sends to one client, read by a thread of its own, which sleeps when it is told to, and
 * checked against the digest that comes last.
 */
final class Download implements AutoCloseable {

    private static final int DIGEST_BYTES = 32;

    private final long number;
    private final SocketChannel channel;
    private final AtomicLong receivedBytes = new AtomicLong();
    private final Semaphore awake = new Semaphore(1, true);
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    private Download(long number, SocketChannel channel) {
        this.number = number;
        this.channel = channel;
    }

    static Download start(SelectorProvider provider, int port, long number) throws IOException {
        return start(provider, port, number, null);
    }

    /** Connects in this access mode, or in the modem's if null, and reads. */
    static Download start(SelectorProvider provider, int port, long number, AccessMode mode) throws IOException {
        SocketChannel channel = provider.openSocketChannel();
        try {
            if (mode != null) {
                channel.setOption(ModemSocketOptions.ACCESS_MODE, mode);
            }
            channel.connect(Bench.at(port));
            Bench.writeFully(channel, ByteBuffer.allocate(8).putLong(number).array());
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        Download download = new Download(number, channel);
        Thread thread = new Thread(download::run, "download-" + number);
        thread.setDaemon(true);
        thread.start();
        return download;
    }

    SocketChannel channel() {
        return channel;
    }

    long receivedBytes() {
        return receivedBytes.get();
    }

    /** Stops reading, before the next read. */
    void sleep() {
        awake.acquireUninterruptibly();
    }

    void wake() {
        awake.release();
    }

    /** Waits for the end of the stream and fails unless every byte came, in order. */
    void verify(long timeoutSeconds) throws Exception {
        end.get(timeoutSeconds, TimeUnit.SECONDS);
    }

    private void run() {
        try {
            read();
            end.complete(null);
        } catch (Throwable e) {
            end.completeExceptionally(e);
        }
    }

    private void read() throws IOException {
        MessageDigest digest = Bench.sha256();
        ByteBuffer buffer = ByteBuffer.allocate(16 * 1024);
        // The last bytes may be the digest.
        byte[] last = new byte[0];
        for (int count = 0; count >= 0; count = readAwake(buffer.clear())) {
            buffer.flip();
            byte[] both = Arrays.copyOf(last, last.length + buffer.remaining());
            buffer.get(both, last.length, buffer.remaining());
            int contents = Math.max(0, both.length - DIGEST_BYTES);
            digest.update(both, 0, contents);
            receivedBytes.addAndGet(contents);
            last = Arrays.copyOfRange(both, contents, both.length);
        }
        String sha256 = Bench.hex(digest.digest());
        if (!sha256.equals(Bench.hex(last))) {
            throw new IOException(
                    "received contents differ: number=" + number + ", bytes=" + receivedBytes + ", sha256=" + sha256);
        }
    }

    private int readAwake(ByteBuffer buffer) throws IOException {
        awake.acquireUninterruptibly();
        try {
            return channel.read(buffer);
        } finally {
            awake.release();
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
