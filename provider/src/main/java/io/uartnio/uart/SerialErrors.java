package io.uartnio.uart;

import com.fazecast.jSerialComm.SerialPort;
import java.io.File;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;

/**
 * Turns the number that jSerialComm leaves behind a failed call into words. It is the system's errno ({@code
 * GetLastError} on Windows), but for a port that this JVM has open already the library says 2, which elsewhere means
 * "no such file"; therefore the file is looked for.
 */
final class SerialErrors {

    /** True on Windows, where ports have names instead of paths and errors other numbers. */
    static final boolean WINDOWS =
            System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("win") && File.separatorChar == '\\';

    private static final int ENOENT = 2;
    private static final int EIO = 5;
    private static final int ENXIO = 6;
    private static final int EAGAIN_LINUX = 11;
    private static final int EACCES = 13;
    private static final int EBUSY = 16;
    private static final int ENODEV = 19;
    private static final int EISDIR = 21;
    private static final int EINVAL = 22;
    private static final int ENOTTY = 25;
    private static final int EAGAIN_BSD = 35;
    private static final int EPERM = 1;

    private static final int ERROR_ACCESS_DENIED = 5;
    private static final int ERROR_SHARING_VIOLATION = 32;

    private SerialErrors() {}

    /** Returns the last error of a port for use in a message, such as {@code errno=5}. */
    static String last(SerialPort serial) {
        return (WINDOWS ? "error=" : "errno=") + serial.getLastErrorCode();
    }

    /** Says why a port did not open. Called while no other port can be opened. */
    static FileSystemException openFailed(String port, SerialPort serial, LineSettings settings) {
        int code = serial.getLastErrorCode();
        return WINDOWS ? windows(port, code, settings) : posix(port, serial.getSystemPortPath(), code, settings);
    }

    private static FileSystemException posix(String port, String path, int errno, LineSettings settings) {
        String number = ": errno=" + errno;
        return switch (errno) {
            case ENOENT ->
                new File(path).exists()
                        ? new FileSystemException(port, null, "port is in use by this program")
                        : new NoSuchFileException(port, null, "no such serial port");
            case ENXIO, ENODEV -> new NoSuchFileException(port, null, "no device at this serial port" + number);
            case EACCES, EPERM ->
                new AccessDeniedException(
                        port, null, "permission denied (is the user in the port's group, such as dialout?)" + number);
            case EBUSY, EAGAIN_LINUX, EAGAIN_BSD ->
                new FileSystemException(port, null, "port is in use by another program" + number);
            case ENOTTY, EISDIR -> new FileSystemException(port, null, "not a serial port" + number);
            case EINVAL ->
                new FileSystemException(
                        port, null, "port refuses the settings: baudRate=" + settings.baudRate() + ", errno=" + errno);
            case EIO -> new FileSystemException(port, null, "device does not answer" + number);
            default ->
                new FileSystemException(
                        port, null, "port cannot be opened: baudRate=" + settings.baudRate() + ", errno=" + errno);
        };
    }

    private static FileSystemException windows(String port, int code, LineSettings settings) {
        String number = ": error=" + code;
        return switch (code) {
            case ENOENT -> new NoSuchFileException(port, null, "no such serial port" + number);
            case ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION ->
                new FileSystemException(port, null, "port is in use by another program" + number);
            default ->
                new FileSystemException(
                        port, null, "port cannot be opened: baudRate=" + settings.baudRate() + ", error=" + code);
        };
    }
}
