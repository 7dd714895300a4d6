package io.uartnio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AddressedEnvelope;
import io.uartnio.socket.face.Addresses;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;

/**
 * What may be written to a channel with datagrams, and to whom it goes: packets, other envelopes of a buffer and, to the
 * peer of a connected channel, buffers; refused with the exceptions that Netty's own channel has.
 */
final class OutboundDatagram {

    private OutboundDatagram() {}

    /**
     * Returns the message if it is one.
     *
     * @param connected the channel's peer, null if it has none
     */
    static Object check(Object message, InetSocketAddress connected) {
        if (message instanceof AddressedEnvelope<?, ?> envelope) {
            // What came from a peer that is known by its name can be answered.
            if (envelope.recipient() instanceof InetSocketAddress to && to.isUnresolved() && !to.equals(connected)) {
                throw new UnresolvedAddressException();
            }
            if (envelope.content() instanceof ByteBuf) {
                return message;
            }
        } else if (message instanceof ByteBuf) {
            return message;
        }
        throw new UnsupportedOperationException("unsupported message type: "
                + message.getClass().getSimpleName()
                + " (expected: DatagramPacket, AddressedEnvelope<ByteBuf, SocketAddress>, ByteBuf)");
    }

    static ByteBuf content(Object message) {
        return message instanceof AddressedEnvelope<?, ?> envelope ? (ByteBuf) envelope.content() : (ByteBuf) message;
    }

    static boolean isEmpty(Object message) {
        return !content(message).isReadable();
    }

    /**
     * Returns to whom the message goes.
     *
     * @param connected the channel's peer, null if it has none
     */
    static InetSocketAddress target(Object message, InetSocketAddress connected) throws SocketException {
        Object recipient = message instanceof AddressedEnvelope<?, ?> envelope ? envelope.recipient() : null;
        if (recipient == null) {
            if (connected == null) {
                throw new NotYetConnectedException();
            }
            return connected;
        }
        if (!(recipient instanceof InetSocketAddress to)) {
            throw new UnsupportedAddressTypeException();
        }
        if (connected != null && !connected.equals(to)) {
            throw new AlreadyConnectedException();
        }
        if (connected == null && to.isUnresolved()) {
            throw new UnresolvedAddressException();
        }
        Addresses.checkDatagramTarget(to);
        return to;
    }
}
