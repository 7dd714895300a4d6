package io.uartnio;

import java.io.IOException;

/**
 * Opens modems; the one implementation is found by {@link java.util.ServiceLoader}. It stands between the names that a
 * program uses, which know nothing of the house behind them, and the top of that house, which knows every floor.
 */
public interface ModemOpener {

    /**
     * Opens the port, finds the module and brings it up.
     *
     * @throws ModemException if the module does not answer or refuses what cannot be done without
     * @throws IOException if the port cannot be opened
     */
    Modem open(ModemConfiguration configuration) throws IOException;
}
