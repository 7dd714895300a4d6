package io.uartnio.socket.engine;

import io.uartnio.SocketInfo;
import io.uartnio.module.ModuleDriver;
import io.uartnio.socket.ChangeSource;
import io.uartnio.uart.TimerThread.Timeout;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A socket of the module that is not one connection: its life, its index, and who waits for it. What happens on the
 * module's side of it is the business of {@link Endpoints}.
 *
 * <p>Threads: any, but for the methods that say so.
 */
abstract class EngineEndpoint implements ChangeSource, IndexHolder {

    /** Where an endpoint is in its life; it only ever moves down this list. */
    enum Stage {
        /** Created. */
        UNBOUND,
        /** It waits for an index, or for the module to report. */
        OPENING,
        /** The module has reported that it is open. */
        OPEN,
        /** The open failed, or it was lost. */
        FAILED,
        /** {@code close} was called. */
        CLOSED
    }

    private final Endpoints endpoints;
    private final Changes changes = new Changes();
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.UNBOUND);
    /** The first cause only: once there is one it stays. */
    private final AtomicReference<IOException> failure = new AtomicReference<>();

    private volatile int index = -1;
    private volatile boolean asked;
    private volatile boolean reported;
    private volatile InetSocketAddress localAddress;
    private volatile Timeout timeout;
    private volatile long lingerDeadlineNanos = System.nanoTime();
    // Under the lock of the indexes.
    private int moves;
    // The lane thread's alone.
    private final GrowingPause closePause = HolderTable.newClosePause();

    EngineEndpoint(Endpoints endpoints) {
        this.endpoints = endpoints;
    }

    final Endpoints endpoints() {
        return endpoints;
    }

    // ------------------------------------------------------------------ what the kinds differ in

    /** Tells the module to open it. Lane thread. */
    abstract void open(ModuleDriver driver, int atIndex) throws IOException;

    /** The module has opened it, and everybody sees so. Lane thread. */
    abstract void onOpen();

    /** It was closed or has failed; called once for each. Any thread. */
    abstract void onEnd();

    /** Returns true while something was taken that has not left. Lane thread. */
    abstract boolean hasUnsent();

    /**
     * Returns true if the module may push its data, or connections to it, so that something is lost, or taken for
     * another's, if they cannot be told. Any thread.
     */
    abstract boolean isPushedTo();

    /** Returns what is said of it in messages, such as the port. */
    abstract String target();

    /** Describes one that has an index. */
    abstract SocketInfo describe();

    // ------------------------------------------------------------------ life

    /** Starts to open it. */
    final void start() throws IOException {
        if (!stage.compareAndSet(Stage.UNBOUND, Stage.OPENING)) {
            throw new IllegalStateException("socket has been opened or closed: state=" + stage.get());
        }
        try {
            endpoints.start(this);
        } catch (IOException e) {
            fail(e);
            throw e;
        }
    }

    final Stage stage() {
        return stage.get();
    }

    /** Returns why it is {@link Stage#FAILED}, else null. */
    public final IOException failure() {
        Stage now = stage.get();
        return now == Stage.FAILED || now == Stage.CLOSED ? failure.get() : null;
    }

    /** Returns the module's address and port, null before it is open. */
    public final InetSocketAddress localAddress() {
        return localAddress;
    }

    /** Throws what stands against using it now; what came before a failure can still be had. */
    final void requireOpen() throws IOException {
        switch (stage.get()) {
            case UNBOUND, OPENING -> throw new SocketException("socket is not open yet");
            case FAILED -> throw failure.get();
            case CLOSED -> throw new ClosedChannelException();
            case OPEN -> {
                // as it should be
            }
        }
    }

    /** Returns false if nobody waits for it any more. Lane thread. */
    final boolean onOpened(InetSocketAddress local) {
        localAddress = local;
        boolean opened = stage.compareAndSet(Stage.OPENING, Stage.OPEN);
        if (opened) {
            cancelTimeout();
        }
        return opened;
    }

    /** Ends it with a cause; returns false if it had ended already. */
    final boolean fail(IOException cause) {
        boolean failed = false;
        for (Stage now = stage.get(); !failed && now != Stage.FAILED && now != Stage.CLOSED; now = stage.get()) {
            failed = failFrom(now, cause);
        }
        return failed;
    }

    /** Ends it if it is still being opened. */
    final boolean failOpening(IOException cause) {
        return failFrom(Stage.OPENING, cause);
    }

    private boolean failFrom(Stage expected, IOException cause) {
        synchronized (failure) {
            if (stage.get() != expected) {
                return false;
            }
            // Set first, because whoever sees the stage looks for it; only in here an endpoint fails.
            failure.set(cause);
            if (!stage.compareAndSet(expected, Stage.FAILED)) {
                failure.set(null);
                return false;
            }
        }
        cancelTimeout();
        onEnd();
        signalChange();
        return true;
    }

    /** Closes it; the index is freed in the background. */
    public final void close() {
        Stage before = stage.getAndSet(Stage.CLOSED);
        if (before == Stage.CLOSED) {
            return;
        }
        cancelTimeout();
        onEnd();
        signalChange();
        if (before == Stage.OPEN) {
            endpoints.closeGracefully(this);
        } else if (before == Stage.OPENING) {
            endpoints.release(this);
        }
    }

    final boolean isClosed() {
        return stage.get() == Stage.CLOSED;
    }

    final void setTimeout(Timeout newTimeout) {
        timeout = newTimeout;
    }

    private void cancelTimeout() {
        Timeout set = timeout;
        if (set != null) {
            set.cancel();
        }
    }

    final void setLingerDeadline(long nanos) {
        lingerDeadlineNanos = nanos;
    }

    final boolean isLingering() {
        return lingerDeadlineNanos - System.nanoTime() > 0;
    }

    @Override
    public final boolean isTls() {
        return false;
    }

    @Override
    public final GrowingPause closePause() {
        return closePause;
    }

    // ------------------------------------------------------------------ its index

    @Override
    public final boolean isOpening() {
        return stage.get() == Stage.OPENING && !reported;
    }

    @Override
    public final boolean isLive() {
        Stage now = stage.get();
        return now == Stage.OPENING || now == Stage.OPEN;
    }

    @Override
    public final int index() {
        return index;
    }

    @Override
    public final void take(int newIndex) {
        index = newIndex;
        endpoints.show(newIndex, this);
    }

    @Override
    public final boolean give() {
        return endpoints.hide(index, this);
    }

    @Override
    public final boolean isAsked() {
        return asked;
    }

    @Override
    public final void setAsked(boolean nowAsked) {
        asked = nowAsked;
    }

    @Override
    public final int countMove() {
        return ++moves;
    }

    @Override
    public final void openLater() {
        endpoints.openLater(this);
    }

    @Override
    public final void failAndRelease(IOException cause) {
        if (fail(cause)) {
            endpoints.release(this);
        }
    }

    @Override
    public final void forget() {
        cancelTimeout();
    }

    /** The module has opened it; returns false if nobody waits for it, or it is known already. Reader thread. */
    final boolean onReported() {
        boolean first = !reported && stage.get() == Stage.OPENING;
        if (first) {
            reported = true;
        }
        return first;
    }

    /** Returns what is shown of its stage. */
    final SocketInfo.State describedState(SocketInfo.State open) {
        return switch (stage.get()) {
            case UNBOUND, OPENING -> SocketInfo.State.CONNECTING;
            case OPEN -> open;
            case FAILED -> SocketInfo.State.FAILED;
            case CLOSED -> SocketInfo.State.CLOSING;
        };
    }

    // ------------------------------------------------------------------ changes

    @Override
    public final void setChangeListener(ChangeListener listener) {
        changes.setChangeListener(listener);
    }

    @Override
    public final void awaitChange(long stamp, long deadlineNanos) {
        changes.awaitChange(stamp, deadlineNanos);
    }

    @Override
    public final long changeStamp() {
        return changes.changeStamp();
    }

    @Override
    public final void signalChange() {
        changes.signalChange();
    }
}
