package io.uartnio.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;
import org.awaitility.Awaitility;

/**
 * The other end of the line for tests: writes text, gathers everything that comes, and demands that it be exactly what
 * a test says. Text is ISO 8859-1, so a character is a byte.
 */
final class Host implements AutoCloseable {

    /** Where the host's bytes go. */
    interface Sink extends AutoCloseable {
        void write(byte[] bytes) throws IOException;

        @Override
        void close() throws IOException;
    }

    private final Sink out;
    private final ByteArrayOutputStream got = new ByteArrayOutputStream();

    /** Over the pseudo-terminal. */
    Host(ModuleEmulator emulator) throws IOException {
        FileInputStream in = new FileInputStream(emulator.portName());
        FileOutputStream file = new FileOutputStream(emulator.portName());
        out = new Sink() {
            @Override
            public void write(byte[] bytes) throws IOException {
                file.write(bytes);
            }

            @Override
            public void close() throws IOException {
                file.close();
                in.close();
            }
        };
        Thread reader = new Thread(() -> gather(in), "test-host-reader");
        reader.setDaemon(true);
        reader.start();
    }

    /** Over a line in memory that is closed with this host. */
    Host(MemoryLine line, boolean rtsCts) throws IOException {
        this(new Sink() {
            @Override
            public void write(byte[] bytes) throws IOException {
                line.write(bytes, 0, bytes.length);
            }

            @Override
            public void close() {
                line.close();
            }
        });
        line.open(115_200, rtsCts, new MemoryLine.Listener() {
            @Override
            public void onReceived(byte[] buffer, int offset, int length) {
                received(buffer, offset, length);
            }

            @Override
            public void onClosed(IOException cause) {
                // Tests look at the line itself.
            }
        });
    }

    /** Over anything that calls {@link #received}. */
    Host(Sink sink) {
        out = sink;
    }

    private void gather(FileInputStream in) {
        byte[] buffer = new byte[4096];
        try {
            for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                received(buffer, 0, n);
            }
        } catch (IOException e) {
            // The line has hung up.
        }
    }

    void received(byte[] buffer, int offset, int length) {
        synchronized (got) {
            got.write(buffer, offset, length);
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
        await(() -> take(all -> assertThat(all).isEqualTo(text)));
    }

    /** Waits until what came matches, and forgets it. */
    void expectMatching(String regex) {
        await(() -> take(all -> assertThat(all).matches("(?s)" + regex)));
    }

    /** Forgets what has come if it is as it should be, and nothing that comes behind it. */
    private void take(Consumer<String> assertion) {
        synchronized (got) {
            assertion.accept(all());
            clear();
        }
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
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(2))
                .pollDelay(Duration.ZERO)
                .untilAsserted(assertion::run);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
