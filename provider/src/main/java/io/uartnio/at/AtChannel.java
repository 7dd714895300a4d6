package io.uartnio.at;

import io.uartnio.ModemException;
import io.uartnio.ModemException.Details;
import io.uartnio.frame.FrameDemultiplexer;
import io.uartnio.frame.FrameGrammar;
import io.uartnio.frame.FrameHandler;
import io.uartnio.frame.FramingDoubt;
import io.uartnio.uart.TimerThread;
import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * One command in flight over a port, its reply, its time limit; everything else that arrives goes where it belongs:
 * payload to the {@link PayloadSink}, other lines to the {@link UnsolicitedHandler}.
 *
 * <p>A result code carries no id, so after a command that was not answered in time the channel is in quarantine: it
 * writes nothing more before {@link #settle()} has waited for the late result of a send, finished a half-finished
 * prompt, and found its place again with a query whose reply cannot be mistaken. A send that was never answered stays on the
 * books: until its {@code SEND OK} has turned up, each further send is followed by that query, so that the late one
 * cannot be taken for its.
 *
 * <p>Threads: the methods marked so belong to the lane thread, which writes and runs the commands; the listener's and
 * the handler's calls come from the reader thread; the rest is for any thread.
 */
public final class AtChannel {

    /** How long a half-finished prompt may stay open in the module: 5 s by default (QICFG qisend/timeout), and a margin. */
    private static final long PROMPT_OPEN_MILLIS = 6_000;

    private static final long PROBE_TIMEOUT_MILLIS = 3_000;
    private static final int PROBE_ATTEMPTS = 3;
    private static final long QUIET_MILLIS = 400;
    private static final long FIND_PLACE_MILLIS = 20_000;

    private final UartPort port;
    private final PayloadSink sink;
    private final Runnable onClosed;
    private final FrameDemultiplexer demultiplexer;
    private final ReaderSide readerSide = new ReaderSide();
    private final long commandTimeoutMillis;
    private final long frameTimeoutMillis;

    private volatile UnsolicitedHandler unsolicited = (line, offset, length) -> {};
    private volatile Exchange current;
    private volatile FramingDoubt doubt;
    private volatile boolean closed;
    private volatile IOException closeCause;
    private volatile long lastReceivedNanos = System.nanoTime();
    private volatile boolean midFrame;
    private final AtomicBoolean stallWatched = new AtomicBoolean();
    private volatile int baudRate;
    private volatile SendOutcome strayOutcome;
    /** An OK or ERROR came that no command waited for, so the next one's may be the last one's. */
    private volatile boolean outOfStep;
    /** A read was given up and its reply, payload and all, has not turned up yet. */
    private volatile boolean lateReadMayCome;
    /** Sends that were given up and whose results have not turned up yet. */
    private final AtomicInteger lateSends = new AtomicInteger();

    private final AtomicLong strayResults = new AtomicLong();
    private final AtomicLong timeouts = new AtomicLong();

    // The lane thread's alone.
    private Runnable meanwhile = () -> {};
    private AtCommand probe = AtCommand.of("AT+CMEE?").requiredInformation("+CMEE:");
    private long promptOpenMillis = PROMPT_OPEN_MILLIS;
    private long probeTimeoutMillis = PROBE_TIMEOUT_MILLIS;
    private Exchange unsettled;
    private byte[] unsettledPayload;
    private int unsettledOffset;
    private int unsettledLength;
    private boolean promptMayBeOpen;
    /** The port was told that what crosses it is secret; the lane thread's alone. */
    private boolean concealed;

    /**
     * Creates a channel over a port that is not open yet.
     *
     * @param onClosed called once by the reader thread when the port has closed, whatever the reason
     * @param commandTimeoutMillis time limit of a command that has none of its own
     * @param frameTimeoutMillis how long a frame may stop half-way
     */
    public AtChannel(
            UartPort port, PayloadSink sink, Runnable onClosed, long commandTimeoutMillis, long frameTimeoutMillis) {
        this.port = Objects.requireNonNull(port, "port");
        this.sink = Objects.requireNonNull(sink, "sink");
        this.onClosed = onClosed;
        this.commandTimeoutMillis = commandTimeoutMillis;
        this.frameTimeoutMillis = frameTimeoutMillis;
        this.demultiplexer = new FrameDemultiplexer(readerSide);
    }

    /** Sets how long the quarantine waits for what may still come; for tests, which know their module. */
    void setWaits(long newPromptOpenMillis, long newProbeTimeoutMillis) {
        promptOpenMillis = newPromptOpenMillis;
        probeTimeoutMillis = newProbeTimeoutMillis;
    }

    /** Returns the listener to open the port with. */
    public UartPort.Listener listener() {
        return readerSide;
    }

    /** Sets where lines that belong to no command go. Any thread. */
    public void setUnsolicitedHandler(UnsolicitedHandler handler) {
        this.unsolicited = Objects.requireNonNull(handler, "handler");
    }

    /** Sets what the lines of the module look like. Any thread. */
    public void setGrammar(FrameGrammar grammar) {
        demultiplexer.setGrammar(grammar);
    }

    /** Says whether any socket may be pushed data, so that an oddity puts it in doubt. Any thread. */
    public void setStrict(boolean strict) {
        demultiplexer.setStrict(strict);
    }

    /** Sets the query whose reply cannot be mistaken for any other command's. Lane thread. */
    public void setProbe(AtCommand probe) {
        this.probe = probe;
    }

    /**
     * Sets what the lane does each time it has written a command, and its payload if it has one, and is about to wait for
     * the result: whatever can wait until then keeps no line idle. It must not block. Before the first command.
     */
    public void setMeanwhile(Runnable newMeanwhile) {
        meanwhile = newMeanwhile;
    }

    /** Tells the rate of the line in bits a second, from which the time that bytes need on it follows. Any thread. */
    public void setBaudRate(int baudRate) {
        this.baudRate = baudRate;
    }

    /** Returns the rate of the line in bits a second, 0 if it was not told. Any thread. */
    public int baudRate() {
        return baudRate;
    }

    /** Returns the port. */
    public UartPort port() {
        return port;
    }

    /** Starts the details of an exception about this port. */
    public Details details() {
        return Details.of(port.name());
    }

    /** Returns why the place in the stream is lost, or null. Any thread. */
    public FramingDoubt doubt() {
        return doubt;
    }

    /** Returns true once the port has closed. Any thread. */
    public boolean isClosed() {
        return closed;
    }

    /** Returns why the port closed, or null. Any thread. */
    public IOException closeCause() {
        return closeCause;
    }

    /** Returns how many result codes came that no command waited for. Any thread. */
    public long strayResultCount() {
        return strayResults.get();
    }

    /** Returns how many commands were not answered in time. Any thread. */
    public long timeoutCount() {
        return timeouts.get();
    }

    /** Returns the demultiplexer's counters. Any thread. */
    public FrameDemultiplexer demultiplexer() {
        return demultiplexer;
    }

    // ------------------------------------------------------------------ lane thread

    /**
     * Runs a command and waits for its result. Lane thread.
     *
     * @throws AtException if the module answers with an error
     * @throws AtTimeoutException if it does not answer in time; the channel is then in quarantine
     * @throws IOException if the port is closed or the place in the stream is lost
     */
    public AtReply execute(AtCommand command) throws IOException {
        getInStep();
        return run(command, Exchange.ofCommand(command)).reply();
    }

    /**
     * Runs a command whose reply holds payload of a socket, which goes to the sink. Lane thread.
     *
     * @return the number of payload bytes
     * @throws IOException as {@link #execute}
     */
    public int read(AtCommand command, int index, boolean tls) throws IOException {
        getInStep();
        return run(command, Exchange.ofRead(command, index, tls, sink)).readBytes();
    }

    /**
     * Runs a command whose reply holds a datagram of a socket, which goes to the sink. Lane thread.
     *
     * @return false if it holds none
     * @throws IOException as {@link #execute}
     */
    public boolean readDatagram(AtCommand command, int index) throws IOException {
        getInStep();
        return run(command, Exchange.ofRead(command, index, false, sink)).isDatagramRead();
    }

    /**
     * Sends payload: the command, the prompt, the payload, the result. Lane thread.
     *
     * @param command the line with its carriage return
     * @param payload must stay as it is until the next call of this channel, even if this one fails
     * @throws AtTimeoutException if the module does not answer in time: whether it took the payload is not known
     * @throws IOException if the port is closed or the place in the stream is lost
     */
    public SendOutcome send(byte[] command, int commandLength, byte[] payload, int offset, int length)
            throws IOException {
        getInStep();
        long deadlineNanos = deadline(commandTimeoutMillis, commandLength + length);
        Exchange exchange = Exchange.ofSend();
        begin(exchange);
        demultiplexer.setPromptAwaited(true);
        port.write(command, 0, commandLength);
        if (!exchange.awaitGoAhead(deadlineNanos)) {
            throw unanswered(exchange, Bytes.text(command, 0, commandLength - 1), payload, offset, length);
        }
        demultiplexer.setPromptAwaited(false);
        // Both results may be here before the lane sees the first, so what was outstanding is looked at beforehand.
        boolean lateResultMayCome = lateSends.get() > 0;
        strayOutcome = null;
        if (exchange.end() == null) {
            exchange.payloadLeaves();
            port.write(payload, offset, length);
            meanwhile.run();
            if (!exchange.awaitEnd(deadlineNanos)) {
                throw unanswered(exchange, Bytes.text(command, 0, commandLength - 1), payload, offset, length);
            }
        } else if (exchange.end() == Exchange.End.ABORTED) {
            promptMayBeOpen = true;
        }
        current = null;
        requireUsable();
        return verified(outcomeOf(exchange), lateResultMayCome);
    }

    /**
     * Runs a command that gives the line to one stream, and waits for {@code CONNECT}. From the byte behind that on the
     * handler gets everything, until it says that the stream has ended; no command may be run before. Lane thread.
     *
     * @throws AtException if the module refuses, {@code NO CARRIER} included; the line is then for commands as before
     * @throws AtTimeoutException if it does not answer in time: {@code CONNECT} may still come, so the line must be taken
     *     back by {@link #abandonData()} before anything else is asked
     * @throws IOException if the port is closed or the place in the stream is lost
     */
    public void enterData(AtCommand command, DataHandler handler) throws IOException {
        getInStep();
        run(command, Exchange.ofData(command, handler));
    }

    /** The stream that had the line has been ended unheard: what comes from now on is text. Lane thread. */
    public void abandonData() {
        forgetAnswers();
        demultiplexer.requestResume();
    }

    private static SendOutcome outcomeOf(Exchange exchange) {
        return switch (exchange.end()) {
            case OK -> SendOutcome.TAKEN;
            case SEND_FAIL -> SendOutcome.BUFFER_FULL;
            default -> SendOutcome.REFUSED;
        };
    }

    /**
     * While an earlier send's result is outstanding, asks the module something: its answer comes behind the result of
     * the send before, so a second result that turns up by then settles which was which.
     */
    private SendOutcome verified(SendOutcome outcome, boolean lateResultMayCome) throws IOException {
        if (!lateResultMayCome || outcome == SendOutcome.REFUSED) {
            return outcome;
        }
        findPlace();
        SendOutcome other = strayOutcome;
        return other == null || other == outcome ? outcome : SendOutcome.UNKNOWN;
    }

    private Exchange run(AtCommand command, Exchange exchange) throws IOException {
        byte[] line = command.line();
        byte[] upload = command.upload();
        int transferred = line.length + command.downloadBytes() + (upload == null ? 0 : upload.length);
        long deadlineNanos = deadline(command.timeoutMillisOr(commandTimeoutMillis), transferred);
        begin(exchange);
        if (command.isSecret()) {
            concealed = true;
            port.setConcealed(true);
        }
        port.write(line, 0, line.length);
        meanwhile.run();
        if (upload != null && exchange.awaitGoAhead(deadlineNanos) && exchange.end() == null) {
            port.write(upload, 0, upload.length);
        }
        if (!exchange.awaitEnd(deadlineNanos)) {
            throw unanswered(exchange, command.toString(), null, 0, 0);
        }
        current = null;
        requireUsable();
        if (concealed) {
            concealed = false;
            port.setConcealed(false);
        }
        if (exchange.end() == Exchange.End.ERROR) {
            throw refused(command, exchange.errorLine());
        }
        return exchange;
    }

    /** In this order, a doubt or a close that comes now either finds the exchange or is found here. */
    private void begin(Exchange exchange) throws IOException {
        current = exchange;
        try {
            requireUsable();
        } catch (IOException e) {
            current = null;
            throw e;
        }
    }

    private AtException refused(AtCommand command, String errorLine) {
        int code = ModemException.NO_CODE;
        String name = null;
        int colon = errorLine.indexOf(':');
        if (colon >= 0) {
            String value = errorLine.substring(colon + 1).strip();
            try {
                code = Integer.parseInt(value);
                name = CmeError.nameOf(code);
            } catch (NumberFormatException e) {
                name = value;
            }
        }
        String what = name != null && code == ModemException.NO_CODE ? "command refused, " + name : "command refused";
        return new AtException(what, details().command(command.toString()).code(code, name));
    }

    private AtTimeoutException unanswered(Exchange exchange, String command, byte[] payload, int offset, int length) {
        timeouts.incrementAndGet();
        unsettled = exchange;
        lateReadMayCome |= exchange.isRead();
        unsettledPayload = payload;
        unsettledOffset = offset;
        unsettledLength = length;
        return new AtTimeoutException("module did not answer in time", details().command(command));
    }

    /**
     * Ends a quarantine, if there is one: nothing is written before the command that was not answered is out of the
     * way. Lane thread; may take some seconds.
     *
     * @throws ModuleSilentException if the module does not answer at all any more: it must be restarted
     * @throws IOException if the port is closed or the place in the stream is lost
     */
    public void settle() throws IOException {
        Exchange exchange = unsettled;
        if (exchange == null) {
            return;
        }
        unsettled = null;
        if (unsettledPayload != null) {
            settleSend(exchange);
        }
        exchange.giveUp();
        current = null;
        requireUsable();
        findPlace();
    }

    private void getInStep() throws IOException {
        settle();
        if (outOfStep) {
            outOfStep = false;
            findPlace();
        }
    }

    /** A prompt that comes late is given its payload, which nothing else may be taken for. */
    private void settleSend(Exchange exchange) throws IOException {
        long deadlineNanos = deadline(promptOpenMillis, unsettledLength);
        if (!exchange.isPayloadLeaving() && exchange.awaitGoAhead(deadlineNanos) && exchange.isPrompted()) {
            exchange.payloadLeaves();
            port.write(unsettledPayload, unsettledOffset, unsettledLength);
        }
        demultiplexer.setPromptAwaited(false);
        exchange.awaitEnd(deadlineNanos);
        boolean gaveUp = exchange.giveUp();
        if (gaveUp && exchange.isPayloadLeaving()) {
            lateSends.incrementAndGet();
        }
        promptMayBeOpen = exchange.end() == Exchange.End.ABORTED && !exchange.isPayloadLeaving();
        unsettledPayload = null;
    }

    private void findPlace() throws IOException {
        for (int attempt = 0; attempt < PROBE_ATTEMPTS; attempt++) {
            AtCommand query = probe.timeoutMillis(probeTimeoutMillis);
            try {
                run(query, Exchange.ofCommand(query));
                lateReadMayCome = false;
                if (attempt > 0) {
                    // The earlier ones may be answered yet, and would be taken for the next command's answer.
                    awaitSilence(QUIET_MILLIS, probeTimeoutMillis);
                }
                return;
            } catch (AtTimeoutException e) {
                unsettled.giveUp();
                unsettled = null;
            } catch (AtException e) {
                // An error without an id may be the late answer of the command before; it is asked once more.
                outOfStep = false;
            }
        }
        throw new ModuleSilentException(
                "module does not answer any more", details().command(probe.toString()));
    }

    /**
     * Finds the place in the stream again after a {@link #doubt()}: closes sockets unheard, waits until the line has
     * been silent, and asks something whose reply cannot be mistaken. Until then no line is believed. Lane thread; may
     * take some seconds.
     *
     * @param closeCommands make the module stop pushing, so that the line can fall silent
     * @throws ModuleSilentException if the place cannot be found: the module must be restarted
     * @throws IOException if the port is closed
     */
    public void recoverFraming(List<String> closeCommands) throws IOException {
        abandonCurrent();
        if (promptMayBeOpen) {
            // Anything written now could be taken for payload. The module gives the prompt up by itself.
            sleep(promptOpenMillis);
            promptMayBeOpen = false;
        }
        lateSends.set(0);
        long deadlineNanos = deadline(FIND_PLACE_MILLIS, 0);
        while (System.nanoTime() - deadlineNanos < 0) {
            for (String command : closeCommands) {
                byte[] line = Bytes.ascii(command + '\r');
                requireOpen();
                port.write(line, 0, line.length);
                awaitSilence(100, 500);
            }
            if (awaitSilence(QUIET_MILLIS, 2_000) && placeFoundAfterSilence()) {
                return;
            }
        }
        throw new ModuleSilentException("place in the stream of bytes not found again", details());
    }

    private boolean placeFoundAfterSilence() throws IOException {
        demultiplexer.setStrict(false);
        demultiplexer.requestResume();
        doubt = null;
        try {
            findPlace();
            return true;
        } catch (ModemException e) {
            demultiplexer.requestBlind();
            return false;
        }
    }

    private void abandonCurrent() {
        Exchange exchange = current;
        if (unsettled != null && unsettledPayload != null && !unsettled.isPayloadLeaving()) {
            promptMayBeOpen = true;
        }
        unsettled = null;
        unsettledPayload = null;
        current = null;
        demultiplexer.setPromptAwaited(false);
        if (exchange != null) {
            exchange.giveUp();
        }
    }

    /**
     * Writes bytes that are no command, such as {@code +++}. Lane thread.
     *
     * @throws IOException if the port is closed
     */
    public void writeRaw(byte[] bytes) throws IOException {
        requireOpen();
        port.write(bytes, 0, bytes.length);
    }

    /**
     * Waits until nothing has arrived for a while. Lane thread.
     *
     * @return false if the limit came first
     * @throws IOException if the port is closed
     */
    public boolean awaitSilence(long quietMillis, long limitMillis) throws IOException {
        long start = System.nanoTime();
        long quietNanos = TimeUnit.MILLISECONDS.toNanos(quietMillis);
        long limitNanos = TimeUnit.MILLISECONDS.toNanos(limitMillis);
        for (; ; ) {
            requireOpen();
            long now = System.nanoTime();
            long silentNanos = Math.min(now - lastReceivedNanos, now - start);
            if (silentNanos >= quietNanos) {
                return true;
            }
            if (now - start >= limitNanos) {
                return false;
            }
            LockSupport.parkNanos(this, quietNanos - silentNanos);
        }
    }

    /**
     * Waits. Lane thread.
     *
     * @throws IOException if the port closes meanwhile
     */
    public void sleep(long millis) throws IOException {
        long deadlineNanos = deadline(millis, 0);
        for (long left = deadlineNanos - System.nanoTime(); left > 0; left = deadlineNanos - System.nanoTime()) {
            requireOpen();
            LockSupport.parkNanos(this, Math.min(left, TimeUnit.MILLISECONDS.toNanos(50)));
        }
        requireOpen();
    }

    /**
     * Waits until woken, or for so long. Lane thread.
     *
     * @throws IOException if the port is closed
     */
    void park(long nanos) throws IOException {
        requireOpen();
        LockSupport.parkNanos(this, nanos);
        requireOpen();
    }

    /** Forgets what the module was asked and has not answered: at another rate or after a restart it never will. */
    public void forgetAnswers() {
        abandonCurrent();
        promptMayBeOpen = false;
        lateSends.set(0);
        lateReadMayCome = false;
        outOfStep = false;
    }

    /** Forgets everything about a module that has restarted: its late results and what it sends behind payload. */
    public void forgetModule() {
        forgetAnswers();
        doubt = null;
        demultiplexer.setStrict(false);
        demultiplexer.setGrammar(FrameGrammar.TEXT_ONLY);
        demultiplexer.requestRestart();
    }

    /** Starts anew over a port that was lost and has been opened again. Lane thread, before {@link UartPort#open}. */
    public void reopen() {
        forgetModule();
        closeCause = null;
        closed = false;
    }

    private long deadline(long millis, int bytes) {
        int rate = baudRate;
        long onTheLineNanos = rate == 0 ? 0 : bytes * 10L * 1_000_000_000L / rate;
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis) + 2 * onTheLineNanos;
    }

    private void requireUsable() throws IOException {
        requireOpen();
        FramingDoubt lost = doubt;
        if (lost != null) {
            throw new ModemException(lost.toMessage(), details());
        }
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new ModemException("port is closed", details(), closeCause);
        }
    }

    // ------------------------------------------------------------------ timer thread

    /** Runs while frames come in pieces; ends by itself at the first look that finds none in hand. */
    private void watchForStall() {
        if (!midFrame || closed) {
            stallWatched.set(false);
            // The reader may have begun a frame meanwhile and left it to this watch.
            if (!midFrame || closed || !stallWatched.compareAndSet(false, true)) {
                return;
            }
        }
        long silentMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastReceivedNanos);
        if (silentMillis >= frameTimeoutMillis) {
            midFrame = false;
            stallWatched.set(false);
            onStall();
        } else {
            TimerThread.schedule(this::watchForStall, frameTimeoutMillis - silentMillis, TimeUnit.MILLISECONDS);
        }
    }

    private void onStall() {
        if (demultiplexer.isStrict()) {
            demultiplexer.requestBlind();
            enterDoubt(FramingDoubt.STALLED);
        } else {
            demultiplexer.requestResume();
        }
    }

    private void enterDoubt(FramingDoubt why) {
        doubt = why;
        sink.onDoubt(why);
        Exchange exchange = current;
        if (exchange != null) {
            exchange.abort();
        }
    }

    // ------------------------------------------------------------------ reader thread

    /** What the reader thread calls: the port's listener and the demultiplexer's handler. */
    private final class ReaderSide implements UartPort.Listener, FrameHandler {

        private boolean frameWanted;
        /** Whom the payload of the read or download in hand is for; null if for nobody any more. */
        private Exchange reading;
        /** Whose all bytes are while one stream has the line to itself. */
        private DataHandler dataHandler;

        @Override
        public void onReceived(byte[] buffer, int offset, int length) {
            lastReceivedNanos = System.nanoTime();
            demultiplexer.feed(buffer, offset, length);
            midFrame = demultiplexer.isMidFrame();
            if (midFrame && stallWatched.compareAndSet(false, true)) {
                TimerThread.schedule(AtChannel.this::watchForStall, frameTimeoutMillis, TimeUnit.MILLISECONDS);
            }
        }

        /** Whatever is missing, a frame counted on would end elsewhere, and a line in pieces would say what it likes. */
        @Override
        public void onBytesLost(IOException cause) {
            if (demultiplexer.isStrict() || demultiplexer.isMidFrame()) {
                demultiplexer.requestBlind();
                enterDoubt(FramingDoubt.BYTES_LOST);
            } else {
                demultiplexer.requestResume();
            }
        }

        @Override
        public void onClosed(IOException cause) {
            closeCause = cause;
            closed = true;
            Exchange exchange = current;
            if (exchange != null) {
                exchange.abort();
            }
            onClosed.run();
        }

        @Override
        public void onLine(byte[] line, int offset, int length) {
            Exchange exchange = current;
            if (exchange != null && exchange.onLine(line, offset, length)) {
                onOwnLine(exchange);
            } else if (isResult(line, offset, length)) {
                onStrayResult(line, offset, length);
            } else {
                unsolicited.onUnsolicited(line, offset, length);
            }
        }

        /** The line may have said what the bytes behind it are. */
        private void onOwnLine(Exchange exchange) {
            int rawBytes = exchange.isRead() ? 0 : exchange.rawBytesToTake();
            DataHandler connected = exchange.connectedHandler();
            if (rawBytes > 0) {
                reading = exchange;
                demultiplexer.takeRaw(rawBytes);
            } else if (connected != null) {
                dataHandler = connected;
                demultiplexer.takeData();
            }
        }

        @Override
        public byte[] onData(byte[] bytes, int offset, int length) {
            return dataHandler.onData(bytes, offset, length);
        }

        private boolean isResult(byte[] line, int offset, int length) {
            return Bytes.equals(line, offset, length, Exchange.OK)
                    || Bytes.equals(line, offset, length, Exchange.SEND_OK)
                    || Bytes.equals(line, offset, length, Exchange.SEND_FAIL)
                    || Exchange.isError(line, offset, length);
        }

        private void onStrayResult(byte[] line, int offset, int length) {
            strayResults.incrementAndGet();
            boolean ok = Bytes.equals(line, offset, length, Exchange.SEND_OK);
            if (ok || Bytes.equals(line, offset, length, Exchange.SEND_FAIL)) {
                strayOutcome = ok ? SendOutcome.TAKEN : SendOutcome.BUFFER_FULL;
                lateSends.updateAndGet(count -> Math.max(0, count - 1));
            } else {
                outOfStep = true;
            }
        }

        @Override
        public void onPrompt() {
            Exchange exchange = current;
            if (exchange != null) {
                exchange.onPrompt();
            }
        }

        @Override
        public boolean onFrame(int index, boolean tls, int lengthBytes) {
            frameWanted = sink.onFrame(index, tls, lengthBytes);
            return frameWanted;
        }

        @Override
        public boolean onDatagram(int index, int lengthBytes, long source) {
            frameWanted = sink.onDatagram(index, lengthBytes, source);
            return frameWanted;
        }

        @Override
        public void onPayload(byte[] payload, int offset, int length) {
            if (frameWanted) {
                sink.onPayload(payload, offset, length);
            }
        }

        @Override
        public void onFrameEnd() {
            if (frameWanted) {
                sink.onFrameEnd();
            }
        }

        @Override
        public boolean onRead(int lengthBytes) {
            Exchange exchange = current;
            reading = exchange != null && exchange.onRead(lengthBytes) ? exchange : null;
            // Payload that comes too late for its read is counted off like any other: as text it could say anything.
            return reading != null || lateReadMayCome;
        }

        @Override
        public boolean onReadDatagram(int lengthBytes, long source) {
            Exchange exchange = current;
            reading = exchange != null && exchange.onReadDatagram(lengthBytes, source) ? exchange : null;
            return reading != null || lateReadMayCome;
        }

        @Override
        public void onReadPayload(byte[] payload, int offset, int length) {
            if (reading == null || reading != current) {
                return;
            }
            if (!reading.isRead()) {
                reading.onRaw(payload, offset, length);
            } else if (reading.isReadWanted()) {
                sink.onPayload(payload, offset, length);
            }
        }

        @Override
        public void onReadEnd() {
            if (reading != null && reading == current && reading.isRead() && reading.isReadWanted()) {
                sink.onFrameEnd();
            }
            reading = null;
        }

        @Override
        public void onDoubt(FramingDoubt why) {
            enterDoubt(why);
        }
    }
}
