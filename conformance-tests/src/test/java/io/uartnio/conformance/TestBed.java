package io.uartnio.conformance;

import io.uartnio.Modem;
import io.uartnio.emulator.ModuleEmulator;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;

/**
 * The module under the tests of a whole run: an emulator behind a pseudo-terminal and a modem over it, started at first
 * use. The line is not paced, so it is far faster than any UART.
 */
final class TestBed implements AutoCloseable {

    private ModuleEmulator emulator;
    private Modem modem;

    synchronized Modem modem() {
        if (modem == null) {
            try {
                emulator = ModuleEmulator.builder()
                        .host("localhost", InetAddress.getLoopbackAddress())
                        .start();
                modem = Modem.builder()
                        .port(emulator.portName())
                        .apn("internet")
                        .reserveBytes(256L << 20)
                        .connectTimeout(Duration.ofSeconds(60))
                        .commandTimeout(Duration.ofSeconds(20))
                        .open();
            } catch (IOException e) {
                close();
                throw new IllegalStateException("no module to test with", e);
            }
        }
        return modem;
    }

    SelectorProvider provider() {
        return modem().selectorProvider();
    }

    @Override
    public synchronized void close() {
        if (modem != null) {
            modem.close();
        }
        if (emulator != null) {
            emulator.close();
        }
    }
}
