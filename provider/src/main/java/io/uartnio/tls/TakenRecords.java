package io.uartnio.tls;

import io.uartnio.socket.ModuleSocket;
import java.util.ArrayDeque;

/**
 * Tells how far a module is with a stream of records of which it is given the payload only. What is not sent counts as
 * taken as soon as everything before it has been. Safe for any thread; the lock is held for some instructions.
 */
final class TakenRecords {

    /** A place in the payload, and how many bytes before it are not sent. */
    private record Mark(long payloadBytes, long notSentBytes) {}

    private final ModuleSocket socket;
    /** Where something is not sent, oldest first; of those that the module has passed only the last. */
    private final ArrayDeque<Mark> marks = new ArrayDeque<>();

    private long sentBytes;
    private long notSentBytes;

    TakenRecords(ModuleSocket socket, int notSentBytes) {
        this.socket = socket;
        onNotSent(notSentBytes);
    }

    synchronized void onSent(int bytes) {
        sentBytes += bytes;
    }

    synchronized void onNotSent(int bytes) {
        notSentBytes += bytes;
        forgetPassed(socket.bytesTaken());
        marks.add(new Mark(sentBytes, notSentBytes));
    }

    synchronized long bytesTaken() {
        long takenBytes = socket.bytesTaken();
        forgetPassed(takenBytes);
        return takenBytes + marks.element().notSentBytes;
    }

    private void forgetPassed(long takenBytes) {
        while (marks.size() > 1) {
            Mark first = marks.remove();
            if (marks.element().payloadBytes > takenBytes) {
                marks.addFirst(first);
                return;
            }
        }
    }
}
