package io.uartnio.it;

import io.uartnio.ModemException;

/** Looks into what an exception was caused by. */
final class Causes {

    private Causes() {}

    /** Returns the first {@link ModemException} of the chain; fails if there is none. */
    static ModemException modemException(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof ModemException modemException) {
                return modemException;
            }
        }
        throw new AssertionError("no ModemException in the chain of causes", thrown);
    }
}
