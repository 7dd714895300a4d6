package io.uartnio.mux;

import io.uartnio.uart.ControlLine;
import io.uartnio.uart.LineSettings;
import io.uartnio.uart.TimerThread;
import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * A 3GPP TS 27.010 multiplexer (basic option, UIH frames) from the host's side: {@link #commandPort()} and the data
 * channels {@link #channel} over one line. Whoever owns the command port sends AT+CMUX over it and then calls
 * {@link #start}; from then on the port is DLC 1.
 *
 * <p>What is guaranteed when the line damages a byte. A byte lost, added or changed in what surrounds information is
 * noticed, and so is one lost or added inside. If it can be told which channel's frame it has hit, only that channel is
 * closed with the cause (DLC 1 is not closed: its listener is told that bytes are missing), and no frame of another is
 * missed. If it cannot be told, all are, because any of them may have missed a frame; DLCI 0 then finds the place by a
 * TEST message whose echo a peer could not forge. A byte changed inside the information of a UIH frame shows to nobody:
 * its check covers the header. What the module does not receive it does not say, unless it answers with RLS, DM or DISC.
 *
 * <p>Threads: see the package. {@link #start} and {@link #stop} are called by the one who writes to the command port,
 * {@link #stop} also by whoever closes it.
 */
public final class Mux {

    private static final Logger LOG = System.getLogger(Mux.class.getName());

    /** How long a frame whose flags are counted may wait for the next before the module is asked for one. */
    private static final long HOLD_MILLIS = 50;
    /** A line that has been silent so long is between frames. */
    private static final long SILENCE_MILLIS = 200;

    private static final long FIND_PLACE_MILLIS = 10_000;
    private static final long WRITER_END_MILLIS = 1_000;
    private static final int NONCE_BYTES = 8;
    private static final int RECOVERY_FLAGS = 8;

    private final UartPort line;
    private final MuxSettings settings;
    private final MuxWriter writer;
    private final FrameParser parser;
    private final ControlChannel control;
    private final CommandPort commandPort;
    /** By DLCI; DLCI 0 is the multiplexer's own. */
    private final Dlc[] dlcs;

    private final MuxChannel[] channels;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** What arrives are frames. */
    private volatile boolean multiplexed;

    private volatile boolean running;
    private volatile IOException failure;
    private volatile long lastReceivedNanos = System.nanoTime();
    private volatile long placeLostNanos;
    private volatile boolean placeLost;
    private final AtomicBoolean stallWatched = new AtomicBoolean();
    private volatile byte[] nonce = {0};
    private volatile long runs;
    private int aliveAttempts;

    /**
     * Creates a multiplexer that does not run yet.
     *
     * @param line not open yet, and used through this object only from now on; its writes should have a time limit
     */
    public Mux(UartPort line, MuxSettings settings) {
        this.line = Objects.requireNonNull(line, "line");
        this.settings = Objects.requireNonNull(settings, "settings");
        this.writer = new MuxWriter(line, this::fail);
        this.parser = new FrameParser(
                new Frames(),
                settings.channels(),
                Math.max(settings.frameBytes(), FrameFormat.MAX_SHORT_LENGTH),
                settings.maxReceivedFrameBytes());
        this.control = new ControlChannel(this, settings, writer);
        this.commandPort = new CommandPort(this, line);
        this.dlcs = new Dlc[settings.channels() + 1];
        this.channels = new MuxChannel[settings.channels() + 1];
        dlcs[0] = new Dlc(0, line.name(), writer, control);
        dlcs[CommandPort.DLCI] = new Dlc(CommandPort.DLCI, line.name(), writer, commandPort);
        for (int dlci = CommandPort.DLCI + 1; dlci <= settings.channels(); dlci++) {
            channels[dlci] = new MuxChannel(this, dlci);
            dlcs[dlci] = new Dlc(dlci, channels[dlci].name(), writer, channels[dlci]);
        }
    }

    /**
     * Returns what ends a multiplexer that an earlier host left running, to be written to the line as it is: flags, and
     * a close down command. A module that is not multiplexed takes it for an incomplete line.
     */
    public static byte[] closeDownBytes() {
        byte[] frame = ControlMessage.frame(ControlMessage.CLD, true);
        byte[] bytes = new byte[RECOVERY_FLAGS + frame.length];
        Arrays.fill(bytes, 0, RECOVERY_FLAGS, FrameFormat.FLAG);
        System.arraycopy(frame, 0, bytes, RECOVERY_FLAGS, frame.length);
        return bytes;
    }

    /** Returns the port for commands: the line until {@link #start} and behind {@link #stop}, DLC 1 in between. */
    public UartPort commandPort() {
        return commandPort;
    }

    /**
     * Returns a data channel. It can be opened while the multiplexer runs.
     *
     * @param dlci 2 to the number of channels
     * @throws IllegalArgumentException if there is no such channel
     */
    public UartPort channel(int dlci) {
        if (dlci <= CommandPort.DLCI || dlci > settings.channels()) {
            throw new IllegalArgumentException("no data channel: dlci=" + dlci + ", channels=" + settings.channels());
        }
        return channels[dlci];
    }

    /** Returns true between {@link #start} and {@link #stop} or the loss of the line. Any thread. */
    public boolean isRunning() {
        return running;
    }

    /** Returns how often a frame was damaged and the place found again at once. Any thread; may lag. */
    public long damageCount() {
        return parser.damageCount();
    }

    /** Returns how often the place on the line was lost and had to be looked for. Any thread; may lag. */
    public long placeLostCount() {
        return parser.placeLostCount();
    }

    /**
     * Starts, behind the OK to AT+CMUX: opens DLCI 0 and DLC 1.
     *
     * @param acceptedFrameBytes longest information that the module has agreed to take (N1); if that is less than the
     *     settings say, more is asked for by PN
     * @throws IOException if the module does not answer; the port is then as it was
     */
    public void start(int acceptedFrameBytes) throws IOException {
        if (!writer.awaitEnd(WRITER_END_MILLIS)) {
            throw new IOException("a write to the line of before is stuck: port=" + lineName());
        }
        failure = null;
        placeLost = false;
        nonce = newNonce();
        control.reset();
        parser.seek(nonce);
        parser.hunt();
        writer.start(Arrays.copyOfRange(dlcs, CommandPort.DLCI, dlcs.length), settings.frameBytes());
        multiplexed = true;
        int accepted = Math.min(acceptedFrameBytes, settings.frameBytes());
        for (Dlc dlc : dlcs) {
            dlc.setFrameBytes(accepted);
        }
        try {
            connect(dlcs[0], () -> {});
            for (int dlci = 1; dlci < dlcs.length && accepted < settings.frameBytes(); dlci++) {
                if (!control.negotiate(dlcs[dlci])) {
                    break;
                }
            }
            connect(dlcs[CommandPort.DLCI], () -> {});
        } catch (IOException e) {
            endRun();
            throw e;
        }
        running = true;
        long run = runs + 1;
        runs = run;
        aliveAttempts = 0;
        control.sendTest(nonce);
        TimerThread.schedule(() -> keepAlive(run), settings.keepAliveMillis(), TimeUnit.MILLISECONDS);
    }

    private static byte[] newNonce() {
        byte[] octets = new byte[NONCE_BYTES];
        SecureRandom random = new SecureRandom();
        do {
            random.nextBytes(octets);
        } while (contains(octets, octets[0]));
        return octets;
    }

    private static boolean contains(byte[] octets, byte first) {
        for (int i = 1; i < octets.length; i++) {
            if (octets[i] == first) {
                return true;
            }
        }
        return false;
    }

    /**
     * Ends the multiplexer as the manual wants it: every DLC is closed, then the module is told to close down. The
     * command port is the line again, and whether the module has obeyed is for AT to show. Does nothing when it does
     * not run.
     */
    public void stop() {
        if (!multiplexed) {
            return;
        }
        running = false;
        IOException cause = new IOException("multiplexer was stopped: port=" + lineName());
        for (int dlci = dlcs.length - 1; dlci > CommandPort.DLCI; dlci--) {
            disconnect(dlcs[dlci], cause);
        }
        disconnect(dlcs[CommandPort.DLCI], null);
        await(this::areAllClosed, settings.ackTimeoutMillis() * (settings.attempts() + 1));
        if (failure == null && line.isOpen()) {
            control.closeDown();
        }
        endRun();
    }

    private boolean areAllClosed() {
        for (int dlci = 1; dlci < dlcs.length; dlci++) {
            if (dlcs[dlci].state() != Dlc.State.CLOSED) {
                return false;
            }
        }
        return true;
    }

    private void endRun() {
        running = false;
        lock.lock();
        try {
            for (Dlc dlc : dlcs) {
                dlc.setState(Dlc.State.CLOSED, null);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        writer.end();
        if (!writer.awaitEnd(WRITER_END_MILLIS)) {
            LOG.log(Level.WARNING, "thread that writes frames did not end: port={0}", lineName());
        }
        multiplexed = false;
    }

    // ------------------------------------------------------------------ for the ports

    String lineName() {
        return line.name();
    }

    Dlc dlc(int dlci) {
        return dlcs[dlci];
    }

    boolean isLineMultiplexed() {
        return multiplexed;
    }

    void openLine(LineSettings lineSettings, Runnable beforeFirstByte) throws IOException {
        if (line.isOpen()) {
            throw new IOException("port is already open: port=" + lineName());
        }
        multiplexed = false;
        failure = null;
        beforeFirstByte.run();
        line.open(lineSettings, new LineListener());
    }

    boolean awaitTransmitIdle(long timeoutMillis) throws IOException {
        return line.awaitTransmitIdle(timeoutMillis);
    }

    /**
     * Opens a DLC and tells the module our lines. A module that does not answer that is used all the same.
     *
     * @param beforeFirstByte is run before anything can arrive
     */
    void connect(Dlc dlc, Runnable beforeFirstByte) throws IOException {
        if (!multiplexed) {
            throw new IOException("multiplexer does not run: port=" + lineName());
        }
        // A close that nobody answers takes all of its attempts.
        await(() -> dlc.state() != Dlc.State.CLOSING, settings.ackTimeoutMillis() * (settings.attempts() + 1));
        lock.lock();
        try {
            if (dlc.state() != Dlc.State.CLOSED || !multiplexed) {
                throw new IOException("channel is already open: port=" + lineName() + ", dlci=" + dlc.dlci());
            }
            beforeFirstByte.run();
            dlc.setState(Dlc.State.OPENING, null);
        } finally {
            lock.unlock();
        }
        byte[] sabm =
                FrameFormat.frame(FrameFormat.address(dlc.dlci(), true), FrameFormat.SABM | FrameFormat.POLL_FINAL);
        for (int attempt = 0; attempt < settings.attempts() && dlc.state() == Dlc.State.OPENING; attempt++) {
            writer.send(sabm);
            await(() -> dlc.state() != Dlc.State.OPENING, settings.ackTimeoutMillis());
        }
        requireConnected(dlc);
        if (dlc.dlci() != 0) {
            control.tellSignals(dlc);
        }
    }

    private void requireConnected(Dlc dlc) throws IOException {
        lock.lock();
        try {
            if (dlc.state() == Dlc.State.OPENING) {
                dlc.setState(Dlc.State.CLOSED, null);
                throw new IOException("module does not open channel: port=" + lineName() + ", dlci=" + dlc.dlci());
            }
            if (!dlc.wasAcknowledged()) {
                throw new IOException(
                        "module refuses channel: port=" + lineName() + ", dlci=" + dlc.dlci(), dlc.closeCause());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Closes a DLC from our side, for good or because of a cause. Any thread; does not wait. */
    void disconnect(Dlc dlc, IOException cause) {
        Runnable told = () -> {};
        lock.lock();
        try {
            Dlc.State before = dlc.state();
            if (before != Dlc.State.OPEN && before != Dlc.State.OPENING) {
                return;
            }
            if (before == Dlc.State.OPEN) {
                told = dlc.receiver().onDisconnected(cause);
            }
            dlc.setState(multiplexed ? Dlc.State.CLOSING : Dlc.State.CLOSED, cause);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        long run = runs;
        askToDisconnect(dlc, run);
        told.run();
    }

    /** Sends DISC until it is answered or the attempts are spent. The timer's, but for the first time. */
    private void askToDisconnect(Dlc dlc, long run) {
        lock.lock();
        try {
            if (dlc.state() != Dlc.State.CLOSING || runs != run) {
                return;
            }
            if (dlc.nextAttempt() > settings.attempts()) {
                dlc.setState(Dlc.State.CLOSED, dlc.closeCause());
                changed.signalAll();
                return;
            }
        } finally {
            lock.unlock();
        }
        writer.send(
                FrameFormat.frame(FrameFormat.address(dlc.dlci(), true), FrameFormat.DISC | FrameFormat.POLL_FINAL));
        TimerThread.schedule(() -> askToDisconnect(dlc, run), settings.ackTimeoutMillis(), TimeUnit.MILLISECONDS);
    }

    /** Drives DTR or RTS of a channel. */
    boolean setAsserted(Dlc dlc, ControlLine controlLine, boolean asserted) {
        switch (controlLine) {
            case DTR -> setSignals(dlc, Dlc.RTC, asserted);
            case RTS -> {
                lock.lock();
                try {
                    dlc.setOurSignals(Dlc.FC, !asserted);
                    setSignals(dlc, Dlc.RTR, asserted);
                } finally {
                    lock.unlock();
                }
            }
            default -> throw new IllegalArgumentException("the module drives this line: line=" + controlLine);
        }
        return true;
    }

    /** Changes what we say of a channel; each change is told by a message of its own, so that none is skipped. */
    void setSignals(Dlc dlc, int bits, boolean asserted) {
        lock.lock();
        try {
            if (dlc.setOurSignals(bits, asserted) && dlc.isOpen()) {
                control.sendSignals(dlc);
            }
        } finally {
            lock.unlock();
        }
    }

    // ------------------------------------------------------------------ for the control channel

    /** Runs something that changes what {@link #await} waits for. */
    void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until something holds, an interrupt notwithstanding.
     *
     * @return false if the time ran out, or the line was lost, first
     */
    boolean await(BooleanSupplier condition, long timeoutMillis) {
        long leftNanos = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        boolean interrupted = false;
        lock.lock();
        try {
            while (!condition.getAsBoolean()) {
                if (leftNanos <= 0 || !line.isOpen()) {
                    return false;
                }
                try {
                    leftNanos = changed.awaitNanos(leftNanos);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            return true;
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Returns a DLC, or null if we have none of that number. */
    Dlc known(int dlci) {
        return dlci < dlcs.length ? dlcs[dlci] : null;
    }

    /** The module has closed a DLC, or never had it. Reader thread. */
    void onLost(Dlc dlc, IOException cause) {
        Runnable told = () -> {};
        lock.lock();
        try {
            if (dlc.state() == Dlc.State.OPEN) {
                told = dlc.receiver().onDisconnected(cause);
            }
            dlc.setState(Dlc.State.CLOSED, cause);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        told.run();
    }

    /** Gives the line up: it is closed, and everybody is told the cause. Any thread; does not block. */
    void fail(IOException cause) {
        lock.lock();
        try {
            if (failure != null || !multiplexed || !line.isOpen()) {
                // It is over already, and why is known.
                return;
            }
            failure = cause;
        } finally {
            lock.unlock();
        }
        Thread closer = new Thread(line::close, "uartnio-close-" + lineName());
        closer.setDaemon(true);
        closer.start();
    }

    // ------------------------------------------------------------------ timer thread

    private void keepAlive(long run) {
        if (!running || runs != run) {
            return;
        }
        long silentMillis = silentMillis();
        long next = settings.keepAliveMillis() - silentMillis;
        if (next > 0) {
            aliveAttempts = 0;
        } else if (aliveAttempts >= settings.attempts() && control.hasAnswered()) {
            fail(new IOException("module has fallen silent: port=" + lineName() + ", silentMillis=" + silentMillis));
            return;
        } else {
            aliveAttempts++;
            control.askForSignOfLife(nonce);
            next = aliveAttempts > settings.attempts() ? settings.keepAliveMillis() : settings.responseTimeoutMillis();
        }
        TimerThread.schedule(() -> keepAlive(run), Math.max(1, next), TimeUnit.MILLISECONDS);
    }

    private long silentMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastReceivedNanos);
    }

    /** Runs while frames come in pieces; ends by itself at the first look that finds none in hand. */
    private void watchForStall(int looks) {
        if (!parser.isMidFrame() || !multiplexed || looks > settings.attempts()) {
            stallWatched.set(false);
            // The reader may have begun a frame meanwhile and left it to this watch.
            if (!parser.isMidFrame()
                    || !multiplexed
                    || looks > settings.attempts()
                    || !stallWatched.compareAndSet(false, true)) {
                return;
            }
        }
        long silentMillis = silentMillis();
        boolean stalled = silentMillis >= settings.frameTimeoutMillis();
        if (stalled) {
            parser.decide();
        }
        if (stalled || (parser.isHolding() && silentMillis >= HOLD_MILLIS)) {
            // The parser is the reader's, so the module is made to send something that wakes the reader.
            control.provokeFrame();
        }
        long next = stalled || parser.isHolding()
                ? settings.frameTimeoutMillis()
                : settings.frameTimeoutMillis() - silentMillis;
        TimerThread.schedule(
                () -> watchForStall(stalled ? looks + 1 : looks), Math.max(1, next), TimeUnit.MILLISECONDS);
    }

    /** Asks for the marker until it has come; a module that has no TEST must fall silent instead. */
    private void findPlace(long run, int attempt) {
        if (!placeLost || !multiplexed || runs != run) {
            return;
        }
        if (attempt < settings.attempts() && control.mayKnowTest()) {
            control.sendTest(nonce);
        } else if (silentMillis() >= SILENCE_MILLIS) {
            placeLost = false;
            parser.hunt();
            control.provokeFrame();
            return;
        } else if (System.nanoTime() - placeLostNanos > TimeUnit.MILLISECONDS.toNanos(FIND_PLACE_MILLIS)) {
            fail(new IOException("place on the multiplexed line not found again: port=" + lineName()));
            return;
        }
        TimerThread.schedule(
                () -> findPlace(run, attempt + 1), settings.responseTimeoutMillis(), TimeUnit.MILLISECONDS);
    }

    // ------------------------------------------------------------------ reader thread

    /** One open of the line. */
    private final class LineListener implements UartPort.Listener {

        @Override
        public void onReceived(byte[] buffer, int offset, int length) {
            lastReceivedNanos = System.nanoTime();
            if (!multiplexed) {
                commandPort.onInformation(buffer, offset, length);
                return;
            }
            parser.feed(buffer, offset, length);
            if (parser.isMidFrame() && stallWatched.compareAndSet(false, true)) {
                TimerThread.schedule(
                        () -> watchForStall(0),
                        parser.isHolding() ? HOLD_MILLIS : settings.frameTimeoutMillis(),
                        TimeUnit.MILLISECONDS);
            }
        }

        @Override
        public void onClosed(IOException cause) {
            IOException told = failure == null ? cause : failure;
            running = false;
            writer.end();
            IOException closed = told != null ? told : new IOException("line was closed: port=" + lineName());
            for (Dlc dlc : dlcs) {
                if (dlc.dlci() > CommandPort.DLCI) {
                    onLost(dlc, closed);
                } else {
                    change(() -> dlc.setState(Dlc.State.CLOSED, closed));
                }
            }
            commandPort.onLineClosed(told);
        }
    }

    /** What the parser finds. */
    private final class Frames implements FrameListener {

        @Override
        public void onFrame(int address, int controlOctet, byte[] buffer, int offset, int length) {
            int dlci = FrameFormat.dlci(address);
            int type = FrameFormat.type(controlOctet);
            Dlc dlc = known(dlci);
            if (!FrameFormat.carriesInformation(type)) {
                control.onUnnumbered(dlci, dlc, controlOctet);
            } else if (dlc == null || dlc.state() == Dlc.State.CLOSED) {
                control.refuse(dlci, controlOctet);
            } else if (dlc.state() != Dlc.State.CLOSING) {
                dlc.receiver().onInformation(buffer, offset, length);
            }
        }

        @Override
        public void onDamage(long damaged) {
            for (Dlc dlc : dlcs) {
                if ((damaged & 1L << dlc.dlci()) != 0) {
                    bytesLost(dlc, "a frame was damaged on the line");
                }
            }
        }

        @Override
        public void onPlaceLost() {
            for (Dlc dlc : dlcs) {
                bytesLost(dlc, "the place on the line was lost, and with it frames of unknown channels");
            }
            placeLostNanos = System.nanoTime();
            placeLost = true;
            findPlace(runs, 0);
        }

        private void bytesLost(Dlc dlc, String what) {
            if (dlc.state() == Dlc.State.OPEN) {
                dlc.receiver().onBytesLost(new IOException(what + ": port=" + lineName() + ", dlci=" + dlc.dlci()));
            }
        }

        @Override
        public void onPlaceFound() {
            placeLost = false;
        }
    }
}
