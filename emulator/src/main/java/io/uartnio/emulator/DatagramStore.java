package io.uartnio.emulator;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;

/**
 * The datagrams of one socket, both ways: whole, and bounded in bytes. What finds no room is dropped, as UDP may.
 * Guarded by the lock of the {@link SocketTable}.
 */
final class DatagramStore {

    /** One datagram with the peer as the module sees it; the peer is null where the socket has only one. */
    static final class Datagram {
        private final byte[] data;
        private final InetSocketAddress peer;

        Datagram(byte[] data, InetSocketAddress peer) {
            this.data = data;
            this.peer = peer;
        }

        byte[] data() {
            return data;
        }

        InetSocketAddress peer() {
            return peer;
        }
    }

    /** A datagram costs something even when it is empty. */
    private static final int OVERHEAD_BYTES = 16;

    private final ArrayDeque<Datagram> received = new ArrayDeque<>();
    private final ArrayDeque<Datagram> toSend = new ArrayDeque<>();
    private final int limitBytes;
    private int receivedBytes;
    private int toSendBytes;

    DatagramStore(int limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Takes a datagram from the network; returns false if it was dropped. */
    boolean receive(Datagram datagram) {
        if (receivedBytes + cost(datagram) > limitBytes) {
            return false;
        }
        receivedBytes += cost(datagram);
        received.add(datagram);
        return true;
    }

    boolean hasReceived() {
        return !received.isEmpty();
    }

    /** Returns the bytes that wait for the host. */
    int unreadBytes() {
        return received.stream().mapToInt(datagram -> datagram.data().length).sum();
    }

    /** Returns the oldest datagram from the network, or null. */
    Datagram take() {
        Datagram first = received.poll();
        if (first != null) {
            receivedBytes -= cost(first);
        }
        return first;
    }

    /** Takes a datagram from the host; returns false if there is no room for it. */
    boolean send(Datagram datagram, int sendLimitBytes) {
        if (toSendBytes + datagram.data().length > sendLimitBytes) {
            return false;
        }
        toSendBytes += datagram.data().length;
        toSend.add(datagram);
        return true;
    }

    /** Returns the oldest datagram from the host, or null. */
    Datagram takeToSend() {
        Datagram first = toSend.poll();
        if (first != null) {
            toSendBytes -= first.data().length;
        }
        return first;
    }

    private static int cost(Datagram datagram) {
        return datagram.data().length + OVERHEAD_BYTES;
    }
}
