package io.uartnio.conformance;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import io.netty.testsuite.transport.socket.SocketTestPermutation;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a class of Netty's suite asks for instead of its own sockets: clients of one transport, and servers of the
 * JDK's. Keeps the clients, because many tests leave theirs open and a module has few.
 */
final class Bootstraps extends SocketTestPermutation implements AutoCloseable {

    private final Transport transport;
    private final Transport.Client client;
    private final ModuleNetwork network = new ModuleNetwork();
    private final ChannelGroup opened = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

    Bootstraps(Transport transport, TestBed bed) {
        this.transport = transport;
        this.client = transport.client(bed);
    }

    Transport transport() {
        return transport;
    }

    List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> pairs() {
        return socket();
    }

    List<BootstrapFactory<Bootstrap>> clients() {
        return clientSocket();
    }

    @Override
    public List<BootstrapFactory<Bootstrap>> clientSocket() {
        return List.of(this::newBootstrap);
    }

    private Bootstrap newBootstrap() {
        Bootstrap bootstrap = new Bootstrap().group(client.group()).channelFactory(this::newClient);
        return transport.byModule() ? bootstrap.resolver(network) : bootstrap;
    }

    private Channel newClient() {
        Channel channel = client.channels().newChannel();
        opened.add(channel);
        return channel;
    }

    /** Closes what a test has left open. */
    void closeClients() {
        opened.close().awaitUninterruptibly();
    }

    @Override
    public void close() {
        closeClients();
        network.close();
        client.group().shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
        NIO_GROUP.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
        OIO_GROUP.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
