package io.uartnio.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.awaitility.Awaitility;

/**
 * The other end of the line for tests: writes text, gathers everything that comes, and demands that it be exactly what
 * a test says. Text is ISO 8859-1, so a character is a byte.
 */
final class Host implements AutoCloseable {

    private final FileInputStream in;
    private final FileOutputStream out;
    private final ByteArrayOutputStream got = new ByteArrayOutputStream();

    Host(ModuleEmulator emulator) throws IOException {
        in = new FileInputStream(emulator.portName());
        out = new FileOutputStream(emulator.portName());
        Thread reader = new Thread(this::gather, "test-host-reader");
        reader.setDaemon(true);
        reader.start();
    }

    private void gather() {
        byte[] buffer = new byte[4096];
        try {
            for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                synchronized (got) {
                    got.write(buffer, 0, n);
                }
            }
        } catch (IOException e) {
            // The line has hung up.
        }
    }

    void write(String text) {
        write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void write(byte[] bytes) {
        try {
            out.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String all() {
        synchronized (got) {
            return got.toString(StandardCharsets.ISO_8859_1);
        }
    }

    int count() {
        synchronized (got) {
            return got.size();
        }
    }

    void clear() {
        synchronized (got) {
            got.reset();
        }
    }

    /** Waits until exactly this has come since the last time, and forgets it. */
    void expect(String text) {
        await(() -> assertThat(all()).isEqualTo(text));
        clear();
    }

    /** Waits until what came matches, and forgets it. */
    void expectMatching(String regex) {
        await(() -> assertThat(all()).matches("(?s)" + regex));
        clear();
    }

    void expectContaining(String text) {
        await(() -> assertThat(all()).contains(text));
    }

    /** Sends a command line without echo and demands the reply. */
    void command(String command, String reply) {
        write(command + "\r");
        expect(reply);
    }

    /** Sends a command line and demands OK. */
    void ok(String command) {
        command(command, "\r\nOK\r\n");
    }

    /** Brings the module to where sockets can be opened: no echo, URCs here, context 1 active. */
    Host ready() {
        write("ATE0\r");
        expectMatching(".*OK\r\n");
        ok("AT+QURCCFG=\"urcport\",\"uart1\"");
        ok("AT+QISDE=0");
        ok("AT+QIACT=1");
        return this;
    }

    /** Sends payload by a command that prompts with {@code \r\n> }. */
    void send(String command, byte[] payload) {
        write(command + "\r");
        expect("\r\n> ");
        write(payload);
    }

    private static void await(Runnable assertion) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(2))
                .pollDelay(Duration.ZERO)
                .untilAsserted(assertion::run);
    }

    @Override
    public void close() throws IOException {
        out.close();
        in.close();
    }
}
