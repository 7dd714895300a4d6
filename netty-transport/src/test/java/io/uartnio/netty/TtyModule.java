package io.uartnio.netty;

import io.uartnio.Modem;
import io.uartnio.emulator.EmulatorBuilder;
import io.uartnio.emulator.ModuleEmulator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** An emulator on a pseudo-terminal and a modem over it; by {@link ForClass} one for all tests of a class. */
final class TtyModule implements AutoCloseable {

    /** The name under which the emulated network knows this machine. */
    static final String HOST = "server.test";

    private final ModuleEmulator emulator;
    private final Modem modem;

    TtyModule() throws IOException {
        this(ModuleEmulator.builder());
    }

    TtyModule(EmulatorBuilder builder) throws IOException {
        emulator = builder.host(HOST, InetAddress.getLoopbackAddress()).start();
        try {
            modem = Modem.builder()
                    .port(emulator.portName())
                    .apn("internet")
                    .reserveBytes(64L << 20)
                    .connectTimeout(Duration.ofSeconds(60))
                    .commandTimeout(Duration.ofSeconds(20))
                    .open();
        } catch (IOException | RuntimeException e) {
            emulator.close();
            throw e;
        }
    }

    ModuleEmulator emulator() {
        return emulator;
    }

    Modem modem() {
        return modem;
    }

    static InetSocketAddress at(int port) {
        return InetSocketAddress.createUnresolved(HOST, port);
    }

    @Override
    public void close() {
        modem.close();
        emulator.close();
    }

    /** Gives one module to a whole test class. */
    static final class ForClass implements ParameterResolver {

        private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(ForClass.class);

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == TtyModule.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getStore(NAMESPACE).getOrComputeIfAbsent(TtyModule.class, key -> open(), TtyModule.class);
        }

        private static TtyModule open() {
            try {
                return new TtyModule();
            } catch (IOException e) {
                throw new IllegalStateException("no module to test with", e);
            }
        }
    }
}
