package io.uartnio.contract;

import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for servers that are started later, by number. */
public final class FreePorts {

    /** Below what Linux takes the ports from that nobody has asked for by number. */
    private static final int FIRST = 15_000;

    private static final int LAST = 32_000;
    private static final int ATTEMPTS = 100;

    private FreePorts() {}

    /**
     * Returns a port that nobody has, and that the system gives to nobody who does not ask for just this one: not to
     * somebody else by the time it is used, nor to a probe's own end.
     */
    public static int next() throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try (ServerSocket socket =
                    new ServerSocket(ThreadLocalRandom.current().nextInt(FIRST, LAST))) {
                return socket.getLocalPort();
            } catch (BindException e) {
                // It is taken.
            }
        }
        throw new BindException("no port is free: first=" + FIRST + ", last=" + LAST);
    }
}
