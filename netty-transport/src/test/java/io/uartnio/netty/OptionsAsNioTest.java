package io.uartnio.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Options: known and refused as by Netty's own channel, before and after the connect. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
@SuppressWarnings("deprecation") // programs set those all the same
class OptionsAsNioTest {

    private static final Map<ChannelOption<?>, List<?>> VALUES = new LinkedHashMap<>();

    static {
        for (ChannelOption<?> bytes : List.of(ChannelOption.SO_RCVBUF, ChannelOption.SO_SNDBUF)) {
            VALUES.put(bytes, Arrays.asList(8192, 0, -1, null));
        }
        for (ChannelOption<?> flag : List.of(
                ChannelOption.TCP_NODELAY,
                ChannelOption.SO_KEEPALIVE,
                ChannelOption.SO_REUSEADDR,
                ChannelOption.ALLOW_HALF_CLOSURE,
                ChannelOption.AUTO_READ,
                ChannelOption.AUTO_CLOSE,
                ChannelOption.SO_BROADCAST,
                ChannelOption.TCP_FASTOPEN_CONNECT,
                ChannelOption.SINGLE_EVENTEXECUTOR_PER_GROUP)) {
            VALUES.put(flag, Arrays.asList(true, false, null));
        }
        VALUES.put(ChannelOption.SO_LINGER, Arrays.asList(-1, 0, 5, 70_000, -7, null));
        VALUES.put(ChannelOption.IP_TOS, Arrays.asList(0, 8, 252, 256, -1, null));
        for (ChannelOption<?> count : List.of(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                ChannelOption.MAX_MESSAGES_PER_READ,
                ChannelOption.MAX_MESSAGES_PER_WRITE,
                ChannelOption.WRITE_SPIN_COUNT,
                ChannelOption.WRITE_BUFFER_LOW_WATER_MARK,
                ChannelOption.WRITE_BUFFER_HIGH_WATER_MARK,
                ChannelOption.SO_TIMEOUT,
                ChannelOption.SO_BACKLOG)) {
            VALUES.put(count, Arrays.asList(70_000, 0, -1, null));
        }
        for (ChannelOption<?> object : List.of(
                ChannelOption.ALLOCATOR,
                ChannelOption.RECVBUF_ALLOCATOR,
                ChannelOption.MESSAGE_SIZE_ESTIMATOR,
                ChannelOption.WRITE_BUFFER_WATER_MARK)) {
            VALUES.put(object, Arrays.asList((Object) null));
        }
    }

    @SuppressWarnings("unchecked") // whatever the value is: the channel has to cope with it
    private static void tryAll(Ground ground, Channel channel) throws InterruptedException {
        VALUES.forEach((option, values) -> {
            for (Object value : values) {
                String outcome;
                try {
                    boolean known = channel.config().setOption((ChannelOption<Object>) option, value);
                    // What the kernel makes of a size is its own affair.
                    Object now = value instanceof Integer bytes && bytes == 8192
                            ? ""
                            : channel.config().getOption(option);
                    outcome = known + " " + now;
                } catch (RuntimeException e) {
                    outcome = Ground.words(e);
                }
                ground.note(option + "=" + value + ": " + outcome);
            }
        });
        ground.note("close", channel.close());
    }

    @Test
    void areTakenAndRefusedAsByNettysOwn() throws Exception {
        Ground.assertSame(ground -> {
            tryAll(ground, ground.unconnected());
            ground.await("unregistered");
            tryAll(ground, ground.connect().channel());
            ground.await("inactive");
        });
    }

    @Test
    void areAllListed() throws Exception {
        Ground.assertSame(ground -> {
            Channel channel = ground.unconnected();
            Map<ChannelOption<?>, Object> options = channel.config().getOptions();
            TreeSet<String> names = new TreeSet<>();
            for (ChannelOption<?> option : VALUES.keySet()) {
                if (options.containsKey(option)) {
                    names.add(option.name());
                }
            }
            ground.note(names);
            ground.note("close", channel.close());
            ground.await("unregistered");
        });
    }
}
