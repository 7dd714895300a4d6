package io.uartnio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.socket.ServerSocketChannelConfig;
import io.uartnio.socket.ModuleServerSocket;
import io.uartnio.socket.ModuleSocket;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A listening channel against a module played in memory. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ModemServerSocketChannelTest {

    private static final InetSocketAddress PEER = new InetSocketAddress("192.0.2.7", 4000);
    private static final int PORT = 7;

    private final PlayedModule module = new PlayedModule();
    private EventLoopGroup group;

    @BeforeEach
    void open() {
        group = Loops.DEFAULT.open();
    }

    @AfterEach
    void close() {
        Loops.close(group);
    }

    private ServerBootstrap bootstrap() {
        return new ServerBootstrap()
                .group(group)
                .channelFactory(() -> new ModemServerSocketChannel(module))
                .childHandler(new Echo());
    }

    private PlayedServerSocket opening() throws InterruptedException {
        PlayedServerSocket socket = module.nextServer();
        await().until(() -> socket.state() == ModuleServerSocket.State.OPENING);
        return socket;
    }

    @ParameterizedTest
    @EnumSource(value = Loops.class, mode = EnumSource.Mode.EXCLUDE, names = "MANUAL")
    void acceptsAndEchoesOnEveryKindOfLoop(Loops loops) throws Exception {
        Loops.close(group);
        group = loops.open();
        ChannelFuture bind = bootstrap().option(ChannelOption.SO_BACKLOG, 3).bind(PORT);
        PlayedServerSocket server = opening();
        assertThat(bind.isDone()).isFalse();
        server.report();
        Channel channel = bind.sync().channel();
        assertThat(channel.isActive()).isTrue();
        assertThat(server.backlog()).isEqualTo(3);
        assertThat(channel.localAddress()).isEqualTo(new InetSocketAddress("10.0.0.2", PORT));

        for (int i = 0; i < 3; i++) {
            PlayedSocket child = server.bring(PEER);
            child.deliver(new byte[] {'h', 'i'});
            await().until(() -> child.bytesUnsent() == 2);
            child.takeAll();
            child.end();
            await().until(() -> child.state() == ModuleSocket.State.CLOSED);
        }
        channel.close().sync();
        assertThat(server.state()).isEqualTo(ModuleServerSocket.State.CLOSED);
    }

    @Test
    void whileNobodyReadsConnectionsWaitInTheModule() throws Exception {
        ChannelFuture bind = bootstrap().option(ChannelOption.AUTO_READ, false).bind(PORT);
        PlayedServerSocket server = opening();
        server.report();
        bind.sync();
        server.bring(PEER);
        bind.channel().eventLoop().submit(() -> {}).await();
        assertThat(server.waiting()).isEqualTo(1);
        bind.channel().read();
        await().until(() -> server.waiting() == 0);
        bind.channel().close().sync();
    }

    @Test
    void aModuleThatWillNotListenFailsTheBind() throws Exception {
        ChannelFuture bind = bootstrap().bind(PORT);
        IOException cause = new IOException("listen refused: code=562");
        opening().fail(cause);
        assertThat(bind.await().cause()).isSameAs(cause);
        bind.channel().closeFuture().sync();
    }

    @Test
    void forPortZeroOneOfTheEphemeralPortsIsTaken() throws Exception {
        ChannelFuture bind = bootstrap().bind(0);
        PlayedServerSocket taken = opening();
        taken.fail(new BindException("port is taken"));
        PlayedServerSocket server = opening();
        assertThat(taken.state()).isEqualTo(ModuleServerSocket.State.CLOSED);
        assertThat(bind.isDone()).isFalse();
        server.report();
        Channel channel = bind.sync().channel();
        assertThat(server.port()).isBetween(49_152, 65_535);
        assertThat(channel.localAddress()).isEqualTo(new InetSocketAddress("10.0.0.2", server.port()));
        channel.close().sync();
    }

    @Test
    void portsAreTriedAFewTimesAndANamedOneOnce() throws Exception {
        ChannelFuture any = bootstrap().bind(0);
        BindException taken = new BindException("port is taken");
        int tries = 0;
        while (!any.isDone()) {
            opening().fail(taken);
            tries++;
            await().until(() -> any.isDone() || !module.isUnasked());
        }
        assertThat(tries).isGreaterThan(1);
        assertThat(any.cause()).isSameAs(taken);
        any.channel().closeFuture().sync();

        ChannelFuture named = bootstrap().bind(PORT);
        opening().fail(taken);
        assertThat(named.await().cause()).isSameAs(taken);
        assertThat(module.isUnasked()).isTrue();
    }

    @Test
    void aCloseWhileBindingFailsTheBind() throws Exception {
        ChannelFuture bind = bootstrap().bind(PORT);
        PlayedServerSocket server = opening();
        bind.channel().close().sync();
        assertThat(bind.await().cause()).isInstanceOf(ClosedChannelException.class);
        assertThat(server.state()).isEqualTo(ModuleServerSocket.State.CLOSED);
    }

    @Test
    void whatCannotBeBoundIsRefused() throws Exception {
        assertThat(bootstrap()
                        .bind(new InetSocketAddress("10.0.0.2", PORT))
                        .await()
                        .cause())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("only the wildcard");
        assertThat(module.isUnasked()).isTrue();
        assertThat(bootstrap().bind(new LocalAddress("elsewhere")).await().cause())
                .isInstanceOf(UnsupportedAddressTypeException.class);
        ChannelFuture bind = bootstrap().bind(PORT);
        opening().report();
        Channel channel = bind.sync().channel();
        assertThat(channel.bind(new InetSocketAddress(PORT)).await().cause()).isInstanceOf(AlreadyBoundException.class);
        assertThat(channel.connect(PEER).await().cause()).isInstanceOf(UnsupportedOperationException.class);
        assertThat(channel.writeAndFlush("text").await().cause()).isInstanceOf(UnsupportedOperationException.class);
        channel.close().sync();
    }

    @Test
    void aModuleThatListensNoMoreClosesTheChannelAndLeavesItsChildren() throws Exception {
        ChannelFuture bind = bootstrap().bind(PORT);
        PlayedServerSocket server = opening();
        server.report();
        bind.sync();
        PlayedSocket child = server.bring(PEER);
        await().until(() -> server.waiting() == 0);
        server.fail(new IOException("module was lost"));
        bind.channel().closeFuture().sync();
        assertThat(child.state()).isEqualTo(ModuleSocket.State.CONNECTED);
    }

    @Test
    void optionsAreRememberedAndSetInAChain() {
        ModemServerSocketChannelConfig config = new ModemServerSocketChannel(module)
                .config()
                .setAutoRead(false)
                .setReceiveBufferSize(2000)
                .setBacklog(3);
        ServerSocketChannelConfig asNettyKnowsIt = config;
        assertThat(asNettyKnowsIt.setReuseAddress(true).setWriteSpinCount(7)).isSameAs(config);
        assertThat(config.setOption(ChannelOption.TCP_NODELAY, true)).isFalse();
        assertThat(config.getOptions())
                .containsEntry(ChannelOption.SO_BACKLOG, 3)
                .containsEntry(ChannelOption.SO_RCVBUF, 2000)
                .containsEntry(ChannelOption.SO_REUSEADDR, true)
                .containsEntry(ChannelOption.AUTO_READ, false)
                .containsEntry(ChannelOption.WRITE_SPIN_COUNT, 7);
        assertThatThrownBy(() -> config.setOption(ChannelOption.SO_BACKLOG, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("option must be positive: SO_BACKLOG=0");
        assertThatThrownBy(() -> config.setReceiveBufferSize(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("option must be positive: SO_RCVBUF=0");
    }

    /** Sends back what it gets. */
    @ChannelHandler.Sharable
    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            assertThat(((ModemSocketChannel) context.channel()).remoteAddress()).isEqualTo(PEER);
            context.writeAndFlush(message).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }
    }
}
