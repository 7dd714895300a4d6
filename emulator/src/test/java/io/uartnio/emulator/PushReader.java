package io.uartnio.emulator;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A small host of its own for tests that move much data: takes pushed payload by its length and hands every other line
 * (and the prompt) on. Tolerates whatever surrounds payload, as a real host must.
 */
final class PushReader implements AutoCloseable {

    private static final Pattern PUSH = Pattern.compile("\\+Q(?:I|SSL)URC: \"recv\",(\\d+),(\\d+)");

    final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final FileInputStream file;
    private final InputStream in;
    private final FileOutputStream out;
    private final BiConsumer<Integer, byte[]> sink;

    PushReader(ModuleEmulator emulator, BiConsumer<Integer, byte[]> sink) throws IOException {
        this.sink = sink;
        file = new FileInputStream(emulator.portName());
        in = new BufferedInputStream(file, 16_384);
        out = new FileOutputStream(emulator.portName());
        Thread thread = new Thread(this::run, "test-push-reader");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            for (int c = in.read(); c >= 0; c = in.read()) {
                if (c == '>' && line.size() == 0) {
                    lines.add(">");
                } else if (c == '\n') {
                    take(line.toString(StandardCharsets.ISO_8859_1));
                    line.reset();
                } else if (c != '\r' && (c != ' ' || line.size() > 0)) {
                    line.write(c);
                }
            }
        } catch (IOException e) {
            // The line has hung up.
        }
    }

    private void take(String line) throws IOException {
        Matcher push = PUSH.matcher(line);
        if (push.matches()) {
            sink.accept(Integer.parseInt(push.group(1)), in.readNBytes(Integer.parseInt(push.group(2))));
        } else if (!line.isEmpty()) {
            lines.add(line);
        }
    }

    void write(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    /** Sends a command and passes over lines until one of these comes. */
    String command(String command, String... ends) throws IOException, InterruptedException {
        out.write((command + "\r").getBytes(StandardCharsets.ISO_8859_1));
        return await(ends);
    }

    String await(String... ends) throws InterruptedException {
        while (true) {
            String line = lines.poll(60, TimeUnit.SECONDS);
            if (line == null) {
                throw new IllegalStateException("none of these came: " + String.join(", ", ends));
            }
            for (String end : ends) {
                if (line.equals(end)) {
                    return line;
                }
            }
        }
    }

    void ready() throws IOException, InterruptedException {
        command("ATE0", "OK");
        command("AT+QURCCFG=\"urcport\",\"uart1\"", "OK");
        command("AT+QISDE=0", "OK");
        command("AT+QIACT=1", "OK");
    }

    /** Sends payload, again and again until it is taken. */
    void send(String command, byte[] payload) throws IOException, InterruptedException {
        while (true) {
            command(command, ">");
            write(payload);
            if (await("SEND OK", "SEND FAIL").equals("SEND OK")) {
                return;
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
        file.close();
    }
}
