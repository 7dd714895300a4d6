package io.uartnio.uart;

/**
 * How a port is driven: always 8 data bits, no parity, one stop bit, so ten bit times a byte.
 *
 * @param baudRate bits a second, at least 1
 * @param hardwareFlowControl true for RTS/CTS, false for no flow control; software flow control would eat payload
 *     bytes and does not exist here
 */
public record LineSettings(int baudRate, boolean hardwareFlowControl) {

    /** Refuses a rate that no port can have. */
    public LineSettings {
        if (baudRate < 1) {
            throw new IllegalArgumentException("baudRate must be positive: baudRate=" + baudRate);
        }
    }
}
