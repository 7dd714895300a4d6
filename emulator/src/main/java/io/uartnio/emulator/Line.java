package io.uartnio.emulator;

import java.io.IOException;

/**
 * The wire between host and module, seen from the module's UART: bytes both ways and the control lines it has. One
 * thread reads, one writes; the rest is called by any.
 */
interface Line extends AutoCloseable {

    /** Returns the name by which a host finds the other end. */
    String name();

    /**
     * Reads what the host has sent, waiting for a limited time.
     *
     * @return the number of bytes, 0 if none came in time (or, now and then, earlier), -1 after {@link #close}
     */
    int read(byte[] buffer, int offset, int length, int timeoutMillis) throws IOException;

    /** Says that so many of the bytes read would have left the host's UART by now, or never will. */
    void crossed(int bytes);

    /**
     * Writes all the bytes, waiting as long as the host holds the line.
     *
     * @throws IOException if the line is closed before the last byte is in it
     */
    void write(byte[] buffer, int offset, int length) throws IOException;

    /** Returns the rate that the host has set, in bits per second. */
    int hostBaudRate() throws IOException;

    /** Obeys RTS and drives CTS, or neither, as {@code AT+IFC} says. */
    void setFlowControl(boolean rtsCts);

    /** Drives DCD. */
    void setCarrier(boolean on);

    /**
     * Says once that the host has dropped DTR, when all that it sent before has been read. A drop ends a wait in
     * {@link #read}.
     */
    boolean takeDtrDrop();

    @Override
    void close();
}
