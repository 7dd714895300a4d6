package io.uartnio.netty;

import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannelConfig;
import io.uartnio.AccessMode;
import io.uartnio.TlsProfile;
import java.io.IOException;
import java.util.Objects;

/**
 * The options of a {@link ModemSocketChannel}. Those of a kernel's socket ({@code TCP_NODELAY}, {@code SO_KEEPALIVE},
 * {@code SO_SNDBUF}, {@code SO_RCVBUF}, {@code SO_LINGER}, {@code SO_REUSEADDR}, {@code IP_TOS}) are checked,
 * remembered and given back, and change nothing: there is no such socket here. {@link ModemChannelOption} has those that
 * change something. Safe for any thread.
 */
public final class ModemSocketChannelConfig extends AbstractModemChannelConfig<ModemSocketChannelConfig>
        implements SocketChannelConfig {

    private static final int MAX_LINGER_SECONDS = 65_535;

    private static final OptionTable<ModemSocketChannelConfig> OPTIONS = new OptionTable<ModemSocketChannelConfig>()
            .with(
                    ChannelOption.SO_RCVBUF,
                    ModemSocketChannelConfig::getReceiveBufferSize,
                    ModemSocketChannelConfig::setReceiveBufferSize)
            .with(
                    ChannelOption.SO_SNDBUF,
                    ModemSocketChannelConfig::getSendBufferSize,
                    ModemSocketChannelConfig::setSendBufferSize)
            .with(
                    ChannelOption.TCP_NODELAY,
                    ModemSocketChannelConfig::isTcpNoDelay,
                    ModemSocketChannelConfig::setTcpNoDelay)
            .with(
                    ChannelOption.SO_KEEPALIVE,
                    ModemSocketChannelConfig::isKeepAlive,
                    ModemSocketChannelConfig::setKeepAlive)
            .with(
                    ChannelOption.SO_REUSEADDR,
                    ModemSocketChannelConfig::isReuseAddress,
                    ModemSocketChannelConfig::setReuseAddress)
            .with(ChannelOption.SO_LINGER, ModemSocketChannelConfig::getSoLinger, ModemSocketChannelConfig::setSoLinger)
            .with(
                    ChannelOption.IP_TOS,
                    ModemSocketChannelConfig::getTrafficClass,
                    ModemSocketChannelConfig::setTrafficClass)
            .with(
                    ChannelOption.ALLOW_HALF_CLOSURE,
                    ModemSocketChannelConfig::isAllowHalfClosure,
                    ModemSocketChannelConfig::setAllowHalfClosure)
            .with(
                    ModemChannelOption.ACCESS_MODE,
                    ModemSocketChannelConfig::getAccessMode,
                    ModemSocketChannelConfig::setAccessMode)
            .with(
                    ModemChannelOption.TLS_PROFILE,
                    ModemSocketChannelConfig::getTlsProfile,
                    ModemSocketChannelConfig::setTlsProfile)
            .with(
                    ModemChannelOption.RECEIVE_HIGH_WATER_MARK,
                    ModemSocketChannelConfig::getReceiveHighWaterMark,
                    ModemSocketChannelConfig::setReceiveHighWaterMark);

    private final ModemSocketChannel modemChannel;

    private volatile boolean allowHalfClosure;
    private volatile boolean tcpNoDelay = true;
    private volatile boolean keepAlive;
    private volatile int sendBufferBytes = DEFAULT_BUFFER_BYTES;
    private volatile int lingerSeconds = -1;
    private volatile int trafficClass;
    /** What was asked for, null for the modem's own. */
    private volatile AccessMode accessMode;

    private volatile TlsProfile tlsProfile;
    /** Null for the modem's own. */
    private volatile Integer receiveHighWaterMark;

    ModemSocketChannelConfig(ModemSocketChannel channel, TlsProfile tlsProfile) {
        super(channel, OPTIONS, channel::clearReadInterest);
        this.modemChannel = channel;
        this.tlsProfile = tlsProfile;
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
        trafficClass = trafficClass(value);
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
}
