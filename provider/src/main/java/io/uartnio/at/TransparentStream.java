package io.uartnio.at;

import static io.uartnio.at.Bytes.ascii;

import io.uartnio.ModemException;
import io.uartnio.uart.ControlLine;
import io.uartnio.uart.TimerThread;
import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A stream of bytes that has a port to itself, from {@code CONNECT} until the host leaves or the module ends it: the
 * transparent access mode of Quectel's manuals (TCP/IP application note 1.4.3), on the main port or on a channel of a
 * multiplexer. Every byte is payload both ways, and what looks like the way out is payload too until shown otherwise.
 *
 * <p><b>Out of it</b> leads DTR where the port has it and the module heeds it (AT&amp;D1), else {@code +++} with its guard
 * times. The {@code OK} that follows may be imitated: the last one counts, that came when it can have come, with silence
 * behind it. {@link PlusSigns} sees to it that no payload is taken for the escape.
 *
 * <p><b>The end</b> is {@code NO CARRIER}, which may be imitated as well. Where DCD has been seen to follow the
 * connection, it decides. Else that line, with silence behind it, is a suspicion: nothing is written until
 * {@link #settle()} has tried to leave. A module that answers the escape was in data mode, so the line was payload; one
 * that does not had ended the stream.
 *
 * <p>Threads: the reader delivers; the timer hands on what was held back too long; the lane does the rest. What is held
 * back is under {@code receiving}, which each of them holds for a copy at most and never while it waits.
 */
public final class TransparentStream implements DataHandler {

    /** Told what the stream brings. Nothing here may block. */
    public interface Receiver {

        /** Payload, in order. Called under the stream's lock by the reader, the timer or the lane. */
        void onPayload(byte[] bytes, int offset, int length);

        /** The lane should call {@link TransparentStream#settle()} or {@link TransparentStream#write} again. Any thread. */
        void onAttention();
    }

    /** Who has the line. */
    public enum Line {
        /** The stream, since {@code CONNECT}. */
        DATA,
        /** Commands: the host has left, and the module keeps the connection in buffer access mode. */
        LEFT,
        /** Commands: the module has ended the stream. */
        ENDED
    }

    /** The most that {@link #write} takes at once. */
    public static final int MAX_WRITE_BYTES = 2048;

    private static final byte[] NO_CARRIER = ascii("\r\nNO CARRIER\r\n");
    private static final byte[] OK = ascii("\r\nOK\r\n");
    private static final byte[] ESCAPE = ascii("+++");

    /** The beginning of an end line is handed on when nothing has followed it for so long; modules write it at once. */
    private static final long HELD_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** How long DCD may take to follow the line that says so. */
    private static final long CARRIER_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** Silence behind an end line before it is suspected. */
    private static final long SUSPICION_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long SILENT_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** How long what the system and the module had stored may take behind a stop, and how far payload may go on. */
    private static final long LEAVE_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final AtChannel channel;
    private final UartPort port;
    private final Receiver receiver;
    private final boolean leavesByDtr;
    private final long guardNanos;
    /** What a module says that takes the line back unasked. */
    private final byte[][] endLines;

    private final PlusSigns plusSigns = new PlusSigns();

    /** Guards what is received and not handed on, and the fields below; held for a copy, never while waiting. */
    private final ReentrantLock receiving = new ReentrantLock();

    private final EndWatch watch;
    private boolean leaving;
    private boolean watched;
    private long completedNanos;
    private long receivedNanos;
    /** What stood behind the end of a stream, until the reader takes it with the next bytes. */
    private byte[] textBehind;

    /** An end line has come and nothing behind it: nothing is to be written until that is settled. */
    private volatile boolean suspected;

    private volatile Line line = Line.LEFT;
    private volatile boolean held;
    private volatile boolean holdingAllowed;
    private volatile boolean carrierTrusted;

    // The lane thread's alone.
    private boolean dtrHeeded = true;

    private boolean dtrSeenHeeded;
    private long wakeNanos;
    private long writtenNanos;

    /**
     * What a stream has to know of its module.
     *
     * @param leavesByDtr true if it goes to command mode when DTR falls (AT&amp;D1), false if it would hang up
     * @param guardMillis how long to keep silent before and after {@code +++}: the module's guard time and a margin
     * @param banners what it says when it starts or stops: then it has forgotten its data mode
     */
    public record Traits(boolean leavesByDtr, long guardMillis, List<String> banners) {

        /** Copies the list. */
        public Traits {
            banners = List.copyOf(banners);
        }
    }

    /** Creates a stream over a channel; {@link #enter} gives it the line, any number of times. */
    public TransparentStream(AtChannel channel, Receiver receiver, Traits traits) {
        this.channel = channel;
        this.port = channel.port();
        this.receiver = receiver;
        this.leavesByDtr = traits.leavesByDtr();
        this.guardNanos = TimeUnit.MILLISECONDS.toNanos(traits.guardMillis());
        this.endLines = new byte[traits.banners().size() + 1][];
        endLines[0] = NO_CARRIER;
        for (int i = 1; i < endLines.length; i++) {
            endLines[i] = ascii("\r\n" + traits.banners().get(i - 1) + "\r\n");
        }
        this.watch = new EndWatch(receiver::onPayload);
    }

    /** Returns who has the line. Any thread. */
    public Line line() {
        return line;
    }

    /** Returns true if {@link #settle()} has something to do. Any thread. */
    public boolean isSuspected() {
        return suspected;
    }

    // ------------------------------------------------------------------ lane thread

    /**
     * Gives the line to the stream. Lane thread.
     *
     * @param command that the module answers by {@code CONNECT}
     * @throws AtException if the module refuses; the line is then for commands as before
     * @throws IOException if it does not answer, and then the stream has been left unheard; or if the port is closed
     */
    public void enter(AtCommand command) throws IOException {
        boolean carrierBefore = hasCarrier();
        receiving.lock();
        try {
            watch.reset(endLines);
            leaving = false;
            receivedNanos = System.nanoTime();
        } finally {
            receiving.unlock();
        }
        suspected = false;
        held = false;
        plusSigns.reset();
        line = Line.DATA;
        try {
            channel.enterData(command, this);
        } catch (AtTimeoutException e) {
            leaveUnheard();
            throw e;
        } catch (IOException e) {
            line = Line.LEFT;
            throw e;
        }
        writtenNanos = System.nanoTime();
        holdingAllowed = true;
        watchCarrier(carrierBefore);
    }

    /** The module, and with it whatever had the line, was lost. Lane thread. */
    public void reset() {
        receiving.lock();
        try {
            watch.reset();
            textBehind = null;
        } finally {
            receiving.unlock();
        }
        line = Line.LEFT;
        suspected = false;
        holdingAllowed = false;
        resumeReceiving();
    }

    private boolean hasCarrier() {
        return port.isAsserted(ControlLine.DCD);
    }

    /** DCD is believed when it has been seen to follow: it may not be wired, or tied to always on (AT&amp;C0). */
    private void watchCarrier(boolean carrierBefore) {
        if (!carrierTrusted && !carrierBefore && port.controlLines().contains(ControlLine.DCD)) {
            carrierTrusted = hasCarrier();
        }
    }

    /**
     * Writes as many of the bytes as can go at once. Lane thread; waits as long as the module holds the line.
     *
     * @param pending the oldest bytes that wait
     * @param length how many there are; those that do not fit into the array come next time
     * @return how many were written; 0 if none can be now, and then the receiver is told when to try again
     * @throws IOException if the port is closed
     */
    public int write(byte[] pending, int length) throws IOException {
        if (suspected || line != Line.DATA) {
            return 0;
        }
        long now = System.nanoTime();
        int offered = Math.min(length, PlusSigns.MAX_BLOCK_BYTES);
        int block = plusSigns.next(pending, offered, now);
        if (block == 0) {
            if (length > 0) {
                wakeAt(plusSigns.notBeforeNanos(), now);
            }
            return 0;
        }
        port.write(pending, 0, block);
        if (pending[block - 1] == '+') {
            port.awaitTransmitIdle(TimeUnit.NANOSECONDS.toMillis(guardNanos));
        }
        writtenNanos = System.nanoTime();
        plusSigns.written(pending, block, writtenNanos);
        return block;
    }

    private void wakeAt(long nanos, long now) {
        if (wakeNanos - now <= 0 || nanos - wakeNanos < 0) {
            wakeNanos = nanos;
            TimerThread.schedule(receiver::onAttention, nanos - now, TimeUnit.NANOSECONDS);
        }
    }

    /**
     * Settles a suspicion that the module has ended the stream. Lane thread; takes some seconds if it has to leave, and
     * none if there is no suspicion or it is gone.
     *
     * @return who has the line now
     * @throws IOException if the module answers neither way: what it took is not known
     */
    public Line settle() throws IOException {
        long silent = leavesNowByDtr() ? SUSPICION_NANOS : Math.max(SUSPICION_NANOS, guardNanos);
        while (suspected && line == Line.DATA && silentNanos() < silent) {
            channel.park(LOOK_NANOS);
        }
        return suspected && line == Line.DATA ? leave(true) : line;
    }

    /**
     * Leaves data mode. What arrives on the way is payload still. Lane thread; takes some seconds.
     *
     * @return who has the line now: never {@link Line#DATA}
     * @throws IOException if the module does not answer: what it took is not known
     */
    public Line leave() throws IOException {
        return line == Line.DATA ? leave(false) : line;
    }

    private Line leave(boolean ifSuspected) throws IOException {
        holdingAllowed = false;
        boolean decided = false;
        if (leavesNowByDtr()) {
            boolean answered = leaveByDtr();
            // A line that was never seen to be heeded may not be wired.
            decided = answered || (dtrSeenHeeded && isEndSeen());
            dtrSeenHeeded |= answered;
            dtrHeeded = decided || isEndSeen();
        }
        if (!decided && !leaveByEscape(ifSuspected)) {
            goOn();
            return line;
        }
        if (line == Line.DATA) {
            endUnanswered();
        }
        return line;
    }

    private boolean leavesNowByDtr() {
        return leavesByDtr && dtrHeeded && port.controlLines().contains(ControlLine.DTR);
    }

    /** "DTR low to high: keep the connection, go to command mode": the level at the module's pin, high is not asserted. */
    private boolean leaveByDtr() throws IOException {
        port.awaitTransmitIdle(TimeUnit.NANOSECONDS.toMillis(guardNanos));
        // A module gathers what it gets into packets (QICFG transwaittm), and may not send one that is not full.
        while (System.nanoTime() - writtenNanos < SILENT_NANOS) {
            channel.park(LOOK_NANOS);
        }
        expectOk();
        long askedNanos = System.nanoTime();
        port.setAsserted(ControlLine.DTR, false);
        try {
            resumeReceiving();
            return awaitOk(askedNanos, askedNanos + ANSWER_NANOS);
        } finally {
            port.setAsserted(ControlLine.DTR, true);
        }
    }

    /** Returns false if there was nothing to be left: the suspicion for which it was to be is gone. */
    private boolean leaveByEscape(boolean ifSuspected) throws IOException {
        port.awaitTransmitIdle(TimeUnit.NANOSECONDS.toMillis(guardNanos));
        long silentSince = ifSuspected ? writtenNanos : System.nanoTime();
        while (System.nanoTime() - silentSince < guardNanos) {
            channel.park(LOOK_NANOS);
        }
        if (ifSuspected && !suspected) {
            return false;
        }
        expectOk();
        port.write(ESCAPE, 0, ESCAPE.length);
        port.awaitTransmitIdle(TimeUnit.NANOSECONDS.toMillis(guardNanos));
        long askedNanos = System.nanoTime();
        // Held for as long as the module goes on: what it has to say besides the answer is only what it has stored.
        while (System.nanoTime() - askedNanos < guardNanos) {
            channel.park(LOOK_NANOS);
        }
        resumeReceiving();
        // The answer cannot come before a second of silence, but clocks differ.
        awaitOk(askedNanos + guardNanos * 3 / 4, askedNanos + guardNanos + ANSWER_NANOS);
        return true;
    }

    private void expectOk() {
        receiving.lock();
        try {
            leaving = true;
            byte[][] withOk = Arrays.copyOf(endLines, endLines.length + 1);
            withOk[endLines.length] = OK;
            watch.setEndLines(withOk);
        } finally {
            receiving.unlock();
        }
    }

    /** Waits for an OK that came no sooner than it can have, and for silence behind it or what it is followed by. */
    private boolean awaitOk(long notBeforeNanos, long deadlineNanos) throws IOException {
        long limitNanos = deadlineNanos + LEAVE_LIMIT_NANOS;
        for (; ; ) {
            long now = System.nanoTime();
            boolean silent = silentNanos() >= SILENT_NANOS;
            if (silent && takeOk(notBeforeNanos)) {
                return true;
            }
            if ((silent && now - deadlineNanos > 0) || now - limitNanos > 0) {
                return false;
            }
            channel.park(LOOK_NANOS);
        }
    }

    private boolean takeOk(long notBeforeNanos) {
        receiving.lock();
        try {
            if (watch.complete() != OK || completedNanos - notBeforeNanos < 0) {
                return false;
            }
            end(Line.LEFT);
            return true;
        } finally {
            receiving.unlock();
        }
    }

    /** What is held begins with the line that was the end of the stream. Under the lock. */
    private void end(Line now) {
        // A banner is told to whoever reads the module's lines.
        boolean banner = watch.complete() != OK && watch.complete() != NO_CARRIER;
        textBehind = watch.end(banner);
        line = now;
        suspected = false;
    }

    private boolean isEndSeen() {
        receiving.lock();
        try {
            return isEnd(watch.complete());
        } finally {
            receiving.unlock();
        }
    }

    /** Returns true for a line by which the module takes the line back unasked. */
    private static boolean isEnd(byte[] endLine) {
        return endLine != null && endLine != OK;
    }

    private long silentNanos() {
        receiving.lock();
        try {
            return System.nanoTime() - receivedNanos;
        } finally {
            receiving.unlock();
        }
    }

    /** No answer to the escape: the module had ended the stream, or nobody knows what it does. */
    private void endUnanswered() throws IOException {
        boolean ended;
        receiving.lock();
        try {
            ended = isEnd(watch.complete()) && !watch.isBeginningReleased();
            if (ended) {
                end(Line.ENDED);
            }
        } finally {
            receiving.unlock();
        }
        if (!ended) {
            line = Line.ENDED;
            channel.abandonData();
            throw new ModemException("module did not leave its data mode", channel.details());
        }
        // Ends a line that the escape may have begun.
        channel.writeRaw(new byte[] {'\r'});
        channel.awaitSilence(50, 500);
    }

    /** The suspicion is gone, and the stream goes on. */
    private void goOn() {
        receiving.lock();
        try {
            leaving = false;
            watch.setEndLines(endLines);
        } finally {
            receiving.unlock();
        }
        holdingAllowed = line == Line.DATA;
        resumeReceiving();
        receiver.onAttention();
    }

    /** Whether the module is in data mode is not known: it is told to leave it, and what it says is not listened to. */
    private void leaveUnheard() throws IOException {
        line = Line.LEFT;
        channel.sleep(TimeUnit.NANOSECONDS.toMillis(guardNanos));
        port.write(ESCAPE, 0, ESCAPE.length);
        channel.sleep(TimeUnit.NANOSECONDS.toMillis(guardNanos));
        channel.abandonData();
    }

    // ------------------------------------------------------------------ back-pressure, any thread

    /**
     * Makes the port hold the line because nobody can take more.
     *
     * @return false if it cannot: then only leaving data mode helps
     */
    public boolean holdReceiving() {
        if (!holdingAllowed) {
            // Being left, which is what would help.
            return true;
        }
        if (!port.setReceiving(false)) {
            return false;
        }
        held = true;
        if (!holdingAllowed) {
            resumeReceiving();
        }
        return true;
    }

    /** Takes more again. */
    public void resumeReceiving() {
        if (held) {
            held = false;
            port.setReceiving(true);
        }
    }

    /** Returns true while the port holds the line. */
    public boolean isHeld() {
        return held;
    }

    // ------------------------------------------------------------------ reader and timer thread

    @Override
    public byte[] onData(byte[] bytes, int offset, int length) {
        boolean attention;
        receiving.lock();
        try {
            if (textBehind != null) {
                byte[] text = textBehind;
                textBehind = null;
                return text;
            }
            receivedNanos = System.nanoTime();
            if (watch.accept(bytes, offset, length)) {
                completedNanos = receivedNanos;
            }
            attention = look();
        } finally {
            receiving.unlock();
        }
        if (attention) {
            receiver.onAttention();
        }
        return null;
    }

    /** Says what is held back is to become of; returns true if that concerns the lane. Under the lock. */
    private boolean look() {
        boolean nowSuspected = isEnd(watch.complete());
        boolean changed = nowSuspected != suspected && !leaving;
        if (!leaving) {
            suspected = nowSuspected;
        }
        if (watch.isHolding() && !leaving && !watched) {
            watched = true;
            TimerThread.schedule(this::onHeldLong, HELD_NANOS, TimeUnit.NANOSECONDS);
        }
        return changed;
    }

    /** What was held back has not gone on: the beginning of an end line is payload, and a whole one is looked into. */
    private void onHeldLong() {
        boolean attention = false;
        receiving.lock();
        try {
            watched = false;
            if (leaving || line != Line.DATA || !watch.isHolding()) {
                return;
            }
            long limit = watch.complete() != null && carrierTrusted ? CARRIER_NANOS : HELD_NANOS;
            long leftNanos = receivedNanos + limit - System.nanoTime();
            if (leftNanos > 0) {
                watched = true;
                TimerThread.schedule(this::onHeldLong, leftNanos, TimeUnit.NANOSECONDS);
            } else if (watch.complete() == null) {
                watch.release();
            } else if (carrierTrusted) {
                decideByCarrier();
                attention = true;
            }
        } finally {
            receiving.unlock();
        }
        if (attention) {
            receiver.onAttention();
        }
    }

    private void decideByCarrier() {
        if (hasCarrier()) {
            watch.release();
            suspected = false;
        } else if (!watch.isBeginningReleased()) {
            holdingAllowed = false;
            end(Line.ENDED);
        }
    }
}
