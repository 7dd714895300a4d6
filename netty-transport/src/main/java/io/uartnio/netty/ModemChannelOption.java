package io.uartnio.netty;

import io.netty.channel.ChannelOption;
import io.uartnio.AccessMode;
import io.uartnio.Modem;
import io.uartnio.ModemSocketOptions;
import io.uartnio.TlsProfile;

/** Options that only channels over a module have. */
public final class ModemChannelOption {

    /**
     * How received data crosses the UART, as {@link ModemSocketOptions#ACCESS_MODE} says; the modem's
     * {@link Modem.Builder#accessMode} until set. Before the connect it says how the socket is opened; on a connected
     * channel it is switched in the background. What the module refuses then is an
     * {@link io.netty.channel.ChannelException}, and fails the connect if it was set before.
     */
    public static final ChannelOption<AccessMode> ACCESS_MODE =
            ChannelOption.valueOf(ModemChannelOption.class, "ACCESS_MODE");

    /**
     * How the module runs TLS on the channel, instead of what its factory says; to be set before the connect.
     */
    public static final ChannelOption<TlsProfile> TLS_PROFILE =
            ChannelOption.valueOf(ModemChannelOption.class, "TLS_PROFILE");

    /**
     * How many received bytes may wait for the channel's reader before the module is slowed down, from 1 to the modem's
     * {@link Modem.Builder#receiveBufferBytes}; three quarters of that until set. Above it an
     * {@linkplain AccessMode#ADAPTIVE adaptive} channel is moved to buffer access mode, and in that mode no more is read
     * from the module; what is under way still comes. May be set at any time; a value out of range fails the connect.
     */
    public static final ChannelOption<Integer> RECEIVE_HIGH_WATER_MARK =
            ChannelOption.valueOf(ModemChannelOption.class, "RECEIVE_HIGH_WATER_MARK");

    private ModemChannelOption() {}
}
