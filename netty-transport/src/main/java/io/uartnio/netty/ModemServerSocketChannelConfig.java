package io.uartnio.netty;

import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.socket.ServerSocketChannelConfig;

/**
 * The options of a {@link ModemServerSocketChannel}: {@code SO_BACKLOG}, before the bind, is how many connections may
 * wait to be accepted; {@code SO_RCVBUF} and {@code SO_REUSEADDR} are remembered only. Safe for any thread.
 */
public final class ModemServerSocketChannelConfig extends AbstractModemChannelConfig<ModemServerSocketChannelConfig>
        implements ServerSocketChannelConfig {

    /** Each waiting connection holds one of the module's sockets. */
    private static final int DEFAULT_BACKLOG = 5;

    private static final OptionTable<ModemServerSocketChannelConfig> OPTIONS = new OptionTable<
                    ModemServerSocketChannelConfig>()
            .with(
                    ChannelOption.SO_BACKLOG,
                    ModemServerSocketChannelConfig::getBacklog,
                    ModemServerSocketChannelConfig::setBacklog)
            .with(
                    ChannelOption.SO_RCVBUF,
                    ModemServerSocketChannelConfig::getReceiveBufferSize,
                    ModemServerSocketChannelConfig::setReceiveBufferSize)
            .with(
                    ChannelOption.SO_REUSEADDR,
                    ModemServerSocketChannelConfig::isReuseAddress,
                    ModemServerSocketChannelConfig::setReuseAddress);

    private volatile int backlog = DEFAULT_BACKLOG;

    ModemServerSocketChannelConfig(ModemServerSocketChannel channel) {
        super(channel, new ServerChannelRecvByteBufAllocator(), OPTIONS, channel::clearReadInterest);
    }

    @Override
    public int getBacklog() {
        return backlog;
    }

    @Override
    public ModemServerSocketChannelConfig setBacklog(int connections) {
        backlog = positive(ChannelOption.SO_BACKLOG, connections);
        return this;
    }

    @Override
    public ModemServerSocketChannelConfig setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
        return this;
    }
}
