package io.uartnio.mux;

import io.uartnio.uart.TimerThread;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * What is said about the connections: the frames that open and close them, and the messages of DLCI 0. It answers what
 * the module asks, whether it needs it or not: a module that waits for an answer may send no data meanwhile.
 *
 * <p>Threads: what arrives is the reader's; the rest is for any thread, and {@code sendSignals} needs {@code Mux.lock}.
 */
final class ControlChannel implements Dlc.FrameReceiver {

    private static final int PN_VALUES = 8;
    private static final int RPN_VALUES = 8;
    private static final int RATE_115200 = 7;
    private static final int EIGHT_BITS_NO_PARITY = 3;
    private static final int XON = 0x11;
    private static final int XOFF = 0x13;
    private static final int NSC_RESPONSE = ControlMessage.NSC | 1;

    private final Mux mux;
    private final MuxSettings settings;
    private final MuxWriter writer;

    // Written by the reader thread.
    private volatile boolean testUnknown;
    private volatile boolean hasAnswered;
    private volatile boolean closedDown;
    private volatile boolean signalsIgnored;
    private volatile int negotiatedDlci;
    private volatile int negotiatedBytes;
    private volatile boolean negotiationUnknown;

    ControlChannel(Mux mux, MuxSettings settings, MuxWriter writer) {
        this.mux = mux;
        this.settings = settings;
        this.writer = writer;
    }

    /** Forgets what a module was found to be able to do. */
    void reset() {
        testUnknown = false;
        hasAnswered = false;
        closedDown = false;
        signalsIgnored = false;
        negotiatedDlci = 0;
        negotiationUnknown = false;
    }

    /** Returns false once the module has said that it has no TEST. */
    boolean mayKnowTest() {
        return !testUnknown;
    }

    /** Returns true once the module has answered a message, so that it can be expected to answer the next. */
    boolean hasAnswered() {
        return hasAnswered;
    }

    // ------------------------------------------------------------------ what we say

    void sendTest(byte[] octets) {
        writer.send(ControlMessage.frame(ControlMessage.TEST, true, octets));
    }

    void askForSignOfLife(byte[] octets) {
        if (mayKnowTest()) {
            sendTest(octets);
        }
        if (testUnknown || !hasAnswered) {
            provokeFrame();
        }
    }

    /** Says once more what was said before; every module answers that. */
    void provokeFrame() {
        Dlc dlc = mux.dlc(CommandPort.DLCI);
        mux.change(() -> writer.send(ControlMessage.modemStatus(true, dlc.dlci(), dlc.ourSignals())));
    }

    /** Tells our lines of a DLC just opened, and waits for the response while this module gives any. */
    void tellSignals(Dlc dlc) {
        mux.change(() -> sendSignals(dlc));
        if (!signalsIgnored
                && !mux.await(
                        () -> !dlc.signalsUnanswered() || dlc.state() != Dlc.State.OPEN,
                        settings.responseTimeoutMillis() * settings.attempts())) {
            signalsIgnored = true;
        }
    }

    /** Tells our lines, again until it is answered. Under Mux.lock. */
    void sendSignals(Dlc dlc) {
        dlc.setSignalsUnanswered(true);
        tellSignalsAgain(dlc, dlc.nextAttempt(), 1);
    }

    /** @param attempt tells this from the attempts for a later change, {@code tries} counts them */
    private void tellSignalsAgain(Dlc dlc, int attempt, int tries) {
        writer.send(ControlMessage.modemStatus(true, dlc.dlci(), dlc.ourSignals()));
        TimerThread.schedule(
                () -> mux.change(() -> {
                    // A later change has begun its own attempts.
                    if (dlc.isOpen()
                            && dlc.signalsUnanswered()
                            && dlc.attempt() == attempt
                            && tries < settings.attempts()
                            && !signalsIgnored) {
                        tellSignalsAgain(dlc, dlc.nextAttempt(), tries + 1);
                    }
                }),
                settings.responseTimeoutMillis(),
                TimeUnit.MILLISECONDS);
    }

    /**
     * Asks for longer frames than the module has agreed to.
     *
     * @return false if it does not negotiate
     */
    boolean negotiate(Dlc dlc) {
        int bytes = settings.frameBytes();
        byte[] values = {(byte) dlc.dlci(), 0, 7, 10, (byte) bytes, (byte) (bytes >> 8), (byte) settings.attempts(), 2};
        writer.send(ControlMessage.frame(ControlMessage.PN, true, values));
        boolean answered =
                mux.await(() -> negotiationUnknown || negotiatedDlci == dlc.dlci(), settings.responseTimeoutMillis());
        if (!answered || negotiationUnknown) {
            return false;
        }
        dlc.setFrameBytes(Math.max(1, Math.min(bytes, negotiatedBytes)));
        return true;
    }

    /** Tells the module to close down and waits for its answer. */
    void closeDown() {
        for (int attempt = 0; attempt < 2 && !closedDown; attempt++) {
            writer.send(ControlMessage.frame(ControlMessage.CLD, true));
            mux.await(() -> closedDown, settings.responseTimeoutMillis());
        }
    }

    // ------------------------------------------------------------------ reader thread: frames

    /** Answers a frame for a DLC that is not open. */
    void refuse(int dlci, int control) {
        respond(dlci, FrameFormat.DM, control);
    }

    private void respond(int dlci, int type, int control) {
        writer.send(FrameFormat.frame(FrameFormat.address(dlci, false), type | (control & FrameFormat.POLL_FINAL)));
    }

    /** A frame that carries nothing: SABM, UA, DM or DISC. */
    void onUnnumbered(int dlci, Dlc dlc, int control) {
        switch (FrameFormat.type(control)) {
            case FrameFormat.UA -> onAcknowledged(dlc);
            case FrameFormat.DM -> onRefused(dlc);
            case FrameFormat.SABM -> onOpenAsked(dlci, dlc, control);
            default -> onCloseAsked(dlci, dlc, control);
        }
    }

    private void onAcknowledged(Dlc dlc) {
        if (dlc != null) {
            mux.change(() -> {
                if (dlc.state() == Dlc.State.OPENING) {
                    dlc.setState(Dlc.State.OPEN, null);
                } else if (dlc.state() == Dlc.State.CLOSING) {
                    dlc.setState(Dlc.State.CLOSED, dlc.closeCause());
                }
            });
        }
    }

    private void onRefused(Dlc dlc) {
        if (dlc == null || dlc.state() == Dlc.State.CLOSED) {
            return;
        }
        if (dlc.state() == Dlc.State.CLOSING) {
            mux.change(() -> dlc.setState(Dlc.State.CLOSED, dlc.closeCause()));
        } else {
            mux.onLost(dlc, gone("module says that the channel is not open", dlc.dlci()));
        }
    }

    private void onOpenAsked(int dlci, Dlc dlc, int control) {
        if (dlc == null || dlc.state() == Dlc.State.CLOSED || dlc.state() == Dlc.State.CLOSING) {
            respond(dlci, FrameFormat.DM, control);
            return;
        }
        respond(dlci, FrameFormat.UA, control);
        if (dlc.state() == Dlc.State.OPEN && dlci != 0) {
            // Whatever the module held of the connection before is gone.
            dlc.receiver().onBytesLost(gone("module has opened the channel anew", dlci));
        }
    }

    private void onCloseAsked(int dlci, Dlc dlc, int control) {
        if (dlc == null || dlc.state() == Dlc.State.CLOSED) {
            respond(dlci, FrameFormat.DM, control);
            return;
        }
        respond(dlci, FrameFormat.UA, control);
        mux.onLost(dlc, gone("module has closed the channel", dlci));
    }

    private IOException gone(String what, int dlci) {
        return new IOException(what + ": port=" + mux.lineName() + ", dlci=" + dlci);
    }

    /** DLCI 0 is the multiplexer itself. */
    @Override
    public Runnable onDisconnected(IOException cause) {
        return () -> {
            if (cause != null) {
                mux.fail(cause);
            }
        };
    }

    /** Whatever message was lost, its sender sends it again when no answer comes. */
    @Override
    public void onBytesLost(IOException cause) {
        // nothing of ours is missing for good
    }

    // ------------------------------------------------------------------ reader thread: messages

    @Override
    public void onInformation(byte[] buffer, int offset, int length) {
        int end = offset + length;
        int position = offset;
        while (position < end) {
            int type = position++;
            int bytes = 0;
            int shift = 0;
            boolean more = true;
            while (more && position < end && shift < 28) {
                bytes |= (buffer[position] & 0xff) >> 1 << shift;
                more = (buffer[position++] & 1) == 0;
                shift += 7;
            }
            if (more || bytes > end - position) {
                return;
            }
            onMessage(buffer, type, position, bytes);
            position += bytes;
        }
    }

    /** One message: from its type octet to the end of its values. */
    private void onMessage(byte[] buffer, int type, int values, int length) {
        if (ControlMessage.isCommand(buffer[type])) {
            onCommand(buffer, type, values, length);
        } else {
            onResponse(buffer, type, values, length);
        }
    }

    private void onCommand(byte[] b, int type, int values, int length) {
        switch (ControlMessage.id(b[type] & 0xff)) {
            case ControlMessage.MSC -> onSignals(b, type, values, length);
            case ControlMessage.PN -> onNegotiation(b, values, length);
            case ControlMessage.FCON -> onFlow(b, type, values, length, false);
            case ControlMessage.FCOFF -> onFlow(b, type, values, length, true);
            case ControlMessage.CLD -> {
                echo(b, type, values, length);
                mux.onLost(mux.dlc(0), gone("module has closed the multiplexer down", 0));
            }
            case ControlMessage.RPN -> onPortSettings(b, type, values, length);
            case ControlMessage.RLS -> onLineStatus(b, type, values, length);
            case ControlMessage.TEST, ControlMessage.PSC -> echo(b, type, values, length);
            case ControlMessage.NSC -> {
                // A response by its nature.
            }
            default -> writer.send(ControlMessage.frame(ControlMessage.NSC, false, b[type]));
        }
    }

    /** Sends the message back as a response. */
    private void echo(byte[] b, int type, int values, int length) {
        byte[] message = Arrays.copyOfRange(b, type, values + length);
        message[0] &= (byte) ~2;
        writer.send(FrameFormat.frame(FrameFormat.address(0, true), FrameFormat.UIH, message));
    }

    private void onSignals(byte[] b, int type, int values, int length) {
        echo(b, type, values, length);
        Dlc dlc = length < 2 ? null : mux.known(FrameFormat.dlci(b[values]));
        if (dlc != null && dlc.dlci() != 0) {
            dlc.onSignals(b[values + 1] & 0xff);
        }
    }

    private void onFlow(byte[] b, int type, int values, int length, boolean stop) {
        writer.setTheySaidStop(stop);
        echo(b, type, values, length);
    }

    /** What is asked for is granted, but for UIH frames and lengths that both can take. */
    private void onNegotiation(byte[] b, int values, int length) {
        if (length < PN_VALUES) {
            return;
        }
        byte[] answer = Arrays.copyOfRange(b, values, values + PN_VALUES);
        int asked = (answer[4] & 0xff) | (answer[5] & 0xff) << 8;
        int granted = Math.min(asked, settings.maxReceivedFrameBytes());
        answer[1] = 0;
        answer[4] = (byte) granted;
        answer[5] = (byte) (granted >> 8);
        Dlc dlc = mux.known(answer[0] & 0x3f);
        if (dlc != null && granted > 0) {
            dlc.setFrameBytes(Math.min(granted, settings.frameBytes()));
        }
        writer.send(ControlMessage.frame(ControlMessage.PN, false, answer));
    }

    private void onPortSettings(byte[] b, int type, int values, int length) {
        if (length == 1) {
            byte[] ours = new byte[RPN_VALUES];
            ours[0] = b[values];
            ours[1] = RATE_115200;
            ours[2] = EIGHT_BITS_NO_PARITY;
            ours[4] = XON;
            ours[5] = XOFF;
            writer.send(ControlMessage.frame(ControlMessage.RPN, false, ours));
        } else {
            echo(b, type, values, length);
        }
    }

    /** Its receiver had an overrun, a parity or a framing error: bytes of ours have not arrived there. */
    private void onLineStatus(byte[] b, int type, int values, int length) {
        echo(b, type, values, length);
        Dlc dlc = length < 2 ? null : mux.known(FrameFormat.dlci(b[values]));
        if (dlc != null && dlc.isOpen() && b[values + 1] != 0) {
            dlc.receiver()
                    .onBytesLost(gone("module reports a line error, status=" + (b[values + 1] & 0xff), dlc.dlci()));
        }
    }

    private void onResponse(byte[] b, int type, int values, int length) {
        if ((b[type] & 0xff) == NSC_RESPONSE) {
            if (length > 0) {
                onNotSupported(ControlMessage.id(b[values] & 0xff));
            }
            return;
        }
        switch (ControlMessage.id(b[type] & 0xff)) {
            case ControlMessage.TEST -> hasAnswered = true;
            case ControlMessage.MSC -> onSignalsHeard(length < 1 ? null : mux.known(FrameFormat.dlci(b[values])));
            case ControlMessage.PN -> {
                if (length >= PN_VALUES) {
                    negotiatedBytes = (b[values + 4] & 0xff) | (b[values + 5] & 0xff) << 8;
                    mux.change(() -> negotiatedDlci = b[values] & 0x3f);
                }
            }
            case ControlMessage.CLD -> mux.change(() -> closedDown = true);
            default -> {
                // an answer to nothing that was asked
            }
        }
    }

    private void onNotSupported(int id) {
        switch (id) {
            case ControlMessage.TEST -> testUnknown = true;
            case ControlMessage.PN -> mux.change(() -> negotiationUnknown = true);
            case ControlMessage.MSC -> mux.change(() -> signalsIgnored = true);
            default -> {
                // nothing else of what we send can be done without
            }
        }
    }

    private void onSignalsHeard(Dlc dlc) {
        hasAnswered = true;
        if (dlc != null) {
            mux.change(() -> dlc.setSignalsUnanswered(false));
        }
    }
}
