package io.uartnio.socket.engine;

import io.uartnio.AccessMode;
import io.uartnio.ModemException;
import io.uartnio.at.LaneTask;
import io.uartnio.module.ReceiveCounters;
import io.uartnio.socket.engine.ReceiveMode.State;
import io.uartnio.uart.TimerThread.Timeout;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the lane thread does for one socket's received data: switches its mode, and reads what the module keeps, a
 * command at a time, so that other sockets' reads and sends have their turns in between. A URC is a hint: whatever says
 * that data waits is followed until a read finds nothing, and where nothing says so it is looked up now and then.
 *
 * <p>Threads: the lane's, but for the methods that say so.
 */
final class ReceiveSteps {

    /** How long a module that has refused a switch is left alone. */
    static final long ASK_AGAIN_MILLIS = 1_000;

    /** So many looks in a row at which no frame has come say that none is under way. */
    private static final int QUIET_LOOKS = 4;

    /** A reader that falls behind again so soon after direct push began has its next pause doubled. */
    private static final long SOON_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long FIRST_PAUSE_MILLIS = 250;
    private static final long MAX_PAUSE_MILLIS = 10_000;

    private static final long FIRST_LOOK_MILLIS = 1_000;
    private static final long MAX_LOOK_MILLIS = 8_000;
    /** An answer to what was sent may be there by then. */
    private static final long LOOK_AFTER_SEND_MILLIS = 200;

    private static final long COMPARE_AGAIN_MILLIS = 100;
    private static final int MAX_READS_AT_ONCE = 16;

    private final EngineSocket socket;
    private final ReceiveMode mode;
    private final ReceiveModes modes;
    private final ReceiveBuffer buffer;
    private final ReceiveAudit audit;
    private final LaneTask step = this::step;
    private final LaneTask toBuffer = this::switchToBuffer;
    private final LaneTask settle = this::settle;
    private final AtomicBoolean stepQueued = new AtomicBoolean();
    /** A timer is set for the end of the pause. */
    private final AtomicBoolean pauseAwaited = new AtomicBoolean();

    /** Data may wait in the module. Set by any thread, cleared before the read that looks. */
    private volatile boolean mayMoreWait;
    /** No switch to direct push before then, in {@link System#nanoTime()}'s time. */
    private volatile long pushNotBeforeNanos = System.nanoTime();

    private final AtomicLong switches = new AtomicLong();

    // The lane thread's alone.
    private boolean ending;
    /** Bytes that had arrived when the counters were asked for. */
    private long arrivedBefore;

    private int quietLooks;
    private long arrivedAtLook;
    private long pauseMillis;
    private long pushedSinceNanos;
    private boolean hasPushed;
    private final GrowingPause lookPause = new GrowingPause(FIRST_LOOK_MILLIS, MAX_LOOK_MILLIS);
    private Timeout look;
    private boolean lookIsSoon;

    ReceiveSteps(EngineSocket socket, ReceiveMode mode, ReceiveModes modes, ReceiveBuffer buffer) {
        this.socket = socket;
        this.mode = mode;
        this.modes = modes;
        this.buffer = buffer;
        this.audit = new ReceiveAudit(modes.counting());
    }

    // ------------------------------------------------------------------ any thread

    LaneTask toBuffer() {
        return toBuffer;
    }

    /** Looks, when it is its turn, what there is to do. */
    void stepSoon() {
        if (stepQueued.compareAndSet(false, true)) {
            modes.submitRead(step);
        }
    }

    /** Waits anew until no frame is under way. */
    void settleLater() {
        modes.later(() -> modes.submit(settle), modes.lookMillis());
    }

    void onDataWaiting() {
        mayMoreWait = true;
        stepSoon();
    }

    /** The pause before the next switch to direct push is no matter any more. */
    void forgetPause() {
        pushNotBeforeNanos = System.nanoTime();
    }

    /** From now on data may cross in transparent access mode. */
    void onTransparent() {
        audit.passBy();
    }

    /** The module has obeyed: another mode is in force. */
    void countSwitch() {
        switches.incrementAndGet();
    }

    long switches() {
        return switches.get();
    }

    // ------------------------------------------------------------------ switching

    private void switchToBuffer() throws IOException {
        if (mode.state() != State.TO_BUFFER || !isOurs()) {
            return;
        }
        try {
            if (switchTo(AccessMode.BUFFER)) {
                pausePush();
                quietLooks = 0;
                mode.move(State.TO_BUFFER, State.SETTLING);
                settleLater();
            } else {
                mode.onRefusedToBuffer();
                stepSoon();
            }
        } catch (ModemException e) {
            modes.fail(socket, e);
        }
    }

    /** Who falls behind again and again is left in buffer access mode longer and longer. */
    private void pausePush() {
        long nowNanos = System.nanoTime();
        boolean soon = hasPushed && nowNanos - pushedSinceNanos < SOON_NANOS;
        pauseMillis = soon ? Math.min(Math.max(2 * pauseMillis, FIRST_PAUSE_MILLIS), MAX_PAUSE_MILLIS) : 0;
        pushNotBeforeNanos = nowNanos + TimeUnit.MILLISECONDS.toNanos(pauseMillis);
    }

    private boolean switchTo(AccessMode wanted) throws IOException {
        boolean obeyed = modes.driver().switchMode(socket.index(), socket.isTls(), wanted);
        if (obeyed) {
            countSwitch();
            modes.onObeyed(socket.isTls());
        } else if (!socket.isCloseAnnounced() && modes.driver().isConnected(socket.index(), socket.isTls())) {
            // One that is closed cannot be switched, which says nothing about the module.
            modes.onRefused(socket);
        }
        return obeyed;
    }

    /** Looks once whether frames still come behind a switch to buffer access mode. */
    private void settle() throws IOException {
        if (mode.state() != State.SETTLING || !isOurs()) {
            return;
        }
        try {
            ReceiveCounters counters = counters();
            boolean agreed = counters == null || agrees(counters);
            if (counters == null) {
                // Asked for nothing but that a look takes as long as the frames that stand before its answer.
                modes.driver().isConnected(socket.index(), socket.isTls());
            }
            if (!isQuiet(agreed)) {
                settleLater();
            } else if (mode.move(State.SETTLING, State.SETTLED)) {
                quietLooks = 0;
                mayMoreWait = true;
                stepSoon();
            }
        } catch (ModemException e) {
            modes.fail(socket, e);
        }
    }

    /** Looks once more: nothing has come for as long as a frame may be under way, and the counters agreed. */
    private boolean isQuiet(boolean agreed) {
        long arrived = buffer.arrivedBytes();
        quietLooks = agreed && arrived == arrivedAtLook ? quietLooks + 1 : 0;
        arrivedAtLook = arrived;
        return quietLooks >= QUIET_LOOKS;
    }

    /** Compares what has arrived with what the module says it has handed over; true if it does not say. */
    private boolean haveCountersAgreed() throws IOException {
        ReceiveCounters counters = counters();
        return counters == null || agrees(counters);
    }

    private boolean agrees(ReceiveCounters counters) throws ModemException {
        return switch (audit.compareHandedOver(counters, arrivedBefore, buffer.arrivedBytes())) {
            case AGREED -> true;
            case DIFFER -> false;
            case NEVER -> throw modes.countersDiffer(socket, counters, buffer.arrivedBytes());
        };
    }

    /** Returns the module's counters, or null if they say nothing about what has arrived. */
    private ReceiveCounters counters() throws IOException {
        arrivedBefore = buffer.arrivedBytes();
        return socket.isInputShutdown() || audit.isUseless()
                ? null
                : modes.driver().receiveCounters(socket.index(), socket.isTls());
    }

    private void switchToPush(State from) throws IOException {
        if (!mode.move(from, State.TO_PUSH)) {
            return;
        }
        if (switchTo(AccessMode.DIRECT_PUSH)) {
            mayMoreWait = true;
            mode.move(State.TO_PUSH, State.DRAINING);
        } else {
            mode.onRefusedToPush();
            pushNotBeforeNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ASK_AGAIN_MILLIS);
        }
    }

    // ------------------------------------------------------------------ reading

    /** Does the next thing that is due, one read at most. */
    private void step() throws IOException {
        stepQueued.set(false);
        if (!isOurs()) {
            return;
        }
        try {
            State now = mode.state();
            if (now.isBuffered() && isPushDue()) {
                switchToPush(now);
            }
            if (!isReadDue()) {
                awaitCause();
            } else if (beginReading()) {
                read();
            }
        } catch (ModemException e) {
            modes.fail(socket, e);
        }
    }

    private boolean isOurs() {
        return socket.state() == EngineSocket.State.CONNECTED && modes.holdsIndex(socket) && !modes.isApart(socket);
    }

    private boolean isPushDue() {
        return !ending
                && mode.isPushWanted()
                && pushNotBeforeNanos - System.nanoTime() <= 0
                && buffer.isBelowLowWater();
    }

    /** Returns true if data may wait in the module and there is room for it. */
    boolean isReadDue() {
        return mayMoreWait && (hasRoom() || buffer.heldBytes() > 0);
    }

    private boolean hasRoom() {
        return socket.isInputShutdown() || buffer.sizeBytes() <= modes.readBelowBytes(buffer);
    }

    /**
     * Reads, some commands at most, and says whether the module holds nothing now: whoever asks does the next thing at
     * once, before anything else can be received.
     */
    boolean isEmptied() throws IOException {
        for (int reads = 0; reads < MAX_READS_AT_ONCE && hasRoom() && beginReading(); reads++) {
            mayMoreWait = false;
            int readBytes = modes.driver().read(socket.index(), socket.isTls());
            if (readBytes == 0) {
                return true;
            }
            audit.onRead(readBytes);
            mayMoreWait = true;
        }
        awaitCause();
        return false;
    }

    /** Says who has to come here again: the reader of a full buffer, the end of a pause, or the slow look. */
    private void awaitCause() {
        State now = mode.state();
        if (mayMoreWait && !hasRoom()) {
            mode.awaitSize(modes.readBelowBytes(buffer));
        } else if (now.isBuffered()) {
            lookLater();
            if (!ending && mode.isPushWanted()) {
                awaitPush();
            }
        }
    }

    private void awaitPush() {
        long leftNanos = pushNotBeforeNanos - System.nanoTime();
        if (leftNanos > 0) {
            if (pauseAwaited.compareAndSet(false, true)) {
                modes.later(this::endPause, TimeUnit.NANOSECONDS.toMillis(leftNanos) + 1);
            }
        } else {
            mode.awaitSize(buffer.lowWaterBytes());
        }
    }

    /** Moves into a state in which what a read returns has its place; false if there is none now. */
    private boolean beginReading() {
        return switch (mode.state()) {
            case SETTLED -> mode.move(State.SETTLED, State.BUFFER);
            case PUSH -> mode.move(State.PUSH, State.DRAINING);
            case BUFFER, DRAINING -> true;
            case TO_BUFFER, SETTLING, TO_PUSH -> false;
        };
    }

    private void endPause() {
        pauseAwaited.set(false);
        stepSoon();
    }

    private void read() throws IOException {
        boolean draining = mode.state() == State.DRAINING;
        boolean last = ending;
        // Before the question: what is announced behind its answer is looked for again.
        mayMoreWait = false;
        int readBytes = modes.driver().read(socket.index(), socket.isTls());
        if (readBytes > 0) {
            audit.onRead(readBytes);
            mayMoreWait = true;
            lookPause.reset();
            stepSoon();
            return;
        }
        if (draining) {
            onDrained();
        }
        if (last) {
            endStream();
        } else {
            awaitCause();
        }
    }

    /** The reader thread has let the module's frames through again. */
    private void onDrained() throws IOException {
        hasPushed = true;
        pushedSinceNanos = System.nanoTime();
        if (!ending && !haveCountersAgreed()) {
            modes.later(() -> modes.submit(this::compareAgain), COMPARE_AGAIN_MILLIS);
        }
    }

    private void compareAgain() throws IOException {
        if (!isOurs() || mode.state() != State.PUSH) {
            return;
        }
        try {
            if (!haveCountersAgreed()) {
                modes.later(() -> modes.submit(this::compareAgain), COMPARE_AGAIN_MILLIS);
            }
        } catch (ModemException e) {
            modes.fail(socket, e);
        }
    }

    // ------------------------------------------------------------------ the end

    /** The peer has closed: reads what is left, at its reader's pace, and then ends the stream. */
    void readToTheEnd() {
        ending = true;
        quietLooks = 0;
        mayMoreWait = true;
        stepSoon();
    }

    /** A read has found nothing; what the module says it has received must be here, or it is still to be pushed. */
    private void endStream() throws IOException {
        ReceiveCounters counters = counters();
        if (counters == null) {
            endWhenQuiet();
            return;
        }
        switch (audit.compareTotal(counters, buffer.arrivedBytes())) {
            case AGREED -> socket.endStream();
            case DIFFER -> modes.later(this::onDataWaiting, COMPARE_AGAIN_MILLIS);
            case NEVER -> throw modes.countersDiffer(socket, counters, buffer.arrivedBytes());
        }
    }

    /**
     * Where nothing counts, a close that was announced before the last data was pushed shows only in that data still
     * comes: the stream ends when none has come for as long as a frame may be under way.
     */
    private void endWhenQuiet() {
        if (!isQuiet(true) && !socket.isInputShutdown() && !mode.state().isBuffered()) {
            modes.later(this::onDataWaiting, modes.lookMillis());
        } else {
            socket.endStream();
        }
    }

    // ------------------------------------------------------------------ the slow look

    /** The module has taken bytes: what they are answered with may not be announced. */
    void onSent() {
        if (mode.state().isBuffered() && !mayMoreWait && !lookIsSoon) {
            look(LOOK_AFTER_SEND_MILLIS);
            lookIsSoon = true;
        }
    }

    private void lookLater() {
        if (!lookIsSoon) {
            look(lookPause.nextMillis());
        }
    }

    private void look(long millis) {
        if (look != null) {
            look.cancel();
        }
        look = modes.later(() -> modes.submit(this::lookNow), millis);
    }

    /** The index is free: there is nothing to look for any more. */
    void stop() {
        if (look != null) {
            look.cancel();
        }
    }

    private void lookNow() {
        lookIsSoon = false;
        if (isOurs() && mode.state().isBuffered()) {
            onDataWaiting();
        }
    }
}
