package io.uartnio.socket.engine;

import io.uartnio.ModemException;
import io.uartnio.module.SendCounters;
import io.uartnio.socket.ModuleSocket;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Finds out whether everything that a socket has written to a channel of its own has reached the module: frames of the
 * multiplexer are not acknowledged, and a module drops a damaged one without a word. What the module counts is asked for
 * over the commands' channel when the stream has paused, and compared with what was written. A module that has
 * never counted a stream says nothing by its silence; one that counts some of it, with nothing left to send, has missed the
 * rest, and the socket fails.
 *
 * <p>Threads: the commands' lane's, but for the methods that say so.
 */
final class SentAudit {

    private static final Logger LOG = System.getLogger(SentAudit.class.getName());

    private static final long FIRST_LOOK_MILLIS = 500;
    private static final long MAX_LOOK_MILLIS = 8_000;

    /** So many looks in a row at which bytes were missing, with nothing on its way, say that they do not come. */
    private static final int MAX_MISSING = 6;

    /** So many questions in a row without an answer say that the module has none: the line may have damaged some. */
    private static final int MAX_UNANSWERED = 4;

    /** Modules count in 31 bits, 32, or more. */
    private static final long COUNTED = 0x7fff_ffffL;

    private final EngineSocket socket;
    private final ReceiveModes modes;
    private final AtomicBoolean looking = new AtomicBoolean();

    /** Bytes that were not sent by commands, which are acknowledged. */
    private final AtomicLong streamedBytes = new AtomicLong();

    /** So many written bytes need not be asked after again. */
    private volatile long settledBytes;

    private long writtenAtLook;
    private long countedAtLook;
    private int missing;
    private int unanswered;
    private long lookMillis = FIRST_LOOK_MILLIS;

    SentAudit(EngineSocket socket, ReceiveModes modes) {
        this.socket = socket;
        this.modes = modes;
    }

    /** So many bytes have been written to the port that the socket has to itself. The thread that does so. */
    void onStreamed(int bytes) {
        streamedBytes.addAndGet(bytes);
    }

    /** Looks, when the stream pauses, whether the module has what was written. Any thread. */
    void lookSoon() {
        if (streamedBytes.get() > 0
                && socket.unsent().totalRemovedBytes() != settledBytes
                && looking.compareAndSet(false, true)) {
            lookAgain(FIRST_LOOK_MILLIS);
        }
    }

    private void lookAgain(long millis) {
        modes.later(() -> modes.submit(this::look), millis);
    }

    private void look() {
        if (socket.state() != ModuleSocket.State.CONNECTED || !modes.holdsIndex(socket) || socket.isCloseAnnounced()) {
            // Whoever closes it looks once more.
            return;
        }
        long written = socket.unsent().totalRemovedBytes();
        if (socket.unsent().size() > 0 || written != writtenAtLook) {
            writtenAtLook = written;
            missing = 0;
            lookMillis = FIRST_LOOK_MILLIS;
            lookAgain(lookMillis);
            return;
        }
        try {
            if (isComplete(written)) {
                unanswered = 0;
                settledBytes = written;
                looking.set(false);
                lookSoon();
            } else if (missing < MAX_MISSING) {
                lookAgain(lookMillis);
            } else {
                modes.fail(socket, lost(written));
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "not told what was sent: {0}", e.getMessage());
            lookAgain(MAX_LOOK_MILLIS);
        }
    }

    /** A module that has no counters, or no connection any more, does not tell: then nothing is known to be missing. */
    private boolean isComplete(long written) throws IOException {
        SendCounters counters = modes.driver().sendCounters(socket.index(), socket.isTls());
        if (counters != null && !isMissing(counters, written)) {
            return true;
        }
        if (counters == null || !modes.driver().isConnected(socket.index(), socket.isTls())) {
            return ++unanswered >= MAX_UNANSWERED;
        }
        unanswered = 0;
        if (counters.unacknowledged() > 0 || counters.total() != countedAtLook) {
            // A peer that does not read holds up what has reached the module too.
            missing = 0;
            lookMillis = Math.min(2 * lookMillis, MAX_LOOK_MILLIS);
        } else {
            missing++;
            lookMillis = FIRST_LOOK_MILLIS;
        }
        countedAtLook = counters.total();
        return false;
    }

    private boolean isMissing(SendCounters counters, long written) {
        long streamed = streamedBytes.get();
        long counted = (counters.total() - (written - streamed)) & COUNTED;
        if (counted == (streamed & COUNTED)) {
            modes.onStreamsCounted();
            return false;
        }
        return counted == 0 ? modes.areStreamsCounted() : counted < 2 * streamed;
    }

    private ModemException lost(long written) {
        return modes.bytesNotReceived(socket, written, countedAtLook);
    }

    /**
     * Looks once more before a socket that was closed is closed on the module: nothing that it wrote waits.
     *
     * @return false if bytes may still be on their way: ask again
     */
    boolean isSettled(SendCounters counters) {
        long written = socket.unsent().totalRemovedBytes();
        if (streamedBytes.get() == 0 || written == settledBytes || !isMissing(counters, written)) {
            return true;
        }
        countedAtLook = counters.total();
        if (++missing < MAX_MISSING) {
            return false;
        }
        LOG.log(Level.WARNING, "closed: {0}", lost(written).getMessage());
        return true;
    }
}
