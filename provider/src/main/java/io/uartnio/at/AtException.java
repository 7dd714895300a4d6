package io.uartnio.at;

import io.uartnio.ModemException;

/** The module answered a command with an error. */
public class AtException extends ModemException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception for an error reply. */
    public AtException(String what, Details details) {
        super(what, details);
    }
}
