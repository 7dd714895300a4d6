package io.uartnio.it;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;

/** The smallest way to run an {@link SSLEngine} over a blocking channel. */
final class TlsLoop {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SSLEngine engine;
    private final SocketChannel channel;
    private final ByteBuffer incoming;
    private final ByteBuffer outgoing;
    private final ByteBuffer plain;

    TlsLoop(SSLEngine engine, SocketChannel channel) {
        this.engine = engine;
        this.channel = channel;
        int packet = engine.getSession().getPacketBufferSize();
        this.incoming = ByteBuffer.allocate(2 * packet).flip();
        this.outgoing = ByteBuffer.allocate(2 * packet);
        this.plain = ByteBuffer.allocate(2 * engine.getSession().getApplicationBufferSize());
    }

    void handshake() throws IOException {
        engine.beginHandshake();
        HandshakeStatus status = engine.getHandshakeStatus();
        while (status != HandshakeStatus.NOT_HANDSHAKING && status != HandshakeStatus.FINISHED) {
            switch (status) {
                case NEED_WRAP -> wrap(NOTHING);
                case NEED_TASK -> engine.getDelegatedTask().run();
                default -> unwrap();
            }
            status = engine.getHandshakeStatus();
        }
    }

    void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            wrap(bytes);
        }
    }

    /** Returns the next bytes, valid until the next call; possibly none. */
    ByteBuffer read() throws IOException {
        plain.clear();
        unwrap();
        return plain.flip();
    }

    private void wrap(ByteBuffer bytes) throws IOException {
        outgoing.clear();
        engine.wrap(bytes, outgoing);
        outgoing.flip();
        while (outgoing.hasRemaining()) {
            channel.write(outgoing);
        }
    }

    private void unwrap() throws IOException {
        SSLEngineResult result = engine.unwrap(incoming, plain);
        if (result.getStatus() == Status.BUFFER_UNDERFLOW) {
            incoming.compact();
            int count = channel.read(incoming);
            incoming.flip();
            if (count < 0) {
                throw new EOFException("stream ended inside TLS");
            }
        } else if (result.getStatus() == Status.CLOSED) {
            throw new EOFException("peer closed TLS");
        }
    }
}
