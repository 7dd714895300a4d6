package io.uartnio.cli;

import io.uartnio.FlowControl;
import io.uartnio.Modem;

/**
 * What {@link ModuleOptions} come to.
 *
 * @param port a real module's, or null for a played one
 * @param host the server as the module sees it
 * @param listen where the server listens; port 0 for any
 * @param apn or null
 * @param simPin or null
 * @param flowControl of the line
 * @param urcPort which of its ports the module calls this one
 * @param mux true if the line is multiplexed
 */
record ModuleSettings(
        String port,
        HostPort host,
        HostPort listen,
        String apn,
        String simPin,
        FlowControl flowControl,
        String urcPort,
        boolean mux) {

    boolean isPlayed() {
        return port == null;
    }

    /** Starts the description of a modem, all but its port. */
    Modem.Builder modem() {
        Modem.Builder builder =
                Modem.builder().flowControl(flowControl).urcPort(urcPort).mux(mux);
        if (apn != null) {
            builder.apn(apn);
        }
        if (simPin != null) {
            builder.simPin(simPin);
        }
        return builder;
    }
}
