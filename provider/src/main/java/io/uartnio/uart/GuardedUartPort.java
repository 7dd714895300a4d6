package io.uartnio.uart;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A port whose writes have a time limit, whatever port lies below: a module that never asserts CTS again would
 * otherwise hold the writer for ever. The limit of a write is what its bytes take on the line plus a patience; when it
 * has passed, the port is closed, the write fails, and the listener is told the same cause. The close runs on a thread
 * of its own, started by the timer thread, because the port below is code that this one does not know.
 *
 * <p>A write arms the timer only when no earlier time limit is pending that would notice in time, so that a port in
 * steady use schedules once per limit and not once per write, and a write allocates nothing.
 *
 * <p>Threads: as {@link UartPort} says.
 */
public final class GuardedUartPort extends ForwardingUartPort {

    private static final Logger LOG = System.getLogger(GuardedUartPort.class.getName());

    /** A start bit, eight data bits and a stop bit. */
    private static final long BITS_PER_BYTE = 10;

    private final long writeTimeoutNanos;
    private final Runnable check = this::checkWrite;

    /** Guards what follows; never held while the port below is called. */
    private final Object lock = new Object();

    /** The life of the port that writes belong to; null before the first open. */
    private GuardedListener current;

    private int baudRate = 9_600;
    private boolean writing;
    private boolean patient;
    private long startNanos;
    private long deadlineNanos;
    private TimerThread.Timeout timeout;
    private long timeoutNanos;

    /**
     * Guards a port.
     *
     * @param port to be guarded; used through this object only from now on
     * @param writeTimeoutMillis how long a write may take beyond the time its bytes need on the line, at least 1
     */
    public GuardedUartPort(UartPort port, long writeTimeoutMillis) {
        super(port);
        if (writeTimeoutMillis < 1) {
            throw new IllegalArgumentException(
                    "writeTimeoutMillis must be positive: writeTimeoutMillis=" + writeTimeoutMillis);
        }
        this.writeTimeoutNanos = TimeUnit.MILLISECONDS.toNanos(writeTimeoutMillis);
    }

    @Override
    public void open(LineSettings settings, Listener listener) throws IOException {
        Objects.requireNonNull(listener, "listener");
        GuardedListener guarded = new GuardedListener(listener);
        super.open(settings, guarded);
        synchronized (lock) {
            current = guarded;
            baudRate = settings.baudRate();
        }
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        begin(length);
        IOException failure = null;
        try {
            super.write(buffer, offset, length);
        } catch (IOException e) {
            failure = e;
        } finally {
            IOException stuckNow = end();
            if (stuckNow != null) {
                failure = new IOException(stuckNow.getMessage(), failure);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void begin(int length) {
        synchronized (lock) {
            long now = System.nanoTime();
            long lineNanos = Math.max(length, 0) * BITS_PER_BYTE * TimeUnit.SECONDS.toNanos(1) / baudRate;
            writing = true;
            startNanos = now;
            deadlineNanos = now + lineNanos + writeTimeoutNanos;
            if (timeout == null || deadlineNanos - timeoutNanos < 0) {
                arm(now);
            }
        }
    }

    /** Returns why the write that ends here was given up, or null if it was not. */
    private IOException end() {
        synchronized (lock) {
            writing = false;
            return current == null ? null : current.stuck;
        }
    }

    private void arm(long now) {
        disarm();
        timeoutNanos = deadlineNanos;
        timeout = TimerThread.schedule(check, deadlineNanos - now, TimeUnit.NANOSECONDS);
    }

    private void disarm() {
        if (timeout != null) {
            timeout.cancel();
            timeout = null;
        }
    }

    /** On the timer thread: the write that armed this may be long over and another one under way. */
    private void checkWrite() {
        synchronized (lock) {
            disarm();
            if (!writing || current == null || current.stuck != null) {
                return;
            }
            long now = System.nanoTime();
            if (patient) {
                deadlineNanos = now + writeTimeoutNanos;
            }
            if (now - deadlineNanos < 0) {
                arm(now);
                return;
            }
            current.stuck = new IOException("write stuck: port=" + name() + ", waitedMillis="
                    + TimeUnit.NANOSECONDS.toMillis(now - startNanos));
        }
        Thread closer = new Thread(this::closeStuck, "uartnio-close-" + name());
        closer.setDaemon(true);
        closer.start();
    }

    private void closeStuck() {
        try {
            super.close();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "port with a stuck write does not close: port=" + name(), e);
        }
    }

    @Override
    public void setBaudRate(int baudRate) throws IOException {
        super.setBaudRate(baudRate);
        synchronized (lock) {
            this.baudRate = baudRate;
        }
    }

    /**
     * Says whether a write may take for ever: while one socket has the line to itself, its peer may hold the line for as
     * long as it likes. Of a write under way the limit begins anew when patience ends. Any thread.
     */
    public void setPatient(boolean nowPatient) {
        synchronized (lock) {
            if (patient && !nowPatient && writing) {
                deadlineNanos = System.nanoTime() + writeTimeoutNanos;
            }
            patient = nowPatient;
        }
    }

    /** Passes on what the port delivers, and at its end the true cause. One per open, called by the port's reader. */
    private final class GuardedListener extends ForwardingListener {

        /** Why a write was given up; null while none was. Guarded by {@code lock}. */
        private IOException stuck;

        GuardedListener(Listener listener) {
            super(listener);
        }

        @Override
        public void onClosed(IOException cause) {
            IOException told;
            synchronized (lock) {
                told = stuck == null ? cause : stuck;
                if (!writing) {
                    disarm();
                }
            }
            super.onClosed(told);
        }
    }
}
