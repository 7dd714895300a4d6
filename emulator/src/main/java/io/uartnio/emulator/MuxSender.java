package io.uartnio.emulator;

import io.uartnio.emulator.LineFrame.Kind;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * What goes to the host under the multiplexer: first the frames that keep it going, then the output of the open channels
 * in turn, a frame each. Frames are asked for by any thread and sent by the transmitter's.
 */
final class MuxSender implements Transmitter.Feed {

    private static final int OUT_BYTES = 32 * 1024;
    private static final int LONG_FRAME_BYTES = 1500;
    private static final int MODEM_STATUS_COMMAND = 0xE3;

    /** A frame that keeps the multiplexer going, or nothing but what follows the last one. */
    private static final class Control {
        private final byte[] frame;
        private final Runnable afterwards;

        Control(byte[] frame, Runnable afterwards) {
            this.frame = frame;
            this.afterwards = afterwards;
        }
    }

    /** What a channel has to send and how far it has come. The transmitter's thread. */
    private static final class Outlet {
        final MuxChannel channel;
        final OutputBatch batch = new OutputBatch();
        ModulePort port;
        /** Whose batch has gone as a whole: the channel may have been closed, or opened again, since. */
        ModulePort donePort;

        byte[] stray;
        boolean filled;
        int offset;

        Outlet(MuxChannel channel) {
            this.channel = channel;
        }
    }

    private final Transmitter transmitter;
    private final EmulatorOptions options;
    private final EmulatorCounters counters;
    private final Deque<Control> controls = new ArrayDeque<>();
    private final List<Outlet> outlets = new ArrayList<>();
    private final List<Outlet> done = new ArrayList<>();
    private final byte[] out = new byte[OUT_BYTES];
    private int turn;
    private volatile boolean holdsAll;

    MuxSender(Transmitter transmitter, EmulatorOptions options, EmulatorCounters counters) {
        this.transmitter = transmitter;
        this.options = options;
        this.counters = counters;
    }

    /** Adds a channel, before the first frame. */
    void add(MuxChannel channel) {
        outlets.add(new Outlet(channel));
    }

    /** Answers a frame; a responder's responses have C/R 1. */
    void answer(int dlci, int control) {
        enqueue(frame(dlci, true, control, new byte[0]), null);
    }

    /** Sends a message on channel 0. */
    void message(int type, byte[] values) {
        byte[] information = new byte[values.length + 3];
        int at = 0;
        information[at++] = (byte) type;
        if (values.length > 127) {
            information[at++] = (byte) (values.length << 1 & 0xFE);
            information[at++] = (byte) (values.length >> 7 << 1 | 1);
        } else {
            information[at++] = (byte) (values.length << 1 | 1);
        }
        System.arraycopy(values, 0, information, at, values.length);
        byte[] exact = Arrays.copyOf(information, at + values.length);
        enqueue(frame(0, options.muxCommandBit, MuxFrame.UIH, exact), null);
    }

    /** Tells how the lines of a channel stand. */
    void status(int dlci, int lines) {
        message(MODEM_STATUS_COMMAND, new byte[] {(byte) (dlci << 2 | 3), (byte) lines});
    }

    /** Does something once all that was asked for has been sent; nothing is sent behind it. */
    void sendLast(Runnable afterwards) {
        enqueue(new byte[0], afterwards);
    }

    /** The host takes no data on any channel, or does again. */
    void holdAll(boolean hold) {
        holdsAll = hold;
        transmitter.wake();
    }

    private static byte[] frame(int dlci, boolean commandBit, int control, byte[] information) {
        byte[] target = new byte[information.length + MuxFrame.LONGEST_OVERHEAD];
        int end = MuxFrame.write(target, 0, dlci, commandBit, control, information, 0, information.length);
        return Arrays.copyOf(target, end);
    }

    private void enqueue(byte[] frame, Runnable afterwards) {
        synchronized (controls) {
            controls.add(new Control(frame, afterwards));
        }
        transmitter.wake();
    }

    private Control nextControl() {
        synchronized (controls) {
            return controls.poll();
        }
    }

    private boolean hasControl() {
        synchronized (controls) {
            return !controls.isEmpty();
        }
    }

    @Override
    public boolean sendNext() throws IOException {
        Control control = nextControl();
        if (control != null) {
            send(control);
            return true;
        }
        int length = gather();
        if (length == 0) {
            // A channel that was asked for data may have said how its lines stand instead.
            return hasControl();
        }
        transmitter.send(Kind.MUX, -1, 0, out, length, null);
        finish();
        return true;
    }

    private void send(Control control) throws IOException {
        if (control.frame.length > 0) {
            counters.muxFrameToHost();
            transmitter.send(Kind.MUX, -1, 0, control.frame, control.frame.length, null);
        }
        if (control.afterwards != null) {
            control.afterwards.run();
        }
    }

    /** Puts frames of the channels in turn into the outgoing bytes: as many as fit, or one. */
    private int gather() {
        boolean single = transmitter.isCareful();
        int length = 0;
        while (!holdsAll && length + largestFrame() <= out.length) {
            Outlet outlet = nextOutlet();
            // What channel 0 has to say comes before what a channel was asked for after it.
            if (outlet == null || hasControl()) {
                break;
            }
            length = append(outlet, length);
            if (single || (!outlet.filled && outlet.batch.afterwards != null)) {
                break;
            }
        }
        return length;
    }

    private int largestFrame() {
        return options.muxLargestFrame + MuxFrame.LONGEST_OVERHEAD;
    }

    /** Returns the next channel that may carry data and has some, or null. */
    private Outlet nextOutlet() {
        for (int i = 0; i < outlets.size(); i++) {
            Outlet outlet = outlets.get((turn + i) % outlets.size());
            if (hasData(outlet)) {
                turn = (turn + i + 1) % outlets.size();
                return outlet;
            }
        }
        return null;
    }

    private boolean hasData(Outlet outlet) {
        ModulePort port = outlet.channel.port();
        if (port != outlet.port) {
            // What an earlier life of the channel has not sent is not for this one.
            outlet.port = port;
            outlet.filled = false;
            outlet.stray = null;
        }
        if (port == null || !outlet.channel.mayCarry()) {
            return false;
        }
        if (!outlet.filled && !done.contains(outlet) && port.output.next(outlet.batch, transmitter.isCareful())) {
            outlet.filled = true;
            outlet.offset = 0;
            outlet.stray = port.output.strayBefore(outlet.batch.kind);
        }
        return outlet.filled;
    }

    private int append(Outlet outlet, int at) {
        int most = outlet.channel.frameBytes();
        if (options.muxLongFrames) {
            most = Math.max(most, LONG_FRAME_BYTES);
        }
        most = Math.min(most, options.muxLargestFrame);
        byte[] stray = outlet.stray;
        if (stray != null) {
            // Texts are short, N1 may be shorter still: the rest is the next frame's.
            int count = Math.min(most, stray.length);
            outlet.stray = count < stray.length ? Arrays.copyOfRange(stray, count, stray.length) : null;
            return data(outlet, at, stray, 0, count);
        }
        int count = Math.min(most, outlet.batch.length - outlet.offset);
        int end = data(outlet, at, outlet.batch.bytes, outlet.offset, count);
        outlet.offset += count;
        if (outlet.offset == outlet.batch.length) {
            outlet.filled = false;
            if (outlet.batch.beforeLastRun != null) {
                outlet.batch.beforeLastRun.run();
            }
            outlet.donePort = outlet.port;
            done.add(outlet);
        }
        return end;
    }

    private int data(Outlet outlet, int at, byte[] bytes, int offset, int count) {
        counters.muxFrameToHost();
        return MuxFrame.write(
                out, at, outlet.channel.dlci(), options.muxCommandBit, MuxFrame.UIH, bytes, offset, count);
    }

    /** The batches that have gone as a whole are in the line. */
    private void finish() {
        for (Outlet outlet : done) {
            outlet.donePort.output.sent(outlet.batch);
        }
        done.clear();
    }
}
