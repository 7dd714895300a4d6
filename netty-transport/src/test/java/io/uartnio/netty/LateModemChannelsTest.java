package io.uartnio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.uartnio.TlsProfile;
import io.uartnio.socket.ModuleDatagramSocket;
import io.uartnio.socket.ModuleServerSocket;
import io.uartnio.socket.ModuleSocket;
import io.uartnio.socket.ModuleSockets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Channels that are to be bound before their modem is open. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LateModemChannelsTest {

    private static final int PORT = 7;

    private final PlayedModule module = new PlayedModule();
    private final PlayedModem modem = new PlayedModem();
    private EventLoopGroup group;

    @BeforeEach
    void open() {
        group = Loops.DEFAULT.open();
    }

    @AfterEach
    void close() {
        modem.fail(new IOException("test is over"));
        Loops.close(group);
    }

    private ServerBootstrap serverBootstrap() {
        return new ServerBootstrap()
                .group(group)
                .channelFactory(() -> new ModemServerSocketChannel(modem.late()))
                .childHandler(new ChannelInboundHandlerAdapter());
    }

    private Bootstrap datagramBootstrap() {
        return new Bootstrap()
                .group(group)
                .channelFactory(() -> new ModemDatagramChannel(modem.late()))
                .handler(new DatagramRecorder());
    }

    private ChannelFuture bindServer() {
        return serverBootstrap().bind(PORT);
    }

    private ChannelFuture bindDatagrams() {
        return datagramBootstrap().bind(PORT);
    }

    /** What the channel's loop had to do before now is done. */
    private static void settle(Channel channel) throws InterruptedException {
        channel.eventLoop().submit(() -> {}).sync();
    }

    @Test
    void bindsWaitForTheModem() throws Exception {
        ChannelFuture server = bindServer();
        ChannelFuture datagrams = bindDatagrams();
        settle(server.channel());
        settle(datagrams.channel());
        assertThat(server.isDone()).isFalse();
        assertThat(datagrams.isDone()).isFalse();
        modem.open(module);
        PlayedServerSocket listening = module.nextServer();
        await().until(() -> listening.state() == ModuleServerSocket.State.OPENING);
        listening.report();
        PlayedDatagramSocket bound = module.nextDatagram();
        await().until(() -> bound.state() == ModuleDatagramSocket.State.OPENING);
        bound.report();
        server.sync();
        datagrams.sync();
        assertThat(server.channel().isActive()).isTrue();
        assertThat(datagrams.channel().isActive()).isTrue();
        server.channel().close().sync();
        datagrams.channel().close().sync();
        assertThat(listening.state()).isEqualTo(ModuleServerSocket.State.CLOSED);
        assertThat(bound.state()).isEqualTo(ModuleDatagramSocket.State.CLOSED);
    }

    @Test
    void aModemThatCannotBeOpenedFailsTheBindAndTheNextTriesAgain() throws Exception {
        IOException cause = new IOException("no module answers");
        ChannelFuture server = bindServer();
        modem.fail(cause);
        assertThat(server.await().cause()).isSameAs(cause);
        server.channel().closeFuture().sync();

        ChannelFuture datagrams = bindDatagrams();
        modem.fail(cause);
        assertThat(datagrams.await().cause()).isSameAs(cause);
        datagrams.channel().closeFuture().sync();
        assertThat(module.isUnasked()).isTrue();

        ChannelFuture next = bindServer();
        modem.open(module);
        PlayedServerSocket listening = module.nextServer();
        await().until(() -> listening.state() == ModuleServerSocket.State.OPENING);
        listening.report();
        next.sync();
        next.channel().close().sync();
    }

    /** As on Netty's own: nothing has happened that a channel could not be bound after. */
    @Test
    void aDatagramChannelIsAsItWasAfterAFailedBind() throws Exception {
        Channel channel = datagramBootstrap().register().sync().channel();
        IOException cause = new IOException("no module answers");
        modem.fail(cause);
        assertThat(channel.bind(new InetSocketAddress(PORT)).await().cause()).isSameAs(cause);
        assertThat(channel.isOpen()).isTrue();
        modem.open(module);
        ChannelFuture bind = channel.bind(new InetSocketAddress(PORT));
        PlayedDatagramSocket bound = module.nextDatagram();
        await().until(() -> bound.state() == ModuleDatagramSocket.State.OPENING);
        bound.report();
        bind.sync();
        channel.close().sync();
    }

    @Test
    void aCloseWhileTheModemIsBeingOpenedFailsTheBindAndAsksForNothing() throws Exception {
        // Registered first: a bootstrap binds when that is done, which may be after a close that is asked for next.
        Channel server = serverBootstrap().register().sync().channel();
        Channel datagrams = datagramBootstrap().register().sync().channel();
        ChannelFuture listen = server.bind(new InetSocketAddress(PORT));
        ChannelFuture bind = datagrams.bind(new InetSocketAddress(PORT));
        server.close().sync();
        datagrams.close().sync();
        assertThat(listen.await().cause()).isInstanceOf(ClosedChannelException.class);
        assertThat(bind.await().cause()).isInstanceOf(ClosedChannelException.class);
        modem.open(module);
        await().until(() -> modem.late().isOpen());
        settle(server);
        settle(datagrams);
        assertThat(module.isUnasked()).isTrue();
    }

    @Test
    void whatTheModemTurnsOutNotToHaveFailsTheBind() throws Exception {
        ChannelFuture server = bindServer();
        modem.open(new SocketsOnly());
        assertThat(server.await().cause())
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("cannot listen");
        server.channel().closeFuture().sync();
        assertThat(bindServer().await().cause()).isInstanceOf(UnsupportedOperationException.class);
        assertThat(bindDatagrams().await().cause()).isInstanceOf(UnsupportedOperationException.class);
    }

    /** A module of the kind that connects and no more. */
    private static final class SocketsOnly implements ModuleSockets {
        @Override
        public ModuleSocket create(TlsProfile tls) {
            return new PlayedSocket();
        }

        @Override
        public String portName() {
            return "played";
        }
    }
}
