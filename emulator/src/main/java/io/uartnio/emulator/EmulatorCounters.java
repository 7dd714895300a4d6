package io.uartnio.emulator;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the played module has done since it started, over all its restarts. Live and thread-safe: each method reads the
 * count of the moment.
 */
public final class EmulatorCounters {

    private final LongAdder bytesFromHost = new LongAdder();
    private final LongAdder bytesToHost = new LongAdder();
    private final LongAdder bytesOverrun = new LongAdder();
    private final AtomicLongArray framesPushed = new AtomicLongArray(SocketTable.IDS);
    private final AtomicLongArray holdBacks = new AtomicLongArray(SocketTable.IDS);
    private final AtomicIntegerArray heldBack = new AtomicIntegerArray(SocketTable.IDS);
    private final LongAdder muxFramesFromHost = new LongAdder();
    private final LongAdder muxFramesToHost = new LongAdder();
    private final LongAdder muxBadFrames = new LongAdder();
    private final LongAdder sends = new LongAdder();
    private final LongAdder sendFails = new LongAdder();
    private final LongAdder payloadSent = new LongAdder();
    private final LongAdder payloadReceived = new LongAdder();
    private final LongAdder datagramsDropped = new LongAdder();
    private final LongAdder strayUrcs = new LongAdder();
    private final LongAdder lateReplies = new LongAdder();
    private final LongAdder opens = new LongAdder();
    private final LongAdder closes = new LongAdder();
    private final AtomicInteger currentSockets = new AtomicInteger();
    private final Map<String, LongAdder> commands = new ConcurrentHashMap<>();

    EmulatorCounters() {}

    /** Returns the bytes that the module read from the line. */
    public long bytesFromHost() {
        return bytesFromHost.sum();
    }

    /** Returns the bytes that the module put on the line. */
    public long bytesToHost() {
        return bytesToHost.sum();
    }

    /** Returns the bytes that were lost in the line, either way, for want of flow control; see {@link MemoryLine}. */
    public long bytesOverrun() {
        return bytesOverrun.sum();
    }

    /**
     * Returns the direct push frames of one socket index.
     *
     * @param socket 0 to 11
     */
    public long framesPushed(int socket) {
        return framesPushed.get(socket);
    }

    /**
     * Returns how often the peer of one socket index was read no further because the module's store for it was full.
     *
     * @param socket 0 to 11
     */
    public long holdBacks(int socket) {
        return holdBacks.get(socket);
    }

    /**
     * Says whether the peer of one socket index is held back now: the module does not read from it, so its TCP window
     * closes.
     *
     * @param socket 0 to 11
     */
    public boolean isHeldBack(int socket) {
        return heldBack.get(socket) > 0;
    }

    /** Returns the good frames of the multiplexer that the host sent. */
    public long muxFramesFromHost() {
        return muxFramesFromHost.sum();
    }

    /** Returns the frames of the multiplexer that the module sent. */
    public long muxFramesToHost() {
        return muxFramesToHost.sum();
    }

    /** Returns the frames and messages of the multiplexer that the module dropped: length, check or end were wrong. */
    public long muxBadFrames() {
        return muxBadFrames.sum();
    }

    /** Returns the payloads accepted, each answered {@code SEND OK}. */
    public long sends() {
        return sends.sum();
    }

    /** Returns the payloads refused, each answered {@code SEND FAIL}. */
    public long sendFails() {
        return sendFails.sum();
    }

    /** Returns the datagrams that the module dropped: too long, for want of room, or not wanted by the network. */
    public long datagramsDropped() {
        return datagramsDropped.sum();
    }

    void datagramDropped() {
        datagramsDropped.increment();
    }

    /** Returns the payload bytes accepted from the host. */
    public long payloadSent() {
        return payloadSent.sum();
    }

    /** Returns the payload bytes received from peers. */
    public long payloadReceived() {
        return payloadReceived.sum();
    }

    /** Returns the URCs that came only because {@link EmulatorBuilder#strayUrcs} asked for them. */
    public long strayUrcs() {
        return strayUrcs.sum();
    }

    /** Returns the final results that came late on purpose. */
    public long lateReplies() {
        return lateReplies.sum();
    }

    /** Returns the connections established. */
    public long opens() {
        return opens.sum();
    }

    /** Returns the sockets whose index became free again after they had been open. */
    public long closes() {
        return closes.sum();
    }

    /** Returns the socket indexes in use now. */
    public int currentSockets() {
        return currentSockets.get();
    }

    /**
     * Returns how often a command was executed, in whichever form (test, read, write, execute).
     *
     * @param name in capitals without {@code AT}, such as {@code +QIOPEN}
     */
    public long commands(String name) {
        LongAdder count = commands.get(name);
        return count == null ? 0 : count.sum();
    }

    /** Returns a copy of the counts of all commands that were executed, by name. */
    public Map<String, Long> commands() {
        Map<String, Long> copy = new TreeMap<>();
        commands.forEach((name, count) -> copy.put(name, count.sum()));
        return copy;
    }

    @Override
    public String toString() {
        return "bytesFromHost=" + bytesFromHost() + ", bytesToHost=" + bytesToHost() + ", opens=" + opens()
                + ", closes=" + closes() + ", currentSockets=" + currentSockets() + ", sends=" + sends()
                + ", sendFails=" + sendFails() + ", payloadSent=" + payloadSent() + ", payloadReceived="
                + payloadReceived() + ", strayUrcs=" + strayUrcs() + ", lateReplies=" + lateReplies();
    }

    void readFromLine(int bytes) {
        bytesFromHost.add(bytes);
    }

    void wroteToLine(int bytes) {
        bytesToHost.add(bytes);
    }

    void overrun(int bytes) {
        bytesOverrun.add(bytes);
    }

    void heldBack(int socket, boolean held) {
        heldBack.addAndGet(socket, held ? 1 : -1);
        if (held) {
            holdBacks.incrementAndGet(socket);
        }
    }

    void muxFrameFromHost() {
        muxFramesFromHost.increment();
    }

    void muxFrameToHost() {
        muxFramesToHost.increment();
    }

    void muxBadFrame() {
        muxBadFrames.increment();
    }

    void pushed(int socket) {
        framesPushed.incrementAndGet(socket);
    }

    void sent(int bytes) {
        sends.increment();
        payloadSent.add(bytes);
    }

    void sendFailed() {
        sendFails.increment();
    }

    void received(int bytes) {
        payloadReceived.add(bytes);
    }

    void strayUrc() {
        strayUrcs.increment();
    }

    void lateReply() {
        lateReplies.increment();
    }

    void opened() {
        opens.increment();
    }

    void closed() {
        closes.increment();
    }

    void sockets(int current) {
        currentSockets.set(current);
    }

    void executed(String name) {
        commands.computeIfAbsent(name, key -> new LongAdder()).increment();
    }
}
