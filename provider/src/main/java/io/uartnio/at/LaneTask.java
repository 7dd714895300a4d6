package io.uartnio.at;

import java.io.IOException;

/** One piece of work for the lane thread: a command, or several that belong together. */
public interface LaneTask {

    /**
     * Does the work. Lane thread.
     *
     * @throws IOException if the module is lost; what concerns only this task it deals with itself
     */
    void run() throws IOException;

    /**
     * Is told, instead of being run, that the lane has closed. Lane thread, or whoever submits to a lane that has
     * ended; it must neither block nor submit.
     */
    default void abandon() {}
}
