package io.uartnio.socket.engine;

import java.util.ArrayDeque;

/**
 * Whose turn it is to send: deficit round robin, after M. Shreedhar and G. Varghese. Each turn gives a socket the credit
 * of one full payload; a send costs its bytes and {@link #SEND_COST_BYTES}, and while the next one is within the credit
 * the turn goes on. So sockets that always have something to send get equal shares, whatever the size of their writes.
 *
 * <p>A socket that runs out of bytes keeps what is left of its credit until its turn comes round, and when it writes
 * again is served at once, before the turns of others: one that waits for an answer to each small write is not made to
 * wait a whole round for each. A socket that comes anew is given its first credit so, too. Nobody gets more by it than
 * one turn's credit a round.
 *
 * <p>Between two turns of a socket, each other one sends at most what two turns' credits pay for: its turn, and what it
 * comes back with. The lane thread's alone.
 */
final class SendRound {

    /**
     * What a send costs besides its payload, in bytes of the line: a command, a prompt and a result of some 40 bytes,
     * and twice the time that a module takes to answer, which at 115200 baud is worth 10 bytes a millisecond. Without
     * it a socket of one-byte writes could make a thousand sends in its turn.
     */
    static final int SEND_COST_BYTES = 256;

    /** Where a socket is in the round. */
    enum Place {
        /** Not in it: has had nothing to send when its turn came, or has never sent. */
        OUTSIDE,
        /** Came anew, or back before its turn, with credit for a send: is served before the turns of others. */
        EARLY,
        /** Has something to send that its credit does not pay for: is served when its turn comes. */
        WAITING,
        /** Has sent all it had, or may not send now; what is left of its credit is forgotten when its turn comes. */
        IDLE
    }

    /** A socket's part of the round; the lane thread's alone. */
    static final class Share {
        private Place place = Place.OUTSIDE;
        private int creditBytes;
    }

    /** All that are not {@link Place#OUTSIDE}, in the order of their turns. */
    private final ArrayDeque<EngineSocket> turns = new ArrayDeque<>();

    private final ArrayDeque<EngineSocket> early = new ArrayDeque<>();
    /** The head of {@link #turns} has been given this turn's credit. */
    private boolean turnBegun;

    private int maxSendBytes;

    /** Sets the largest payload of one send. */
    void setMaxSendBytes(int bytes) {
        maxSendBytes = bytes;
    }

    /** A socket that was {@link Place#OUTSIDE} or {@link Place#IDLE} has something to send. */
    void enter(EngineSocket socket) {
        Share share = socket.sendShare();
        if (share.place == Place.OUTSIDE) {
            share.creditBytes = costBytes(maxSendBytes);
            turns.add(socket);
        }
        share.place = Place.EARLY;
        early.add(socket);
    }

    /** Returns the socket that is to send next, or null if none has anything to send. */
    EngineSocket next() {
        for (EngineSocket socket = early.peek(); socket != null; socket = early.peek()) {
            if (canPay(socket)) {
                return socket;
            }
            early.remove();
            socket.sendShare().place = Place.WAITING;
        }
        for (EngineSocket socket = turns.peek(); socket != null; socket = turns.peek()) {
            Share share = socket.sendShare();
            if (share.place == Place.IDLE) {
                share.place = Place.OUTSIDE;
                turns.remove();
                continue;
            }
            if (!turnBegun) {
                turnBegun = true;
                share.creditBytes += costBytes(maxSendBytes);
            }
            if (canPay(socket)) {
                return socket;
            }
            endTurn();
        }
        return null;
    }

    /**
     * The socket that was next has sent.
     *
     * @param sentBytes of payload, taken or not; 0 if nothing was sent
     * @param more true if it has something to send again
     */
    void onSent(EngineSocket socket, int sentBytes, boolean more) {
        Share share = socket.sendShare();
        boolean wasEarly = share.place == Place.EARLY;
        if (wasEarly) {
            early.remove(socket);
        }
        if (sentBytes > 0) {
            // Written since it was looked at, it may be more than the credit paid for: then the next turn pays.
            share.creditBytes -= costBytes(sentBytes);
        }
        if (!more) {
            share.place = Place.IDLE;
        } else if (!wasEarly) {
            share.place = Place.WAITING;
        } else {
            // Behind others that came early: one send each in turn.
            early.add(socket);
        }
        if (!wasEarly && !(more && canPay(socket))) {
            endTurn();
        }
    }

    private void endTurn() {
        turns.add(turns.remove());
        turnBegun = false;
    }

    private boolean canPay(EngineSocket socket) {
        int nextBytes = Math.min(socket.unsent().size(), maxSendBytes);
        return socket.sendShare().creditBytes >= costBytes(nextBytes);
    }

    private static int costBytes(int payloadBytes) {
        return payloadBytes + SEND_COST_BYTES;
    }
}
