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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * A module in memory that does nothing but frame: it says yes to everything, and every payload that it is sent it pushes
 * back on the same socket, or swallows; or it pushes of its own. Over it are the shipped AT channel, lane, driver and
 * engine, put together as a modem does, so what it costs to use it is the library's; nothing is paced and nothing is
 * checked.
 */
final class FramingModule implements AutoCloseable {

    /** What becomes of a payload. */
    interface Network {
        /** Returns true if it is sent back. Lane thread. */
        boolean onSent(int bytes);
    }

    private static final int PAYLOAD_BYTES = 1460;

    /** How much a channel may have unread before the module stops: half of what the library keeps of a socket's. */
    private static final int WINDOW_BYTES = 32 << 10;

    private static final long LOOK_AGAIN_NANOS = 50_000;

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

    private final Network network;
    private volatile Runnable pushing;
    private volatile boolean closing;

    /** Creates a module that echoes. */
    FramingModule() {
        this(bytes -> true);
    }

    FramingModule(Network network) {
        this.network = network;
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

    /**
     * Pushes so many bytes to each of the first sockets, a payload to each in turn, a turn at a time as a busy port's
     * reader reads; as long as none has too much unread.
     *
     * @param leastReceivedBytes tells how much has been read of that socket of which least has
     */
    void push(int sockets, long bytesEach, LongSupplier leastReceivedBytes) {
        pushing = () -> {
            byte[] turn = turn(sockets, PAYLOAD_BYTES);
            for (long pushed = 0; pushed < bytesEach; pushed += PAYLOAD_BYTES) {
                while (pushed - leastReceivedBytes.getAsLong() > WINDOW_BYTES && !closing) {
                    LockSupport.parkNanos(LOOK_AGAIN_NANOS);
                }
                long left = bytesEach - pushed;
                byte[] bytes = left < PAYLOAD_BYTES ? turn(sockets, (int) left) : turn;
                channel.listener().onReceived(bytes, 0, bytes.length);
            }
        };
        toHost.add(new byte[0]);
    }

    private static byte[] turn(int sockets, int payloadBytes) {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (int index = 0; index < sockets; index++) {
            frames.writeBytes(announcement(Integer.toString(index), payloadBytes));
            frames.writeBytes(new byte[payloadBytes]);
        }
        return frames.toByteArray();
    }

    private static byte[] announcement(String index, int payloadBytes) {
        return ascii("\r\n+QIURC: \"recv\"," + index + "," + payloadBytes + "\r\n");
    }

    /** The port's reader: all that the library receives comes from this thread. */
    private void readPort() {
        try {
            while (true) {
                byte[] bytes = toHost.take();
                channel.listener().onReceived(bytes, 0, bytes.length);
                Runnable push = pushing;
                if (push != null) {
                    pushing = null;
                    push.run();
                }
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
        closing = true;
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
                toHost.add(network.onSent(length) ? echoed(buffer, offset, length) : sendOk);
                sending = null;
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

        private byte[] echoed(byte[] buffer, int offset, int length) {
            byte[] head = announcement(sending, length);
            byte[] answer = Arrays.copyOf(sendOk, sendOk.length + head.length + length);
            System.arraycopy(head, 0, answer, sendOk.length, head.length);
            System.arraycopy(buffer, offset, answer, sendOk.length + head.length, length);
            return answer;
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
