package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.uartnio.Modem;
import io.uartnio.emulator.ModuleEmulator;
import io.uartnio.emulator.PromptForm;
import io.uartnio.it.Certificates.KeyKind;
import java.nio.channels.Selector;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything that no manual settles and everything that makes a module awkward, all at once: twelve sockets, plain and
 * TLS, carry 1 MiB each way unchanged. The module's turn-around time makes that half a minute each, so two forms that
 * have no byte in common carry all of it and the others a part; {@code -Duartnio.awkward=full} spares none.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(NothingLeftBehind.class)
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AwkwardModuleTest {

    private static final int FULL_BYTES = 1 << 20;
    private static final int PART_BYTES = 64 << 10;

    static Stream<Arguments> forms() {
        return Stream.of(PromptForm.values())
                .flatMap(prompt -> Stream.of(true, false).map(crlf -> Arguments.of(prompt, crlf, size(prompt, crlf))));
    }

    private static int size(PromptForm prompt, boolean crlf) {
        boolean full = "full".equals(System.getProperty("uartnio.awkward"))
                || (prompt == PromptForm.SPACE && crlf)
                || (prompt == PromptForm.CRLF && !crlf);
        return full ? FULL_BYTES : PART_BYTES;
    }

    @ParameterizedTest
    @MethodSource("forms")
    void twelveSocketsCarryTheirBytesBothWays(
            PromptForm prompt, boolean crlfAfterPushedData, int size, @TempDir Path directory) throws Exception {
        Certificates certificates = Certificates.create(KeyKind.RSA, Bench.HOST);
        try (ModuleEmulator emulator = Bench.emulator()
                        .prompt(prompt)
                        .crlfAfterPushedData(crlfAfterPushedData)
                        .splitWrites(true)
                        .strayUrcs(0.2)
                        .sendFail(0.1)
                        .latency(Duration.ofMillis(1))
                        .duplicateClosedUrcs(2)
                        .start();
                PeerServer plain = new PeerServer(Trade::serve);
                PeerServer tls = new PeerServer(certificates.serverContext(), Trade::serve);
                Modem modem = Bench.modem(emulator)
                        .tls(Bench.trusting(certificates.writeAuthority(directory)))
                        .open();
                Selector selector = modem.selectorProvider().openSelector()) {
            List<Trade.Route> routes = new ArrayList<>();
            for (int i = 0; i < Bench.MAX_SOCKETS / 2; i++) {
                routes.add(new Trade.Route(modem.selectorProvider(), plain.port()));
                routes.add(new Trade.Route(modem.tlsSelectorProvider(), tls.port()));
            }
            Trade.all(selector, routes, size);
            assertThat(emulator.counters().opens()).isEqualTo(Bench.MAX_SOCKETS);
            assertThat(emulator.counters().sendFails()).isPositive();
            assertThat(emulator.counters().strayUrcs()).isPositive();
        }
    }
}
