package io.uartnio.netty;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannelConfig;
import io.uartnio.AccessMode;
import io.uartnio.TlsProfile;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The options of a {@link ModemSocketChannel}. Those of a kernel's socket ({@code TCP_NODELAY}, {@code SO_KEEPALIVE},
 * {@code SO_SNDBUF}, {@code SO_RCVBUF}, {@code SO_LINGER}, {@code SO_REUSEADDR}, {@code IP_TOS}) are checked,
 * remembered and given back, and change nothing: there is no such socket here. {@link ModemChannelOption} has those that
 * change something. Safe for any thread.
 */
public final class ModemSocketChannelConfig extends DefaultChannelConfig implements SocketChannelConfig {

    private static final int DEFAULT_BUFFER_BYTES = 16 * 1024;
    private static final int MAX_LINGER_SECONDS = 65_535;
    private static final int MAX_TRAFFIC_CLASS = 255;

    /** How one option is read and written. */
    private record Access<T>(
            Function<ModemSocketChannelConfig, T> getter, BiConsumer<ModemSocketChannelConfig, T> setter) {}

    private static final Map<ChannelOption<?>, Access<?>> OWN = Map.ofEntries(
            Map.entry(
                    ChannelOption.SO_RCVBUF,
                    new Access<>(
                            ModemSocketChannelConfig::getReceiveBufferSize,
                            ModemSocketChannelConfig::setReceiveBufferSize)),
            Map.entry(
                    ChannelOption.SO_SNDBUF,
                    new Access<>(
                            ModemSocketChannelConfig::getSendBufferSize, ModemSocketChannelConfig::setSendBufferSize)),
            Map.entry(
                    ChannelOption.TCP_NODELAY,
                    new Access<>(ModemSocketChannelConfig::isTcpNoDelay, ModemSocketChannelConfig::setTcpNoDelay)),
            Map.entry(
                    ChannelOption.SO_KEEPALIVE,
                    new Access<>(ModemSocketChannelConfig::isKeepAlive, ModemSocketChannelConfig::setKeepAlive)),
            Map.entry(
                    ChannelOption.SO_REUSEADDR,
                    new Access<>(ModemSocketChannelConfig::isReuseAddress, ModemSocketChannelConfig::setReuseAddress)),
            Map.entry(
                    ChannelOption.SO_LINGER,
                    new Access<>(ModemSocketChannelConfig::getSoLinger, ModemSocketChannelConfig::setSoLinger)),
            Map.entry(
                    ChannelOption.IP_TOS,
                    new Access<>(ModemSocketChannelConfig::getTrafficClass, ModemSocketChannelConfig::setTrafficClass)),
            Map.entry(
                    ChannelOption.ALLOW_HALF_CLOSURE,
                    new Access<>(
                            ModemSocketChannelConfig::isAllowHalfClosure,
                            ModemSocketChannelConfig::setAllowHalfClosure)),
            Map.entry(
                    ModemChannelOption.ACCESS_MODE,
                    new Access<>(ModemSocketChannelConfig::getAccessMode, ModemSocketChannelConfig::setAccessMode)),
            Map.entry(
                    ModemChannelOption.TLS_PROFILE,
                    new Access<>(ModemSocketChannelConfig::getTlsProfile, ModemSocketChannelConfig::setTlsProfile)),
            Map.entry(
                    ModemChannelOption.RECEIVE_HIGH_WATER_MARK,
                    new Access<>(
                            ModemSocketChannelConfig::getReceiveHighWaterMark,
                            ModemSocketChannelConfig::setReceiveHighWaterMark)));

    private final ModemSocketChannel modemChannel;

    private volatile boolean allowHalfClosure;
    private volatile boolean tcpNoDelay = true;
    private volatile boolean keepAlive;
    private volatile boolean reuseAddress;
    private volatile int sendBufferBytes = DEFAULT_BUFFER_BYTES;
    private volatile int receiveBufferBytes = DEFAULT_BUFFER_BYTES;
    private volatile int lingerSeconds = -1;
    private volatile int trafficClass;
    /** What was asked for, null for the modem's own. */
    private volatile AccessMode accessMode;

    private volatile TlsProfile tlsProfile;
    /** Null for the modem's own. */
    private volatile Integer receiveHighWaterMark;

    ModemSocketChannelConfig(ModemSocketChannel channel, TlsProfile tlsProfile) {
        super(channel);
        this.modemChannel = channel;
        this.tlsProfile = tlsProfile;
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(super.getOptions(), OWN.keySet().toArray(new ChannelOption<?>[0]));
    }

    @Override
    public <T> T getOption(ChannelOption<T> option) {
        Access<T> own = own(option);
        return own == null ? super.getOption(option) : own.getter.apply(this);
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        Access<T> own = own(option);
        if (own == null) {
            return super.setOption(option, value);
        }
        validate(option, value);
        own.setter.accept(this, value);
        return true;
    }

    @SuppressWarnings("unchecked") // the table has each option with its own type
    private static <T> Access<T> own(ChannelOption<T> option) {
        return (Access<T>) OWN.get(option);
    }

    /** Returns the access mode asked for; null before the connect if that is the modem's own. */
    public AccessMode getAccessMode() {
        AccessMode current = modemChannel.socketAccessMode();
        return current == null ? accessMode : current;
    }

    /**
     * Asks for an access mode, see {@link ModemChannelOption#ACCESS_MODE}.
     *
     * @throws ChannelException if the channel is connected and the module refuses it
     */
    public ModemSocketChannelConfig setAccessMode(AccessMode mode) {
        Objects.requireNonNull(mode, "mode");
        AccessMode before = accessMode;
        // First, so that a connect that begins meanwhile sees it, or its socket is seen here.
        accessMode = mode;
        try {
            modemChannel.setSocketAccessMode(mode);
        } catch (IOException | UnsupportedOperationException e) {
            accessMode = before;
            throw new ChannelException("access mode refused: mode=" + mode, e);
        }
        return this;
    }

    AccessMode askedAccessMode() {
        return accessMode;
    }

    /** Returns how many received bytes may wait before the module is slowed down; null for the modem's own number. */
    public Integer getReceiveHighWaterMark() {
        return receiveHighWaterMark;
    }

    /**
     * Says how many received bytes may wait, see {@link ModemChannelOption#RECEIVE_HIGH_WATER_MARK}.
     *
     * @throws IllegalArgumentException if it is not positive, or if the channel is connected and it is more than the
     *     socket can hold
     */
    public ModemSocketChannelConfig setReceiveHighWaterMark(int bytes) {
        positive(ModemChannelOption.RECEIVE_HIGH_WATER_MARK, bytes);
        Integer before = receiveHighWaterMark;
        receiveHighWaterMark = bytes; // first, as the access mode
        try {
            modemChannel.setSocketHighWaterMark(bytes);
        } catch (IllegalArgumentException e) {
            receiveHighWaterMark = before;
            throw e;
        }
        return this;
    }

    /** Returns how the module runs TLS on the channel, null for plain TCP. */
    public TlsProfile getTlsProfile() {
        return tlsProfile;
    }

    /** Says how the module runs TLS on the channel, null for plain TCP; too late once the channel is connecting. */
    public ModemSocketChannelConfig setTlsProfile(TlsProfile profile) {
        tlsProfile = profile;
        return this;
    }

    @Override
    protected void autoReadCleared() {
        modemChannel.clearReadInterest();
    }

    @Override
    public boolean isTcpNoDelay() {
        return tcpNoDelay;
    }

    @Override
    public ModemSocketChannelConfig setTcpNoDelay(boolean noDelay) {
        tcpNoDelay = noDelay;
        return this;
    }

    @Override
    public int getSoLinger() {
        return lingerSeconds;
    }

    @Override
    public ModemSocketChannelConfig setSoLinger(int seconds) {
        lingerSeconds = seconds < 0 ? -1 : Math.min(seconds, MAX_LINGER_SECONDS);
        return this;
    }

    @Override
    public int getSendBufferSize() {
        return sendBufferBytes;
    }

    @Override
    public ModemSocketChannelConfig setSendBufferSize(int bytes) {
        sendBufferBytes = positive(ChannelOption.SO_SNDBUF, bytes);
        return this;
    }

    @Override
    public int getReceiveBufferSize() {
        return receiveBufferBytes;
    }

    @Override
    public ModemSocketChannelConfig setReceiveBufferSize(int bytes) {
        receiveBufferBytes = positive(ChannelOption.SO_RCVBUF, bytes);
        return this;
    }

    private static int positive(ChannelOption<Integer> option, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("option must be positive: " + option.name() + "=" + value);
        }
        return value;
    }

    @Override
    public boolean isKeepAlive() {
        return keepAlive;
    }

    @Override
    public ModemSocketChannelConfig setKeepAlive(boolean alive) {
        keepAlive = alive;
        return this;
    }

    @Override
    public int getTrafficClass() {
        return trafficClass;
    }

    @Override
    public ModemSocketChannelConfig setTrafficClass(int value) {
        if (value < 0 || value > MAX_TRAFFIC_CLASS) {
            throw new IllegalArgumentException("option out of range: IP_TOS=" + value);
        }
        trafficClass = value;
        return this;
    }

    @Override
    public boolean isReuseAddress() {
        return reuseAddress;
    }

    @Override
    public ModemSocketChannelConfig setReuseAddress(boolean reuse) {
        reuseAddress = reuse;
        return this;
    }

    @Override
    public ModemSocketChannelConfig setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
        return this;
    }

    @Override
    public boolean isAllowHalfClosure() {
        return allowHalfClosure;
    }

    @Override
    public ModemSocketChannelConfig setAllowHalfClosure(boolean allow) {
        allowHalfClosure = allow;
        return this;
    }

    @Override
    public ModemSocketChannelConfig setConnectTimeoutMillis(int millis) {
        super.setConnectTimeoutMillis(millis);
        return this;
    }

    @Override
    @Deprecated
    public ModemSocketChannelConfig setMaxMessagesPerRead(int messages) {
        super.setMaxMessagesPerRead(messages);
        return this;
    }

    @Override
    public ModemSocketChannelConfig setWriteSpinCount(int count) {
        super.setWriteSpinCount(count);
        return this;
    }

    @Override
    public ModemSocketChannelConfig setAllocator(ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return this;
    }

    @Override
    public ModemSocketChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return this;
    }

    @Override
    public ModemSocketChannelConfig setAutoRead(boolean autoRead) {
        super.setAutoRead(autoRead);
        return this;
    }

    @Override
    public ModemSocketChannelConfig setAutoClose(boolean autoClose) {
        super.setAutoClose(autoClose);
        return this;
    }

    @Override
    public ModemSocketChannelConfig setWriteBufferHighWaterMark(int bytes) {
        super.setWriteBufferHighWaterMark(bytes);
        return this;
    }

    @Override
    public ModemSocketChannelConfig setWriteBufferLowWaterMark(int bytes) {
        super.setWriteBufferLowWaterMark(bytes);
        return this;
    }

    @Override
    public ModemSocketChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark mark) {
        super.setWriteBufferWaterMark(mark);
        return this;
    }

    @Override
    public ModemSocketChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return this;
    }
}
