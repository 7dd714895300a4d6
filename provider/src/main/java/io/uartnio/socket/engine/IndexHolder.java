package io.uartnio.socket.engine;

import java.io.IOException;

/** What takes one of the module's indexes: a connection, or a socket that listens or has datagrams. */
interface IndexHolder {

    /** Returns true while the module has not reported that it is open. Any thread. */
    boolean isOpening();

    /** Returns true until it has failed or was closed. Any thread. */
    boolean isLive();

    /** Returns its index, -1 while it has none. Any thread. */
    int index();

    /** Takes an index and shows itself under it. Under the lock of the indexes. */
    void take(int index);

    /** Gives its index back; returns false if it is another's by now. Under the lock of the indexes. */
    boolean give();

    /** Returns true if the module runs TLS on it. Any thread. */
    boolean isTls();

    /** Returns the pause before the module is asked once more to free the index. Lane thread. */
    GrowingPause closePause();

    /** Returns true if the module has been asked to open it, or is being asked, under its index. Any thread. */
    boolean isAsked();

    /** Sets whether the module is asked to open it. Under the lock of the indexes. */
    void setAsked(boolean asked);

    /** Counts a move to another index; returns how many there were. Under the lock of the indexes. */
    int countMove();

    /** Opens it as a task of its own, under the index that it has then. Any thread. */
    void openLater();

    /** Ends it with a cause and gives its index back. Any thread. */
    void failAndRelease(IOException cause);

    /** It has no index any more: gives up time limits, and what nobody will ask for. Any thread. */
    void forget();
}
