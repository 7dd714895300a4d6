package io.uartnio;

import io.uartnio.uart.UartPort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * What a {@link Modem.Builder} has collected; the builder's method of the same name describes each component.
 *
 * @param port the port, not open yet
 * @param baudRate bits a second, or 0
 * @param flowControl of the UART
 * @param accessMode or null for the one that suits the flow control
 * @param apn or null
 * @param apnUser or null
 * @param apnPassword or null
 * @param simPin or null
 * @param urcPort the module's name of its port
 * @param mux true to multiplex the line
 * @param tls the default profile, or null
 * @param wireTrace where to, or null
 * @param wireTraceWithSecrets true if nothing is left out of it
 * @param receiveBufferBytes a power of two
 * @param sendBufferBytes a power of two
 * @param reserveBytes of the modem
 * @param findTimeout see the builder
 * @param simTimeout see the builder
 * @param registrationTimeout see the builder
 * @param connectTimeout see the builder
 * @param commandTimeout see the builder
 * @param writeTimeout see the builder
 * @param lingerTimeout see the builder
 * @param progress never null
 */
public record ModemConfiguration(
        UartPort port,
        int baudRate,
        FlowControl flowControl,
        AccessMode accessMode,
        String apn,
        String apnUser,
        String apnPassword,
        String simPin,
        String urcPort,
        boolean mux,
        TlsProfile tls,
        Path wireTrace,
        boolean wireTraceWithSecrets,
        int receiveBufferBytes,
        int sendBufferBytes,
        long reserveBytes,
        Duration findTimeout,
        Duration simTimeout,
        Duration registrationTimeout,
        Duration connectTimeout,
        Duration commandTimeout,
        Duration writeTimeout,
        Duration lingerTimeout,
        Consumer<String> progress) {

    /** Names no secret. */
    @Override
    public String toString() {
        return "ModemConfiguration[port=" + port.name() + ", baudRate=" + baudRate + ", flowControl=" + flowControl
                + ", accessMode=" + accessMode + ", apn=" + apn + "]";
    }
}
