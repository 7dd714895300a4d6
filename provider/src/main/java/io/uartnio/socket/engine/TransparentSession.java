package io.uartnio.socket.engine;

import io.uartnio.at.AtChannel;
import io.uartnio.at.AtCommand;
import io.uartnio.at.TransparentStream;
import io.uartnio.at.TransparentStream.Line;
import io.uartnio.socket.ModuleSocket;
import java.io.IOException;
import java.lang.invoke.VarHandle;

/**
 * A socket in transparent access mode over a channel: what it was written leaves as it is, and what arrives is put into
 * its buffer. The channel is the module's one port or has been made for this socket alone; who is told to wait for it is
 * not this class's business.
 *
 * <p>A buffer that fills makes the port hold the line, so that the module closes its TCP window; where a port cannot
 * hold it, the session is crowded out: it leaves, and the module keeps what it receives in buffer access mode. What
 * arrives until then goes into the modem's reserve.
 *
 * <p>Threads: {@link #enter}, {@link #pump} and {@link #reset} belong to the one thread that writes to the channel;
 * {@link #onPayload} to whoever the stream says, one at a time; {@link #afterRead} to the socket's consumer.
 */
final class TransparentSession implements TransparentStream.Receiver {

    private final ReceiveModes modes;
    private final Runnable wake;
    private final TransparentStream stream;
    private final byte[] block = new byte[TransparentStream.MAX_WRITE_BYTES];
    private volatile EngineSocket socket;
    private volatile boolean crowdedOut;

    /**
     * Creates a session over a channel.
     *
     * @param wake makes the writing thread call {@link #pump}; any thread calls it
     */
    TransparentSession(AtChannel channel, ReceiveModes modes, Runnable wake, TransparentStream.Traits traits) {
        this.modes = modes;
        this.wake = wake;
        this.stream = new TransparentStream(channel, this, traits);
    }

    /** Gives the channel to a socket; see {@link TransparentStream#enter}. */
    void enter(EngineSocket newSocket, AtCommand command) throws IOException {
        socket = newSocket;
        crowdedOut = false;
        newSocket.receive().steps().onTransparent();
        stream.enter(command);
    }

    /**
     * Writes what can be written, settles what is in doubt, and leaves when the socket is to have the channel no more.
     *
     * @return who has the channel now
     * @throws IOException if the port is closed, or the module answers neither way
     */
    Line pump() throws IOException {
        while (stream.line() == Line.DATA) {
            if (stream.isSuspected()) {
                stream.settle();
            } else if (isToLeave()) {
                stream.leave();
            } else if (!write()) {
                return Line.DATA;
            }
        }
        // The module may have ended the stream while its last bytes held the port: commands need their answers.
        stream.resumeReceiving();
        return stream.line();
    }

    private boolean write() throws IOException {
        int length = socket.unsent().peek(block);
        int written = length == 0 ? 0 : stream.write(block, length);
        if (written > 0) {
            socket.sentAudit().onStreamed(written);
            socket.unsent().remove(written);
            socket.onTaken();
            socket.signalChange();
        }
        return written > 0;
    }

    /** Returns true if the socket is to have the channel no more. */
    boolean isToLeave() {
        return switch (socket.state()) {
            case CONNECTED -> crowdedOut || !socket.isTransparentWanted();
            case CLOSED -> !socket.isLingering() || socket.unsent().size() == 0;
            case UNCONNECTED, CONNECTING, FAILED -> true;
        };
    }

    /** The module was lost, and the channel with it. */
    void reset() {
        stream.reset();
    }

    // ------------------------------------------------------------------ what the stream brings

    @Override
    public void onPayload(byte[] bytes, int offset, int length) {
        EngineSocket to = socket;
        if (to.state() != ModuleSocket.State.CONNECTED || to.isInputShutdown()) {
            return;
        }
        ReceiveBuffer buffer = to.received();
        if (!buffer.begin(length)) {
            modes.failOutOfMemory(to);
            return;
        }
        buffer.put(bytes, offset, length);
        buffer.end();
        to.signalChange();
        if (buffer.isCrowded()) {
            hold(buffer);
        }
    }

    private void hold(ReceiveBuffer buffer) {
        if (!stream.holdReceiving()) {
            crowdedOut = true;
            wake.run();
        } else if (buffer.isBelowLowWater()) {
            // Its reader has been here meanwhile and has not seen that the port is held.
            stream.resumeReceiving();
        }
    }

    @Override
    public void onAttention() {
        wake.run();
    }

    // ------------------------------------------------------------------ consumer

    /** The socket's reader has taken bytes out of its buffer, or wants none any more. */
    void afterRead() {
        // The bytes' leaving is seen by a reader thread that has not said yet that it holds the port: see hold.
        VarHandle.fullFence();
        EngineSocket from = socket;
        if (stream.isHeld() && (from.isInputShutdown() || from.received().isBelowLowWater())) {
            stream.resumeReceiving();
        }
    }
}
