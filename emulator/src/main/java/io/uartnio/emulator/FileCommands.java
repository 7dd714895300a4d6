package io.uartnio.emulator;

import io.uartnio.emulator.AtCommand.Form;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The commands of the file store, by which certificates come to the module. Command thread. */
final class FileCommands {

    private static final int MAX_NAME_BYTES = 80;
    private static final int DEFAULT_SIZE = 10_240;
    private static final int DEFAULT_TIMEOUT_SECONDS = 5;
    private static final int ACKNOWLEDGED_BYTES = 1024;
    private static final int MAX_OPEN = 10;
    private static final byte[] ACKNOWLEDGE = {'A'};
    private static final Result BAD = Result.cme(ErrorCodes.CME_FILE_INVALID_INPUT);

    /** An open file of {@code QFOPEN} and the place of the next read. */
    private static final class Open {
        final byte[] content;
        int position;

        Open(byte[] content) {
            this.content = content;
        }
    }

    private final PlayedModule module;
    private final ModulePort port;
    private final Map<Integer, Open> open = new HashMap<>();

    FileCommands(PlayedModule module, ModulePort port) {
        this.module = module;
        this.port = port;
    }

    void addTo(CommandTable table) {
        table.add("+QFUPL", BAD, CommandTable.forms(this::upload, Form.WRITE));
        table.add("+QFLST", BAD, CommandTable.forms(this::list, Form.WRITE, Form.EXECUTE));
        table.add("+QFDEL", BAD, CommandTable.forms(this::delete, Form.WRITE));
        table.add("+QFDWL", BAD, CommandTable.forms(this::download, Form.WRITE));
        table.add("+QFLDS", BAD, CommandTable.forms(this::space, Form.WRITE));
        table.add("+QFOPEN", BAD, CommandTable.forms(this::open, Form.WRITE));
        table.add("+QFREAD", BAD, CommandTable.forms(this::read, Form.WRITE));
        table.add("+QFCLOSE", BAD, CommandTable.forms(this::close, Form.WRITE));
    }

    void reset() {
        open.clear();
    }

    private static boolean isName(String name) {
        String bare = FileStore.bareName(name);
        return !bare.isEmpty() && bare.length() <= MAX_NAME_BYTES && !bare.contains("*");
    }

    private Result upload(AtCommand command, Exchange exchange) throws IOException {
        command.count(1, 4);
        String name = command.quoted(0);
        int size = command.number(1, 1, 999_999_999, DEFAULT_SIZE);
        int timeout = command.number(2, 1, 65_535, DEFAULT_TIMEOUT_SECONDS);
        boolean acknowledge = command.number(3, 0, 1, 0) == 1;
        if (!isName(name)) {
            return Result.cme(ErrorCodes.CME_FILE_INVALID_NAME);
        }
        if (module.files.get(name).isPresent()) {
            return Result.cme(ErrorCodes.CME_FILE_EXISTS);
        }
        if (!module.files.hasRoom(size)) {
            return Result.cme(ErrorCodes.CME_FILE_NO_SPACE);
        }
        exchange.intermediate("CONNECT");
        byte[] content = receive(size, timeout * 1000L, acknowledge, exchange);
        module.files.put(name, content);
        exchange.info("+QFUPL: " + content.length + "," + FileStore.checksum(content, content.length));
        // A short upload is an error, and yet the file stays.
        return content.length == size ? Result.OK : Result.cme(ErrorCodes.CME_FILE_TIMEOUT);
    }

    private byte[] receive(int size, long timeoutMillis, boolean acknowledge, Exchange exchange) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        EscapeSequence escape = new EscapeSequence();
        byte[] part = new byte[ACKNOWLEDGED_BYTES];
        while (content.size() < size) {
            int toNextBlock = ACKNOWLEDGED_BYTES - content.size() % ACKNOWLEDGED_BYTES;
            long wait = escape.isPossible() ? Math.min(timeoutMillis, EscapeSequence.GUARD_MILLIS) : timeoutMillis;
            int count = port.input.read(part, 0, Math.min(size - content.size(), toNextBlock), wait);
            if (count == PortInput.TIMEOUT) {
                boolean undecided = escape.isPossible();
                if (escape.silence()) {
                    return Arrays.copyOf(content.toByteArray(), content.size() - EscapeSequence.LENGTH);
                }
                if (undecided) {
                    continue;
                }
                return content.toByteArray();
            }
            escape.received(part, count);
            content.write(part, 0, count);
            if (acknowledge && content.size() % ACKNOWLEDGED_BYTES == 0) {
                exchange.echo(ACKNOWLEDGE, 1);
            }
        }
        return content.toByteArray();
    }

    /** The names come back as they were asked for, with {@code UFS:} or without. */
    private Result list(AtCommand command, Exchange exchange) {
        String pattern = command.form() == Form.EXECUTE ? "*" : command.text(0);
        String bare = FileStore.bareName(pattern);
        String prefix = bare.equals(pattern) ? "" : "UFS:";
        List<String> lines = module.files.all().entrySet().stream()
                .filter(file -> bare.equals("*") || file.getKey().equals(bare))
                .map(file -> "+QFLST: \"" + prefix + file.getKey() + "\"," + file.getValue().length)
                .toList();
        if (lines.isEmpty() && !bare.equals("*")) {
            return Result.cme(ErrorCodes.CME_FILE_NOT_FOUND);
        }
        exchange.info(lines);
        return Result.OK;
    }

    private Result delete(AtCommand command, Exchange exchange) {
        String name = command.quoted(0);
        if (FileStore.bareName(name).equals("*")) {
            module.files.deleteAll();
            return Result.OK;
        }
        return module.files.delete(name) ? Result.OK : Result.cme(ErrorCodes.CME_FILE_NOT_FOUND);
    }

    private Result download(AtCommand command, Exchange exchange) {
        Optional<byte[]> file = module.files.get(command.quoted(0));
        if (file.isEmpty()) {
            return Result.cme(ErrorCodes.CME_FILE_NOT_FOUND);
        }
        byte[] content = file.get();
        exchange.info("CONNECT");
        exchange.raw(content, content.length);
        exchange.info("+QFDWL: " + content.length + "," + FileStore.checksum(content, content.length));
        return Result.OK;
    }

    private Result space(AtCommand command, Exchange exchange) {
        if (!command.text(0).equalsIgnoreCase("UFS")) {
            return BAD;
        }
        exchange.info("+QFLDS: " + module.files.freeBytes() + "," + module.files.totalBytes());
        return Result.OK;
    }

    /** Files are opened to be read; writing is left to {@code QFUPL}. */
    private Result open(AtCommand command, Exchange exchange) {
        command.count(1, 2);
        command.number(1, 0, 2, 0);
        Optional<byte[]> file = module.files.get(command.quoted(0));
        if (file.isEmpty()) {
            return Result.cme(ErrorCodes.CME_FILE_NOT_FOUND);
        }
        if (open.size() >= MAX_OPEN) {
            return Result.cme(ErrorCodes.CME_FILE_TOO_MANY_OPEN);
        }
        int handle = 1;
        while (open.containsKey(handle)) {
            handle++;
        }
        open.put(handle, new Open(file.get()));
        exchange.info("+QFOPEN: " + handle);
        return Result.OK;
    }

    private Result read(AtCommand command, Exchange exchange) {
        command.count(1, 2);
        Open file = open.get(command.number(0, 0, 999_999));
        if (file == null) {
            return Result.cme(ErrorCodes.CME_FILE_INVALID_HANDLE);
        }
        int left = file.content.length - file.position;
        int count = Math.min(left, command.number(1, 1, 999_999_999, Integer.MAX_VALUE));
        exchange.info("CONNECT " + count);
        byte[] part = Arrays.copyOfRange(file.content, file.position, file.position + count);
        exchange.raw(part, count);
        file.position += count;
        return Result.OK;
    }

    private Result close(AtCommand command, Exchange exchange) {
        boolean closed = open.remove(command.number(0, 0, 999_999)) != null;
        return closed ? Result.OK : Result.cme(ErrorCodes.CME_FILE_INVALID_HANDLE);
    }
}
