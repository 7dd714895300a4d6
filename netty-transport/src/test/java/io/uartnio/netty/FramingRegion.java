package io.uartnio.netty;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * A file region that writes other bytes than it counts, as one does that encrypts or frames a file. Each transfer writes
 * what is left of one piece and, when that is written, counts as many bytes as a piece stands for.
 */
final class FramingRegion extends PlayedRegion {

    private final ByteBuffer[] pieces;
    private final long bytesAPiece;
    private int whole;

    FramingRegion(long bytesAPiece, byte[]... pieces) {
        this.bytesAPiece = bytesAPiece;
        this.pieces = new ByteBuffer[pieces.length];
        for (int i = 0; i < pieces.length; i++) {
            this.pieces[i] = ByteBuffer.wrap(pieces[i]);
        }
    }

    @Override
    public long transferTo(WritableByteChannel target, long position) throws IOException {
        if (whole == pieces.length) {
            throw new IllegalStateException("transferred already");
        }
        int written = target.write(pieces[whole]);
        if (pieces[whole].hasRemaining()) {
            return written;
        }
        whole++;
        return bytesAPiece;
    }

    @Override
    public long transferred() {
        return whole * bytesAPiece;
    }

    @Override
    public long count() {
        return pieces.length * bytesAPiece;
    }
}
