package io.uartnio.at;

import io.uartnio.ModemException;

/** The module did not answer a command within its time limit; whether it has carried it out is not known. */
public class AtTimeoutException extends ModemException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception for a command without an answer. */
    public AtTimeoutException(String what, Details details) {
        super(what, details);
    }
}
