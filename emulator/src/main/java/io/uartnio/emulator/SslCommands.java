package io.uartnio.emulator;

import io.uartnio.emulator.AtCommand.BadArgumentException;
import io.uartnio.emulator.AtCommand.Form;
import io.uartnio.emulator.Connection.Kind;
import io.uartnio.emulator.Connection.OpenRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;

/** The SSL commands, after the SSL note of these modules. Command thread. */
final class SslCommands {

    private static final int MAX_ID = SocketTable.IDS - 1;
    private static final int MAX_CONTEXT = SslSettings.CONTEXTS - 1;
    private static final int MAX_READ = 1500;
    private static final int CONNECT_TIMEOUT_SECONDS = 150;
    private static final int CLOSE_TIMEOUT = 10;
    private static final String IDS = "(0-11)";

    private final PlayedModule module;
    private final SocketOperations operations;
    private final SendProcedure sending;

    SslCommands(PlayedModule module, SocketOperations operations, SendProcedure sending) {
        this.module = module;
        this.operations = operations;
        this.sending = sending;
    }

    void addTo(CommandTable table) {
        table.addSocketCommand("+QSSLCFG", CommandTable.forms(this::configure, Form.WRITE, Form.TEST));
        table.addSocketCommand("+QSSLOPEN", CommandTable.forms(this::open, Form.WRITE, Form.TEST));
        table.addSocketCommand("+QSSLSEND", CommandTable.forms(this::send, Form.WRITE, Form.TEST));
        table.addSocketCommand("+QSSLRECV", CommandTable.forms(this::read, Form.WRITE, Form.TEST));
        table.addSocketCommand("+QSSLCLOSE", CommandTable.forms(this::close, Form.WRITE, Form.TEST));
        table.addSocketCommand("+QSSLSTATE", CommandTable.forms(this::state, Form.WRITE, Form.EXECUTE));
    }

    private static Result range(Exchange exchange, String text) {
        exchange.info(text);
        return Result.OK;
    }

    private Result configure(AtCommand command, Exchange exchange) {
        if (command.form() == Form.TEST) {
            exchange.info(SslSettings.items().stream()
                    .map(item -> "+QSSLCFG: \"" + item + "\",(0-5)," + SslSettings.range(item))
                    .toList());
            return Result.OK;
        }
        command.count(1, 3);
        String item = command.text(0);
        if (!SslSettings.isItem(item)) {
            throw new BadArgumentException("no such item");
        }
        if (command.count() == 1) {
            return queryAll(item, exchange);
        }
        int context = command.number(1, 0, MAX_CONTEXT);
        if (command.count() == 2) {
            exchange.info(query(item, context));
            return Result.OK;
        }
        String value = command.has(2) ? command.text(2) : "";
        return module.sslContexts[context].set(item, value) ? Result.OK : Result.error(ErrorCodes.INVALID_PARAMETER);
    }

    /** Only {@code cacertex} is documented to be queried for all contexts. */
    private Result queryAll(String item, Exchange exchange) {
        if (!item.equals("cacertex")) {
            throw new BadArgumentException("context is missing");
        }
        List<String> lines = new ArrayList<>();
        for (int context = 0; context <= MAX_CONTEXT; context++) {
            lines.add(query(item, context));
        }
        exchange.info(lines);
        return Result.OK;
    }

    private String query(String item, int context) {
        return "+QSSLCFG: \"" + item + "\"," + context + "," + module.sslContexts[context].shown(item);
    }

    private Result open(AtCommand command, Exchange exchange) {
        if (command.form() == Form.TEST) {
            return range(exchange, "+QSSLOPEN: (1-15),(0-5)," + IDS + ",<serveraddr>,<server_port>[,(0-2)]");
        }
        command.count(5, 6);
        int pdpContext = command.number(0, 1, PdpContexts.CONTEXTS);
        int sslContext = command.number(1, 0, MAX_CONTEXT);
        int id = command.number(2, 0, MAX_ID);
        String host = command.quoted(3);
        int port = command.number(4, 1, 65_535);
        int mode = command.number(5, 0, 2, Connection.BUFFER);
        if (host.isEmpty()) {
            throw new BadArgumentException("host is empty");
        }
        SslSettings settings = new SslSettings(module.sslContexts[sslContext]);
        NetworkLoop.Limits limits =
                new NetworkLoop.Limits(CONNECT_TIMEOUT_SECONDS * 1000L, settings.number("negotiatetime") * 1000L);
        OpenRequest request = new OpenRequest(pdpContext, sslContext, host, port, 0, mode);
        return operations.open(Kind.SSL, id, request, wires(settings, host, port), limits);
    }

    /**
     * Sets TLS up now, so that files and clock are those of the command; a failure shows like one of the handshake, as
     * an EG800K tells everything that is wrong with certificates by 566 alone.
     */
    private NetworkLoop.WireFactory wires(SslSettings settings, String host, int port) {
        try {
            SSLEngine engine = module.tls.create(settings, host, port);
            return channel -> new TlsWire(channel, engine);
        } catch (IOException e) {
            return channel -> {
                throw e;
            };
        }
    }

    private Result send(AtCommand command, Exchange exchange) throws IOException {
        if (command.form() == Form.TEST) {
            return range(exchange, "+QSSLSEND: " + IDS + ",(1-1460)");
        }
        command.count(1, 2);
        int id = command.number(0, 0, MAX_ID);
        int length = command.count() == 1 ? -1 : command.number(1, 1, SendProcedure.MAX_BYTES);
        return sending.send(Kind.SSL, id, length, exchange);
    }

    private Result read(AtCommand command, Exchange exchange) {
        if (command.form() == Form.TEST) {
            return range(exchange, "+QSSLRECV: " + IDS + ",(0-1500)");
        }
        command.count(1, 2);
        int id = command.number(0, 0, MAX_ID);
        int length = command.number(1, 0, MAX_READ, MAX_READ);
        return operations.read(Kind.SSL, "+QSSLRECV", id, length, exchange);
    }

    private Result close(AtCommand command, Exchange exchange) {
        if (command.form() == Form.TEST) {
            return range(exchange, "+QSSLCLOSE: " + IDS + ",(0-65535)");
        }
        command.count(1, 2);
        int id = command.number(0, 0, MAX_ID);
        long timeout = command.number(1, 0, 65_535, CLOSE_TIMEOUT);
        List<Connection> found = operations.list(Kind.SSL, id);
        if (found.isEmpty()) {
            return operations.close(Kind.SSL, id, timeout * 1000);
        }
        int context = found.get(0).sslContext;
        SslSettings settings = module.sslContexts[context];
        Result result = operations.close(Kind.SSL, id, settings.flag("closetimemode") ? timeout : timeout * 1000);
        boolean last = operations.list(Kind.SSL, -1).stream().noneMatch(connection -> connection.sslContext == context);
        if (last && module.options.sslContextForgets) {
            settings.reset();
        }
        return result;
    }

    private Result state(AtCommand command, Exchange exchange) {
        int id = command.form() == Form.WRITE ? command.number(0, 0, MAX_ID) : -1;
        exchange.info(operations.list(Kind.SSL, id).stream()
                .map(SslCommands::stateLine)
                .toList());
        return Result.OK;
    }

    private static String stateLine(Connection connection) {
        return "+QSSLSTATE: " + connection.id + ",\"SSLClient\",\""
                + connection.target.getAddress().getHostAddress() + "\"," + connection.port + ","
                + connection.localPort + "," + connection.state.code() + "," + connection.pdpContext + ","
                + connection.id + "," + connection.mode + ",\"" + connection.opener.name + "\","
                + connection.sslContext;
    }
}
