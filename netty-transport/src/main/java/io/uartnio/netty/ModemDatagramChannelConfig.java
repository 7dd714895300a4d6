package io.uartnio.netty;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DatagramChannelConfig;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.Map;

/**
 * The options of a {@link ModemDatagramChannel}. {@code SO_SNDBUF}, {@code SO_RCVBUF}, {@code SO_REUSEADDR}, {@code
 * SO_BROADCAST} and {@code IP_TOS} are remembered only, as there is no kernel's socket for them to change; those of
 * multicast are not there. The default {@code RECVBUF_ALLOCATOR} gives 2048 bytes, which holds what a module gives out.
 * Safe for any thread.
 */
public final class ModemDatagramChannelConfig extends DefaultChannelConfig implements DatagramChannelConfig {

    private static final int DEFAULT_BUFFER_BYTES = 16 * 1024;
    private static final int DATAGRAM_BYTES = 2048;
    private static final int MAX_TRAFFIC_CLASS = 255;

    private final ModemDatagramChannel datagramChannel;
    private volatile int sendBufferBytes = DEFAULT_BUFFER_BYTES;
    private volatile int receiveBufferBytes = DEFAULT_BUFFER_BYTES;
    private volatile int trafficClass;
    private volatile boolean reuseAddress;
    private volatile boolean broadcast;

    ModemDatagramChannelConfig(ModemDatagramChannel channel) {
        super(channel, new FixedRecvByteBufAllocator(DATAGRAM_BYTES));
        this.datagramChannel = channel;
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(
                super.getOptions(),
                ChannelOption.SO_BROADCAST,
                ChannelOption.SO_RCVBUF,
                ChannelOption.SO_SNDBUF,
                ChannelOption.SO_REUSEADDR,
                ChannelOption.IP_TOS);
    }

    @Override
    @SuppressWarnings("unchecked") // the option says what it is of
    public <T> T getOption(ChannelOption<T> option) {
        if (option.equals(ChannelOption.SO_BROADCAST)) {
            return (T) Boolean.valueOf(broadcast);
        }
        if (option.equals(ChannelOption.SO_RCVBUF)) {
            return (T) Integer.valueOf(receiveBufferBytes);
        }
        if (option.equals(ChannelOption.SO_SNDBUF)) {
            return (T) Integer.valueOf(sendBufferBytes);
        }
        if (option.equals(ChannelOption.SO_REUSEADDR)) {
            return (T) Boolean.valueOf(reuseAddress);
        }
        if (option.equals(ChannelOption.IP_TOS)) {
            return (T) Integer.valueOf(trafficClass);
        }
        return super.getOption(option);
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        validate(option, value);
        if (option.equals(ChannelOption.SO_BROADCAST)) {
            setBroadcast((Boolean) value);
        } else if (option.equals(ChannelOption.SO_RCVBUF)) {
            setReceiveBufferSize((Integer) value);
        } else if (option.equals(ChannelOption.SO_SNDBUF)) {
            setSendBufferSize((Integer) value);
        } else if (option.equals(ChannelOption.SO_REUSEADDR)) {
            setReuseAddress((Boolean) value);
        } else if (option.equals(ChannelOption.IP_TOS)) {
            setTrafficClass((Integer) value);
        } else {
            return super.setOption(option, value);
        }
        return true;
    }

    @Override
    protected void autoReadCleared() {
        datagramChannel.clearReadInterest();
    }

    @Override
    public int getSendBufferSize() {
        return sendBufferBytes;
    }

    @Override
    public ModemDatagramChannelConfig setSendBufferSize(int bytes) {
        sendBufferBytes = positive(ChannelOption.SO_SNDBUF, bytes);
        return this;
    }

    @Override
    public int getReceiveBufferSize() {
        return receiveBufferBytes;
    }

    @Override
    public ModemDatagramChannelConfig setReceiveBufferSize(int bytes) {
        receiveBufferBytes = positive(ChannelOption.SO_RCVBUF, bytes);
        return this;
    }

    private static int positive(ChannelOption<Integer> option, int bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("option must be positive: " + option + "=" + bytes);
        }
        return bytes;
    }

    @Override
    public int getTrafficClass() {
        return trafficClass;
    }

    @Override
    public ModemDatagramChannelConfig setTrafficClass(int newTrafficClass) {
        if (newTrafficClass < 0 || newTrafficClass > MAX_TRAFFIC_CLASS) {
            throw new IllegalArgumentException("option out of range: IP_TOS=" + newTrafficClass);
        }
        trafficClass = newTrafficClass;
        return this;
    }

    @Override
    public boolean isReuseAddress() {
        return reuseAddress;
    }

    @Override
    public ModemDatagramChannelConfig setReuseAddress(boolean reuse) {
        reuseAddress = reuse;
        return this;
    }

    @Override
    public boolean isBroadcast() {
        return broadcast;
    }

    @Override
    public ModemDatagramChannelConfig setBroadcast(boolean newBroadcast) {
        broadcast = newBroadcast;
        return this;
    }

    // -- multicast, which no module has --

    private static UnsupportedOperationException noMulticast() {
        return new UnsupportedOperationException("module has no multicast");
    }

    /** Returns true: nothing comes back. */
    @Override
    public boolean isLoopbackModeDisabled() {
        return true;
    }

    /** Throws {@link UnsupportedOperationException}. */
    @Override
    public ModemDatagramChannelConfig setLoopbackModeDisabled(boolean disabled) {
        throw noMulticast();
    }

    /** Returns 0: no datagram to a group leaves. */
    @Override
    public int getTimeToLive() {
        return 0;
    }

    /** Throws {@link UnsupportedOperationException}. */
    @Override
    public ModemDatagramChannelConfig setTimeToLive(int hops) {
        throw noMulticast();
    }

    /** Returns null. */
    @Override
    public InetAddress getInterface() {
        return null;
    }

    /** Throws {@link UnsupportedOperationException}. */
    @Override
    public ModemDatagramChannelConfig setInterface(InetAddress address) {
        throw noMulticast();
    }

    /** Returns null. */
    @Override
    public NetworkInterface getNetworkInterface() {
        return null;
    }

    /** Throws {@link UnsupportedOperationException}. */
    @Override
    public ModemDatagramChannelConfig setNetworkInterface(NetworkInterface network) {
        throw noMulticast();
    }

    // -- Netty's own, with this class for chaining --

    @Override
    @Deprecated
    public ModemDatagramChannelConfig setMaxMessagesPerRead(int messages) {
        super.setMaxMessagesPerRead(messages);
        return this;
    }

    @Override
    public ModemDatagramChannelConfig setWriteSpinCount(int count) {
        super.setWriteSpinCount(count);
        return this;
    }

    @Override
    public ModemDatagramChannelConfig setConnectTimeoutMillis(int millis) {
        super.setConnectTimeoutMillis(millis);
        return this;
    }

    @Override
    public ModemDatagramChannelConfig setAllocator(ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return this;
    }

    @Override
    public ModemDatagramChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return this;
    }

    @Override
    public ModemDatagramChannelConfig setAutoRead(boolean autoRead) {
        super.setAutoRead(autoRead);
        return this;
    }

    @Override
    public ModemDatagramChannelConfig setAutoClose(boolean autoClose) {
        super.setAutoClose(autoClose);
        return this;
    }

    @Override
    public ModemDatagramChannelConfig setWriteBufferHighWaterMark(int bytes) {
        super.setWriteBufferHighWaterMark(bytes);
        return this;
    }

    @Override
    public ModemDatagramChannelConfig setWriteBufferLowWaterMark(int bytes) {
        super.setWriteBufferLowWaterMark(bytes);
        return this;
    }

    @Override
    public ModemDatagramChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark mark) {
        super.setWriteBufferWaterMark(mark);
        return this;
    }

    @Override
    public ModemDatagramChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return this;
    }
}
