package io.uartnio.netty;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import java.util.Map;

/**
 * What the options of all channels over a module have in common: a table of those that Netty's own class does not know,
 * the two of a kernel's socket that every kind of channel has, and setters that return the config's own class. Safe for
 * any thread.
 *
 * @param <C> the config's own class
 */
abstract class AbstractModemChannelConfig<C extends AbstractModemChannelConfig<C>> extends DefaultChannelConfig {

    static final int DEFAULT_BUFFER_BYTES = 16 * 1024;
    private static final int MAX_TRAFFIC_CLASS = 255;

    private final OptionTable<C> table;
    private final Runnable clearReadInterest;
    private volatile int receiveBufferBytes = DEFAULT_BUFFER_BYTES;
    private volatile boolean reuseAddress;

    /**
     * Creates a config.
     *
     * @param clearReadInterest is run by any thread when nobody reads any more
     */
    AbstractModemChannelConfig(Channel channel, OptionTable<C> table, Runnable clearReadInterest) {
        super(channel);
        this.table = table;
        this.clearReadInterest = clearReadInterest;
    }

    /** As the other one, with another default of {@code RECVBUF_ALLOCATOR} than Netty's. */
    AbstractModemChannelConfig(
            Channel channel, RecvByteBufAllocator allocator, OptionTable<C> table, Runnable clearReadInterest) {
        super(channel, allocator);
        this.table = table;
        this.clearReadInterest = clearReadInterest;
    }

    @SuppressWarnings("unchecked") // C says so
    private C self() {
        return (C) this;
    }

    static int positive(ChannelOption<Integer> option, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("option must be positive: " + option.name() + "=" + value);
        }
        return value;
    }

    static int trafficClass(int value) {
        if (value < 0 || value > MAX_TRAFFIC_CLASS) {
            throw new IllegalArgumentException("option out of range: IP_TOS=" + value);
        }
        return value;
    }

    // -- the table --

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(super.getOptions(), table.all());
    }

    @Override
    public <T> T getOption(ChannelOption<T> option) {
        return table.has(option) ? table.get(self(), option) : super.getOption(option);
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        if (!table.has(option)) {
            return super.setOption(option, value);
        }
        validate(option, value);
        table.set(self(), option, value);
        return true;
    }

    // -- a kernel's socket --

    /** Returns what {@code SO_RCVBUF} was set to, in bytes. */
    public int getReceiveBufferSize() {
        return receiveBufferBytes;
    }

    /** Remembers {@code SO_RCVBUF}, in bytes, which changes nothing. */
    public C setReceiveBufferSize(int bytes) {
        receiveBufferBytes = positive(ChannelOption.SO_RCVBUF, bytes);
        return self();
    }

    /** Returns what {@code SO_REUSEADDR} was set to. */
    public boolean isReuseAddress() {
        return reuseAddress;
    }

    /** Remembers {@code SO_REUSEADDR}, which changes nothing. */
    public C setReuseAddress(boolean reuse) {
        reuseAddress = reuse;
        return self();
    }

    // -- Netty's own --

    @Override
    protected void autoReadCleared() {
        clearReadInterest.run();
    }

    @Override
    public C setConnectTimeoutMillis(int millis) {
        super.setConnectTimeoutMillis(millis);
        return self();
    }

    @Override
    @Deprecated
    public C setMaxMessagesPerRead(int messages) {
        super.setMaxMessagesPerRead(messages);
        return self();
    }

    @Override
    public C setWriteSpinCount(int count) {
        super.setWriteSpinCount(count);
        return self();
    }

    @Override
    public C setAllocator(ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return self();
    }

    @Override
    public C setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return self();
    }

    @Override
    public C setAutoRead(boolean autoRead) {
        super.setAutoRead(autoRead);
        return self();
    }

    @Override
    public C setAutoClose(boolean autoClose) {
        super.setAutoClose(autoClose);
        return self();
    }

    @Override
    public C setWriteBufferHighWaterMark(int bytes) {
        super.setWriteBufferHighWaterMark(bytes);
        return self();
    }

    @Override
    public C setWriteBufferLowWaterMark(int bytes) {
        super.setWriteBufferLowWaterMark(bytes);
        return self();
    }

    @Override
    public C setWriteBufferWaterMark(WriteBufferWaterMark mark) {
        super.setWriteBufferWaterMark(mark);
        return self();
    }

    @Override
    public C setMessageSizeEstimator(MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return self();
    }
}
