package io.uartnio.netty;

import io.netty.channel.ChannelPipeline;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads of a channel whose messages come whole, datagrams or connections: what {@code AbstractNioMessageChannel} does at
 * the readiness of a key, this does when its channel looks. As much is taken in one turn as the {@code
 * RecvByteBufAllocator} says, before any of it is shown. Event loop's, but for {@link #clearInterest}.
 */
abstract class MessageReader {

    private final AbstractModemChannel channel;
    private final List<Object> messages = new ArrayList<>();
    /** Somebody reads: what the read interest of a selection key is to Netty's NIO channel. */
    private boolean interest;

    private boolean reading;

    MessageReader(AbstractModemChannel channel) {
        this.channel = channel;
    }

    /** Returns true if {@link #next} would return a message or throw. */
    abstract boolean hasMessage();

    /** Returns the next message, null if there is none. */
    @SuppressWarnings("deprecation") // to be replaced by ExtendedHandle, which a channel is not given
    abstract Object next(RecvByteBufAllocator.Handle handle) throws IOException;

    /** Messages have been taken and are going to be shown. */
    void beforeDelivery() {}

    final void beginRead() {
        interest = true;
        if (!reading && hasMessage()) {
            channel.lookLater();
        }
    }

    /** Nobody reads any more, from whichever thread. */
    final void clearInterest() {
        if (channel.isRegistered() && !channel.eventLoop().inEventLoop()) {
            channel.eventLoop().execute(this::clearInterest);
        } else {
            interest = false;
        }
    }

    /** Reads if somebody wants to and there is something. */
    final void readIfAsked() {
        if (interest && hasMessage()) {
            readTurn();
        }
    }

    private void readTurn() {
        var handle = channel.unsafe().recvBufAllocHandle();
        handle.reset(channel.config());
        ChannelPipeline pipeline = channel.pipeline();
        reading = true;
        Throwable failure = takeAll(handle);
        if (!messages.isEmpty()) {
            interest = false;
            beforeDelivery();
        }
        for (Object message : messages) {
            pipeline.fireChannelRead(message);
        }
        messages.clear();
        handle.readComplete();
        pipeline.fireChannelReadComplete();
        reading = false;
        if (failure != null) {
            pipeline.fireExceptionCaught(failure);
            if (failure instanceof IOException) {
                channel.unsafe().close(channel.unsafe().voidPromise());
            }
        }
        interest = interest || channel.config().isAutoRead();
        if (interest && hasMessage()) {
            channel.lookLater();
        }
    }

    /** Returns what ended it too early, or null. */
    @SuppressWarnings("deprecation") // to be replaced by ExtendedHandle, which a channel is not given
    private Throwable takeAll(RecvByteBufAllocator.Handle handle) {
        try {
            do {
                Object message = next(handle);
                if (message == null) {
                    return null;
                }
                handle.incMessagesRead(1);
                messages.add(message);
            } while (mayContinue(handle));
            return null;
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            return e;
        }
    }

    /** A datagram that is shorter than the buffer tells nothing of whether there is another one. */
    @SuppressWarnings("deprecation") // to be replaced by ExtendedHandle, which a channel is not given
    private static boolean mayContinue(RecvByteBufAllocator.Handle handle) {
        return handle instanceof RecvByteBufAllocator.ExtendedHandle extended
                ? extended.continueReading(UncheckedBooleanSupplier.TRUE_SUPPLIER)
                : handle.continueReading();
    }
}
