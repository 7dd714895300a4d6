package io.uartnio.emulator;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** A connection by TLS: the JDK's engine between the channel and the module. */
final class TlsWire implements Wire {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SocketChannel channel;
    private final SSLEngine engine;
    /** Ready to be filled between calls. */
    private final ByteBuffer arrived;
    /** Ready to be drained between calls. */
    private final ByteBuffer leaving;

    private final ByteBuffer handshakeData;
    private boolean started;
    private boolean ended;

    TlsWire(SocketChannel channel, SSLEngine engine) {
        this.channel = channel;
        this.engine = engine;
        int packet = engine.getSession().getPacketBufferSize();
        arrived = ByteBuffer.allocateDirect(2 * packet);
        leaving = ByteBuffer.allocateDirect(2 * packet).limit(0);
        handshakeData = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
    }

    @Override
    public boolean handshake() throws IOException {
        if (!started) {
            started = true;
            engine.beginHandshake();
        }
        while (flush()) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> runTasks();
                case NEED_WRAP -> wrap(NOTHING);
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    if (!unwrapHandshake()) {
                        return false;
                    }
                }
                default -> {
                    return true;
                }
            }
        }
        return false;
    }

    /** Returns false if nothing has come to go on with. */
    private boolean unwrapHandshake() throws IOException {
        SSLEngineResult result = unwrap(handshakeData.clear());
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
            throw new EOFException("the peer closed during the handshake");
        }
        if (result.getStatus() != SSLEngineResult.Status.BUFFER_UNDERFLOW) {
            return true;
        }
        int count = channel.read(arrived);
        if (count < 0) {
            throw new EOFException("the peer closed during the handshake");
        }
        return count > 0;
    }

    @Override
    public int receive(ByteBuffer target) throws IOException {
        int start = target.position();
        while (!ended && target.remaining() >= engine.getSession().getApplicationBufferSize()) {
            SSLEngineResult result = unwrap(target);
            if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                ended = true;
            } else if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                int count = channel.read(arrived);
                ended = count < 0;
                if (count == 0) {
                    break;
                }
            } else {
                afterUnwrap();
            }
        }
        int received = target.position() - start;
        return received == 0 && ended ? -1 : received;
    }

    /** A peer may start a new handshake in the midst of data. */
    private void afterUnwrap() throws IOException {
        HandshakeStatus status = engine.getHandshakeStatus();
        if (status == HandshakeStatus.NEED_TASK) {
            runTasks();
            status = engine.getHandshakeStatus();
        }
        if (status == HandshakeStatus.NEED_WRAP && flush()) {
            wrap(NOTHING);
            flush();
        }
    }

    @Override
    public int send(ByteBuffer source) throws IOException {
        int start = source.position();
        wrap(source);
        flush();
        return source.position() - start;
    }

    @Override
    public boolean flush() throws IOException {
        if (leaving.hasRemaining()) {
            channel.write(leaving);
        }
        return !leaving.hasRemaining();
    }

    @Override
    public void closeOutput() throws IOException {
        engine.closeOutbound();
        wrap(NOTHING);
    }

    private void wrap(ByteBuffer source) throws SSLException {
        leaving.compact();
        try {
            engine.wrap(source, leaving);
        } finally {
            leaving.flip();
        }
    }

    private SSLEngineResult unwrap(ByteBuffer target) throws SSLException {
        arrived.flip();
        try {
            return engine.unwrap(arrived, target);
        } finally {
            arrived.compact();
        }
    }

    private void runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }
}
