package io.uartnio.at;

import java.io.IOException;

/** What a lane does besides its tasks. Called by the lane thread. */
public interface LaneWork {

    /**
     * Puts things right before the next command: a quarantine, a lost place in the stream, a lost module.
     *
     * @return true if commands can be run now; false if the lane is to wait until it is woken
     */
    boolean prepare();

    /**
     * Sends one payload of one socket, if any waits.
     *
     * @return false if there was nothing to do
     */
    boolean sendNext() throws IOException;

    /** Something threw what it should have dealt with; the module cannot be relied on until it has been reset. */
    void onFailure(Throwable cause);
}
