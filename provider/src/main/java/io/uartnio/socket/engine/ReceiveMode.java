package io.uartnio.socket.engine;

import io.uartnio.AccessMode;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * How a socket's received data crosses the UART at the moment, and in which order it is handed on while that changes.
 *
 * <p>No manual says what a module does around {@code AT+QISWTMD}, so little is assumed:
 *
 * <ul>
 *   <li>Frames may still be pushed for a while behind the {@code OK} of a switch to buffer access mode. Nothing is read
 *       before none has come for as long as one may be under way, because what is read and what is pushed at the same
 *       time have no order that anybody could know. A frame that comes when reading has begun fails the socket.
 *   <li>What waits in the module when direct push begins is older than what is pushed from then on, whether the module
 *       pushes it too or keeps it until it is read. So frames are held back, in the modem's reserve, until a read has
 *       found nothing more.
 * </ul>
 *
 * <p>The reader thread alone puts bytes into the buffer, those that were held included: it sees the reply that says
 * that nothing is left. {@link ReceiveSteps} is what the lane thread does.
 *
 * <p>Threads: the methods say whose they are.
 */
final class ReceiveMode {

    /** What the module is believed to do with data, and what is done with frames that it pushes. */
    enum State {
        /** Frames are handed on. Opened so; or a read behind a switch has found nothing more (reader thread). */
        PUSH,
        /** The ring is above its high-water mark (reader thread), or another mode is asked for; frames go on coming. */
        TO_BUFFER,
        /**
         * The module has answered {@code OK} to a switch to buffer access mode (lane thread), or a frame has come
         * although it had seemed that none would (reader thread).
         */
        SETTLING,
        /** Opened so; or no frame has come for as long as one may be under way (lane thread). Nothing has been read. */
        SETTLED,
        /** The lane thread has begun to read; a frame that comes now has no place. */
        BUFFER,
        /** The lane thread asks the module to push; frames are held. */
        TO_PUSH,
        /**
         * The module has answered {@code OK} to a switch to direct push, or says that data waits although it pushes:
         * the lane thread reads until nothing is left; frames are held.
         */
        DRAINING;

        boolean holdsFrames() {
            return this == TO_PUSH || this == DRAINING;
        }

        /** Returns true if the module has said, or will before long, that it keeps what it receives. */
        boolean isBuffered() {
            return this == SETTLED || this == BUFFER;
        }
    }

    private static final int NOT_AWAITED = -1;

    private final EngineSocket socket;
    private final ReceiveModes modes;
    private final ReceiveBuffer buffer;
    private final ReceiveSteps steps;
    private final AtomicReference<State> state;
    /** Holds the size of the buffer at which the consumer is to tell the lane, or {@link #NOT_AWAITED}. */
    private final AtomicInteger awaitedSize = new AtomicInteger(NOT_AWAITED);

    private volatile AccessMode wanted;
    /** The module has refused to switch to buffer access mode and is not asked again for a while. */
    private volatile boolean refused;

    /**
     * Creates the mode of a socket that is about to be opened.
     *
     * @param wanted what was asked for
     * @param opened what the module is told, {@link AccessMode#BUFFER} or {@link AccessMode#DIRECT_PUSH}
     */
    ReceiveMode(EngineSocket socket, ReceiveModes modes, ReceiveBuffer buffer, AccessMode wanted, AccessMode opened) {
        this.socket = socket;
        this.modes = modes;
        this.buffer = buffer;
        this.wanted = wanted;
        this.state = new AtomicReference<>(opened == AccessMode.DIRECT_PUSH ? State.PUSH : State.SETTLED);
        this.steps = new ReceiveSteps(socket, this, modes, buffer);
    }

    // ------------------------------------------------------------------ reader thread

    /**
     * Makes room for a frame that the module pushes.
     *
     * @return false if it cannot be taken; the socket has then failed
     */
    boolean beginPushed(int lengthBytes) {
        State now = state.get();
        return now == State.PUSH ? buffer.begin(lengthBytes) || outOfMemory() : beginPushed(now, lengthBytes);
    }

    private boolean beginPushed(State now, int lengthBytes) {
        return switch (now) {
            case PUSH, TO_BUFFER, SETTLING -> buffer.begin(lengthBytes) || outOfMemory();
            case SETTLED -> {
                // Nothing has been read since: it is late, and has its place.
                if (state.compareAndSet(State.SETTLED, State.SETTLING)) {
                    steps.settleLater();
                }
                yield beginPushed(lengthBytes);
            }
            case BUFFER -> outOfOrder();
            case TO_PUSH, DRAINING -> buffer.beginHeld(lengthBytes) || outOfMemory();
        };
    }

    /**
     * Makes room for what a read returns.
     *
     * @return false if it cannot be taken; the socket has then failed
     */
    boolean beginRead(int lengthBytes) {
        return buffer.begin(lengthBytes) || outOfMemory();
    }

    private boolean outOfMemory() {
        modes.failOutOfMemory(socket);
        return false;
    }

    private boolean outOfOrder() {
        modes.failOutOfOrder(socket);
        return false;
    }

    /** The frame or the reply in hand is whole. */
    void end() {
        buffer.end();
        if (buffer.isCrowded()) {
            onCrowded();
        }
    }

    private void onCrowded() {
        State now = state.get();
        if (now.holdsFrames()) {
            if (buffer.heldBytes() > 0) {
                // What is held bounds how long the reads before it may take, whether or not their reader keeps up.
                steps.stepSoon();
            }
        } else if (buffer.heldBytes() > 0) {
            // The module has refused the switch that it was held for.
            outOfOrder();
        } else if (now == State.PUSH && wanted == AccessMode.ADAPTIVE && !refused) {
            leavePush();
        }
    }

    /** A read has found nothing: what was pushed since the switch comes next. */
    void onReadEmpty() {
        if (state.get() != State.DRAINING) {
            return;
        }
        boolean any = buffer.releaseHeld();
        state.set(State.PUSH);
        if (any) {
            socket.signalChange();
        }
        if (!isPushWanted() || (wanted == AccessMode.ADAPTIVE && buffer.isAboveHighWater())) {
            leavePush();
        }
    }

    /** The module says that data waits in it. */
    void onDataWaiting() {
        steps.onDataWaiting();
    }

    /** The module has connected the socket. */
    void onOpened() {
        review();
    }

    // ------------------------------------------------------------------ consumer

    /** Bytes have been taken out of the buffer. */
    void afterRead() {
        // The bytes' leaving is seen by a lane whose wish is not: see awaitSize.
        VarHandle.fullFence();
        int size = awaitedSize.get();
        if (size != NOT_AWAITED && buffer.sizeBytes() <= size) {
            tellOfRoom(size);
        }
    }

    private void tellOfRoom(int size) {
        if (awaitedSize.compareAndSet(size, NOT_AWAITED)) {
            steps.stepSoon();
        }
    }

    // ------------------------------------------------------------------ any thread

    /** Asks for another mode. */
    void setWanted(AccessMode mode) {
        wanted = mode;
        steps.forgetPause();
        if (socket.state() == EngineSocket.State.CONNECTED) {
            review();
        }
    }

    /** Looks whether the mode is the one that is wanted. */
    void review() {
        if (state.get() != State.PUSH) {
            steps.stepSoon();
        } else if (!isPushWanted()) {
            leavePush();
        }
    }

    /** Returns true if the module is to push, as soon as the reader keeps up. */
    boolean isPushWanted() {
        return (wanted == AccessMode.ADAPTIVE || wanted == AccessMode.DIRECT_PUSH) && modes.mayPush(socket.isTls());
    }

    /** Returns how data crosses the UART now. */
    AccessMode inForce() {
        State now = state.get();
        return now == State.PUSH || now == State.TO_BUFFER ? AccessMode.DIRECT_PUSH : AccessMode.BUFFER;
    }

    /**
     * Returns true if everything that the module had is read, as far as there is room for it, and nothing more will be
     * pushed. Lane thread.
     */
    boolean isBufferedAndRead() {
        return state.get().isBuffered() && !steps.isReadDue();
    }

    /** Returns true if the module keeps what it receives. */
    boolean isBuffered() {
        return state.get().isBuffered();
    }

    /** Returns how often the module has switched. */
    long switches() {
        return steps.switches();
    }

    State state() {
        return state.get();
    }

    private void leavePush() {
        if (state.compareAndSet(State.PUSH, State.TO_BUFFER)) {
            modes.submitUrgent(steps.toBuffer());
        }
    }

    // ------------------------------------------------------------------ lane thread

    ReceiveSteps steps() {
        return steps;
    }

    boolean move(State from, State to) {
        return state.compareAndSet(from, to);
    }

    /** Says for how large a buffer the consumer is to tell the lane; a buffer that is so already tells at once. */
    void awaitSize(int bytes) {
        awaitedSize.set(bytes);
        if (buffer.sizeBytes() <= bytes) {
            tellOfRoom(bytes);
        }
    }

    /** The module would not switch to buffer access mode. */
    void onRefusedToBuffer() {
        refused = true;
        state.set(State.PUSH);
        modes.later(this::askAgain, ReceiveSteps.ASK_AGAIN_MILLIS);
    }

    private void askAgain() {
        refused = false;
        if (socket.state() == EngineSocket.State.CONNECTED
                && wanted == AccessMode.ADAPTIVE
                && buffer.isAboveHighWater()) {
            leavePush();
        }
    }

    /** The module would not switch to direct push. */
    void onRefusedToPush() {
        state.set(State.BUFFER);
        if (buffer.heldBytes() > 0) {
            outOfOrder();
        }
    }
}
