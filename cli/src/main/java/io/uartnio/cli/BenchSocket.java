package io.uartnio.cli;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * One socket of the measurement: the client's side of {@link BenchRequest}, a step whenever the selector says that its
 * channel is ready. Payload is read into one buffer and written from one, and looked at no further: what the line can do
 * is measured here, and that no byte is damaged is shown elsewhere. Used by the thread of the select loop.
 */
final class BenchSocket {

    private static final int READ_BYTES = 16 * 1024;

    private final int number;
    private final ByteBuffer in = ByteBuffer.allocate(READ_BYTES);
    private final ByteBuffer answer = ByteBuffer.allocate(BenchRequest.ANSWER_LENGTH);
    private SelectionKey key;
    private FairWindow downWindow;
    private ByteBuffer out = ByteBuffer.allocate(0);
    private ByteBuffer payload = ByteBuffer.allocate(0);
    private long toRead;
    private long toWrite;
    private boolean connected;
    private boolean busy;

    /** Creates a socket that has not connected. */
    BenchSocket(int number) {
        this.number = number;
    }

    boolean isConnected() {
        return connected;
    }

    boolean isBusy() {
        return busy;
    }

    /** Returns what the server says of an upload. */
    ByteBuffer answer() {
        return answer.duplicate().flip();
    }

    void onConnected(SelectionKey ownKey) {
        key = ownKey;
        connected = true;
        key.interestOps(0);
    }

    /**
     * Begins a request.
     *
     * @param window where a download is counted
     */
    void start(BenchRequest request, FairWindow window) throws IOException {
        busy = true;
        downWindow = window;
        out = request.encode();
        answer.clear();
        boolean down = request.direction() == Direction.DOWN;
        toRead = down ? request.bytes() : 0;
        toWrite = down ? 0 : request.bytes();
        payload = ByteBuffer.allocate(request.writeBytes());
        answer.limit(down ? 0 : BenchRequest.ANSWER_LENGTH);
        write((SocketChannel) key.channel());
    }

    /** Takes the step that the channel is ready for, and says by its key what it waits for next. */
    void onReady(SelectionKey ready) throws IOException {
        SocketChannel channel = (SocketChannel) ready.channel();
        if (ready.isConnectable() && channel.finishConnect()) {
            onConnected(ready);
            return;
        }
        if (ready.isReadable()) {
            read(channel);
        }
        if (ready.isValid() && ready.isWritable()) {
            write(channel);
        }
    }

    /** Writes until the channel takes no more, one payload a call as a program with messages of that size would. */
    private void write(SocketChannel channel) throws IOException {
        while (true) {
            if (!out.hasRemaining()) {
                if (toWrite == 0) {
                    break;
                }
                out = payload.clear().limit((int) Math.min(toWrite, payload.capacity()));
                toWrite -= out.remaining();
            }
            channel.write(out);
            if (out.hasRemaining()) {
                key.interestOps(SelectionKey.OP_WRITE);
                return;
            }
        }
        key.interestOps(SelectionKey.OP_READ);
    }

    private void read(SocketChannel channel) throws IOException {
        if (toRead > 0) {
            int count = checked(channel.read(in.clear()));
            if (count > 0) {
                downWindow.count(number, count);
                toRead -= count;
            }
        } else {
            checked(channel.read(answer));
        }
        if (toRead < 0) {
            throw new IOException("server sent more than was asked for: socket=" + number);
        }
        if (toRead == 0 && !answer.hasRemaining()) {
            busy = false;
            key.interestOps(0);
        }
    }

    private int checked(int count) throws IOException {
        if (count < 0) {
            throw new EOFException("server closed early: socket=" + number + ", missing=" + toRead);
        }
        return count;
    }
}
