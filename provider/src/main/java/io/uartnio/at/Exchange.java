package io.uartnio.at;

import static io.uartnio.at.Bytes.ascii;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * One command in flight, seen from both sides: the lane thread writes it and waits, the reader thread offers it every
 * line. A line that is not its own is refused and goes elsewhere. Whoever ends it first wins: the reader with a result
 * code, or the lane by giving it up.
 */
final class Exchange {

    /** What ends an exchange. */
    enum End {
        /** The result code says it worked; {@code CONNECT} does where one stream is to have the line to itself. */
        OK,
        /** {@code SEND FAIL}. */
        SEND_FAIL,
        /** {@code ERROR}, {@code +CME ERROR} or {@code +CMS ERROR}. */
        ERROR,
        /** The lane waited long enough; a result that comes now belongs to nobody. */
        GIVEN_UP,
        /** The port closed or the place in the stream was lost. */
        ABORTED
    }

    static final byte[] SEND_OK = ascii("SEND OK");
    static final byte[] SEND_FAIL = ascii("SEND FAIL");
    static final byte[] OK = ascii("OK");
    static final byte[] ERROR = ascii("ERROR");
    static final byte[] CME_ERROR = ascii("+CME ERROR:");
    static final byte[] CMS_ERROR = ascii("+CMS ERROR:");
    private static final byte[] CONNECT = ascii("CONNECT");
    private static final byte[] NO_CARRIER = ascii("NO CARRIER");

    private final Thread lane = Thread.currentThread();
    private final AtomicReference<End> end = new AtomicReference<>();
    private final AtCommand command;
    private final boolean send;
    private final int readIndex;
    private final boolean readTls;
    private final DataHandler dataHandler;
    /** Told what a read brings; null if this is none. */
    private final PayloadSink readSink;

    private final List<String> lines = new ArrayList<>(1);
    private ByteArrayOutputStream raw;
    private String errorLine;
    private int readBytes;
    private boolean datagramRead;
    private boolean readWanted;

    /** The prompt has come; only a send waits for one. */
    private volatile boolean prompted;
    /** CONNECT has come. */
    private volatile boolean connected;
    /** The payload of a send has begun to leave, so {@code SEND OK} can now be meant. */
    private volatile boolean payloadLeaving;

    private Exchange(
            AtCommand command,
            boolean send,
            int readIndex,
            boolean readTls,
            PayloadSink readSink,
            DataHandler dataHandler) {
        this.command = command;
        this.send = send;
        this.readIndex = readIndex;
        this.readTls = readTls;
        this.readSink = readSink;
        this.dataHandler = dataHandler;
    }

    static Exchange ofCommand(AtCommand command) {
        return new Exchange(command, false, -1, false, null, null);
    }

    static Exchange ofSend() {
        return new Exchange(null, true, -1, false, null, null);
    }

    static Exchange ofRead(AtCommand command, int index, boolean tls, PayloadSink sink) {
        return new Exchange(command, false, index, tls, sink, null);
    }

    static Exchange ofData(AtCommand command, DataHandler handler) {
        return new Exchange(command, false, -1, false, null, handler);
    }

    // ---- reader thread

    /** Offers a line; returns false if it is not this exchange's. */
    boolean onLine(byte[] line, int offset, int length) {
        if (end.get() != null) {
            return false;
        }
        if (dataHandler != null) {
            return onDataCommandLine(line, offset, length);
        }
        return send ? onSendLine(line, offset, length) : onCommandLine(line, offset, length);
    }

    /** {@code CONNECT}, with some modules and a rate behind it, or a refusal: ATO says {@code NO CARRIER}. */
    private boolean onDataCommandLine(byte[] line, int offset, int length) {
        if (Bytes.startsWith(line, offset, length, CONNECT)) {
            return end(End.OK);
        }
        if (isError(line, offset, length) || Bytes.equals(line, offset, length, NO_CARRIER)) {
            errorLine = Bytes.text(line, offset, length);
            return end(End.ERROR);
        }
        return false;
    }

    /** Returns who takes the bytes behind the line that was just taken, or null if text goes on. */
    DataHandler connectedHandler() {
        return end.get() == End.OK ? dataHandler : null;
    }

    private boolean onSendLine(byte[] line, int offset, int length) {
        if (payloadLeaving && Bytes.equals(line, offset, length, SEND_OK)) {
            return end(End.OK);
        }
        if (payloadLeaving && Bytes.equals(line, offset, length, SEND_FAIL)) {
            return end(End.SEND_FAIL);
        }
        if (isError(line, offset, length)) {
            errorLine = Bytes.text(line, offset, length);
            return end(End.ERROR);
        }
        return false;
    }

    private boolean onCommandLine(byte[] line, int offset, int length) {
        if (Bytes.equals(line, offset, length, OK)) {
            return !(command.isInformationRequired() && lines.isEmpty()) && end(End.OK);
        }
        if (isError(line, offset, length)) {
            if (isRead() && lines.isEmpty()) {
                readSink.onReadEmpty(readIndex, readTls);
            }
            errorLine = Bytes.text(line, offset, length);
            return end(End.ERROR);
        }
        if (isTransfer() && Bytes.startsWith(line, offset, length, CONNECT)) {
            connected = true;
            LockSupport.unpark(lane);
            return true;
        }
        String text = Bytes.text(line, offset, length);
        if (command.isInformation(text)) {
            lines.add(text);
            return true;
        }
        return text.equals(command.text());
    }

    /** Returns how many raw bytes the line that was just offered announces. */
    int rawBytesToTake() {
        return connected && raw == null ? command.downloadBytes() : 0;
    }

    void onRaw(byte[] bytes, int offset, int length) {
        if (raw == null) {
            raw = new ByteArrayOutputStream(command.downloadBytes());
        }
        raw.write(bytes, offset, length);
    }

    void onPrompt() {
        prompted = true;
        LockSupport.unpark(lane);
    }

    /** The reply to a read says how many bytes it holds. Returns false if this is no read. */
    boolean onRead(int lengthBytes) {
        if (readIndex < 0 || end.get() != null || !lines.isEmpty()) {
            return false;
        }
        lines.add("");
        readBytes = lengthBytes;
        if (lengthBytes > 0) {
            readWanted = readSink.onReadFrame(readIndex, readTls, lengthBytes);
        } else {
            readSink.onReadEmpty(readIndex, readTls);
        }
        return true;
    }

    /** The reply to a read is a whole datagram. Returns false if this is no read. */
    boolean onReadDatagram(int lengthBytes, long source) {
        if (readIndex < 0 || end.get() != null || !lines.isEmpty()) {
            return false;
        }
        lines.add("");
        readBytes = lengthBytes;
        datagramRead = true;
        readWanted = readSink.onReadDatagram(readIndex, lengthBytes, source);
        return true;
    }

    boolean isRead() {
        return readIndex >= 0;
    }

    boolean isReadWanted() {
        return readWanted;
    }

    private boolean end(End how) {
        boolean first = end.compareAndSet(null, how);
        LockSupport.unpark(lane);
        return first;
    }

    void abort() {
        end(End.ABORTED);
    }

    private boolean isTransfer() {
        return command.upload() != null || command.downloadBytes() > 0;
    }

    static boolean isError(byte[] line, int offset, int length) {
        return Bytes.equals(line, offset, length, ERROR)
                || Bytes.startsWith(line, offset, length, CME_ERROR)
                || Bytes.startsWith(line, offset, length, CMS_ERROR);
    }

    // ---- lane thread

    /** Waits for the prompt, CONNECT or the end. Returns false if the deadline came first. */
    boolean awaitGoAhead(long deadlineNanos) {
        while (!prompted && !connected && end.get() == null) {
            long left = deadlineNanos - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            LockSupport.parkNanos(this, left);
        }
        return true;
    }

    /** Waits for the end. Returns false if the deadline came first. */
    boolean awaitEnd(long deadlineNanos) {
        while (end.get() == null) {
            long left = deadlineNanos - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            LockSupport.parkNanos(this, left);
        }
        return true;
    }

    /** Gives the exchange up; returns false if it has just ended otherwise. */
    boolean giveUp() {
        return end.compareAndSet(null, End.GIVEN_UP);
    }

    void payloadLeaves() {
        payloadLeaving = true;
    }

    boolean isPayloadLeaving() {
        return payloadLeaving;
    }

    boolean isPrompted() {
        return prompted;
    }

    End end() {
        return end.get();
    }

    String errorLine() {
        return errorLine;
    }

    /** Returns true if the reply brought a datagram, which may be empty. */
    boolean isDatagramRead() {
        return datagramRead || readBytes > 0;
    }

    int readBytes() {
        return readBytes;
    }

    AtReply reply() {
        return new AtReply(lines, raw == null ? new byte[0] : raw.toByteArray());
    }
}
