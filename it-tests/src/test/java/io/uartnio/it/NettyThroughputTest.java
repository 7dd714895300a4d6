package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultEventLoopGroup;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.uartnio.Modem;
import io.uartnio.emulator.ModuleEmulator;
import io.uartnio.netty.ModemAddressResolverGroup;
import io.uartnio.netty.ModemSocketChannel;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Twelve channels that echo, only receive or only send, unpaced: Netty's NIO channels over loopback TCP, and ours over a
 * module that only frames and, where they echo, over the emulator's line in memory, one after the other. Receiving alone
 * shows what the receive path costs without the AT dialogue. Prints throughput and whose threads were busy; asserts
 * nothing about time. {@code -Duartnio.nettyThroughputMiB=16} sends so much on each channel, three times over.
 */
@ExtendWith(NothingLeftBehind.class)
@Timeout(value = 290, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NettyThroughputTest {

    private static final int MIB_EACH = Integer.getInteger("uartnio.nettyThroughputMiB", 0);
    private static final long BYTES_EACH = MIB_EACH == 0 ? 64 << 10 : (long) MIB_EACH << 20;
    private static final int ROUNDS = MIB_EACH == 0 ? 1 : 3;
    private static final double MEGABYTES = Bench.MAX_SOCKETS * BYTES_EACH / 1e6;
    private static final long SECONDS = 280;

    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(2, new DefaultThreadFactory("loop"), NioIoHandler.newFactory());

    /** Loops that wait for tasks only, and so are woken without the kernel's selector. */
    @SuppressWarnings("deprecation") // programs have it all the same
    private final EventLoopGroup taskLoops = new DefaultEventLoopGroup(2, new DefaultThreadFactory("loop"));

    @AfterEach
    void endLoops() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
        taskLoops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void whatTwelveChannelsCarry() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            double loopback = overLoopback();
            assertThat(loopback).isPositive();
            print("framing module", overFramingModule("framing module", group), loopback);
            print(
                    "framing module, default loops",
                    overFramingModule("framing module, default loops", taskLoops),
                    loopback);
            print("emulator in memory", overEmulator(), loopback);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatTwelveChannelsCarryOneWay(OneWayLoad.Direction direction) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            double loopback = overLoopback(direction);
            assertThat(loopback).isPositive();
            print("framing module", overFramingModule("framing module", group, direction), loopback);
            print(
                    "framing module, default loops",
                    overFramingModule("framing module, default loops", taskLoops, direction),
                    loopback);
        }
    }

    private double overLoopback(OneWayLoad.Direction direction) throws Exception {
        OneWayLoad load = new OneWayLoad(direction, Bench.MAX_SOCKETS, BYTES_EACH);
        try (PeerServer server = new PeerServer(load::serve)) {
            load.connect(
                    new Bootstrap().group(group).channel(NioSocketChannel.class),
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
            return run("NIO over loopback, " + direction, load, load::begin);
        }
    }

    private double overFramingModule(String name, EventLoopGroup loops, OneWayLoad.Direction direction)
            throws Exception {
        OneWayLoad load = new OneWayLoad(direction, Bench.MAX_SOCKETS, BYTES_EACH);
        FramingModule.Network swallowing = bytes -> {
            load.arrived(bytes);
            return false;
        };
        try (FramingModule module = new FramingModule(swallowing)) {
            load.connect(ours(module.modem()).group(loops), Bench.at(7));
            return run(name + ", " + direction, load, () -> {
                load.begin();
                if (direction == OneWayLoad.Direction.DOWN) {
                    module.push(Bench.MAX_SOCKETS, BYTES_EACH, load::leastReceivedBytes);
                }
            });
        }
    }

    /** Returns the megabytes a second that have come. */
    private static double run(String name, OneWayLoad load, Runnable begin) throws Exception {
        try {
            Map<String, Double> before = processorMillis();
            begin.run();
            double rate = MEGABYTES / (load.awaitNanos(SECONDS) / 1e9);
            report(name, rate, before);
            return rate;
        } finally {
            load.close();
        }
    }

    private static void print(String what, double megabytes, double loopback) {
        System.out.printf("    %s: %.3f of NIO over loopback%n", what, megabytes / loopback);
        assertThat(megabytes).isPositive();
    }

    private double overLoopback() throws Exception {
        try (PeerServer echo = PeerServer.echo()) {
            return run(
                    "NIO over loopback",
                    new Bootstrap().group(group).channel(NioSocketChannel.class),
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), echo.port()));
        }
    }

    private double overFramingModule(String name, EventLoopGroup loops) throws Exception {
        try (FramingModule module = new FramingModule()) {
            return run(name, ours(module.modem()).group(loops), Bench.at(7));
        }
    }

    private double overEmulator() throws Exception {
        try (PeerServer echo = PeerServer.echo();
                ModuleEmulator emulator = Bench.emulator().startInMemory();
                Modem modem =
                        Bench.modem().port(new MemoryUartPort(emulator.line())).open()) {
            return run("emulator in memory", ours(modem).group(group), Bench.at(echo.port()));
        }
    }

    private static Bootstrap ours(Modem modem) {
        return new Bootstrap()
                .channelFactory(ModemSocketChannel.factory(modem))
                .resolver(ModemAddressResolverGroup.INSTANCE);
    }

    /** Returns the megabytes a second that have come back. */
    private double run(String name, Bootstrap bootstrap, SocketAddress server) throws Exception {
        EchoLoad load = new EchoLoad(Bench.MAX_SOCKETS, BYTES_EACH, EchoLoad.Kind.COUNTED);
        Map<String, Double> before = processorMillis();
        load.start(bootstrap.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 60_000), server, 1);
        load.await(SECONDS);
        double rate = MEGABYTES / (load.nanos() / 1e9);
        report(String.format("%s, Jain %.3f", name, load.fairness()), rate, before);
        load.close();
        return rate;
    }

    private static void report(String name, double rate, Map<String, Double> before) {
        Map<String, Double> after = processorMillis();
        after.replaceAll((threads, millis) -> (millis - before.getOrDefault(threads, 0.0)) / MEGABYTES);
        after.values().removeIf(millis -> millis < 0.05);
        System.out.printf("%s: %.1f MB/s, processor ms a MB:", name, rate);
        after.forEach((threads, millis) -> System.out.printf(" %s %.1f", threads, millis));
        System.out.println();
    }

    /** Returns what the threads of each kind that live have used of the processor; a kind is a name without numbers. */
    private static Map<String, Double> processorMillis() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        Map<String, Double> millis = new TreeMap<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            long nanos = threads.getThreadCpuTime(thread.getId());
            if (nanos > 0) {
                millis.merge(thread.getName().replaceAll("[-0-9:]+$", ""), nanos / 1e6, Double::sum);
            }
        }
        return millis;
    }
}
