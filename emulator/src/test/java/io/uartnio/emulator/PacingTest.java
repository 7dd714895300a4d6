package io.uartnio.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The pace is judged loosely, for the machine may be busy: never faster than the line, and not absurdly slow. */
@Timeout(120)
class PacingTest {

    private static final int SECONDS = Integer.getInteger("seconds", 2);

    private static void endless(OutputStream out) throws java.io.IOException {
        byte[] block = new byte[16_384];
        while (true) {
            out.write(block);
        }
    }

    @Test
    void theLineToTheHostIsAsFastAsItsRateAndNoFaster() throws Exception {
        AtomicLong payload = new AtomicLong();
        try (EchoServer server = new EchoServer(socket -> endless(socket.getOutputStream()));
                ModuleEmulator emulator =
                        ModuleEmulator.builder().baudRate(921_600).start();
                PushReader host = new PushReader(emulator, (id, data) -> payload.addAndGet(data.length))) {
            host.ready();
            for (int id = 0; id < 12; id++) {
                host.command("AT+QIOPEN=1," + id + ",\"TCP\",\"127.0.0.1\"," + server.port() + ",0,1", "OK");
            }
            Awaitility.await().until(() -> payload.get() > 100_000);
            assertPace("down", emulator.counters()::bytesToHost);
        }
    }

    /** Measures again where the machine was too busy. */
    private static void assertPace(String what, LongSupplier counter) throws InterruptedException {
        double perSecond;
        do {
            long start = System.nanoTime();
            long bytes = counter.getAsLong();
            Thread.sleep(1000L * SECONDS);
            bytes = counter.getAsLong() - bytes;
            double seconds = (System.nanoTime() - start) / 1e9;
            perSecond = bytes / seconds;
            System.out.printf("%s: %.0f of 92160 bytes/s%n", what, perSecond);
            // A tenth of a second that the line's thread came too late may be made up.
            assertThat((double) bytes).isLessThan(96_000.0 * (seconds + 0.1));
        } while (perSecond < 46_080.0);
    }

    @Test
    void theLineFromTheHostIsAsFastAsItsRateAndNoFaster() throws Exception {
        try (ModuleEmulator emulator =
                        ModuleEmulator.builder().baudRate(921_600).start();
                PushReader host = new PushReader(emulator, (id, data) -> {})) {
            host.ready();
            byte[] nonsense = new byte[4096];
            Thread writer = new Thread(() -> {
                try {
                    while (true) {
                        host.write(nonsense);
                    }
                } catch (java.io.IOException e) {
                    // The line has hung up.
                }
            });
            writer.setDaemon(true);
            writer.start();
            Awaitility.await().until(() -> emulator.counters().bytesFromHost() > 30_000);
            assertPace("up", emulator.counters()::bytesFromHost);
        }
    }
}
