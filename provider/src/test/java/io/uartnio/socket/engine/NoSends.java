package io.uartnio.socket.engine;

import io.uartnio.at.LaneWork;

/** Has a lane run the tasks that it is given, and send nothing of its own. */
final class NoSends implements LaneWork {

    @Override
    public boolean prepare() {
        return true;
    }

    @Override
    public boolean sendNext() {
        return false;
    }

    @Override
    public void onFailure(Throwable cause) {
        throw new AssertionError("a lane's task failed", cause);
    }
}
