package io.uartnio.nio;

import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.NetworkChannel;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The socket options of a channel without a kernel socket under it. Clients set them without asking and give up where
 * they are refused (the JDK's {@code HttpClient} on {@code TCP_NODELAY}), so those of a plain TCP socket are checked as
 * the JDK checks them, remembered, and given back; the module is told nothing. Safe for any thread.
 */
final class RememberedOptions {

    /** What a new channel gives for both buffer sizes; a plausible number for clients that size their own by it. */
    private static final int DEFAULT_BUFFER_BYTES = 16 * 1024;

    private static final int MAX_LINGER_SECONDS = 65_535;
    private static final int MAX_TRAFFIC_CLASS = 255;

    private static final Map<SocketOption<?>, Object> DEFAULTS = Map.of(
            StandardSocketOptions.TCP_NODELAY,
            false,
            StandardSocketOptions.SO_KEEPALIVE,
            false,
            StandardSocketOptions.SO_REUSEADDR,
            false,
            StandardSocketOptions.SO_SNDBUF,
            DEFAULT_BUFFER_BYTES,
            StandardSocketOptions.SO_RCVBUF,
            DEFAULT_BUFFER_BYTES,
            StandardSocketOptions.SO_LINGER,
            -1,
            StandardSocketOptions.IP_TOS,
            0);

    /** Only those that were set. */
    private final Map<SocketOption<?>, Object> values = new ConcurrentHashMap<>();

    static Set<SocketOption<?>> supported() {
        return DEFAULTS.keySet();
    }

    static void checkSupported(SocketOption<?> name) {
        Objects.requireNonNull(name, "name");
        if (!DEFAULTS.containsKey(name)) {
            throw new UnsupportedOperationException("socket option not supported: option=" + name);
        }
    }

    <T> void set(SocketOption<T> name, T value) {
        if (!name.type().isInstance(value)) {
            throw new IllegalArgumentException("socket option of the wrong type: option=" + name + ", value=" + value);
        }
        values.put(name, value instanceof Integer number ? checked(name, number) : value);
    }

    <T> T get(SocketOption<T> name) {
        Object set = values.get(name);
        return name.type().cast(set == null ? DEFAULTS.get(name) : set);
    }

    /** Sets what was set here on another channel as well, as far as that supports it. */
    void copyTo(NetworkChannel channel) throws IOException {
        for (SocketOption<?> name : values.keySet()) {
            if (channel.supportedOptions().contains(name)) {
                copy(name, channel);
            }
        }
    }

    private <T> void copy(SocketOption<T> name, NetworkChannel channel) throws IOException {
        channel.setOption(name, get(name));
    }

    private static Integer checked(SocketOption<?> name, int value) {
        if (name.equals(StandardSocketOptions.SO_LINGER)) {
            // the JDK takes any negative number for "off" and cuts off at what the kernel can hold
            return value < 0 ? -1 : Math.min(value, MAX_LINGER_SECONDS);
        }
        boolean tooLarge = name.equals(StandardSocketOptions.IP_TOS) && value > MAX_TRAFFIC_CLASS;
        if (value < 0 || tooLarge) {
            throw new IllegalArgumentException("socket option out of range: option=" + name + ", value=" + value);
        }
        return value;
    }
}
