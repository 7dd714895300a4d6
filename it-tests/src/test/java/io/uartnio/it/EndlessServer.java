package io.uartnio.it;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;

/**
 * A server that sends each connection contents made of the number that the client begins with, until it has sent so many
 * bytes or is told to stop; then the SHA-256 of all that, and the end of the stream. It counts what it could send, so
 * that a test sees whom TCP holds back.
 */
final class EndlessServer implements AutoCloseable {

    /** What a sender may have under way before a closed window stops it. */
    private static final int SEND_BUFFER_BYTES = 16 * 1024;

    private static final int CHUNK_BYTES = 4 * 1024;

    private final PeerServer server;
    private final Map<Long, Sender> senders = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition resumed = lock.newCondition();
    /** Guarded by the lock. */
    private boolean paused;

    private volatile boolean stopped;

    private static final class Sender {
        final AtomicLong sentBytes = new AtomicLong();
        final long limitBytes;

        Sender(long limitBytes) {
            this.limitBytes = limitBytes;
        }
    }

    EndlessServer() throws IOException {
        server = new PeerServer(this::serve);
    }

    EndlessServer(SSLContext context) throws IOException {
        server = new PeerServer(context, this::serve);
    }

    int port() {
        return server.port();
    }

    /** Says how much the client with this number is sent; without this no end is set. */
    void limit(long number, long bytes) {
        senders.put(number, new Sender(bytes));
    }

    /** Returns how many bytes the kernel has taken for the client with this number. */
    long sentBytes(long number) {
        return sender(number).sentBytes.get();
    }

    /** Ends every stream that has no limit. */
    void stop() {
        stopped = true;
    }

    /** Says whether nothing more is sent for a while. */
    void pause(boolean nowPaused) {
        lock.lock();
        try {
            paused = nowPaused;
            resumed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void awaitResumed() throws IOException {
        lock.lock();
        try {
            while (paused) {
                resumed.await();
            }
        } catch (InterruptedException e) {
            throw new IOException("server is closed", e);
        } finally {
            lock.unlock();
        }
    }

    private Sender sender(long number) {
        return senders.computeIfAbsent(number, unknown -> new Sender(Long.MAX_VALUE));
    }

    private void serve(Socket connection) throws IOException {
        connection.setSendBufferSize(SEND_BUFFER_BYTES);
        long number = new DataInputStream(connection.getInputStream()).readLong();
        Sender sender = sender(number);
        OutputStream out = connection.getOutputStream();
        MessageDigest digest = Bench.sha256();
        Random random = new Random(number);
        byte[] chunk = new byte[CHUNK_BYTES];
        long left = sender.limitBytes;
        while (left > 0 && !(stopped && sender.limitBytes == Long.MAX_VALUE)) {
            awaitResumed();
            random.nextBytes(chunk);
            int length = (int) Math.min(left, CHUNK_BYTES);
            digest.update(chunk, 0, length);
            out.write(chunk, 0, length);
            sender.sentBytes.addAndGet(length);
            left -= length;
        }
        out.write(digest.digest());
        out.flush();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        server.close();
    }
}
