package io.uartnio.emulator;

import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The handful of C library calls that make and drive a pseudo-terminal, mapped directly by JNA (no proxy and no
 * reflection on the hot calls {@link #read}, {@link #write} and {@link #poll}). The constants are those of Linux on
 * x86, ARM and RISC-V. Called by any thread; holds no state.
 */
final class CLibrary {

    static final int O_RDWR = 0x2;
    static final int O_NOCTTY = 0x100;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;

    static final short POLLIN = 0x1;
    static final short POLLOUT = 0x4;
    static final short POLLERR = 0x8;
    static final short POLLHUP = 0x10;

    static final int EINTR = 4;
    static final int EIO = 5;
    static final int EAGAIN = 11;

    /** ioctl that fills a kernel {@code struct termios2}, whose rates are plain numbers even for odd rates. */
    static final long TCGETS2 = 0x802C542AL;

    /** {@code prctl} that sets by how many nanoseconds the calling thread's timers may be late; usually 50,000. */
    static final int PR_SET_TIMERSLACK = 29;

    /** Larger than {@code struct termios} of any C library on Linux. */
    static final int TERMIOS_BYTES = 128;

    static {
        if (!Platform.isLinux()) {
            throw new UnsupportedOperationException(
                    "pseudo-terminals are made on Linux only: os=" + System.getProperty("os.name"));
        }
        Native.register(CLibrary.class, "c");
    }

    private CLibrary() {}

    static native int posix_openpt(int flags);

    static native int grantpt(int fd);

    static native int unlockpt(int fd);

    static native int ptsname_r(int fd, ByteBuffer name, NativeLong size);

    static native int open(String path, int flags);

    static native int close(int fd);

    static native int pipe2(int[] fds, int flags);

    static native int tcgetattr(int fd, ByteBuffer termios);

    static native void cfmakeraw(ByteBuffer termios);

    static native int tcsetattr(int fd, int actions, ByteBuffer termios);

    static native int ioctl(int fd, NativeLong request, ByteBuffer argument);

    static native int prctl(int option, NativeLong argument);

    static native NativeLong read(int fd, ByteBuffer buffer, NativeLong count);

    static native NativeLong write(int fd, ByteBuffer buffer, NativeLong count);

    static native int poll(ByteBuffer fds, NativeLong count, int timeoutMillis);

    /** Returns {@code result} unless it says that the call failed. */
    static int check(String call, int result) throws IOException {
        if (result < 0) {
            throw failure(call, Native.getLastError());
        }
        return result;
    }

    static IOException failure(String call, int errno) {
        return new IOException("terminal call failed: call=" + call + ", errno=" + errno);
    }
}
