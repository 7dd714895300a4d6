package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.uartnio.Modem;
import io.uartnio.emulator.ModuleEmulator;
import io.uartnio.netty.ModemAddressResolverGroup;
import io.uartnio.netty.ModemSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Twelve Netty channels on one tty, all of which echo at once, with writes of all sizes and reading that stops and goes
 * on at random. {@code -Duartnio.nettyEcho=full} sends 4 MiB on each instead of a part of it.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(NothingLeftBehind.class)
@Timeout(value = 280, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NettyEchoTest {

    private static final boolean FULL = "full".equals(System.getProperty("uartnio.nettyEcho"));
    private static final long BYTES_EACH = FULL ? 4 << 20 : 256 << 10;
    private static final long SEED = 20_261_120;
    private static final long SECONDS = 250;
    private static final int HEAP_SAMPLES = 4;
    private static final double MIN_FAIRNESS = 0.98;
    /** What may be on its way at one sample and not at another, rings and buffers of twelve channels on both sides. */
    private static final long MAX_GROWTH_BYTES = 16 << 20;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());

    @AfterEach
    void endLoops() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void twelveChannelsEchoAtOnce() throws Exception {
        EchoLoad load = new EchoLoad(Bench.MAX_SOCKETS, BYTES_EACH, EchoLoad.Kind.CHECKED);
        List<Long> heap = new ArrayList<>();
        try (PeerServer echo = PeerServer.echo();
                ModuleEmulator emulator = Bench.emulator().start();
                Modem modem = Bench.modem(emulator).open()) {
            Bootstrap bootstrap = new Bootstrap()
                    .group(group)
                    .channelFactory(ModemSocketChannel.factory(modem))
                    .resolver(ModemAddressResolverGroup.INSTANCE)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 60_000);
            load.start(bootstrap, Bench.at(echo.port()), SEED);
            for (int sample = 1; sample <= HEAP_SAMPLES; sample++) {
                long part = Bench.MAX_SOCKETS * BYTES_EACH * sample / (HEAP_SAMPLES + 1);
                org.awaitility.Awaitility.await()
                        .atMost(SECONDS, TimeUnit.SECONDS)
                        .until(() -> load.receivedBytes() >= part);
                heap.add(LiveHeap.bytes());
            }
            load.await(SECONDS);
            System.out.printf(
                    "netty echo: channels=%d, KiB each=%d, seconds=%.1f, kB/s each way=%.0f, Jain=%.4f, pauses=%d,"
                            + " mode switches=%d, heap KiB at fifths=%s%n",
                    Bench.MAX_SOCKETS,
                    BYTES_EACH >> 10,
                    load.nanos() / 1e9,
                    Bench.MAX_SOCKETS * BYTES_EACH / 1e3 / (load.nanos() / 1e9),
                    load.fairness(),
                    load.pauses(),
                    modem.sockets().stream()
                            .mapToLong(socket -> socket.modeSwitches())
                            .sum(),
                    heap.stream().map(bytes -> bytes >> 10).toList());
            load.close();
        }
        assertThat(load.pauses()).isPositive();
        assertThat(load.fairness()).isGreaterThanOrEqualTo(MIN_FAIRNESS);
        assertThat(heap.get(HEAP_SAMPLES - 1) - heap.get(0)).isLessThan(MAX_GROWTH_BYTES);
    }
}
