package io.uartnio.conformance;

import io.netty.channel.ChannelFactory;
import io.netty.channel.DefaultEventLoopGroup;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.uartnio.netty.ModemSocketChannel;
import java.util.function.Function;

/**
 * What Netty's tests are run over: a kind of client channel, and the event loops it is registered with. The server's
 * side is always the JDK's, on loopback. A further combination is a further constant.
 */
enum Transport {
    /** The JDK's own channels, first: a test that fails here is a wrong test, or on a wrong machine. */
    JDK_NIO(bed -> new Client(nio(NioIoHandler.newFactory()), NioSocketChannel::new)),

    /** The module's sockets as {@code java.nio} channels, with the selector of the same provider. */
    UART_NIO(bed ->
            new Client(nio(NioIoHandler.newFactory(bed.provider())), () -> new NioSocketChannel(bed.provider()))),

    /** Netty channels over the module's sockets, on the loops that most programs have. */
    MODEM_NIO(bed -> new Client(nio(NioIoHandler.newFactory()), ModemSocketChannel.factory(bed.modem()))),

    /** On loops that wait for tasks only. */
    MODEM_DEFAULT(bed -> new Client(defaultGroup(), ModemSocketChannel.factory(bed.modem()))),

    /** On loops whose handler takes the handles of local channels only. */
    MODEM_LOCAL(bed ->
            new Client(group("client-local", LocalIoHandler.newFactory()), ModemSocketChannel.factory(bed.modem())));

    /** The client's side of a test. */
    record Client(EventLoopGroup group, ChannelFactory<? extends SocketChannel> channels) {}

    private static final int LOOPS = 4;

    @SuppressWarnings("ImmutableEnumChecker") // none of them has a state
    private final Function<TestBed, Client> client;

    Transport(Function<TestBed, Client> client) {
        this.client = client;
    }

    /** Makes the event loops and the channels' factory; the caller ends the loops. */
    Client client(TestBed bed) {
        return client.apply(bed);
    }

    /** Tells whether the client's sockets are the module's, so that the list of deviations applies. */
    boolean byModule() {
        return this != JDK_NIO;
    }

    private static EventLoopGroup nio(IoHandlerFactory handlers) {
        return group("client-nio", handlers);
    }

    private static EventLoopGroup group(String name, IoHandlerFactory handlers) {
        return new MultiThreadIoEventLoopGroup(LOOPS, new DefaultThreadFactory(name, true), handlers);
    }

    @SuppressWarnings("deprecation") // programs have it all the same
    private static EventLoopGroup defaultGroup() {
        return new DefaultEventLoopGroup(LOOPS, new DefaultThreadFactory("client-default", true));
    }
}
