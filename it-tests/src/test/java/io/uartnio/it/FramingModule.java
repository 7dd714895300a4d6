package io.uartnio.it;

import io.uartnio.AccessMode;
import io.uartnio.Modem;
import io.uartnio.at.AtChannel;
import io.uartnio.at.CommandLane;
import io.uartnio.at.LaneWork;
import io.uartnio.module.Identity;
import io.uartnio.module.ModuleDriver;
import io.uartnio.module.quectel.ec200x.Ec200xDriverProvider;
import io.uartnio.socket.ModuleSocketSource;
import io.uartnio.socket.engine.EngineSettings;
import io.uartnio.socket.engine.SocketEngine;
import io.uartnio.uart.ControlLine;
import io.uartnio.uart.LineSettings;
import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A module in memory that does nothing but frame: it says yes to everything and pushes every payload that it is sent
 * back on the same socket. Over it are the shipped AT channel, lane, driver and engine, put together as a modem does, so
 * what it costs to use it is the library's; nothing is paced and nothing is checked.
 */
final class FramingModule implements AutoCloseable {

    /** Long enough that every close asks first whether the peer has everything, as it does by a modem's default. */
    private static final int CLOSE_MILLIS = 10_000;

    /** Shorter than a close may take: a question that this module does not answer is then counted by the end of it. */
    private static final long COMMAND_MILLIS = 5_000;

    private final BlockingQueue<byte[]> toHost = new LinkedBlockingQueue<>();
    private final Thread reader = new Thread(this::readPort, "framing-reader");
    private final SocketEngine engine = new SocketEngine(
            new EngineSettings(64 << 10, 64 << 10, 256 << 20, AccessMode.DIRECT_PUSH, 10_000, CLOSE_MILLIS),
            () -> {},
            () -> {});
    private final AtChannel channel;
    private final CommandLane lane;

    FramingModule() {
        channel = new AtChannel(new Port(), engine.frames(), () -> {}, COMMAND_MILLIS, 60_000);
        ModuleDriver driver = new Ec200xDriverProvider()
                .create(new Identity("Quectel", "EC200N", "memory"), channel, engine.events());
        lane = new CommandLane("framing", new Work());
        channel.setGrammar(driver.grammar());
        channel.setUnsolicitedHandler(driver);
        engine.attach(channel, lane);
        engine.setDriver(driver);
        reader.setDaemon(true);
        reader.start();
        lane.start();
    }

    /** Returns a modem that gives out sockets and can do nothing else. */
    Modem modem() {
        ClassLoader loader = getClass().getClassLoader();
        return (Modem) Proxy.newProxyInstance(
                loader, new Class<?>[] {Modem.class, ModuleSocketSource.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("moduleSockets")) {
                        return engine;
                    }
                    throw new UnsupportedOperationException(method.toString());
                });
    }

    /** The port's reader: all that the library receives comes from this thread. */
    private void readPort() {
        try {
            while (true) {
                byte[] bytes = toHost.take();
                channel.listener().onReceived(bytes, 0, bytes.length);
            }
        } catch (InterruptedException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Ends the module.
     *
     * @throws IllegalStateException if sockets are not closed by then, or a command was not answered
     */
    @Override
    public void close() {
        boolean closed = engine.awaitAllFree(CLOSE_MILLIS);
        lane.close();
        boolean ended = lane.awaitEnd(CLOSE_MILLIS);
        reader.interrupt();
        if (!closed || !ended || channel.timeoutCount() > 0) {
            throw new IllegalStateException("lane or sockets have not ended: usedIndexes=" + engine.usedIndexes()
                    + ", laneEnded=" + ended + ", unansweredCommands=" + channel.timeoutCount());
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private final class Work implements LaneWork {

        @Override
        public boolean prepare() {
            return true;
        }

        @Override
        public boolean sendNext() throws IOException {
            return engine.sendNext();
        }

        @Override
        public void onFailure(Throwable cause) {
            throw new IllegalStateException("lane failed", cause);
        }
    }

    /** Opens connections at once, takes every payload and pushes it back behind its {@code SEND OK}. Lane thread. */
    private final class Port implements UartPort {

        private static final String OPEN = "AT+QIOPEN=1,";
        private static final String SEND = "AT+QISEND=";
        /** Asks how much was sent, how much of it is acknowledged and how much is not. */
        private static final String COUNTERS = ",0\r";

        private final byte[] ok = ascii("\r\nOK\r\n");
        private final byte[] prompt = ascii("\r\n> ");
        private final byte[] allAcknowledged = ascii("\r\n+QISEND: 0,0,0\r\n\r\nOK\r\n");
        private final byte[] sendOk = ascii("\r\nSEND OK\r\n");
        private String sending;

        @Override
        public void write(byte[] buffer, int offset, int length) {
            if (sending != null) {
                byte[] head = ascii("\r\n+QIURC: \"recv\"," + sending + "," + length + "\r\n");
                byte[] answer = Arrays.copyOf(sendOk, sendOk.length + head.length + length);
                System.arraycopy(head, 0, answer, sendOk.length, head.length);
                System.arraycopy(buffer, offset, answer, sendOk.length + head.length, length);
                sending = null;
                toHost.add(answer);
                return;
            }
            String command = new String(buffer, offset, length, StandardCharsets.US_ASCII);
            if (command.startsWith(SEND)) {
                if (command.endsWith(COUNTERS)) {
                    toHost.add(allAcknowledged);
                } else {
                    sending = command.substring(SEND.length(), command.indexOf(','));
                    toHost.add(prompt);
                }
                return;
            }
            toHost.add(ok);
            if (command.startsWith(OPEN)) {
                String index = command.substring(OPEN.length(), command.indexOf(',', OPEN.length()));
                toHost.add(ascii("\r\n+QIOPEN: " + index + ",0\r\n"));
            }
        }

        @Override
        public String name() {
            return "framing";
        }

        @Override
        public void open(LineSettings settings, Listener listener) {
            throw new UnsupportedOperationException("it is open");
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public boolean awaitTransmitIdle(long timeoutMillis) {
            return true;
        }

        @Override
        public void setBaudRate(int baudRate) {}

        @Override
        public Set<ControlLine> controlLines() {
            return Set.of();
        }

        @Override
        public boolean isAsserted(ControlLine line) {
            return false;
        }

        @Override
        public boolean setAsserted(ControlLine line, boolean asserted) {
            return false;
        }

        @Override
        public void close() {}
    }
}
