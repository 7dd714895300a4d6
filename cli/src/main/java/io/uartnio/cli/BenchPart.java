package io.uartnio.cli;

import java.util.Locale;

/** A part of the measurement. */
enum BenchPart {
    /** Payload a second by rate, sockets and size of writes. */
    GOODPUT,
    /** From a byte at the tty to a read that returned. */
    LATENCY,
    /** Several modems at once beside one. */
    MODEMS;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
