package io.uartnio.benchmarks;

/** Takes the stream in pieces, as a reader thread is given it by a port. */
@FunctionalInterface
public interface PieceFeeder {

    /** Takes the next piece, and empties what it has filled. */
    void feed(byte[] buffer, int offset, int length);

    /** Takes a whole stream, cut into pieces of this many bytes and a last one of what is left. */
    default void feedAll(byte[] stream, int pieceBytes) {
        for (int offset = 0; offset < stream.length; offset += pieceBytes) {
            feed(stream, offset, Math.min(pieceBytes, stream.length - offset));
        }
    }
}
