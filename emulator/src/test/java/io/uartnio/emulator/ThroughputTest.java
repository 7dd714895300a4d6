package io.uartnio.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.zip.CRC32;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Much data on all sockets at once; sizes by {@code -Dbytes}, so that speed can be measured with the same code. */
@Timeout(600)
class ThroughputTest {

    private static final int BYTES = Integer.getInteger("bytes", 1 << 20);
    private static final int SOCKETS = 12;

    private static byte[] pattern(int length) {
        byte[] bytes = new byte[length];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    @Test
    void twelveSocketsDownAndUpKeepTheirBytes() throws Exception {
        byte[] content = pattern(BYTES);
        CRC32[] sums = new CRC32[SOCKETS];
        Arrays.setAll(sums, i -> new CRC32());
        CRC32 expected = new CRC32();
        expected.update(content);
        AtomicLongArray received = new AtomicLongArray(SOCKETS);
        try (EchoServer server = new EchoServer(socket -> {
                    OutputStream out = socket.getOutputStream();
                    out.write(content);
                    CRC32 sum = new CRC32();
                    byte[] buffer = new byte[8192];
                    int left = BYTES / 8;
                    while (left > 0) {
                        int n = socket.getInputStream().read(buffer, 0, Math.min(left, buffer.length));
                        if (n < 0) {
                            return;
                        }
                        sum.update(buffer, 0, n);
                        left -= n;
                    }
                    out.write(Long.toHexString(0x100000000L | sum.getValue()).getBytes(StandardCharsets.US_ASCII));
                });
                ModuleEmulator emulator = ModuleEmulator.builder().start();
                PushReader host = new PushReader(emulator, (id, data) -> {
                    sums[id].update(data, 0, data.length);
                    received.addAndGet(id, data.length);
                })) {
            host.ready();
            long start = System.nanoTime();
            for (int id = 0; id < SOCKETS; id++) {
                host.command("AT+QIOPEN=1," + id + ",\"TCP\",\"127.0.0.1\"," + server.port() + ",0,1", "OK");
                host.await("+QIOPEN: " + id + ",0");
            }
            for (int id = 0; id < SOCKETS; id++) {
                int socket = id;
                Awaitility.await().atMost(Duration.ofMinutes(5)).until(() -> received.get(socket) == BYTES);
                assertThat(sums[id].getValue()).isEqualTo(expected.getValue());
                sums[id].reset();
            }
            report("down", start, (long) BYTES * SOCKETS);
            start = System.nanoTime();
            int up = BYTES / 8;
            for (int at = 0; at < up; at += 1460) {
                byte[] part = Arrays.copyOfRange(content, at, Math.min(up, at + 1460));
                for (int id = 0; id < SOCKETS; id++) {
                    host.send("AT+QISEND=" + id + "," + part.length, part);
                }
            }
            CRC32 sent = new CRC32();
            sent.update(content, 0, up);
            CRC32 answer = new CRC32();
            answer.update(Long.toHexString(0x100000000L | sent.getValue()).getBytes(StandardCharsets.US_ASCII));
            for (int id = 0; id < SOCKETS; id++) {
                int socket = id;
                Awaitility.await().until(() -> received.get(socket) == BYTES + 9);
                assertThat(sums[id].getValue()).isEqualTo(answer.getValue());
            }
            report("up", start, (long) up * SOCKETS);
            System.out.println(emulator.counters());
        }
    }

    private static void report(String what, long start, long bytes) {
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf("%s: %.1f MB/s%n", what, bytes / seconds / 1e6);
    }
}
