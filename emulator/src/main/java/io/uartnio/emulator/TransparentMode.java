package io.uartnio.emulator;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * The way from the host to the peer while a socket owns its port: packets of {@code transpktsize} bytes, or what has
 * come {@code transwaittm} after the last byte, until {@code +++}, a drop of DTR (unless {@code AT&D0}) or the end of
 * the connection. A full send buffer stops the reading of the line. Command thread.
 */
final class TransparentMode {

    /** How often to look whether the other direction has ended the mode. */
    private static final int SLICE_MILLIS = 20;

    private static final byte[] PLUSES = {'+', '+', '+'};

    private final PlayedModule module;
    private final ModulePort port;
    private final SocketOperations operations;
    private final byte[] part = new byte[SendProcedure.MAX_BYTES];
    private final byte[] packet = new byte[SendProcedure.MAX_BYTES];
    private Connection suspended;
    private int count;
    private long lastByteNanos;

    TransparentMode(PlayedModule module, ModulePort port, SocketOperations operations) {
        this.module = module;
        this.port = port;
        this.operations = operations;
    }

    void reset() {
        suspended = null;
    }

    /** Returns the socket that {@code ATO} goes back to, or null. */
    Connection suspended() {
        return suspended;
    }

    /**
     * Passes bytes on until the mode ends.
     *
     * @return the result that is due; nothing if the connection ended
     */
    Result run(Connection connection) throws IOException {
        port.input.watchDtr(true);
        try {
            return pass(connection);
        } finally {
            port.input.watchDtr(false);
        }
    }

    private Result pass(Connection connection) throws IOException {
        EscapeSequence escape = new EscapeSequence();
        int held = 0;
        count = 0;
        suspended = null;
        long waitMillis = (long) module.tcpSettings.number("transwaittm") * module.options.transparentWaitUnitMillis;
        while (module.socketOutput.transparent(port) == connection) {
            int read = port.input.read(part, 0, module.tcpSettings.number("transpktsize"), SLICE_MILLIS);
            if (read > 0 && module.socketOutput.transparent(port) != connection) {
                // The host may have seen NO CARRIER already: this is a command.
                port.input.unread(read);
                return Result.NOTHING;
            }
            if (read > 0) {
                escape.received(part, read);
                if (escape.isPossible()) {
                    held += read;
                } else {
                    add(connection, PLUSES, held);
                    held = 0;
                    add(connection, part, read);
                }
            } else if (escape.isPossible() && escape.isGuardOver()) {
                if (escape.silence()) {
                    send(connection);
                    suspend(connection);
                    return Result.OK;
                }
                add(connection, PLUSES, held);
                held = 0;
            } else if (port.input.takeDtrDrop() && port.profile().terminalReady > 0) {
                add(connection, PLUSES, held);
                send(connection);
                return dtrDropped(connection);
            }
            if (count > 0 && System.nanoTime() - lastByteNanos >= TimeUnit.MILLISECONDS.toNanos(waitMillis)) {
                send(connection);
            }
        }
        return Result.NOTHING;
    }

    /** With {@code AT&D1} the connection is kept, with {@code AT&D2} it is dropped. */
    private Result dtrDropped(Connection connection) {
        if (port.profile().terminalReady == 1) {
            suspend(connection);
            return Result.OK;
        }
        operations.drop(connection);
        return module.options.noCarrierAfterDtrDrop ? Result.text("NO CARRIER") : Result.OK;
    }

    private void add(Connection connection, byte[] bytes, int length) {
        int limit = module.tcpSettings.number("transpktsize");
        for (int i = 0; i < length; i++) {
            packet[count++] = bytes[i];
            if (count >= limit) {
                send(connection);
            }
        }
        lastByteNanos = System.nanoTime();
    }

    private void send(Connection connection) {
        int length = count;
        count = 0;
        SocketTable sockets = module.sockets;
        sockets.lock();
        try {
            sockets.await(
                    () -> connection.destroyed || connection.sendBufferLimit - connection.toSend.size() >= length,
                    Long.MAX_VALUE / 1_000_000,
                    port::check);
            if (connection.destroyed) {
                return;
            }
            connection.toSend.put(packet, 0, length);
            connection.totalSent += length;
        } finally {
            sockets.unlock();
        }
        module.network.send(connection);
    }

    /** The socket stays open in buffer access mode. */
    void suspend(Connection connection) {
        suspended = connection;
        module.sockets.locked(() -> operations.toBufferMode(connection));
        module.socketOutput.setTransparent(port, null);
    }
}
