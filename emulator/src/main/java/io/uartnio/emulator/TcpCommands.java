package io.uartnio.emulator;

import io.uartnio.emulator.AtCommand.BadArgumentException;
import io.uartnio.emulator.AtCommand.Form;
import io.uartnio.emulator.Connection.Kind;
import io.uartnio.emulator.Connection.OpenRequest;
import io.uartnio.emulator.Connection.Service;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The TCP/IP commands. Command thread. */
final class TcpCommands {

    private static final int MAX_ID = SocketTable.IDS - 1;
    private static final int MAX_READ = 1500;
    private static final int CONNECT_TIMEOUT_SECONDS = 150;
    private static final int CLOSE_TIMEOUT_SECONDS = 10;
    private static final int MAX_HEX_CHARACTERS = 512;

    private final PlayedModule module;
    private final SocketOperations operations;
    private final SendProcedure sending;

    TcpCommands(PlayedModule module, SocketOperations operations, SendProcedure sending) {
        this.module = module;
        this.operations = operations;
        this.sending = sending;
    }

    void addTo(CommandTable table) {
        table.addSocketCommand("+QIOPEN", CommandTable.forms(this::open, Form.WRITE));
        table.addSocketCommand("+QISEND", CommandTable.forms(this::send, Form.WRITE));
        table.addSocketCommand("+QISENDEX", CommandTable.forms(this::sendHex, Form.WRITE));
        table.addSocketCommand("+QIRD", CommandTable.forms(this::read, Form.WRITE));
        table.addSocketCommand("+QICLOSE", CommandTable.forms(this::close, Form.WRITE));
        table.addSocketCommand("+QISTATE", CommandTable.forms(this::state, Form.READ, Form.WRITE, Form.EXECUTE));
        table.addSocketCommand("+QISWTMD", CommandTable.forms(this::switchMode, Form.WRITE));
        table.addSocketCommand("+QICFG", CommandTable.forms(this::configure, Form.WRITE));
        table.addSocketCommand("+QISDE", CommandTable.forms(this::payloadEcho, Form.READ, Form.WRITE));
        table.add("+QIGETERROR", CommandTable.forms(this::lastError, Form.EXECUTE));
    }

    private static int id(AtCommand command, int index) {
        return command.number(index, 0, MAX_ID);
    }

    private Result open(AtCommand command, Exchange exchange) {
        command.count(5, 9);
        int context = command.number(0, 1, PdpContexts.CONTEXTS);
        int id = id(command, 1);
        String service = command.quoted(2);
        String host = command.quoted(3);
        int port = command.number(4, 0, 65_535);
        int localPort = command.number(5, 0, 65_535, 0);
        int mode = command.number(6, 0, 2, Connection.BUFFER);
        int timeout = command.number(8, 10, 150, CONNECT_TIMEOUT_SECONDS);
        Service wanted = service(service);
        if (wanted == null || (wanted != Service.TCP && mode == Connection.TRANSPARENT)) {
            return Result.error(ErrorCodes.NOT_SUPPORTED);
        }
        boolean addressed = wanted.isServer() ? localPort != 0 : !host.isEmpty() && port != 0;
        if (!addressed) {
            return Result.error(ErrorCodes.INVALID_PARAMETER);
        }
        if (wanted != Service.TCP) {
            return operations.serve(id, new OpenRequest(context, -1, wanted, -1, host, port, localPort, mode));
        }
        OpenRequest request = new OpenRequest(context, -1, host, port, localPort, mode);
        return operations.open(Kind.TCP, id, request, PlainWire::new, new NetworkLoop.Limits(timeout * 1000L, 0));
    }

    /** Returns what QIOPEN has under this name, or null. */
    private static Service service(String name) {
        return Arrays.stream(Service.values())
                .filter(service -> service != Service.INCOMING && service.text().equalsIgnoreCase(name))
                .findFirst()
                .orElse(null);
    }

    private Result send(AtCommand command, Exchange exchange) throws IOException {
        command.count(1, 4);
        if (command.count() > 2) {
            return sendTo(command, exchange);
        }
        int id = id(command, 0);
        if (command.count() == 1) {
            return sending.send(Kind.TCP, id, -1, exchange);
        }
        int length = command.number(1, 0, SendProcedure.MAX_BYTES);
        return length == 0 ? counters(id, exchange) : sending.send(Kind.TCP, id, length, exchange);
    }

    /** One datagram of a UDP service: index, length, dotted address, port. */
    private Result sendTo(AtCommand command, Exchange exchange) throws IOException {
        command.count(4, 4);
        int id = id(command, 0);
        int length = command.number(1, 1, SendProcedure.MAX_BYTES);
        int port = command.number(3, 1, 65_535);
        Optional<InetSocketAddress> to = module.options.hosts.dotted(command.quoted(2), port);
        return to.isEmpty()
                ? Result.error(ErrorCodes.INVALID_PARAMETER)
                : sending.send(Kind.TCP, id, length, to.get(), exchange);
    }

    /** Answers how much was sent, acknowledged, and not yet acknowledged. */
    private Result counters(int id, Exchange exchange) {
        module.sockets.lock();
        try {
            Connection connection = module.sockets.find(Kind.TCP, id);
            if (connection == null || connection.openResult != 0) {
                return Result.error(ErrorCodes.SOCKET_CLOSED);
            }
            long waiting = connection.totalSent - connection.acknowledged;
            exchange.info("+QISEND: " + connection.totalSent + "," + connection.acknowledged + "," + waiting);
            return Result.OK;
        } finally {
            module.sockets.unlock();
        }
    }

    private Result sendHex(AtCommand command, Exchange exchange) {
        command.count(2, 2);
        int id = id(command, 0);
        String hex = command.text(1);
        if (hex.length() > MAX_HEX_CHARACTERS || !hex.matches("([0-9a-fA-F]{2})+")) {
            throw new BadArgumentException("argument is no hexadecimal string");
        }
        Connection connection = operations.connected(Kind.TCP, id);
        if (connection == null || connection.service == Service.UDP_SERVICE) {
            return Result.error(ErrorCodes.SOCKET_CLOSED);
        }
        byte[] payload = new byte[hex.length() / 2];
        for (int i = 0; i < payload.length; i++) {
            payload[i] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);
        }
        return connection.service.isDatagrams()
                ? operations.takeDatagram(connection, null, payload, payload.length)
                : operations.take(connection, payload, payload.length);
    }

    private Result read(AtCommand command, Exchange exchange) {
        command.count(1, 2);
        int id = id(command, 0);
        int length = command.number(1, 0, MAX_READ, MAX_READ);
        // A whole datagram with its sender is given out whatever the length says.
        boolean service = module.sockets.isService(id);
        return length == 0 && !service
                ? unread(id, exchange)
                : operations.read(Kind.TCP, "+QIRD", id, length, exchange);
    }

    /** Answers how much arrived, was read, and is not yet read. */
    private Result unread(int id, Exchange exchange) {
        module.sockets.lock();
        try {
            Connection connection = module.sockets.find(Kind.TCP, id);
            if (connection == null || connection.openResult != 0) {
                return Result.error(ErrorCodes.SOCKET_CLOSED);
            }
            long ignored = module.options.countersCountPushed ? 0 : connection.totalPushed;
            exchange.info("+QIRD: " + (connection.totalReceived - ignored) + "," + (connection.totalRead - ignored)
                    + "," + connection.unreadBytes());
            return Result.OK;
        } finally {
            module.sockets.unlock();
        }
    }

    private Result close(AtCommand command, Exchange exchange) {
        command.count(1, 2);
        int id = id(command, 0);
        long seconds = command.number(1, 0, 65_535, CLOSE_TIMEOUT_SECONDS);
        return operations.close(Kind.TCP, id, seconds * 1000);
    }

    /** All sockets, those of a PDP context ({@code =0,<context>}), or one ({@code =1,<id>}). */
    private Result state(AtCommand command, Exchange exchange) {
        int context = -1;
        int id = -1;
        if (command.form() == Form.WRITE) {
            command.count(2, 2);
            if (command.number(0, 0, 1) == 0) {
                context = command.number(1, 1, PdpContexts.CONTEXTS);
            } else {
                id = id(command, 1);
            }
        }
        int wanted = context;
        exchange.info(operations.list(Kind.TCP, id).stream()
                .filter(connection -> wanted < 0 || connection.pdpContext == wanted)
                .map(TcpCommands::stateLine)
                .toList());
        return Result.OK;
    }

    private static String stateLine(Connection connection) {
        return "+QISTATE: " + connection.id + ",\"" + connection.service.text() + "\",\""
                + connection.target.getAddress().getHostAddress() + "\"," + connection.port + ","
                + connection.localPort + "," + connection.state.code() + "," + connection.pdpContext + ","
                + connection.serverId + "," + connection.mode + ",\"" + connection.opener.name + "\"";
    }

    private Result switchMode(AtCommand command, Exchange exchange) {
        command.count(2, 2);
        Connection connection = operations.connected(id(command, 0));
        int mode = command.number(1, 0, 2);
        return connection == null ? Result.error(ErrorCodes.NOT_ALLOWED) : operations.switchMode(connection, mode);
    }

    private Result configure(AtCommand command, Exchange exchange) {
        // One edition of the manual spells it without its second c.
        String name = command.text(0).toLowerCase(Locale.ROOT).replace("twrecyle", "twrecycle");
        if (!TcpSettings.isItem(name)) {
            throw new BadArgumentException("no such item");
        }
        if (command.count() == 1) {
            String values =
                    module.tcpSettings.all(name).stream().map(String::valueOf).collect(Collectors.joining(","));
            exchange.info("+QICFG: \"" + name + "\"," + values);
        } else {
            module.tcpSettings.set(name, command);
        }
        return Result.OK;
    }

    private Result payloadEcho(AtCommand command, Exchange exchange) {
        if (command.form() == Form.READ) {
            exchange.info("+QISDE: " + (module.settings.payloadEcho() ? 1 : 0));
        } else {
            command.count(1, 1);
            module.settings.setPayloadEcho(command.number(0, 0, 1) == 1);
        }
        return Result.OK;
    }

    private Result lastError(AtCommand command, Exchange exchange) {
        int code = module.lastError;
        String separator = module.options.spaceInErrorText ? ", " : ",";
        exchange.info("+QIGETERROR: " + code + separator + ErrorCodes.socketText(code));
        return Result.OK;
    }
}
