package io.uartnio.emulator;

import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The module's end of a serial line made by the kernel: a pseudo-terminal whose other end, {@link #name()}, any
 * program opens as it would open {@code /dev/ttyUSB0}. It is raw from the start, so that nothing is echoed or
 * translated. Closing the master alone would not wake a thread that is blocked in {@code read}, nor show the other
 * end a hang-up; therefore every wait is a {@code poll} over the master and a pipe that {@link #close} writes to.
 *
 * <p>Thread-safe: one reader, one writer and one closer may call at the same time; further readers and writers queue.
 * Linux only.
 */
public final class PseudoTerminal implements AutoCloseable {

    private static final int BUFFER_BYTES = 64 * 1024;

    /** How often a line whose far end is closed is looked at again; such a line reports hang-up without pause. */
    private static final int HUNG_UP_POLL_MILLIS = 10;

    private final int master;
    private final int slave;
    private final int wakeRead;
    private final int wakeWrite;
    private final String name;
    private final Lock reading = new ReentrantLock();
    private final Lock writing = new ReentrantLock();
    private final Lock closing = new ReentrantLock();
    private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final ByteBuffer writeBuffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final ByteBuffer readPoll = newPollSet();
    private final ByteBuffer writePoll = newPollSet();
    private volatile boolean closed;

    private PseudoTerminal(int master, int slave, int[] wake, String name) {
        this.master = master;
        this.slave = slave;
        this.wakeRead = wake[0];
        this.wakeWrite = wake[1];
        this.name = name;
    }

    /**
     * Makes a pseudo-terminal that survives its user: it holds the far end open itself, so a program may close and
     * open the port again and again.
     *
     * @throws IOException if the system has no pseudo-terminal left
     */
    public static PseudoTerminal open() throws IOException {
        return open(true);
    }

    /**
     * Makes a pseudo-terminal.
     *
     * @param holdOpen true to hold the far end open here too, so that a program's close and next open leave no mark on
     *     the line; false to leave it to the program alone, so that the line is hung up between its close and its next
     *     open. What is written meanwhile waits in the line either way
     * @throws IOException if the system has no pseudo-terminal left
     */
    public static PseudoTerminal open(boolean holdOpen) throws IOException {
        int master = CLibrary.check(
                "posix_openpt",
                CLibrary.posix_openpt(CLibrary.O_RDWR | CLibrary.O_NOCTTY | CLibrary.O_CLOEXEC | CLibrary.O_NONBLOCK));
        int slave = -1;
        try {
            CLibrary.check("grantpt", CLibrary.grantpt(master));
            CLibrary.check("unlockpt", CLibrary.unlockpt(master));
            makeRaw(master);
            String name = slaveName(master);
            if (holdOpen) {
                slave = CLibrary.check(
                        "open", CLibrary.open(name, CLibrary.O_RDWR | CLibrary.O_NOCTTY | CLibrary.O_CLOEXEC));
            }
            int[] wake = new int[2];
            CLibrary.check("pipe2", CLibrary.pipe2(wake, CLibrary.O_CLOEXEC | CLibrary.O_NONBLOCK));
            return new PseudoTerminal(master, slave, wake, name);
        } catch (IOException e) {
            if (slave >= 0) {
                CLibrary.close(slave);
            }
            CLibrary.close(master);
            throw e;
        }
    }

    /** The line discipline belongs to the far end but is set through the master, before a first byte is written. */
    private static void makeRaw(int master) throws IOException {
        ByteBuffer termios = ByteBuffer.allocateDirect(CLibrary.TERMIOS_BYTES);
        CLibrary.check("tcgetattr", CLibrary.tcgetattr(master, termios));
        CLibrary.cfmakeraw(termios);
        CLibrary.check("tcsetattr", CLibrary.tcsetattr(master, 0, termios));
    }

    private static String slaveName(int master) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(128);
        int error = CLibrary.ptsname_r(master, buffer, new NativeLong(buffer.capacity()));
        if (error != 0) {
            throw CLibrary.failure("ptsname_r", error);
        }
        return StandardCharsets.UTF_8.decode(buffer).toString().replaceAll("\0.*", "");
    }

    private static ByteBuffer newPollSet() {
        return ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder());
    }

    /** Returns the path that a program opens to reach the other end, such as {@code /dev/pts/3}. */
    public String name() {
        return name;
    }

    /**
     * Reads what has arrived, waiting for at least one byte. A far end that nobody has open is waited for too.
     *
     * @return the number of bytes, at least 1 unless {@code length} is 0; -1 after {@link #close}
     * @throws IOException if the system reports an error
     */
    public int read(byte[] buffer, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        if (length == 0) {
            return 0;
        }
        int count = 0;
        while (count == 0) {
            count = read(buffer, offset, length, -1);
        }
        return count;
    }

    /**
     * Reads what has arrived, waiting for a limited time.
     *
     * @param timeoutMillis the longest wait, -1 for none
     * @return the number of bytes, 0 if none came in time (or, now and then, earlier), -1 after {@link #close}
     */
    int read(byte[] buffer, int offset, int length, int timeoutMillis) throws IOException {
        lock(reading);
        try {
            return readLocked(buffer, offset, Math.min(length, BUFFER_BYTES), timeoutMillis);
        } finally {
            reading.unlock();
        }
    }

    private int readLocked(byte[] buffer, int offset, int length, int timeoutMillis) throws IOException {
        if (!closed) {
            short events = await(readPoll, CLibrary.POLLIN, timeoutMillis);
            if (closed) {
                return -1;
            }
            if (events == 0) {
                return 0;
            }
            readBuffer.clear();
            int count =
                    CLibrary.read(master, readBuffer, new NativeLong(length)).intValue();
            if (count > 0) {
                readBuffer.get(0, buffer, offset, count);
                return count;
            }
            endOfCall("read", count, readPoll);
            return 0;
        }
        return -1;
    }

    /**
     * Writes all the bytes, waiting as long as the line is full.
     *
     * @throws IOException if the terminal is closed before the last byte is in the line
     */
    public void write(byte[] buffer, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        lock(writing);
        try {
            int position = offset;
            int end = offset + length;
            while (position < end) {
                int count = Math.min(end - position, BUFFER_BYTES);
                writeBuffer.clear().put(buffer, position, count).flip();
                writeLocked();
                position += count;
            }
        } finally {
            writing.unlock();
        }
    }

    private void writeLocked() throws IOException {
        while (writeBuffer.hasRemaining()) {
            if (closed) {
                throw new IOException("pseudo-terminal is closed: name=" + name);
            }
            int count = CLibrary.write(master, writeBuffer, new NativeLong(writeBuffer.remaining()))
                    .intValue();
            if (count > 0) {
                writeBuffer.position(writeBuffer.position() + count);
            } else if (Native.getLastError() == CLibrary.EAGAIN) {
                short events = await(writePoll, CLibrary.POLLOUT, -1);
                if ((events & CLibrary.POLLOUT) == 0 && events != 0) {
                    await(writePoll, (short) 0, HUNG_UP_POLL_MILLIS);
                }
            } else {
                endOfCall("write", count, writePoll);
            }
        }
    }

    /** Decides what a read or write that moved nothing means: try again, the far end is not open, or an error. */
    private void endOfCall(String call, int count, ByteBuffer pollSet) throws IOException {
        int errno = count < 0 ? Native.getLastError() : CLibrary.EIO;
        if (errno == CLibrary.EIO) {
            await(pollSet, (short) 0, HUNG_UP_POLL_MILLIS);
        } else if (errno != CLibrary.EAGAIN && errno != CLibrary.EINTR) {
            throw CLibrary.failure(call, errno);
        }
    }

    /**
     * Waits for an event of the master or for the close of the terminal.
     *
     * @param events what to wait for; 0 leaves the master out
     * @return the master's events, 0 if there are none
     */
    private short await(ByteBuffer set, short events, int timeoutMillis) throws IOException {
        set.putInt(0, events == 0 ? -1 : master).putShort(4, events).putShort(6, (short) 0);
        set.putInt(8, wakeRead).putShort(12, CLibrary.POLLIN).putShort(14, (short) 0);
        int ready = CLibrary.poll(set, new NativeLong(2), timeoutMillis);
        if (ready < 0 && Native.getLastError() != CLibrary.EINTR) {
            throw CLibrary.failure("poll", Native.getLastError());
        }
        return ready > 0 ? set.getShort(6) : 0;
    }

    /**
     * Returns the rate that the program at the far end has set, in bits per second. It paces nothing: a
     * pseudo-terminal has no rate of its own.
     *
     * @throws IOException if the terminal is closed
     */
    public int hostBaudRate() throws IOException {
        lock(closing);
        try {
            if (closed) {
                throw new IOException("pseudo-terminal is closed: name=" + name);
            }
            ByteBuffer termios2 =
                    ByteBuffer.allocateDirect(CLibrary.TERMIOS_BYTES).order(ByteOrder.nativeOrder());
            CLibrary.check("ioctl", CLibrary.ioctl(master, new NativeLong(CLibrary.TCGETS2), termios2));
            return termios2.getInt(40);
        } finally {
            closing.unlock();
        }
    }

    /**
     * Ends the line: wakes every reader and writer, and the far end sees a hang-up, as when a cable is pulled. Does
     * nothing on a closed terminal.
     */
    @Override
    public void close() {
        closing.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            CLibrary.write(wakeWrite, ByteBuffer.allocateDirect(1), new NativeLong(1));
            // The locks are free once every reader and writer has seen the pipe; only then may the numbers be reused.
            reading.lock();
            writing.lock();
            try {
                CLibrary.close(master);
                if (slave >= 0) {
                    CLibrary.close(slave);
                }
                CLibrary.close(wakeRead);
                CLibrary.close(wakeWrite);
            } finally {
                writing.unlock();
                reading.unlock();
            }
        } finally {
            closing.unlock();
        }
    }

    private static void lock(Lock lock) throws InterruptedIOException {
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the pseudo-terminal");
        }
    }
}
