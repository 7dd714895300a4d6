package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.uartnio.Modem;
import io.uartnio.emulator.ModuleEmulator;
import io.uartnio.it.Certificates.KeyKind;
import java.nio.channels.Selector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Twelve sockets at the pace of a real UART; prints how much of the line they made use of, and asserts only contents. */
@EnabledOnOs(OS.LINUX)
@ExtendWith(NothingLeftBehind.class)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PacedLineTest {

    private static final int BAUD_RATE = 921_600;
    private static final int SIZE = 48 * 1024;

    @Test
    void twelveSocketsShareALineOfAFixedRate(@TempDir Path directory) throws Exception {
        Certificates certificates = Certificates.create(KeyKind.EC, Bench.HOST);
        try (ModuleEmulator emulator = Bench.emulator().baudRate(BAUD_RATE).start();
                PeerServer plain = new PeerServer(Trade::serve);
                PeerServer tls = new PeerServer(certificates.serverContext(), Trade::serve);
                Modem modem = Bench.modem(emulator)
                        .baudRate(BAUD_RATE)
                        .tls(Bench.trusting(certificates.writeAuthority(directory)))
                        .open();
                Selector selector = modem.selectorProvider().openSelector()) {
            List<Trade.Route> routes = new ArrayList<>();
            for (int i = 0; i < Bench.MAX_SOCKETS / 2; i++) {
                routes.add(new Trade.Route(modem.selectorProvider(), plain.port()));
                routes.add(new Trade.Route(modem.tlsSelectorProvider(), tls.port()));
            }
            long down = emulator.counters().bytesToHost();
            long up = emulator.counters().bytesFromHost();
            long start = System.nanoTime();
            Trade.all(selector, routes, SIZE);
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    Locale.ROOT,
                    "paced line: baudRate=%d, seconds=%.2f, line down %.1f %%, line up %.1f %%, payload %d bytes each way%n",
                    BAUD_RATE,
                    seconds,
                    share(emulator.counters().bytesToHost() - down, seconds),
                    share(emulator.counters().bytesFromHost() - up, seconds),
                    (long) SIZE * Bench.MAX_SOCKETS);
            assertThat(emulator.counters().opens()).isEqualTo(Bench.MAX_SOCKETS);
        }
    }

    /** Returns how many percent of what 8N1 can carry in that time the bytes were. */
    private static double share(long bytes, double seconds) {
        return 100 * bytes * 10 / (seconds * BAUD_RATE);
    }
}
