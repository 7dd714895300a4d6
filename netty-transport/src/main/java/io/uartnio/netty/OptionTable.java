package io.uartnio.netty;

import io.netty.channel.ChannelOption;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * How the options of one kind of channel are read and written that {@link io.netty.channel.DefaultChannelConfig} does not
 * know. Made by one thread, as a constant of the config's class, and safe for any from then on.
 *
 * @param <C> the config
 */
final class OptionTable<C> {

    /** How one option is read and written. */
    private record Access<C, T>(Function<C, T> getter, BiConsumer<C, T> setter) {}

    private final Map<ChannelOption<?>, Access<C, ?>> options = new HashMap<>();

    /** Adds an option, while the table is being made. */
    <T> OptionTable<C> with(ChannelOption<T> option, Function<C, T> getter, BiConsumer<C, T> setter) {
        options.put(option, new Access<>(getter, setter));
        return this;
    }

    ChannelOption<?>[] all() {
        return options.keySet().toArray(new ChannelOption<?>[0]);
    }

    boolean has(ChannelOption<?> option) {
        return options.containsKey(option);
    }

    /** Returns the value of an option that the table has. */
    <T> T get(C config, ChannelOption<T> option) {
        return access(option).getter.apply(config);
    }

    /** Sets an option that the table has. */
    <T> void set(C config, ChannelOption<T> option, T value) {
        access(option).setter.accept(config, value);
    }

    @SuppressWarnings("unchecked") // the table has each option with its own type
    private <T> Access<C, T> access(ChannelOption<T> option) {
        return (Access<C, T>) options.get(option);
    }
}
