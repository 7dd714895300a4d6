package io.uartnio.at;

import io.uartnio.ModemException;

/** The module does not answer any more in a way that could be made sense of: only a restart can help. */
public class ModuleSilentException extends ModemException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception for a module that was asked in vain. */
    public ModuleSilentException(String what, Details details) {
        super(what, details);
    }
}
