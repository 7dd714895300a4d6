package io.uartnio.it;

import io.uartnio.Modem;
import io.uartnio.contract.ServiceStack;
import io.uartnio.contract.Stack;
import io.uartnio.emulator.ModuleEmulator;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** An emulated module on a pseudo-terminal and a modem over it, for all tests of a class. */
final class TtyLine implements BeforeAllCallback, AfterAllCallback {

    private ModuleEmulator emulator;
    private Modem modem;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        emulator = Bench.emulator().start();
        modem = Bench.modem(emulator).lingerTimeout(Duration.ofSeconds(2)).open();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        try {
            if (modem != null) {
                modem.close();
            }
        } finally {
            emulator.close();
        }
    }

    /** Makes a stack for one test. */
    Stack stack() throws IOException {
        return new TtyStack(modem);
    }

    /** Makes a stack of server sockets and datagrams for one test. */
    ServiceStack serviceStack() {
        return new TtyServiceStack(emulator, modem);
    }

    Modem modem() {
        return modem;
    }
}
