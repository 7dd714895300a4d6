package io.uartnio.cli;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.SplittableRandom;

/**
 * One of the demo's sockets: the client's side of what {@link DemoRequest} describes, a step whenever the selector says
 * that its channel is ready. Nothing here knows that a module carries it. Used by the thread of the select loop.
 */
final class DemoSocket {

    /** How far the conversation has come. */
    enum State {
        /** From the start until the module has connected. */
        CONNECT,
        /** Connected: the request is being written. */
        REQUEST,
        /** The request is out: payload and its hash are being read. */
        DOWNLOAD,
        /** What was read has the hash that the server says: payload is being written. */
        UPLOAD,
        /** All is written: the server's hash of it is awaited. */
        CONFIRM,
        /** The server's hash is ours. */
        VERIFIED,
        /** An exception, an early end of the stream, or a hash that differs. */
        FAILED
    }

    private static final int IN_BYTES = 16 * 1024;
    private static final int OUT_BYTES = 8 * 1024;

    private final DemoRequest request;
    private final Traffic down;
    private final ByteBuffer in = ByteBuffer.allocate(IN_BYTES);
    private final ByteBuffer answer = ByteBuffer.allocate(DemoRequest.DIGEST_LENGTH);
    private final MessageDigest downDigest = Digests.sha256();
    private final MessageDigest upDigest = Digests.sha256();
    private final SplittableRandom random;
    private ByteBuffer out;
    private long toRead;
    private long toWrite;
    private State state = State.CONNECT;
    private String downHash = "";
    private String upHash = "";
    private Throwable failure;

    /**
     * Creates a socket that has not connected.
     *
     * @param request what it will say
     * @param seed of what it will upload
     * @param down where its download is counted
     */
    DemoSocket(DemoRequest request, long seed, Traffic down) {
        this.request = request;
        this.down = down;
        this.random = new SplittableRandom(seed);
        this.out = request.encode();
        this.toRead = request.bytes();
        this.toWrite = request.bytes();
    }

    int number() {
        return request.socket();
    }

    State state() {
        return state;
    }

    boolean isOver() {
        return state == State.VERIFIED || state == State.FAILED;
    }

    /** Returns the SHA-256 of what was downloaded, in hexadecimal, or "" as long as it has not been checked. */
    String downHash() {
        return downHash;
    }

    /** Returns the SHA-256 of what was uploaded, as {@link #downHash()}. */
    String upHash() {
        return upHash;
    }

    /** Returns what went wrong, or null. */
    Throwable failure() {
        return failure;
    }

    /** Ends the conversation with a failure, unless it is over. */
    void fail(Throwable cause) {
        if (!isOver()) {
            failure = cause;
            state = State.FAILED;
        }
    }

    /** Takes the step that the channel is ready for, and says by its key what it waits for next. */
    void onReady(SelectionKey key) throws IOException {
        SocketChannel channel = (SocketChannel) key.channel();
        if (key.isConnectable() && channel.finishConnect()) {
            onConnected(key);
        }
        if (key.isValid() && key.isReadable()) {
            read(channel, key);
        }
        if (key.isValid() && key.isWritable()) {
            write(channel, key);
        }
        if (state == State.VERIFIED) {
            channel.close();
        }
    }

    /** The channel is connected: the request can be written. */
    void onConnected(SelectionKey key) {
        state = State.REQUEST;
        key.interestOps(SelectionKey.OP_WRITE);
    }

    private void write(SocketChannel channel, SelectionKey key) throws IOException {
        channel.write(out);
        if (out.hasRemaining()) {
            return;
        }
        if (state == State.REQUEST) {
            state = State.DOWNLOAD;
            key.interestOps(SelectionKey.OP_READ);
        } else if (toWrite > 0) {
            fillOut();
        } else {
            state = State.CONFIRM;
            key.interestOps(SelectionKey.OP_READ);
        }
    }

    private void fillOut() {
        byte[] chunk = new byte[(int) Math.min(toWrite, OUT_BYTES)];
        random.nextBytes(chunk);
        upDigest.update(chunk);
        toWrite -= chunk.length;
        out = ByteBuffer.wrap(chunk);
    }

    private void read(SocketChannel channel, SelectionKey key) throws IOException {
        in.clear();
        if (channel.read(in) < 0) {
            throw new EOFException(
                    "server closed early: state=" + state + ", missing=" + (toRead + answer.remaining()));
        }
        in.flip();
        if (toRead > 0) {
            takePayload((int) Math.min(in.remaining(), toRead));
        }
        while (in.hasRemaining() && answer.hasRemaining()) {
            answer.put(in.get());
        }
        if (in.hasRemaining()) {
            throw new IOException("server sent more than was asked for: state=" + state);
        }
        if (!answer.hasRemaining()) {
            onAnswer(key);
        }
    }

    private void takePayload(int length) {
        downDigest.update(in.array(), in.position(), length);
        in.position(in.position() + length);
        toRead -= length;
        down.count(number(), length);
    }

    private void onAnswer(SelectionKey key) throws IOException {
        if (state == State.DOWNLOAD) {
            downHash = compare("download", downDigest);
            answer.clear();
            state = State.UPLOAD;
            key.interestOps(SelectionKey.OP_WRITE);
        } else {
            upHash = compare("upload", upDigest);
            state = State.VERIFIED;
        }
    }

    private String compare(String what, MessageDigest ours) throws IOException {
        String mine = HexFormat.of().formatHex(ours.digest());
        String theirs = HexFormat.of().formatHex(answer.array());
        if (!mine.equals(theirs)) {
            throw new IOException(what + " is damaged: sha256=" + mine + ", ofServer=" + theirs);
        }
        return mine;
    }
}
