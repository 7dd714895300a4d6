package io.uartnio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundBuffer;
import io.uartnio.socket.ModuleDatagramSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;

/**
 * Gives the flushed datagrams of a {@link ModemDatagramChannel} to its socket and settles them when the module has
 * reported: one at a time, because the socket counts those that are unsent and does not tell which of them was refused;
 * the UART takes one at a time anyway. Whoever is told of one may close the channel or have its socket replaced, so
 * that each is begun with a look at the channel. Event loop's.
 */
final class DatagramWriter {

    private final ModemDatagramChannel channel;

    /** The socket has the oldest of the flushed messages, and the module has not reported on it. */
    private boolean given;
    /** Nothing can be given to the socket until it tells of a change. */
    private boolean blocked;

    DatagramWriter(ModemDatagramChannel channel) {
        this.channel = channel;
    }

    /** Returns true if the module has yet to report on a datagram. */
    boolean hasGiven() {
        return given;
    }

    /** Returns true if nothing can be given to the socket until it tells of a change. */
    boolean isBlocked() {
        return blocked;
    }

    /** The socket has told of a change. */
    void unblock() {
        blocked = false;
    }

    void write(ChannelOutboundBuffer in) {
        for (; ; ) {
            if (given && !end(in)) {
                blocked = true;
                return;
            }
            // Whoever is told of a datagram may close the channel, which empties the buffer.
            Object message = in.current();
            if (message == null) {
                return;
            }
            if (channel.isOpening()) {
                blocked = true;
                return;
            }
            try {
                if (give(message)) {
                    given = true;
                } else if (OutboundDatagram.isEmpty(message)) {
                    in.remove();
                } else {
                    blocked = true;
                    return;
                }
            } catch (IOException | RuntimeException e) {
                // The next one may have another target.
                in.remove(e);
            }
        }
    }

    /** Returns false if the module has not reported on the datagram. */
    private boolean end(ChannelOutboundBuffer in) {
        ModuleDatagramSocket socket = channel.socket();
        boolean lost = socket.state() == ModuleDatagramSocket.State.FAILED;
        if (!lost && socket.datagramsUnsent() > 0) {
            return false;
        }
        given = false;
        IOException refused = socket.pollSendFailure();
        if (refused == null && lost) {
            refused = socket.failure();
        }
        if (refused == null) {
            in.remove();
        } else {
            in.remove(refused);
        }
        return true;
    }

    /** Returns false if the socket has not taken it: it is empty, or there is no room. */
    private boolean give(Object message) throws IOException {
        if (OutboundDatagram.isEmpty(message)) {
            return false;
        }
        ModuleDatagramSocket socket = channel.socket();
        InetSocketAddress target = OutboundDatagram.target(message, channel.peer());
        ByteBuf data = OutboundDatagram.content(message);
        int length = data.readableBytes();
        if (length > socket.maxSendBytes()) {
            throw new SocketException(
                    "module sends datagrams of 1 to " + socket.maxSendBytes() + " bytes: length=" + length);
        }
        ByteBuffer source =
                data.nioBufferCount() == 1 ? data.internalNioBuffer(data.readerIndex(), length) : data.nioBuffer();
        return socket.send(source, channel.isOfOnePeer() ? null : target);
    }
}
