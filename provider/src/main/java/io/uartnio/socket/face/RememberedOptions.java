package io.uartnio.socket.face;

import io.uartnio.AccessMode;
import io.uartnio.ModemSocketOptions;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.NetworkChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The socket options of a face without a kernel socket under it. Clients set them without asking and give up where
 * they are refused (the JDK's {@code HttpClient} on {@code TCP_NODELAY}, Apache's on {@code TCP_KEEPIDLE}), so those of
 * a TCP socket are checked as the JDK checks them, remembered, and given back; the module is told nothing. Safe for any
 * thread.
 */
public final class RememberedOptions {

    /** What a new channel gives for both buffer sizes; a plausible number for clients that size their own by it. */
    private static final int DEFAULT_BUFFER_BYTES = 16 * 1024;

    private static final int MAX_LINGER_SECONDS = 65_535;
    private static final int MAX_TRAFFIC_CLASS = 255;

    /** The kernel's defaults of Linux, for those options of the JDK that its own module has and others may not. */
    private static final Map<String, Integer> KEEP_ALIVE_DEFAULTS =
            Map.of("TCP_KEEPIDLE", 7200, "TCP_KEEPINTERVAL", 75, "TCP_KEEPCOUNT", 9);

    /** The options of every channel, with what a new one gives. */
    private static final Map<SocketOption<?>, Object> USUAL = usual();

    private static final Map<SocketOption<?>, Object> WITH_ACCESS_MODE = withAccessMode();

    private final Map<SocketOption<?>, Object> defaults;

    /** Only those that were set. */
    private final Map<SocketOption<?>, Object> values = new ConcurrentHashMap<>();

    private RememberedOptions(Map<SocketOption<?>, Object> defaults) {
        this.defaults = defaults;
    }

    /** Remembers the options of a TCP socket. */
    public static RememberedOptions ofTcp() {
        return new RememberedOptions(USUAL);
    }

    /** Remembers the options of a socket that listens. */
    public static RememberedOptions ofServer() {
        return only(Set.of(
                StandardSocketOptions.SO_RCVBUF,
                StandardSocketOptions.SO_REUSEADDR,
                StandardSocketOptions.SO_REUSEPORT));
    }

    /** Remembers the options of a UDP socket, but for those of multicast. */
    public static RememberedOptions ofUdp() {
        RememberedOptions udp = only(Set.of(
                StandardSocketOptions.SO_SNDBUF,
                StandardSocketOptions.SO_RCVBUF,
                StandardSocketOptions.SO_REUSEADDR,
                StandardSocketOptions.SO_REUSEPORT,
                StandardSocketOptions.IP_TOS));
        Map<SocketOption<?>, Object> more = new HashMap<>(udp.defaults);
        more.put(StandardSocketOptions.SO_BROADCAST, false);
        return new RememberedOptions(Map.copyOf(more));
    }

    private static RememberedOptions only(Set<SocketOption<?>> names) {
        Map<SocketOption<?>, Object> some = new HashMap<>(USUAL);
        some.keySet().retainAll(names);
        return new RememberedOptions(Map.copyOf(some));
    }

    /** Remembers the options of a TCP socket, and the one of a module, for a face that may become the module's. */
    public static RememberedOptions ofTcpAndModule() {
        return new RememberedOptions(WITH_ACCESS_MODE);
    }

    private static Map<SocketOption<?>, Object> usual() {
        Map<SocketOption<?>, Object> usual = new HashMap<>(Map.of(
                StandardSocketOptions.TCP_NODELAY,
                false,
                StandardSocketOptions.SO_KEEPALIVE,
                false,
                StandardSocketOptions.SO_REUSEADDR,
                false,
                StandardSocketOptions.SO_REUSEPORT,
                false,
                StandardSocketOptions.SO_SNDBUF,
                DEFAULT_BUFFER_BYTES,
                StandardSocketOptions.SO_RCVBUF,
                DEFAULT_BUFFER_BYTES,
                StandardSocketOptions.SO_LINGER,
                -1,
                StandardSocketOptions.IP_TOS,
                0));
        KEEP_ALIVE_DEFAULTS.forEach((name, value) -> addExtended(usual, name, value));
        return Map.copyOf(usual);
    }

    /** Adds an option of the module {@code jdk.net}, which a JVM need not have. */
    private static void addExtended(Map<SocketOption<?>, Object> options, String name, int value) {
        try {
            Field constant = Class.forName("jdk.net.ExtendedSocketOptions").getField(name);
            options.put((SocketOption<?>) constant.get(null), value);
        } catch (ReflectiveOperationException e) {
            // nobody can name the option in this JVM
        }
    }

    private static Map<SocketOption<?>, Object> withAccessMode() {
        Map<SocketOption<?>, Object> more = new HashMap<>(USUAL);
        more.put(ModemSocketOptions.ACCESS_MODE, AccessMode.ADAPTIVE);
        return Map.copyOf(more);
    }

    /** Returns the options that can be remembered; unmodifiable. */
    public Set<SocketOption<?>> supported() {
        return defaults.keySet();
    }

    /**
     * Checks that an option can be remembered.
     *
     * @throws UnsupportedOperationException if not
     */
    public void checkSupported(SocketOption<?> name) {
        Objects.requireNonNull(name, "name");
        if (!defaults.containsKey(name)) {
            throw new UnsupportedOperationException("socket option not supported: option=" + name);
        }
    }

    /**
     * Remembers the value of an option.
     *
     * @throws IllegalArgumentException if it makes no sense
     */
    public <T> void set(SocketOption<T> name, T value) {
        if (!name.type().isInstance(value)) {
            throw new IllegalArgumentException("socket option of the wrong type: option=" + name + ", value=" + value);
        }
        values.put(name, value instanceof Integer number ? checked(name, number) : value);
    }

    /** Returns the value last set, or that of a new socket. */
    public <T> T get(SocketOption<T> name) {
        Object set = values.get(name);
        return name.type().cast(set == null ? defaults.get(name) : set);
    }

    /** Sets what was set here on another channel as well, as far as that supports it. */
    public void copyTo(NetworkChannel channel) throws IOException {
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
