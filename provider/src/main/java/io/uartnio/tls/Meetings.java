package io.uartnio.tls;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The meetings that engines wait for: those whose hello was handed out and has not come by. They hold their engines
 * weakly, so one that is forgotten without being closed leaves nothing behind. There is one for the JVM, because a
 * context that is made by a provider's name knows no modem. Safe for any thread.
 */
final class Meetings {

    private static final Meetings OF_THIS_JVM = new Meetings();

    private static final class Entry extends WeakReference<Meeting> {
        Entry(Meeting meeting, ReferenceQueue<Meeting> forgotten) {
            super(meeting, forgotten);
        }
    }

    private final Set<Entry> entries = ConcurrentHashMap.newKeySet();
    private final ReferenceQueue<Meeting> forgotten = new ReferenceQueue<>();

    static Meetings ofThisJvm() {
        return OF_THIS_JVM;
    }

    /** Arranges a meeting; its hello is recognised from now on. */
    Meeting arrange(SecureRandom random) {
        dropForgotten();
        Meeting meeting = new Meeting(random);
        entries.add(new Entry(meeting, forgotten));
        return meeting;
    }

    /** The engine does not wait any more. */
    void cancel(Meeting meeting) {
        entries.removeIf(entry -> entry.refersTo(meeting));
    }

    private void dropForgotten() {
        for (Object entry = forgotten.poll(); entry != null; entry = forgotten.poll()) {
            entries.remove(entry);
        }
    }

    /** Returns true if no engine waits, so that nothing can be a hello. */
    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Returns true if the hello of an engine that waits begins so. */
    boolean isBeginning(byte[] bytes, int length) {
        for (Entry entry : entries) {
            Meeting meeting = entry.get();
            if (meeting != null && meeting.helloBeginsWith(bytes, length)) {
                return true;
            }
        }
        return false;
    }

    /** Returns the meeting of this hello and gives it to nobody else; null if there is none. */
    Meeting take(byte[] hello) {
        Entry found = null;
        Meeting meeting = null;
        for (Entry entry : entries) {
            Meeting waiting = entry.get();
            if (waiting != null && Arrays.equals(waiting.hello(), hello)) {
                found = entry;
                meeting = waiting;
            }
        }
        return found != null && entries.remove(found) ? meeting : null;
    }
}
