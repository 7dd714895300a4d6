package io.uartnio.cli;

import io.uartnio.emulator.PseudoTerminal;
import io.uartnio.uart.LineSettings;
import io.uartnio.uart.SerialUartPort;
import io.uartnio.uart.UartPort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A pseudo-terminal that passes everything on between a host and a module's port, until both are silent: then frames
 * can be written to it at a known moment, as if the module had sent them. It remembers what the module has said, so that
 * those frames are the module's own. One thread carries bytes to the module, the port's reader those from it.
 */
final class LineRelay implements AutoCloseable {

    private static final int CHUNK_BYTES = 4096;
    private static final long RECORD_LIMIT_MILLIS = 10_000;

    private final PseudoTerminal terminal = PseudoTerminal.open();
    private final UartPort module;
    private final ByteArrayOutputStream record = new ByteArrayOutputStream();
    private final Thread toModule = new Thread(this::carry, "uartnio-bench-relay");

    /** Starts to pass on between a pseudo-terminal and a module's port. */
    LineRelay(String modulePort, int baudRate) throws IOException {
        module = new SerialUartPort(modulePort);
        try {
            module.open(new LineSettings(baudRate, false), new UartPort.Listener() {
                @Override
                public void onReceived(byte[] buffer, int offset, int length) {
                    pass(buffer, offset, length);
                }

                @Override
                public void onClosed(IOException cause) {
                    // Whoever uses the line notices by its silence.
                }
            });
        } catch (IOException e) {
            terminal.close();
            throw e;
        }
        toModule.setDaemon(true);
        toModule.start();
    }

    /** Returns the terminal that frames can be written to. */
    PseudoTerminal terminal() {
        return terminal;
    }

    private void pass(byte[] buffer, int offset, int length) {
        synchronized (record) {
            record.write(buffer, offset, length);
            record.notifyAll();
        }
        try {
            terminal.write(buffer, offset, length);
        } catch (IOException e) {
            module.close(); // the terminal was closed: nobody is left to hear it
        }
    }

    private void carry() {
        byte[] buffer = new byte[CHUNK_BYTES];
        try {
            for (int count = terminal.read(buffer, 0, buffer.length);
                    count >= 0;
                    count = terminal.read(buffer, 0, buffer.length)) {
                module.write(buffer, 0, count);
            }
        } catch (IOException e) {
            module.close(); // one end was closed: so is the other
        }
    }

    /** Forgets what the module has said so far. */
    void startRecord() {
        synchronized (record) {
            record.reset();
        }
    }

    /**
     * Waits for a direct push frame of so many bytes since {@link #startRecord}; returns it whole, with what surrounds
     * the payload.
     */
    byte[] awaitFrame(int payloadBytes) throws IOException, InterruptedException {
        Pattern header = Pattern.compile("\r\n\\+Q(?:I|SSL)URC: \"recv\",\\d+," + payloadBytes + "\r\n");
        long deadline = System.nanoTime() + RECORD_LIMIT_MILLIS * 1_000_000;
        synchronized (record) {
            while (true) {
                String said = record.toString(StandardCharsets.ISO_8859_1);
                Matcher matcher = header.matcher(said);
                if (matcher.find() && said.length() >= matcher.end() + payloadBytes + 2) {
                    return said.substring(matcher.start(), matcher.end() + payloadBytes + 2)
                            .getBytes(StandardCharsets.ISO_8859_1);
                }
                long millis = (deadline - System.nanoTime()) / 1_000_000;
                if (millis <= 0) {
                    throw new IOException("module sent no frame: payloadBytes=" + payloadBytes);
                }
                record.wait(millis);
            }
        }
    }

    @Override
    public void close() {
        module.close();
        terminal.close();
        boolean interrupted = Thread.interrupted();
        try {
            toModule.join(RECORD_LIMIT_MILLIS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
