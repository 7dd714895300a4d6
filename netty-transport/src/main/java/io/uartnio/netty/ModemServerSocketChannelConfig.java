package io.uartnio.netty;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ServerSocketChannelConfig;
import java.util.Map;

/**
 * The options of a {@link ModemServerSocketChannel}: {@code SO_BACKLOG}, before the bind, is how many connections may
 * wait to be accepted; {@code SO_RCVBUF} and {@code SO_REUSEADDR} are remembered only. Safe for any thread.
 */
public final class ModemServerSocketChannelConfig extends DefaultChannelConfig implements ServerSocketChannelConfig {

    /** Each waiting connection holds one of the module's sockets. */
    private static final int DEFAULT_BACKLOG = 5;

    private static final int DEFAULT_BUFFER_BYTES = 16 * 1024;

    private final ModemServerSocketChannel serverChannel;
    private volatile int backlog = DEFAULT_BACKLOG;
    private volatile int receiveBufferBytes = DEFAULT_BUFFER_BYTES;
    private volatile boolean reuseAddress;

    ModemServerSocketChannelConfig(ModemServerSocketChannel channel) {
        super(channel, new ServerChannelRecvByteBufAllocator());
        this.serverChannel = channel;
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(
                super.getOptions(), ChannelOption.SO_RCVBUF, ChannelOption.SO_REUSEADDR, ChannelOption.SO_BACKLOG);
    }

    @Override
    @SuppressWarnings("unchecked") // the option says what it is of
    public <T> T getOption(ChannelOption<T> option) {
        if (option.equals(ChannelOption.SO_BACKLOG)) {
            return (T) Integer.valueOf(backlog);
        }
        if (option.equals(ChannelOption.SO_RCVBUF)) {
            return (T) Integer.valueOf(receiveBufferBytes);
        }
        if (option.equals(ChannelOption.SO_REUSEADDR)) {
            return (T) Boolean.valueOf(reuseAddress);
        }
        return super.getOption(option);
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        validate(option, value);
        if (option.equals(ChannelOption.SO_BACKLOG)) {
            setBacklog((Integer) value);
        } else if (option.equals(ChannelOption.SO_RCVBUF)) {
            setReceiveBufferSize((Integer) value);
        } else if (option.equals(ChannelOption.SO_REUSEADDR)) {
            setReuseAddress((Boolean) value);
        } else {
            return super.setOption(option, value);
        }
        return true;
    }

    @Override
    protected void autoReadCleared() {
        serverChannel.clearReadInterest();
    }

    @Override
    public int getBacklog() {
        return backlog;
    }

    @Override
    public ModemServerSocketChannelConfig setBacklog(int connections) {
        if (connections < 1) {
            throw new IllegalArgumentException("option must be positive: SO_BACKLOG=" + connections);
        }
        backlog = connections;
        return this;
    }

    @Override
    public boolean isReuseAddress() {
        return reuseAddress;
    }

    @Override
    public ModemServerSocketChannelConfig setReuseAddress(boolean reuse) {
        reuseAddress = reuse;
        return this;
    }

    @Override
    public int getReceiveBufferSize() {
        return receiveBufferBytes;
    }

    @Override
    public ModemServerSocketChannelConfig setReceiveBufferSize(int bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("option must be positive: SO_RCVBUF=" + bytes);
        }
        receiveBufferBytes = bytes;
        return this;
    }

    @Override
    public ModemServerSocketChannelConfig setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
        return this;
    }

    @Override
    public ModemServerSocketChannelConfig setConnectTimeoutMillis(int millis) {
        super.setConnectTimeoutMillis(millis);
        return this;
    }

    @Override
    @Deprecated
    public ModemServerSocketChannelConfig setMaxMessagesPerRead(int messages) {
        super.setMaxMessagesPerRead(messages);
        return this;
    }

    @Override
    public ModemServerSocketChannelConfig setWriteSpinCount(int count) {
        super.setWriteSpinCount(count);
        return this;
    }

    @Override
    public ModemServerSocketChannelConfig setAllocator(ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return this;
    }

    @Override
    public ModemServerSocketChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return this;
    }

    @Override
    public ModemServerSocketChannelConfig setAutoRead(boolean autoRead) {
        super.setAutoRead(autoRead);
        return this;
    }

    @Override
    public ModemServerSocketChannelConfig setWriteBufferHighWaterMark(int bytes) {
        super.setWriteBufferHighWaterMark(bytes);
        return this;
    }

    @Override
    public ModemServerSocketChannelConfig setWriteBufferLowWaterMark(int bytes) {
        super.setWriteBufferLowWaterMark(bytes);
        return this;
    }

    @Override
    public ModemServerSocketChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark mark) {
        super.setWriteBufferWaterMark(mark);
        return this;
    }

    @Override
    public ModemServerSocketChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return this;
    }
}
