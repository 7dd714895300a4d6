package io.uartnio.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PseudoTerminalTest {

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void bytesPassBothWaysUntouched() throws Exception {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        try (PseudoTerminal terminal = PseudoTerminal.open();
                FileInputStream in = new FileInputStream(terminal.name());
                FileOutputStream out = new FileOutputStream(terminal.name())) {
            terminal.write(all, 0, all.length);
            byte[] read = new byte[256];
            new java.io.DataInputStream(in).readFully(read);
            assertThat(read).isEqualTo(all);
            out.write(all);
            byte[] got = new byte[256];
            int count = 0;
            while (count < 256) {
                count += terminal.read(got, count, 256 - count);
            }
            assertThat(got).isEqualTo(all);
        }
    }

    @Test
    void closeEndsAReadAndHangsTheFarEndUp() throws Exception {
        PseudoTerminal terminal = PseudoTerminal.open();
        try (FileInputStream in = new FileInputStream(terminal.name())) {
            CompletableFuture<Integer> read = CompletableFuture.supplyAsync(() -> {
                try {
                    return terminal.read(new byte[8], 0, 8);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            CompletableFuture<Integer> far = CompletableFuture.supplyAsync(() -> {
                try {
                    return in.read();
                } catch (IOException e) {
                    return -1;
                }
            });
            terminal.close();
            assertThat(read.get(60, TimeUnit.SECONDS)).isEqualTo(-1);
            assertThat(far.get(60, TimeUnit.SECONDS)).isEqualTo(-1);
        }
        assertThat(terminal.read(new byte[1], 0, 1)).isEqualTo(-1);
        assertThatThrownBy(() -> terminal.write(new byte[1], 0, 1)).isInstanceOf(IOException.class);
    }

    @Test
    void closeEndsAWriteIntoAFullLine() throws Exception {
        PseudoTerminal terminal = PseudoTerminal.open();
        CompletableFuture<Throwable> write = CompletableFuture.supplyAsync(() -> {
            try {
                terminal.write(new byte[1 << 20], 0, 1 << 20);
                return null;
            } catch (IOException e) {
                return e;
            }
        });
        assertThat(terminal.name()).startsWith("/dev/pts/");
        terminal.close();
        assertThat(write.get(60, TimeUnit.SECONDS))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void aReaderOutlivesAFarEndThatIsClosedAndOpenedAgain() throws Exception {
        for (boolean hold : new boolean[] {true, false}) {
            try (PseudoTerminal terminal = PseudoTerminal.open(hold)) {
                byte[] got = new byte[8];
                for (String text : new String[] {"one", "two"}) {
                    try (FileOutputStream out = new FileOutputStream(terminal.name())) {
                        out.write(bytes(text));
                        int count = terminal.read(got, 0, 8);
                        assertThat(new String(got, 0, count, StandardCharsets.ISO_8859_1))
                                .isEqualTo(text);
                    }
                }
            }
        }
    }

    @Test
    void theRateThatTheHostSetIsSeen() throws Exception {
        try (PseudoTerminal terminal = PseudoTerminal.open()) {
            assertThat(terminal.hostBaudRate()).isEqualTo(38_400);
            new ProcessBuilder("stty", "-F", terminal.name(), "921600").start().waitFor();
            assertThat(terminal.hostBaudRate()).isEqualTo(921_600);
        }
    }
}
