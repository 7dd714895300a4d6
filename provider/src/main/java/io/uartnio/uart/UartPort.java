package io.uartnio.uart;

import java.io.IOException;
import java.util.Set;

/**
 * One narrow pipe to a module: bytes both ways, control lines, and four events: opened ({@link #open} returned),
 * received, transmit-idle ({@link #awaitTransmitIdle}) and closed. A serial port is one, and so is a channel of a
 * multiplexer or any byte pipe that a caller brings.
 *
 * <p>Threads: {@link #write} and {@link #setBaudRate} are called by one thread at a time; {@link #close} and the
 * control lines by any thread at any time. The listener is called by one thread only, the port's reader.
 */
public interface UartPort extends AutoCloseable {

    /** The reader's side of the port. Its methods are called by the port's reader thread and must not block. */
    interface Listener {

        /**
         * Bytes have arrived. The array belongs to the port and is valid until this method returns.
         *
         * @param buffer holds the bytes
         * @param offset of the first byte
         * @param length number of bytes, at least 1
         */
        void onReceived(byte[] buffer, int offset, int length);

        /**
         * Bytes are missing between what was delivered before and what comes next, and nobody knows how many. A port
         * that cannot notice such a thing, as a serial line cannot, never says so.
         *
         * @param cause says what was noticed
         */
        default void onBytesLost(IOException cause) {}

        /**
         * The port has closed; nothing follows. Called exactly once for every successful {@link UartPort#open}.
         *
         * @param cause why the link was lost, or null after {@link UartPort#close}
         */
        void onClosed(IOException cause);
    }

    /** Returns the name by which a person knows this port, such as {@code /dev/ttyUSB2}; used in messages. */
    String name();

    /**
     * Opens the port and starts to deliver what it receives. A closed port may be opened again.
     *
     * @throws IOException if there is no such port, it is in use, or it cannot be set as asked
     */
    void open(LineSettings settings, Listener listener) throws IOException;

    /** Returns true between a successful {@link #open} and the close of the port, from whichever side that comes. */
    boolean isOpen();

    /**
     * Says whether what crosses the port from now on, both ways, is secret: a port that records must leave it out. Most
     * ports record nothing and need not know.
     */
    default void setConcealed(boolean concealed) {}

    /**
     * Writes all the bytes, waiting as long as the far side holds the line. {@link #close} from another thread ends
     * the wait.
     *
     * @throws IOException if the port is closed or the link was lost before the last byte was taken; how many bytes
     *     had left is then not known
     */
    void write(byte[] buffer, int offset, int length) throws IOException;

    /**
     * Waits until what was written has left for the line, as far as the system can tell.
     *
     * @return false if the time ran out first
     * @throws IOException if the port is closed
     */
    boolean awaitTransmitIdle(long timeoutMillis) throws IOException;

    /**
     * Changes the rate of an open port; bytes in flight meanwhile may be garbled.
     *
     * @throws IOException if the port is closed or refuses the rate
     */
    void setBaudRate(int baudRate) throws IOException;

    /** Returns the control lines that this port really has: none for a pseudo-terminal. */
    Set<ControlLine> controlLines();

    /**
     * Reads a control line.
     *
     * @return true if the line is asserted; false if it is not or this port does not have it
     */
    boolean isAsserted(ControlLine line);

    /**
     * Drives {@link ControlLine#DTR} or {@link ControlLine#RTS}.
     *
     * @return false if this port does not have the line
     * @throws IllegalArgumentException for a line that the module drives
     */
    boolean setAsserted(ControlLine line, boolean asserted);

    /**
     * Stops or resumes the delivery of what arrives, so that with hardware flow control the module is held and not the
     * bytes lost. What the port has taken from the line already is still delivered. Any thread; does not block. A port
     * that was opened anew delivers.
     *
     * @return false if this port cannot hold the far side without losing bytes: then nothing changes
     */
    default boolean setReceiving(boolean receiving) {
        return false;
    }

    /**
     * Closes the port at once; bytes that were written and have not left may be lost. Ends a {@link #write} that
     * waits, ends the reader thread (unless it is the caller), and does nothing on a closed port.
     */
    @Override
    void close();
}
