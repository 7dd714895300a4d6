package io.uartnio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.FileRegion;
import io.uartnio.socket.ModuleSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.Objects;

/**
 * What of a channel's flushed messages has been copied to the module's socket, and of that, what the module has taken.
 * A message stays in the {@link ChannelOutboundBuffer} until the module has taken its last byte, so promises and
 * writability tell of the module, not of the socket's ring; each byte is copied once. A message's progress is how far
 * the module is. Buffers are left as they are, since a program may write one again and again, or to several channels. A
 * region's {@code transferred} is how far the copying is, by the region's own account: one that frames or encrypts may
 * write more or fewer bytes than that. The event loop's alone.
 */
final class SendWindow implements ChannelOutboundBuffer.MessageProcessor {

    /**
     * How many messages may be in the ring: each pass begins at the oldest. Payloads that are full with messages of two
     * bytes have no more.
     */
    private static final int MAX_MESSAGES = 1024;

    /** How much of a buffer of several parts is asked for at once; the ring seldom has room for more. */
    private static final int PIECE_BYTES = 2048;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final ModuleSocket socket;
    private final Ring ring = new Ring();

    /** Bytes ever copied to the socket. */
    private long handedBytes;
    /** Bytes ever taken by the module and counted as the messages' progress. */
    private long settledBytes;

    /** Of the file regions in the ring, the oldest first; the last may be copied in part. */
    private final Deque<RegionBytes> regions = new ArrayDeque<>();

    // Of the pass in hand.
    /** Of the oldest message, if that is a buffer. */
    private long headTakenBytes;

    private Iterator<RegionBytes> regionsInRing;
    private long skippedBytes;
    private int messages;
    private boolean waiting;
    private boolean stuck;

    SendWindow(ModuleSocket socket) {
        this.socket = socket;
    }

    /**
     * Completes what the module has taken and copies what has room.
     *
     * @return {@link Progress#ROOM} if more messages may be handed over at once
     * @throws IOException the socket's, if it takes no more
     */
    Progress write(ChannelOutboundBuffer in) throws Exception {
        settle(in);
        if (in.isEmpty()) {
            return Progress.ROOM;
        }
        regionsInRing = regions.iterator();
        headTakenBytes = in.currentProgress();
        skippedBytes = handedBytes - settledBytes;
        messages = 0;
        waiting = false;
        stuck = false;
        // Throws if the socket has failed: what it has been handed is never going to be taken then.
        socket.write(NOTHING);
        in.forEachFlushedMessage(this);
        socket.tellOfTakenFrom(nextOfUse(in));
        if (hasNews() || isNothingLeftToTake()) {
            // Of which nobody may tell; and whoever is told here that a message is done may have flushed another.
            settle(in);
            return Progress.AGAIN;
        }
        if (stuck) {
            return Progress.AGAIN;
        }
        return waiting ? Progress.WAITING : Progress.ROOM;
    }

    /** All messages are handed over and the module has all: a file region that wrote nothing is not told of by anybody. */
    private boolean isNothingLeftToTake() {
        return handedBytes == settledBytes && !waiting && !stuck;
    }

    /**
     * Returns how much the module must have taken for another pass to be of use: when the oldest message is done, or when
     * half of what fills the ring is gone, so that the module never waits for more. A pass for each payload would wake the
     * event loop six times for 8 KiB.
     */
    private long nextOfUse(ChannelOutboundBuffer in) {
        Object oldest = in.current();
        long inRing = handedBytes - settledBytes;
        if (oldest == null || inRing == 0) {
            return settledBytes;
        }
        long oldestBytes = Math.min(unsettledBytes(oldest, in.currentProgress()), inRing);
        return settledBytes + (waiting ? Math.min(oldestBytes, inRing / 2) : oldestBytes);
    }

    /** Returns true if the module has taken something since the last {@link #write}. */
    boolean hasNews() {
        return socket.bytesTaken() != settledBytes;
    }

    /** How far a pass has come. */
    enum Progress {
        /** All that is flushed is in the ring. */
        ROOM,
        /** The module has to take something before more can be copied; the socket tells of that. */
        WAITING,
        /**
         * Something may be done at once of which nobody tells: the module has taken something meanwhile, or a file region
         * gave nothing although there was room.
         */
        AGAIN
    }

    /** Completes what the module has taken. */
    void settle(ChannelOutboundBuffer in) {
        long takenBytes = socket.bytesTaken();
        long bytes = takenBytes - settledBytes;
        settledBytes = takenBytes;
        // Whoever is told that a message has been sent may close the channel, which empties the buffer.
        for (Object message = in.current(); message != null; message = in.current()) {
            long unsettledBytes = unsettledBytes(message, in.currentProgress());
            long doneBytes = Math.min(bytes, unsettledBytes);
            if (doneBytes > 0) {
                bytes -= doneBytes;
                if (message instanceof FileRegion) {
                    regions.element().settledBytes += doneBytes;
                }
                in.progress(doneBytes);
            }
            if (doneBytes < unsettledBytes || !isHandedOver(message)) {
                return;
            }
            if (message instanceof FileRegion) {
                regions.poll();
            }
            in.remove();
        }
    }

    /** How many bytes of the oldest message are in the ring at most. */
    private long unsettledBytes(Object oldest, long progressBytes) {
        if (oldest instanceof ByteBuf buffer) {
            return buffer.readableBytes() - progressBytes;
        }
        return regions.isEmpty() ? 0 : regions.peek().unsettledBytes();
    }

    private static boolean isHandedOver(Object message) {
        return !(message instanceof FileRegion region) || region.transferred() >= region.count();
    }

    @Override
    public boolean processMessage(Object message) throws IOException {
        if (++messages > MAX_MESSAGES) {
            waiting = true;
            return false;
        }
        long takenBytes = headTakenBytes;
        headTakenBytes = 0;
        return message instanceof ByteBuf buffer
                ? handOverBuffer(buffer, (int) takenBytes)
                : handOverRegion((FileRegion) message);
    }

    /** Returns true if all of it is in the ring. */
    private boolean handOverBuffer(ByteBuf buffer, int takenBytes) throws IOException {
        int readableBytes = buffer.readableBytes() - takenBytes;
        int doneBytes = (int) Math.min(skippedBytes, readableBytes);
        skippedBytes -= doneBytes;
        int leftBytes = readableBytes - doneBytes;
        if (leftBytes <= 0) {
            return true;
        }
        int from = buffer.readerIndex() + takenBytes + doneBytes;
        int written = buffer.nioBufferCount() == 1
                ? ring.write(buffer.internalNioBuffer(from, leftBytes))
                : copyParts(buffer, from, leftBytes);
        waiting = written < leftBytes;
        return !waiting;
    }

    /** Piece by piece, as a composite buffer makes a view of every part that it is asked for. */
    private int copyParts(ByteBuf buffer, int from, int leftBytes) throws IOException {
        int all = 0;
        while (all < leftBytes) {
            int piece = Math.min(leftBytes - all, PIECE_BYTES);
            int written = buffer.getBytes(from + all, ring, piece);
            all += written;
            if (written < piece) {
                break;
            }
        }
        return all;
    }

    private boolean handOverRegion(FileRegion region) throws IOException {
        RegionBytes bytes = regionsInRing.hasNext() ? regionsInRing.next() : addRegion();
        skippedBytes -= bytes.unsettledBytes();
        while (region.transferred() < region.count()) {
            if (!socket.isWritable()) {
                waiting = true;
                return false;
            }
            long before = handedBytes;
            long transferred = region.transferTo(ring, region.transferred());
            bytes.handedBytes += handedBytes - before;
            if (transferred <= 0) {
                stuck = socket.isWritable();
                waiting = !stuck;
                return false;
            }
        }
        return true;
    }

    private RegionBytes addRegion() {
        RegionBytes added = new RegionBytes();
        regions.add(added);
        regionsInRing = Collections.emptyIterator();
        return added;
    }

    /** What a file region has written, as it may differ from what the region says that it has transferred. */
    private static final class RegionBytes {
        long handedBytes;
        long settledBytes;

        long unsettledBytes() {
            return handedBytes - settledBytes;
        }
    }

    /** The socket's send ring, for whatever writes itself to a channel. */
    private final class Ring implements GatheringByteChannel {

        @Override
        public int write(ByteBuffer source) throws IOException {
            int written = socket.write(source);
            handedBytes += written;
            return written;
        }

        @Override
        public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, sources.length);
            long written = 0;
            for (int i = offset; i < offset + length; i++) {
                written += write(sources[i]);
                if (sources[i].hasRemaining()) {
                    break;
                }
            }
            return written;
        }

        @Override
        public long write(ByteBuffer[] sources) throws IOException {
            return write(sources, 0, sources.length);
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
