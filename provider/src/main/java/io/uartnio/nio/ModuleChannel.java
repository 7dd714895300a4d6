package io.uartnio.nio;

import java.nio.channels.SelectableChannel;

/** A channel of the module's, as the selector sees it. Safe for any thread. */
interface ModuleChannel {

    /** Returns this. */
    SelectableChannel selectable();

    /** Returns which of these operations the channel is ready for. Called by selecting threads, without a lock. */
    int readyOps(int interestOps);

    /** Returns the keys to tell of changes. */
    ModuleKeys keys();
}
