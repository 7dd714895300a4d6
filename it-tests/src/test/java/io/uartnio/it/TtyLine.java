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

    private final boolean inMemory;
    private ModuleEmulator emulator;
    private Modem modem;

    TtyLine() {
        this(false);
    }

    /** Makes one whose line is in memory instead: faster, and with control lines. */
    TtyLine(boolean inMemory) {
        this.inMemory = inMemory;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        emulator =
                inMemory ? Bench.emulator().startInMemory() : Bench.emulator().start();
        Modem.Builder builder =
                inMemory ? Bench.modem().port(new MemoryUartPort(emulator.line())) : Bench.modem(emulator);
        modem = builder.lingerTimeout(Duration.ofSeconds(2)).open();
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
