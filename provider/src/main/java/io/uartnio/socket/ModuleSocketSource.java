package io.uartnio.socket;

import io.uartnio.Modem;
import io.uartnio.TlsProfile;

/**
 * A {@link Modem} as those see it who put another face on its sockets: every modem that {@link Modem.Builder} opens is
 * one. Safe for any thread.
 */
public interface ModuleSocketSource {

    /**
     * Returns this side of a modem.
     *
     * @throws IllegalArgumentException if it has none, as it is not one of the builder's
     */
    static ModuleSocketSource of(Modem modem) {
        if (modem instanceof ModuleSocketSource source) {
            return source;
        }
        throw new IllegalArgumentException(
                "modem does not give out its sockets: class=" + modem.getClass().getName());
    }

    /** Returns where a face gets its sockets. */
    ModuleSockets moduleSockets();

    /** Returns the profile that the builder was given for TLS by the module, null if it was given none. */
    TlsProfile tlsProfile();
}
