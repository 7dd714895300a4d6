package io.uartnio.netty;

import io.uartnio.socket.ModuleSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ScatteringByteChannel;
import java.util.Objects;

/**
 * What a channel's socket has received, for whatever reads itself from a channel. To whoever reads on although the
 * channel has been closed, by whoever got the last piece, it has ended: so do Netty's buffers take it. The event loop's
 * alone.
 */
final class ReceivedBytes implements ScatteringByteChannel {

    private final ModuleSocket socket;

    ReceivedBytes(ModuleSocket socket) {
        this.socket = socket;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        try {
            return socket.read(target);
        } catch (ClosedChannelException e) {
            return -1;
        }
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, targets.length);
        long all = 0;
        for (int i = offset; i < offset + length; i++) {
            int read = read(targets[i]);
            if (read < 0) {
                return all == 0 ? read : all;
            }
            all += read;
            if (targets[i].hasRemaining()) {
                break;
            }
        }
        return all;
    }

    @Override
    public long read(ByteBuffer[] targets) throws IOException {
        return read(targets, 0, targets.length);
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {}
}
