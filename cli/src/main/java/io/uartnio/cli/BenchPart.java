package io.uartnio.cli;

import java.util.Locale;

/** A part of the measurement. */
enum BenchPart {
    /** Payload a second by rate, access mode, sockets and size of writes. */
    GOODPUT,
    /** From connect to connected, and a small request to its answer, while other sockets are idle or busy. */
    CONNECT,
    /** From a byte at the tty to a read that returned. */
    LATENCY,
    /** Several modems at once beside one. */
    MODEMS;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
