package io.uartnio.netty;

import io.uartnio.socket.ChangeSource;

/** What all sockets have in common whose every move a test makes. */
abstract class PlayedSource implements ChangeSource {

    /** Guarded by this monitor. */
    private ChangeListener listener;

    /** Makes a change under the monitor and tells the listener outside it. */
    final void change(Runnable change) {
        ChangeListener told;
        synchronized (this) {
            change.run();
            told = listener;
        }
        if (told != null) {
            told.onChange();
        }
    }

    @Override
    public final synchronized void setChangeListener(ChangeListener newListener) {
        listener = newListener;
    }

    @Override
    public final void awaitChange(long stamp, long deadlineNanos) {
        throw new UnsupportedOperationException("a channel of Netty's never waits");
    }

    @Override
    public final long changeStamp() {
        throw new UnsupportedOperationException("a channel of Netty's never waits");
    }

    /** Tells of a change although there was none, which a socket may. */
    @Override
    public final void signalChange() {
        change(() -> {});
    }
}
