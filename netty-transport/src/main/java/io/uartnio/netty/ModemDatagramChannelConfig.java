package io.uartnio.netty;

import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.DatagramChannelConfig;
import java.net.InetAddress;
import java.net.NetworkInterface;

/**
 * The options of a {@link ModemDatagramChannel}. {@code SO_SNDBUF}, {@code SO_RCVBUF}, {@code SO_REUSEADDR}, {@code
 * SO_BROADCAST} and {@code IP_TOS} are remembered only, as there is no kernel's socket for them to change; those of
 * multicast are not there. The default {@code RECVBUF_ALLOCATOR} gives 2048 bytes, which holds what a module gives out.
 * Safe for any thread.
 */
public final class ModemDatagramChannelConfig extends AbstractModemChannelConfig<ModemDatagramChannelConfig>
        implements DatagramChannelConfig {

    private static final int DATAGRAM_BYTES = 2048;

    private static final OptionTable<ModemDatagramChannelConfig> OPTIONS = new OptionTable<ModemDatagramChannelConfig>()
            .with(
                    ChannelOption.SO_BROADCAST,
                    ModemDatagramChannelConfig::isBroadcast,
                    ModemDatagramChannelConfig::setBroadcast)
            .with(
                    ChannelOption.SO_RCVBUF,
                    ModemDatagramChannelConfig::getReceiveBufferSize,
                    ModemDatagramChannelConfig::setReceiveBufferSize)
            .with(
                    ChannelOption.SO_SNDBUF,
                    ModemDatagramChannelConfig::getSendBufferSize,
                    ModemDatagramChannelConfig::setSendBufferSize)
            .with(
                    ChannelOption.SO_REUSEADDR,
                    ModemDatagramChannelConfig::isReuseAddress,
                    ModemDatagramChannelConfig::setReuseAddress)
            .with(
                    ChannelOption.IP_TOS,
                    ModemDatagramChannelConfig::getTrafficClass,
                    ModemDatagramChannelConfig::setTrafficClass);

    private volatile int sendBufferBytes = DEFAULT_BUFFER_BYTES;
    private volatile int trafficClass;
    private volatile boolean broadcast;

    ModemDatagramChannelConfig(ModemDatagramChannel channel) {
        super(channel, new FixedRecvByteBufAllocator(DATAGRAM_BYTES), OPTIONS, channel::clearReadInterest);
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
    public int getTrafficClass() {
        return trafficClass;
    }

    @Override
    public ModemDatagramChannelConfig setTrafficClass(int value) {
        trafficClass = trafficClass(value);
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

    static UnsupportedOperationException noMulticast() {
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
}
