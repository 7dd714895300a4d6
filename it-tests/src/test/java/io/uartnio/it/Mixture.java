package io.uartnio.it;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Random bytes both ways at once, full of what a module says and of what it listens to: results, URCs, escapes, ends,
 * flags of a multiplexer. Either side now and then stops behind one of them, for longer than any guard time, so that it
 * stands alone.
 */
final class Mixture {

    private static final List<byte[]> SEEDS = List.of(
            bytes("+++"),
            bytes("++"),
            bytes("+"),
            bytes("+++\r"),
            bytes("\r\n+++\r\n"),
            bytes("NO CARRIER"),
            bytes("\r\nNO CARRIER\r\n"),
            bytes("\r\nNO CARRIER"),
            bytes("\r\nOK\r\n"),
            bytes("\r\nOK\r\n\r\nOK\r\n"),
            bytes("\r\nERROR\r\n"),
            bytes("\r\nCONNECT\r\n"),
            bytes("\r\n+QIURC: \"closed\",0\r\n"),
            bytes("\r\n+QIURC: \"recv\",1,4\r\nabcd"),
            bytes("AT\r"),
            bytes("ATO\r"),
            bytes("> "),
            new byte[] {(byte) 0xf9},
            new byte[] {(byte) 0xf9, 3, 0x3f, 1, 0x1c, (byte) 0xf9},
            new byte[] {0x1a, 0x1b, 0});

    private static final int MEAN_BETWEEN_SEEDS = 300;
    private static final int DIGEST_BYTES = 32;
    private static final long SILENT_MILLIS = 1_500;
    private static final int MAX_PIECE_BYTES = 20_000;

    private Mixture() {}

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Where bytes go. */
    @FunctionalInterface
    private interface Out {
        void write(byte[] bytes, int offset, int length) throws IOException;
    }

    private static byte[] content(long seed, int size) {
        Random random = new Random(seed);
        byte[] content = new byte[size];
        random.nextBytes(content);
        for (int at = random.nextInt(100); at < size; at += 1 + random.nextInt(2 * MEAN_BETWEEN_SEEDS)) {
            byte[] inserted = SEEDS.get(random.nextInt(SEEDS.size()));
            int length = Math.min(inserted.length, size - at);
            System.arraycopy(inserted, 0, content, at, length);
            at += length;
        }
        return content;
    }

    /** In pieces of all sizes; some of what is in {@link #SEEDS} alone, with silence on both sides. */
    private static void send(byte[] content, long seed, int silences, Out out) throws IOException {
        Random random = new Random(~seed);
        int left = silences;
        for (int at = 0; at < content.length; ) {
            int length = Math.min(content.length - at, 1 + random.nextInt(MAX_PIECE_BYTES));
            int alone = left == 0 ? -1 : nextSeed(content, at, length);
            if (alone > at) {
                out.write(content, at, alone - at);
                at = alone;
            } else if (alone == at) {
                left--;
                byte[] seeded = seedAt(content, at);
                pause();
                out.write(content, at, seeded.length);
                pause();
                at += seeded.length;
            } else {
                out.write(content, at, length);
                at += length;
            }
        }
    }

    private static int nextSeed(byte[] content, int from, int length) {
        for (int at = from; at < from + length; at++) {
            byte[] seeded = seedAt(content, at);
            if (seeded != null && seeded.length > 2) {
                return at;
            }
        }
        return -1;
    }

    private static byte[] seedAt(byte[] content, int at) {
        for (byte[] each : SEEDS) {
            if (at + each.length <= content.length && content[at] == each[0] && matches(content, at, each)) {
                return each;
            }
        }
        return null;
    }

    private static boolean matches(byte[] content, int at, byte[] wanted) {
        for (int i = 0; i < wanted.length; i++) {
            if (content[at + i] != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    private static void pause() throws IOException {
        try {
            // The silence is what is tested.
            Thread.sleep(SILENT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    // ------------------------------------------------------------------ server

    /** The server's side, for a {@link PeerServer}: its own contents, then the digest of what it has received. */
    static void serve(Socket connection) throws IOException {
        DataInputStream in = new DataInputStream(connection.getInputStream());
        long seed = in.readLong();
        int size = in.readInt();
        int silences = in.readInt();
        OutputStream out = connection.getOutputStream();
        CompletableFuture<Void> sending =
                start(() -> send(content(seed + 1, size), seed + 1, silences, out::write), "mixture-server");
        MessageDigest digest = Bench.sha256();
        byte[] buffer = new byte[8192];
        for (int left = size; left > 0; ) {
            int count = in.read(buffer, 0, Math.min(left, buffer.length));
            if (count < 0) {
                throw new IOException("client closed early: left=" + left);
            }
            digest.update(buffer, 0, count);
            left -= count;
        }
        sending.join();
        out.write(digest.digest());
        out.flush();
    }

    private interface Work {
        void run() throws IOException;
    }

    private static CompletableFuture<Void> start(Work work, String name) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                        done.complete(null);
                    } catch (Throwable e) {
                        done.completeExceptionally(e);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
        return done;
    }

    // ------------------------------------------------------------------ client

    /**
     * Sends and receives so many bytes at once over a blocking channel, up to the server's end of the stream.
     *
     * @param silences how many times each side lets something stand alone
     * @throws IOException if contents differ, are too few or too many
     */
    static void exchange(SocketChannel channel, long seed, int size, int silences) throws Exception {
        byte[] toSend = content(seed, size);
        CompletableFuture<Void> sending = start(
                () -> {
                    Bench.writeFully(
                            channel,
                            ByteBuffer.allocate(16)
                                    .putLong(seed)
                                    .putInt(size)
                                    .putInt(silences)
                                    .array());
                    send(toSend, seed, silences, (bytes, offset, length) -> {
                        ByteBuffer piece = ByteBuffer.wrap(bytes, offset, length);
                        while (piece.hasRemaining()) {
                            channel.write(piece);
                        }
                    });
                },
                "mixture-client");
        byte[] expected = content(seed + 1, size);
        byte[] bytes = new byte[size + DIGEST_BYTES + 1];
        ByteBuffer received = ByteBuffer.wrap(bytes);
        for (int from = 0; channel.read(received) >= 0; from = received.position()) {
            compare(expected, bytes, from, received.position());
            if (!received.hasRemaining()) {
                throw new IOException("more received than was sent: seed=" + seed);
            }
        }
        sending.get(60, TimeUnit.SECONDS);
        if (received.position() != size + DIGEST_BYTES) {
            throw new IOException("stream ended early: seed=" + seed + ", received=" + received.position() + ", sent="
                    + (size + DIGEST_BYTES));
        }
        byte[] digest = new byte[DIGEST_BYTES];
        received.flip().position(size).get(digest);
        if (!MessageDigest.isEqual(digest, Bench.sha256().digest(toSend))) {
            throw new IOException("sent contents differ: seed=" + seed);
        }
        received.position(0).limit(size);
        MessageDigest down = Bench.sha256();
        down.update(received);
        if (!MessageDigest.isEqual(down.digest(), Bench.sha256().digest(expected))) {
            throw new IOException("received contents differ: seed=" + seed);
        }
    }

    /** Sees at once what differs, not only that something does. */
    private static void compare(byte[] expected, byte[] seen, int begin, int position) throws IOException {
        int end = Math.min(expected.length, position);
        int mismatch = begin >= end ? -1 : Arrays.mismatch(expected, begin, end, seen, begin, end);
        if (mismatch >= 0) {
            int at = begin + mismatch;
            int from = Math.max(0, at - 20);
            throw new IOException("received contents differ: at=" + at + ", of=" + expected.length + ", expected="
                    + text(expected, from, at + 30) + ", received="
                    + text(seen, from, Math.min(at + 30, end)));
        }
    }

    private static String text(byte[] bytes, int from, int to) {
        return Bench.hex(Arrays.copyOfRange(bytes, from, Math.min(to, bytes.length)));
    }
}
