package io.uartnio.netty;

import io.uartnio.Modem;
import io.uartnio.socket.ModuleSocketSource;
import io.uartnio.socket.ModuleSockets;
import io.uartnio.socket.face.LateModem;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A modem that is opened late, when and as a test says. */
final class PlayedModem {

    /** How a try to open the modem ends. */
    @FunctionalInterface
    private interface End {
        Modem reach() throws IOException;
    }

    private final BlockingQueue<End> ends = new LinkedBlockingQueue<>();
    private final LateModem late = new LateModem("played", this::open);

    LateModem late() {
        return late;
    }

    /** Lets one try come to an open modem, with the sockets of this module. */
    void open(ModuleSockets module) {
        Modem modem = (Modem) Proxy.newProxyInstance(
                PlayedModem.class.getClassLoader(),
                new Class<?>[] {Modem.class, ModuleSocketSource.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("moduleSockets")) {
                        return module;
                    }
                    throw new UnsupportedOperationException(method.toString());
                });
        ends.add(() -> modem);
    }

    /** Lets one try fail. */
    void fail(IOException cause) {
        ends.add(() -> {
            throw cause;
        });
    }

    private Modem open() throws IOException {
        try {
            return ends.take().reach();
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }
}
