package io.uartnio.emulator;

import io.uartnio.emulator.Connection.Kind;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * The prompt and what follows: payload of a fixed length, or up to Ctrl-Z, then the result. Nothing in the payload is
 * looked at in the fixed form. Command thread.
 */
final class SendProcedure {

    /** The longest payload of one command. */
    static final int MAX_BYTES = 1460;

    private static final int CTRL_Z = 0x1A;
    private static final int ESC = 0x1B;

    /** The documented default of {@code qisend/timeout}, where that setting does not reach. */
    private static final int DEFAULT_TIMEOUT_SECONDS = 5;

    private final PlayedModule module;
    private final ModulePort port;
    private final SocketOperations operations;
    private final byte[] payload = new byte[MAX_BYTES];

    SendProcedure(PlayedModule module, ModulePort port, SocketOperations operations) {
        this.module = module;
        this.port = port;
        this.operations = operations;
    }

    /**
     * Asks for payload and hands it to the socket.
     *
     * @param length how many bytes, or -1 for all up to Ctrl-Z
     */
    Result send(Kind kind, int id, int length, Exchange exchange) throws IOException {
        return send(kind, id, length, null, exchange);
    }

    /**
     * Asks for payload and hands it to the socket.
     *
     * @param length how many bytes, or -1 for all up to Ctrl-Z
     * @param to whom a datagram is for, null for the peer of the socket
     */
    Result send(Kind kind, int id, int length, InetSocketAddress to, Exchange exchange) throws IOException {
        Connection connection = operations.connected(kind, id);
        if (connection == null) {
            return Result.error(ErrorCodes.SOCKET_CLOSED);
        }
        if (connection.mode == Connection.TRANSPARENT) {
            return Result.error(ErrorCodes.NOT_ALLOWED);
        }
        if ((to != null) != (connection.service == Connection.Service.UDP_SERVICE)) {
            return Result.error(ErrorCodes.INVALID_PARAMETER);
        }
        boolean obeys = kind == Kind.TCP || module.options.sslObeysTcpSettings;
        PromptForm form = obeys ? module.tcpSettings.prompt() : module.options.prompt;
        int seconds = obeys ? module.tcpSettings.number("qisend/timeout") : DEFAULT_TIMEOUT_SECONDS;
        long timeoutMillis = seconds == 0 ? -1 : seconds * 1000L;
        boolean echo = obeys && module.settings.payloadEcho();
        exchange.prompt(form.before());
        int count = length >= 0
                ? readFixed(length, timeoutMillis, echo, exchange)
                : readVariable(timeoutMillis, echo, exchange);
        if (!form.after().isEmpty()) {
            exchange.prompt(form.after());
        }
        if (count == CANCELLED) {
            return Result.error(ErrorCodes.CANCEL_SEND);
        }
        if (count < 0) {
            return timedOut();
        }
        return connection.service.isDatagrams()
                ? operations.takeDatagram(connection, to, payload, count)
                : operations.take(connection, payload, count);
    }

    private static final int CANCELLED = -3;

    private int readFixed(int length, long timeoutMillis, boolean echo, Exchange exchange) throws IOException {
        int count = 0;
        byte[] part = new byte[length];
        while (count < length) {
            int read = port.input.read(part, 0, length - count, timeoutMillis);
            if (read < 0) {
                return read;
            }
            System.arraycopy(part, 0, payload, count, read);
            if (echo) {
                exchange.echo(part, read);
            }
            if (module.options.escCancelsFixedLength && contains(part, read, ESC)) {
                return CANCELLED;
            }
            count += read;
        }
        return count;
    }

    private static boolean contains(byte[] bytes, int length, int wanted) {
        for (int i = 0; i < length; i++) {
            if (bytes[i] == wanted) {
                return true;
            }
        }
        return false;
    }

    /** Bytes beyond the longest payload are dropped. */
    private int readVariable(long timeoutMillis, boolean echo, Exchange exchange) throws IOException {
        byte[] one = new byte[1];
        int count = 0;
        while (true) {
            int read = port.input.read(timeoutMillis);
            if (read == PortInput.TIMEOUT) {
                return read;
            }
            if (read == CTRL_Z) {
                return count;
            }
            if (read == ESC) {
                return CANCELLED;
            }
            one[0] = (byte) read;
            if (echo) {
                exchange.echo(one, 1);
            }
            if (count < MAX_BYTES) {
                payload[count++] = one[0];
            }
        }
    }

    private Result timedOut() {
        return switch (module.options.promptTimeoutResult) {
            case ERROR -> Result.error(ErrorCodes.TIMEOUT);
            case SEND_FAIL -> Result.text("SEND FAIL");
            case SILENCE -> Result.NOTHING;
        };
    }
}
