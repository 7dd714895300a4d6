package io.uartnio.module;

import io.uartnio.FlowControl;
import java.util.function.Consumer;

/**
 * What a caller wants of the module when it is brought up.
 *
 * @param baudRate the session's rate in bits a second, or 0 to stay at the rate the module is found at
 * @param flowControl of the UART
 * @param apn access point name, or null to use the context as the module has it
 * @param apnUser user name for the access point, or null
 * @param apnPassword password for the access point, or null
 * @param simPin the SIM's PIN, or null if it needs none
 * @param urcPort the module's own name of the port we are on, where its URCs are to go
 * @param simTimeoutMillis how long a SIM may take to be ready
 * @param registrationTimeoutMillis how long to wait for the network
 * @param progress is told each step in words; called by the modem's own thread
 */
public record BringUpSettings(
        int baudRate,
        FlowControl flowControl,
        String apn,
        String apnUser,
        String apnPassword,
        String simPin,
        String urcPort,
        long simTimeoutMillis,
        long registrationTimeoutMillis,
        Consumer<String> progress) {

    /** Names the settings without their secrets. */
    @Override
    public String toString() {
        return "BringUpSettings[baudRate=" + baudRate + ", flowControl=" + flowControl + ", apn=" + apn + "]";
    }
}
