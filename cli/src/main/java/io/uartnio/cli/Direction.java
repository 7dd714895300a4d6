package io.uartnio.cli;

import java.util.Locale;

/** Which way payload goes. */
enum Direction {
    /** From the module to this machine. */
    DOWN,
    /** From this machine to the module. */
    UP;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
