package io.uartnio.it;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The same number of bytes both ways at once on one connection, both checked by SHA-256: the client sends a seed, a
 * size and contents made of the seed; the server meanwhile sends contents made of the next seed, at the end the digest
 * of what it has received, and closes.
 */
final class Trade {

    private static final int HEAD_BYTES = 12;

    private final SocketChannel channel;
    private final int size;
    private final ByteBuffer toSend;
    private final String digestOfSent;
    private final String digestToReceive;
    private final MessageDigest received = Bench.sha256();
    private final ByteBuffer verdict = ByteBuffer.allocate(32);
    private int receivedBytes;
    private boolean ended;

    private Trade(SocketChannel channel, long seed, int size) {
        this.channel = channel;
        this.size = size;
        byte[] content = content(seed, size);
        digestOfSent = Bench.hex(Bench.sha256().digest(content));
        digestToReceive = Bench.hex(Bench.sha256().digest(content(seed + 1, size)));
        toSend = ByteBuffer.allocate(HEAD_BYTES + size);
        toSend.putLong(seed).putInt(size).put(content).flip();
    }

    private static byte[] content(long seed, int size) {
        byte[] content = new byte[size];
        new Random(seed).nextBytes(content);
        return content;
    }

    // ------------------------------------------------------------------ server

    /** The server's side, for a {@link PeerServer}. */
    static void serve(Socket connection) throws IOException {
        DataInputStream in = new DataInputStream(connection.getInputStream());
        long seed = in.readLong();
        int size = in.readInt();
        OutputStream out = connection.getOutputStream();
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> send(out, content(seed + 1, size)));
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
        try {
            writing.get();
        } catch (ExecutionException | InterruptedException e) {
            throw new IOException("contents not sent", e);
        }
        out.write(digest.digest());
        out.flush();
    }

    private static void send(OutputStream out, byte[] content) {
        try {
            out.write(content);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ------------------------------------------------------------------ client

    /** Where one connection is to go: through which provider and to which port. */
    record Route(SelectorProvider provider, int port) {}

    /**
     * Trades on one connection for each route, all of them through one selector.
     *
     * @throws IOException if a connection fails or contents differ
     */
    static void all(Selector selector, List<Route> routes, int size) throws IOException {
        List<Trade> trades = new ArrayList<>();
        for (Route route : routes) {
            SocketChannel channel = route.provider().openSocketChannel();
            channel.configureBlocking(false);
            Trade trade = new Trade(channel, 1000L + 2L * trades.size(), size);
            trades.add(trade);
            channel.register(selector, SelectionKey.OP_CONNECT, trade);
            channel.connect(Bench.at(route.port()));
        }
        ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
        while (trades.stream().anyMatch(trade -> !trade.ended)) {
            selector.select();
            for (SelectionKey key : selector.selectedKeys()) {
                ((Trade) key.attachment()).step(key, buffer);
            }
            selector.selectedKeys().clear();
        }
        for (Trade trade : trades) {
            trade.verify(trades.indexOf(trade));
        }
    }

    private void step(SelectionKey key, ByteBuffer buffer) throws IOException {
        if (key.isConnectable() && channel.finishConnect()) {
            key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        }
        if (key.isWritable()) {
            channel.write(toSend);
            if (!toSend.hasRemaining()) {
                key.interestOps(SelectionKey.OP_READ);
            }
        }
        if (key.isReadable()) {
            int count = channel.read(buffer.clear());
            buffer.flip();
            take(buffer);
            if (count < 0) {
                ended = true;
                channel.close();
            }
        }
    }

    private void take(ByteBuffer bytes) throws IOException {
        int content = Math.min(bytes.remaining(), size - receivedBytes);
        received.update(bytes.slice(bytes.position(), content));
        bytes.position(bytes.position() + content);
        receivedBytes += content;
        if (bytes.remaining() > verdict.remaining()) {
            throw new IOException("more received than was sent: excess=" + bytes.remaining());
        }
        verdict.put(bytes);
    }

    private void verify(int number) throws IOException {
        if (receivedBytes < size || verdict.hasRemaining()) {
            throw new IOException("stream ended early: connection=" + number + ", received=" + receivedBytes
                    + ", missingOfDigest=" + verdict.remaining());
        }
        String down = Bench.hex(received.digest());
        if (!down.equals(digestToReceive)) {
            throw new IOException("received contents differ: connection=" + number + ", sha256=" + down);
        }
        String up = Bench.hex(verdict.array());
        if (!up.equals(digestOfSent)) {
            throw new IOException("sent contents differ: connection=" + number + ", sha256=" + up);
        }
    }
}
