package io.uartnio.uart;

import com.fazecast.jSerialComm.SerialPort;
import com.fazecast.jSerialComm.SerialPortInvalidPortException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A serial port of the system, by jSerialComm: {@code /dev/ttyUSB2}, {@code ttyS0}, {@code COM3}, a pseudo-terminal.
 * One daemon platform thread, {@code uartnio-read-<port>}, waits in a blocking read (a read inside native code would
 * hold a virtual thread's carrier for ever), hands on what came, and is also the one that releases the port at the
 * end: the library must not close a port while another thread is inside it, since it looks its handle up more than
 * once per call.
 *
 * <p>The port is locked against other programs that ask. Bytes written right before {@link #close} may be lost: the
 * library empties the system's buffers then, so wait for the module's answer before closing.
 *
 * <p>The library has effects on the whole process: it sets the signals HUP, IO, CONT, USR1, USR2, TTIN and TTOU to be
 * ignored, which silences the JDK Flight Recorder's execution samples unless the environment has
 * {@code _JAVA_SR_SIGNUM=40}, and from JDK 24 on needs {@code --enable-native-access=com.fazecast.jSerialComm} (or
 * {@code ALL-UNNAMED}) to load without a warning. Its native part is loaded from a private directory unless one of
 * the library's own system properties is set.
 *
 * <p>Threads: as {@link UartPort} says.
 */
public final class SerialUartPort implements UartPort {

    private static final Logger LOG = System.getLogger(SerialUartPort.class.getName());

    /** The library copies the whole array in and out at every call, so a larger one costs and gains nothing. */
    private static final int CHUNK_BYTES = 4096;

    /** How long threads inside the library are waited for before the port is closed under them. */
    private static final long RELEASE_LIMIT_MILLIS = 500;

    /** How long {@link #close} waits for the reader when even that did not end it. */
    private static final long JOIN_LIMIT_MILLIS = 1_500;

    /** The library keeps the reason of a failed open in one place for all ports. */
    private static final ReentrantLock OPENING = new ReentrantLock();

    private final String name;

    private final ReentrantLock lifecycle = new ReentrantLock();

    /** The life of the port between an open and its close; null while it is closed. */
    private volatile Session session;

    /** Why the last session ended; null after a close. */
    private volatile IOException lastCause;

    /**
     * Names a port; {@link #open} looks for it.
     *
     * @param systemPortName a path, a symbolic link to one, or a name below {@code /dev}; on Windows a name such as
     *     {@code COM3}
     */
    public SerialUartPort(String systemPortName) {
        if (systemPortName.isEmpty()) {
            throw new IllegalArgumentException("port name is empty");
        }
        this.name = systemPortName;
    }

    /**
     * Has a task run when the JVM ends, before the serial library closes its ports: a shutdown hook of one's own runs
     * together with that. Call it after an {@link #open}. The task stays registered for as long as the JVM lives.
     */
    public static void runBeforeExit(Runnable task) {
        SerialPort.addShutdownHook(new Thread(task, "uartnio-exit"));
    }

    /**
     * Returns the ports that are present now, in the system's order, each as a name to open it by. Pseudo-terminals are
     * not among them.
     *
     * @throws UncheckedIOException if the serial library cannot be loaded
     */
    public static List<String> list() {
        try {
            SerialLibrary.load();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Arrays.stream(SerialPort.getCommPorts())
                .map(port -> SerialErrors.WINDOWS ? port.getSystemPortName() : port.getSystemPortPath())
                .toList();
    }

    @Override
    public String name() {
        return name;
    }

    /**
     * {@inheritDoc}
     *
     * <p>DTR and RTS are asserted.
     *
     * @throws NoSuchFileException if there is no such port
     * @throws java.nio.file.AccessDeniedException if this user may not open it
     * @throws java.nio.file.FileSystemException if it is in use or refuses the settings
     */
    @Override
    public void open(LineSettings settings, Listener listener) throws IOException {
        Objects.requireNonNull(settings, "settings");
        Objects.requireNonNull(listener, "listener");
        SerialLibrary.load();
        lifecycle.lock();
        try {
            Session old = session;
            if (old != null) {
                old.awaitEndIfEnding();
                if (session != null) {
                    throw new IOException("port is already open: port=" + name);
                }
            }
            SerialPort serial = openSystemPort(settings);
            Session opened = new Session(serial, settings, listener);
            session = opened;
            opened.start();
        } finally {
            lifecycle.unlock();
        }
    }

    /** Everything is set before the open: setting it afterwards costs a system call each and may sleep. */
    private SerialPort openSystemPort(LineSettings settings) throws IOException {
        SerialPort serial = findSystemPort();
        serial.setComPortParameters(settings.baudRate(), 8, SerialPort.ONE_STOP_BIT, SerialPort.NO_PARITY);
        serial.setFlowControl(
                settings.hardwareFlowControl()
                        ? SerialPort.FLOW_CONTROL_RTS_ENABLED | SerialPort.FLOW_CONTROL_CTS_ENABLED
                        : SerialPort.FLOW_CONTROL_DISABLED);
        serial.setComPortTimeouts(SerialPort.TIMEOUT_READ_SEMI_BLOCKING, 0, 0);
        OPENING.lock();
        try {
            if (!serial.openPort(0)) {
                throw SerialErrors.openFailed(name, serial, settings);
            }
        } finally {
            OPENING.unlock();
        }
        return serial;
    }

    /**
     * For a path that is absent the library would take a port of the same last name below {@code /dev}, which may be
     * another device: an absolute path means itself here.
     */
    private SerialPort findSystemPort() throws IOException {
        if (!SerialErrors.WINDOWS && new File(name).isAbsolute() && !new File(name).exists()) {
            throw new NoSuchFileException(name, null, "no such serial port");
        }
        try {
            return SerialPort.getCommPort(name);
        } catch (SerialPortInvalidPortException e) {
            NoSuchFileException absent = new NoSuchFileException(name, null, "no such serial port");
            absent.initCause(e);
            throw absent;
        }
    }

    @Override
    public boolean isOpen() {
        Session current = session;
        return current != null && !current.ending;
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        openSession().write(buffer, offset, length);
    }

    @Override
    public boolean awaitTransmitIdle(long timeoutMillis) throws IOException {
        return openSession().awaitTransmitIdle(timeoutMillis);
    }

    @Override
    public void setBaudRate(int baudRate) throws IOException {
        LineSettings checked = new LineSettings(baudRate, false);
        openSession().setBaudRate(checked.baudRate());
    }

    @Override
    public Set<ControlLine> controlLines() {
        Session current = session;
        return current == null || !current.hasControlLines
                ? EnumSet.noneOf(ControlLine.class)
                : EnumSet.allOf(ControlLine.class);
    }

    @Override
    public boolean isAsserted(ControlLine line) {
        Objects.requireNonNull(line, "line");
        Session current = session;
        return current != null && current.isAsserted(line);
    }

    /**
     * {@inheritDoc}
     *
     * <p>RTS belongs to the system's driver while hardware flow control is on: then this returns false and changes
     * nothing.
     */
    @Override
    public boolean setAsserted(ControlLine line, boolean asserted) {
        if (line != ControlLine.DTR && line != ControlLine.RTS) {
            throw new IllegalArgumentException("line is driven by the module: line=" + line);
        }
        Session current = session;
        return current != null && current.setAsserted(line, asserted);
    }

    /**
     * {@inheritDoc}
     *
     * <p>The reader then leaves the system's buffer alone, and the system's driver holds the line when that is full.
     * Without hardware flow control it would drop what comes; a pseudo-terminal holds its other side in any case.
     */
    @Override
    public boolean setReceiving(boolean receiving) {
        Session current = session;
        return current != null && current.setReceiving(receiving);
    }

    @Override
    public void close() {
        Session current = session;
        if (current != null) {
            current.end(null);
            if (Thread.currentThread() != current.reader) {
                current.awaitEnd();
            }
        }
    }

    private Session openSession() throws IOException {
        Session current = session;
        if (current == null || current.ending) {
            throw new IOException("port is closed: port=" + name, current == null ? lastCause : current.cause);
        }
        return current;
    }

    /**
     * One life of the port, from open to close. Whoever ends it only says so and wakes the others; the reader, as the
     * last one out, releases the system's port and tells the listener.
     */
    private final class Session implements Runnable {

        private final SerialPort serial;
        private final Listener listener;
        private final boolean hardwareFlowControl;
        private final boolean hasControlLines;
        private final Thread reader;
        private final byte[] writeChunk = new byte[CHUNK_BYTES];

        /** Threads other than the reader that are inside the library. */
        private final AtomicInteger inside = new AtomicInteger();

        private volatile int baudRate;
        private volatile boolean ending;
        private volatile boolean holding;
        private volatile IOException cause;

        Session(SerialPort serial, LineSettings settings, Listener listener) {
            this.serial = serial;
            this.listener = listener;
            this.hardwareFlowControl = settings.hardwareFlowControl();
            this.baudRate = settings.baudRate();
            // A pseudo-terminal answers every request for its control lines with "not a suitable device".
            this.hasControlLines = serial.setDTR();
            this.reader = new Thread(this, "uartnio-read-" + name);
            reader.setDaemon(true);
        }

        void start() {
            try {
                reader.start();
            } catch (Throwable t) {
                session = null;
                serial.closePort();
                throw t;
            }
        }

        @Override
        public void run() {
            try {
                readUntilEnd();
            } catch (Throwable t) {
                end(new IOException("listener failed: port=" + name, t));
            }
            awaitOthersOutside();
            serial.closePort();
            lastCause = cause;
            session = null;
            try {
                listener.onClosed(cause);
            } catch (Throwable t) {
                LOG.log(Level.ERROR, "listener failed at close: port=" + name, t);
            }
        }

        private void readUntilEnd() {
            byte[] buffer = new byte[CHUNK_BYTES];
            while (!ending) {
                while (holding && !ending) {
                    LockSupport.park(this);
                }
                int count = serial.readBytes(buffer, buffer.length);
                if (count < 0) {
                    end(new IOException("link lost: port=" + name + ", " + SerialErrors.last(serial)));
                } else if (count == 0) {
                    // Only the end of the session makes a read return empty; a driver that disagrees must not spin.
                    pauseUnlessEnding();
                } else if (!ending) {
                    listener.onReceived(buffer, 0, count);
                }
            }
        }

        private void pauseUnlessEnding() {
            if (!ending) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        }

        /** Ends the session for the given reason, or none for a close, unless it is ending already. */
        void end(IOException why) {
            synchronized (this) {
                if (ending) {
                    return;
                }
                cause = why;
                // Before the reader can see that it is to end: it closes the port only when nobody else is inside.
                inside.incrementAndGet();
                ending = true;
            }
            try {
                // Unlike an interrupt, this wakes a blocked read and a blocked write, and later ones do not block.
                serial.setComPortTimeouts(SerialPort.TIMEOUT_NONBLOCKING, 0, 0);
            } finally {
                exit();
            }
            LockSupport.unpark(reader);
        }

        boolean setReceiving(boolean receiving) {
            if (hasControlLines && !hardwareFlowControl) {
                return false;
            }
            holding = !receiving;
            if (receiving) {
                LockSupport.unpark(reader);
            }
            return true;
        }

        /**
         * Empties the system's buffers until a write that waited for room has left: a write that found none would spin
         * inside the library and might go on after the close with a file number that means something else by then.
         */
        private void awaitOthersOutside() {
            long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(RELEASE_LIMIT_MILLIS);
            while (inside.get() > 0 && System.nanoTime() - deadline < 0) {
                serial.flushIOBuffers();
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(200));
            }
        }

        void awaitEndIfEnding() {
            if (ending && Thread.currentThread() != reader) {
                awaitEnd();
            }
        }

        void awaitEnd() {
            if (!joinReader(RELEASE_LIMIT_MILLIS + 100)) {
                // The system did not wake the read, or the listener blocks: take the port from under it.
                serial.closePort();
                if (!joinReader(JOIN_LIMIT_MILLIS)) {
                    LOG.log(Level.WARNING, "reader thread is held up by its listener: port=" + name);
                }
            }
        }

        private boolean joinReader(long timeoutMillis) {
            boolean interrupted = false;
            long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
            long remaining = timeoutMillis;
            while (reader.isAlive() && remaining > 0) {
                try {
                    reader.join(remaining);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
                remaining = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return !reader.isAlive();
        }

        /** Lets a thread into the library, so that the port is not closed under it; false if the session is ending. */
        private boolean enter() {
            inside.incrementAndGet();
            if (ending) {
                inside.decrementAndGet();
                return false;
            }
            return true;
        }

        private void enterOrFail() throws IOException {
            if (!enter()) {
                throw ended();
            }
        }

        private void exit() {
            inside.decrementAndGet();
        }

        private IOException ended() {
            return new IOException("port is closed: port=" + name, cause);
        }

        void write(byte[] buffer, int offset, int length) throws IOException {
            enterOrFail();
            try {
                if (buffer.length <= CHUNK_BYTES) {
                    writeNow(buffer, offset, length);
                    return;
                }
                for (int done = 0; done < length; done += CHUNK_BYTES) {
                    int count = Math.min(CHUNK_BYTES, length - done);
                    System.arraycopy(buffer, offset + done, writeChunk, 0, count);
                    writeNow(writeChunk, 0, count);
                }
            } finally {
                exit();
            }
        }

        /** The library reports a link that is gone by taking fewer bytes than it was given, often none. */
        private void writeNow(byte[] bytes, int offset, int length) throws IOException {
            int written = serial.writeBytes(bytes, length, offset);
            if (ending) {
                throw ended();
            }
            if (written < length) {
                IOException lost = new IOException("link lost while writing: port=" + name + ", bytes=" + length
                        + ", written=" + Math.max(written, 0) + ", " + SerialErrors.last(serial));
                end(lost);
                throw new IOException(lost.getMessage(), lost);
            }
        }

        boolean awaitTransmitIdle(long timeoutMillis) throws IOException {
            long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
            boolean interrupted = false;
            try {
                while (true) {
                    int waiting = bytesAwaitingWrite();
                    long remaining = deadline - System.nanoTime();
                    if (waiting == 0 || remaining <= 0) {
                        return waiting == 0;
                    }
                    LockSupport.parkNanos(Math.min(remaining, pollNanos(waiting)));
                    interrupted |= Thread.interrupted(); // else every later pause would end at once
                }
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        /** As long as the waiting bytes take on the line (ten bits each), within bounds. */
        private long pollNanos(int waitingBytes) {
            long lineNanos = waitingBytes * TimeUnit.SECONDS.toNanos(10) / baudRate;
            return Math.max(TimeUnit.MICROSECONDS.toNanos(200), Math.min(lineNanos, TimeUnit.MILLISECONDS.toNanos(5)));
        }

        private int bytesAwaitingWrite() throws IOException {
            enterOrFail();
            try {
                int waiting = serial.bytesAwaitingWrite();
                if (waiting < 0) {
                    throw new IOException("link lost: port=" + name + ", " + SerialErrors.last(serial));
                }
                return waiting;
            } finally {
                exit();
            }
        }

        void setBaudRate(int rate) throws IOException {
            enterOrFail();
            try {
                if (!serial.setBaudRate(rate)) {
                    String reason = SerialErrors.last(serial);
                    serial.setBaudRate(baudRate);
                    throw new IOException("baud rate refused: port=" + name + ", baudRate=" + rate + ", " + reason);
                }
                baudRate = rate;
            } finally {
                exit();
            }
        }

        boolean isAsserted(ControlLine line) {
            if (!hasControlLines || !enter()) {
                return false;
            }
            try {
                return switch (line) {
                    case DTR -> serial.getDTR();
                    case RTS -> serial.getRTS();
                    case CTS -> serial.getCTS();
                    case DSR -> serial.getDSR();
                    case DCD -> serial.getDCD();
                    case RI -> serial.getRI();
                };
            } finally {
                exit();
            }
        }

        boolean setAsserted(ControlLine line, boolean asserted) {
            if (!hasControlLines || (line == ControlLine.RTS && hardwareFlowControl) || !enter()) {
                return false;
            }
            try {
                if (line == ControlLine.DTR) {
                    return asserted ? serial.setDTR() : serial.clearDTR();
                }
                return asserted ? serial.setRTS() : serial.clearRTS();
            } finally {
                exit();
            }
        }
    }
}
