package io.uartnio.benchmarks;

import io.uartnio.AccessMode;
import io.uartnio.at.AtChannel;
import io.uartnio.at.CommandLane;
import io.uartnio.at.LaneWork;
import io.uartnio.module.Identity;
import io.uartnio.module.ModuleDriver;
import io.uartnio.module.quectel.ec200x.Ec200xDriverProvider;
import io.uartnio.socket.engine.EngineSettings;
import io.uartnio.socket.engine.SocketEngine;
import io.uartnio.uart.ControlLine;
import io.uartnio.uart.LineSettings;
import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.util.Set;

/**
 * A module in memory that says yes to everything, and over it the shipped channel, lane, driver and engine, put
 * together as a modem does: what is measured is the library and nothing else.
 *
 * <p>Answers come from inside {@link UartPort#write}, on the thread that writes. Whoever plays the port's reader with
 * {@link #push} must see to it that no command is under way meanwhile, because the reader is one thread.
 */
final class MemoryModule implements AutoCloseable {

    /** The sockets that a module of this family has. */
    static final int MAX_SOCKETS = 12;

    private final SocketEngine engine = new SocketEngine(
            new EngineSettings(Workload.RING_BYTES, 32 << 10, 1 << 20, AccessMode.DIRECT_PUSH, 10_000, 1),
            () -> {},
            () -> {});
    private final AtChannel channel;
    private final ModuleDriver driver;
    private final CommandLane lane;

    MemoryModule() {
        channel = new AtChannel(new Port(), engine.frames(), () -> {}, 5_000, 60_000);
        driver = new Ec200xDriverProvider()
                .create(new Identity("Quectel", "EC200N", "memory"), channel, engine.events());
        lane = new CommandLane("memory", new Work());
        channel.setGrammar(driver.grammar());
        channel.setUnsolicitedHandler(driver);
        engine.attach(channel, lane);
        engine.setDriver(driver);
    }

    /** Starts the thread that runs commands; without it the caller is the lane. */
    MemoryModule start() {
        lane.start();
        return this;
    }

    /** Returns where sockets come from. */
    SocketEngine engine() {
        return engine;
    }

    /** Returns the driver; its commands are the lane's. */
    ModuleDriver driver() {
        return driver;
    }

    /** Hands over what the port has received. */
    void push(byte[] bytes, int offset, int length) {
        channel.listener().onReceived(bytes, offset, length);
    }

    @Override
    public void close() {
        lane.close();
        lane.awaitEnd(5_000);
    }

    /** Returns a frame of a TCP socket as the module pushes it. */
    static byte[] frame(int index, byte[] payload) {
        byte[] announcement = Workload.ascii("\r\n+QIURC: \"recv\"," + index + "," + payload.length + "\r\n");
        byte[] frame = new byte[announcement.length + payload.length];
        System.arraycopy(announcement, 0, frame, 0, announcement.length);
        System.arraycopy(payload, 0, frame, announcement.length, payload.length);
        return frame;
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

    /** Opens connections at once and takes every payload. Allocates nothing for a send. */
    private final class Port implements UartPort {

        private final byte[] ok = Workload.ascii("\r\nOK\r\n");
        private final byte[] prompt = Workload.ascii("\r\n> ");
        private final byte[] sendOk = Workload.ascii("\r\nSEND OK\r\n");
        private final byte[] sendCommand = Workload.ascii("AT+QISEND=");
        private final byte[] acknowledged = Workload.ascii("\r\n+QISEND: 0,0,0\r\n\r\nOK\r\n");
        private final byte[] openCommand = Workload.ascii("AT+QIOPEN=1,");
        private boolean payloadFollows;

        @Override
        public void write(byte[] buffer, int offset, int length) {
            if (payloadFollows) {
                payloadFollows = false;
                answer(sendOk);
            } else if (startsWith(buffer, offset, length, sendCommand) && isCounterAsked(buffer, offset + length)) {
                answer(acknowledged);
            } else if (startsWith(buffer, offset, length, sendCommand)) {
                payloadFollows = true;
                answer(prompt);
            } else {
                answer(ok);
                if (startsWith(buffer, offset, length, openCommand)) {
                    answer(Workload.ascii("\r\n+QIOPEN: " + indexOf(buffer, offset + openCommand.length) + ",0\r\n"));
                }
            }
        }

        private void answer(byte[] bytes) {
            push(bytes, 0, bytes.length);
        }

        private boolean startsWith(byte[] bytes, int offset, int length, byte[] start) {
            for (int i = 0; i < start.length; i++) {
                if (i == length || bytes[offset + i] != start[i]) {
                    return false;
                }
            }
            return true;
        }

        /** A send of no bytes asks how much is acknowledged, as a close does. */
        private boolean isCounterAsked(byte[] bytes, int end) {
            return bytes[end - 3] == ',' && bytes[end - 2] == '0';
        }

        private int indexOf(byte[] bytes, int from) {
            int index = 0;
            for (int i = from; bytes[i] != ','; i++) {
                index = index * 10 + bytes[i] - '0';
            }
            return index;
        }

        @Override
        public String name() {
            return "memory";
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
