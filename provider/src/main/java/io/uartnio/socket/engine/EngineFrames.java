package io.uartnio.socket.engine;

import io.uartnio.ModemException;
import io.uartnio.at.PayloadSink;
import io.uartnio.frame.FramingDoubt;
import io.uartnio.frame.Source;

/**
 * Puts what arrives into the buffer of the socket that it is for: the way of a byte from the port, where nothing blocks,
 * locks or allocates.
 *
 * <p>Threads: the reader's alone, but for {@link #onDoubt}, which the timer calls too.
 */
final class EngineFrames implements PayloadSink {

    private final SocketEngine engine;
    private final Connections connections;
    private final Endpoints endpoints;
    private final IndexTable indexes;

    /** Whose frame is in hand: one of the two at most, none for a frame that nobody wants. */
    private EngineSocket connection;

    private EngineDatagramSocket datagrams;

    EngineFrames(SocketEngine engine, Connections connections, Endpoints endpoints, IndexTable indexes) {
        this.engine = engine;
        this.connections = connections;
        this.endpoints = endpoints;
        this.indexes = indexes;
    }

    // ------------------------------------------------------------------ a frame begins

    @Override
    public boolean onFrame(int index, boolean tls, int lengthBytes) {
        forgetFrame();
        EngineSocket socket = connections.get(index);
        if (socket == null || socket.isTls() != tls) {
            return onFrameOfNoConnection(index, tls, lengthBytes);
        }
        if (lengthBytes > 0 && socket.isLive() && !socket.isInputShutdown()) {
            connection = socket.receive().beginPushed(lengthBytes) ? socket : null;
        }
        return true;
    }

    /** A frame without a sender is of the one peer, or with length 0 word that data waits. */
    private boolean onFrameOfNoConnection(int index, boolean tls, int lengthBytes) {
        if (!tls && endpoints.get(index) instanceof EngineDatagramSocket socket) {
            if (lengthBytes > 0) {
                begin(socket, lengthBytes, Source.NONE);
            }
            return true;
        }
        engine.countStray();
        return lengthBytes == 0 && !mayLackComma(index);
    }

    /** A notice of data for a socket 11 that is not open may be one byte pushed for socket 1 without its comma. */
    private boolean mayLackComma(int index) {
        return index >= 10 && indexes.isHeld(index / 10);
    }

    @Override
    public boolean onReadFrame(int index, boolean tls, int lengthBytes) {
        forgetFrame();
        EngineEndpoint endpoint = endpoints.get(index);
        if (endpoint != null) {
            return endpoint instanceof EngineDatagramSocket socket
                    && lengthBytes > 0
                    && begin(socket, lengthBytes, Source.NONE);
        }
        EngineSocket socket = connections.find(index, tls);
        if (socket != null && socket.isLive() && !socket.isInputShutdown()) {
            connection = socket.receive().beginRead(lengthBytes) ? socket : null;
        }
        return connection != null;
    }

    @Override
    public boolean onDatagram(int index, int lengthBytes, long source) {
        forgetFrame();
        if (endpoints.get(index) instanceof EngineDatagramSocket socket) {
            begin(socket, lengthBytes, source);
            return true;
        }
        engine.countStray();
        return false;
    }

    @Override
    public boolean onReadDatagram(int index, int lengthBytes, long source) {
        return onDatagram(index, lengthBytes, source) && datagrams != null;
    }

    /** Returns false if the datagram is not kept; it is then counted off. */
    private boolean begin(EngineDatagramSocket socket, int lengthBytes, long source) {
        boolean kept = socket.begin(lengthBytes, source);
        datagrams = kept ? socket : null;
        return kept;
    }

    private void forgetFrame() {
        connection = null;
        datagrams = null;
    }

    // ------------------------------------------------------------------ goes on and ends

    @Override
    public void onPayload(byte[] bytes, int offset, int length) {
        if (connection != null) {
            connection.received().put(bytes, offset, length);
        } else if (datagrams != null) {
            datagrams.put(bytes, offset, length);
        }
    }

    @Override
    public void onFrameEnd() {
        EngineSocket socket = connection;
        EngineDatagramSocket datagramSocket = datagrams;
        forgetFrame();
        if (socket != null) {
            socket.receive().end();
            socket.signalChange();
        } else if (datagramSocket != null) {
            datagramSocket.end();
        }
    }

    @Override
    public void onReadEmpty(int index, boolean tls) {
        if (endpoints.get(index) != null) {
            return;
        }
        EngineSocket socket = connections.find(index, tls);
        if (socket != null) {
            socket.receive().onReadEmpty();
        }
    }

    @Override
    public void onDoubt(FramingDoubt doubt) {
        engine.failAllButApart(new ModemException(doubt.toMessage(), engine.details()));
    }
}
