package io.uartnio.socket.engine;

import io.uartnio.AccessMode;
import io.uartnio.module.OpenRequest;
import io.uartnio.module.ReceiveCounters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A module whose sockets keep what they receive or push it, as it is told, and do around a switch what a test says. All
 * that it hands to the engine it hands over under one lock, so whoever calls plays the reader thread.
 */
class KeepingModule extends PlayedModule {

    static final int FRAME_BYTES = 1460;

    /** What becomes of unread data when direct push begins. */
    enum Leftovers {
        PUSHED,
        KEPT,
        KEPT_AND_ADDED_TO
    }

    private static final class Stream {
        AccessMode mode;
        final StringBuilder kept = new StringBuilder();

        boolean told;
        int lateFrames;
        long total;
        long pushed;
    }

    /** What is done when a command has been understood and not yet answered. */
    interface Meanwhile {
        void happen(int index);
    }

    private final SocketEngine engine;
    private final Map<Integer, Stream> streams = new HashMap<>();
    private final List<Integer> reads = new ArrayList<>();

    Leftovers leftovers = Leftovers.PUSHED;
    int lateFrames;
    boolean tells = true;
    boolean countsPushed = true;
    boolean counts = true;
    boolean connected = true;
    volatile boolean refuses;
    volatile int refusals;
    Meanwhile beforeReadAnswer = index -> {};
    Meanwhile beforeSwitchAnswer = index -> {};

    KeepingModule(SocketEngine engine) {
        this.engine = engine;
    }

    /** Several things that happen to the module, or that the reader thread sees, before anything else does. */
    interface Events {
        void happen() throws IOException;
    }

    synchronized void atOnce(Events events) throws IOException {
        events.happen();
    }

    // ------------------------------------------------------------------ what the peer does

    /** Bytes come from the peer. */
    synchronized void receive(int index, String bytes) {
        Stream stream = streams.get(index);
        stream.total += bytes.length();
        boolean pushes = stream.mode == AccessMode.DIRECT_PUSH
                && !(leftovers == Leftovers.KEPT_AND_ADDED_TO && !stream.kept.isEmpty());
        if (pushes) {
            push(index, stream, bytes);
        } else if (stream.lateFrames > 0) {
            stream.lateFrames--;
            push(index, stream, bytes);
        } else {
            stream.kept.append(bytes);
            tell(index, stream);
        }
    }

    /** A frame is pushed, whatever the mode. */
    synchronized void pushAnyway(int index, String bytes) {
        Stream stream = streams.get(index);
        stream.total += bytes.length();
        push(index, stream, bytes);
    }

    private void tell(int index, Stream stream) {
        if (tells && !stream.told) {
            stream.told = true;
            engine.events().onDataWaiting(index, false);
        }
    }

    private void push(int index, Stream stream, String bytes) {
        for (int from = 0; from < bytes.length(); from += FRAME_BYTES) {
            String frame = bytes.substring(from, Math.min(bytes.length(), from + FRAME_BYTES));
            stream.pushed += frame.length();
            if (engine.frames().onFrame(index, false, frame.length())) {
                deliver(frame);
            }
        }
    }

    private void deliver(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        engine.frames().onPayload(bytes, 0, bytes.length);
        engine.frames().onFrameEnd();
    }

    // ------------------------------------------------------------------ what the host sees

    synchronized AccessMode mode(int index) {
        return streams.get(index).mode;
    }

    synchronized int unread(int index) {
        return streams.get(index).kept.length();
    }

    /** Returns the sockets that were read, in order. */
    synchronized List<Integer> reads() {
        return List.copyOf(reads);
    }

    @Override
    public synchronized void open(int index, OpenRequest request) {
        Stream stream = new Stream();
        stream.mode = request.accessMode();
        streams.put(index, stream);
    }

    @Override
    public synchronized int read(int index, boolean tls) {
        Stream stream = streams.get(index);
        reads.add(index);
        stream.lateFrames = 0;
        String data = stream.kept.substring(0, Math.min(1500, stream.kept.length()));
        stream.kept.delete(0, data.length());
        if (stream.kept.isEmpty() && data.isEmpty()) {
            stream.told = false;
        }
        beforeReadAnswer.happen(index);
        if (data.isEmpty()) {
            engine.frames().onReadEmpty(index, false);
        } else if (engine.frames().onReadFrame(index, false, data.length())) {
            deliver(data);
        }
        return data.length();
    }

    @Override
    public synchronized boolean switchMode(int index, boolean tls, AccessMode mode) {
        Stream stream = streams.get(index);
        if (refuses) {
            beforeSwitchAnswer.happen(index);
            refusals++;
            return false;
        }
        stream.mode = mode;
        stream.lateFrames = mode == AccessMode.BUFFER ? lateFrames : 0;
        stream.told = false;
        if (mode == AccessMode.DIRECT_PUSH && leftovers == Leftovers.PUSHED && !stream.kept.isEmpty()) {
            String waiting = stream.kept.toString();
            stream.kept.setLength(0);
            push(index, stream, waiting);
        }
        beforeSwitchAnswer.happen(index);
        return true;
    }

    @Override
    public synchronized ReceiveCounters receiveCounters(int index, boolean tls) {
        Stream stream = streams.get(index);
        if (!counts) {
            return null;
        }
        long ignored = countsPushed ? 0 : stream.pushed;
        long unread = stream.kept.length();
        return new ReceiveCounters(stream.total - ignored, stream.total - ignored - unread, unread);
    }

    @Override
    public boolean isConnected(int index, boolean tls) {
        return connected;
    }
}
