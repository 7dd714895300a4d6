package io.uartnio.modem;

import io.uartnio.Modem;
import io.uartnio.ModemConfiguration;
import io.uartnio.ModemOpener;
import java.io.IOException;

/** Opens a {@link PortModem}. */
public final class PortModemOpener implements ModemOpener {

    /** Creates the opener; called by the service loader. */
    public PortModemOpener() {}

    @Override
    public Modem open(ModemConfiguration configuration) throws IOException {
        PortModem modem = new PortModem(configuration);
        modem.open();
        return modem;
    }
}
