package io.uartnio.emulator;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A connection in clear. */
final class PlainWire implements Wire {

    private final SocketChannel channel;

    PlainWire(SocketChannel channel) {
        this.channel = channel;
    }

    @Override
    public boolean handshake() {
        return true;
    }

    @Override
    public int receive(ByteBuffer target) throws IOException {
        return channel.read(target);
    }

    @Override
    public int send(ByteBuffer source) throws IOException {
        return channel.write(source);
    }

    @Override
    public boolean flush() {
        return true;
    }

    @Override
    public void closeOutput() {
        // TCP has only its FIN, which the network loop sends.
    }
}
