package io.uartnio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.NoopAddressResolverGroup;
import io.uartnio.Modem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What is done to a channel that should not be done: over a module the same comes of it as with Netty's own channel over
 * the kernel's TCP, which is asked in the same test, and no buffer is left.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(TtyModule.ForClass.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class BadUseTest {

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
    private ServerSocket server;
    private EventLoopGroup group;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        group = Loops.NIO.open();
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        Loops.close(group);
        server.close();
        assertThat(allocator.metric().usedHeapMemory()).isZero();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    /** Where a test is run: the channels of one kind, and how they call this machine's servers. */
    private final class Ground {

        private final Bootstrap bootstrap;
        private final boolean byModule;
        private final List<String> seen = new ArrayList<>();

        Ground(Modem modem) {
            byModule = modem != null;
            bootstrap = new Bootstrap()
                    .group(group)
                    .channelFactory(byModule ? ModemSocketChannel.factory(modem) : NioSocketChannel::new)
                    .resolver(NoopAddressResolverGroup.INSTANCE)
                    .option(ChannelOption.ALLOCATOR, allocator)
                    .handler(new Idle());
        }

        int port() {
            return server.getLocalPort();
        }

        SocketAddress address(int port) {
            return byModule ? TtyModule.at(port) : new InetSocketAddress(server.getInetAddress(), port);
        }

        SocketChannel connected() throws InterruptedException {
            return (SocketChannel)
                    bootstrap.connect(address(server.getLocalPort())).sync().channel();
        }

        Channel unconnected() throws InterruptedException {
            return bootstrap.register().sync().channel();
        }

        /** Waits for the end of what was tried, and keeps which exception that was. */
        void see(ChannelFuture future) throws InterruptedException {
            Throwable cause = future.await().cause();
            seen.add(cause == null ? "done" : cause.getClass().getName());
        }

        /** As {@link #see}, with the exception's words. */
        void seeWords(ChannelFuture future) throws InterruptedException {
            see(future);
            seen.add(String.valueOf(future.cause().getMessage()));
        }

        void seeOpen(Channel channel) {
            seen.add(channel.isOpen() ? "open" : "closed");
        }

        ByteBuf text() {
            return allocator.buffer().writeBytes(new byte[] {'t', 'e', 'x', 't'});
        }
    }

    /** Does nothing, for as many channels as there are. */
    @ChannelHandler.Sharable
    private static final class Idle extends ChannelInboundHandlerAdapter {}

    /** Something that should not be done. */
    @FunctionalInterface
    private interface Act {
        void on(Ground ground) throws Exception;
    }

    /** What is done. */
    private enum Use {
        CONNECT_TWICE(ground -> {
            Channel channel = ground.connected();
            ground.see(channel.connect(channel.remoteAddress()));
            ground.seeOpen(channel);
            channel.close().sync();
        }),
        WRITE_BEFORE_CONNECT(ground -> {
            Channel channel = ground.unconnected();
            ground.see(channel.writeAndFlush(ground.text()));
            ground.seeOpen(channel);
            channel.close().sync();
        }),
        UNSUPPORTED_MESSAGE(ground -> {
            Channel channel = ground.connected();
            ground.seeWords(channel.writeAndFlush("a string"));
            ground.seeOpen(channel);
            channel.close().sync();
        }),
        RELEASED_BUFFER(ground -> {
            Channel channel = ground.connected();
            ByteBuf buffer = ground.text();
            buffer.release();
            ground.see(channel.writeAndFlush(buffer));
            channel.close().sync();
        }),
        USE_AFTER_CLOSE(ground -> {
            SocketChannel channel = ground.connected();
            SocketAddress remote = channel.remoteAddress();
            channel.close().sync();
            ground.see(channel.writeAndFlush(ground.text()));
            ground.see(channel.connect(remote));
            ground.see(channel.shutdownOutput());
            ground.see(channel.shutdownInput());
            ground.see(channel.close());
        }),
        SHUTDOWN_BEFORE_CONNECT(ground -> {
            SocketChannel channel = (SocketChannel) ground.unconnected();
            ground.see(channel.shutdownInput());
            ground.see(channel.shutdownOutput());
            channel.close().sync();
        }),
        FOREIGN_ADDRESS(ground -> {
            Channel channel = ground.unconnected();
            ground.see(channel.connect(new LocalAddress("elsewhere")));
            ground.seeOpen(channel);
            channel.close().sync();
        }),
        BIND_TWICE(ground -> {
            Channel channel = ground.unconnected();
            ground.see(channel.bind(new InetSocketAddress(0)));
            ground.see(channel.bind(new InetSocketAddress(0)));
            ground.seeOpen(channel);
            channel.close().sync();
        }),
        BIND_AFTER_CONNECT(ground -> {
            Channel channel = ground.connected();
            ground.see(channel.bind(new InetSocketAddress(0)));
            ground.seeOpen(channel);
            channel.close().sync();
        }),
        CONNECT_TO_NOBODY(ground -> {
            // Bound, so that the port is nobody else's meanwhile, and never listening.
            try (Socket nobody = new Socket()) {
                nobody.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                ChannelFuture connect = ground.bootstrap.connect(ground.address(nobody.getLocalPort()));
                ground.see(connect);
                ground.seeOpen(connect.channel());
            }
        }),
        DISCONNECT(ground -> {
            Channel channel = ground.connected();
            ground.see(channel.disconnect());
            ground.seeOpen(channel);
        }),
        GROUP_SHUT_DOWN_FIRST(ground -> {
            EventLoopGroup group = Loops.NIO.open();
            Channel channel = ground.bootstrap
                    .clone(group)
                    .connect(ground.address(ground.port()))
                    .sync()
                    .channel();
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
            ground.see(channel.closeFuture());
            ground.seeOpen(channel);
            ground.see(ground.bootstrap.clone(group).connect(ground.address(ground.port())));
            try {
                ground.see(channel.writeAndFlush(ground.text()));
            } catch (RuntimeException e) {
                ground.seen.add("thrown: " + e.getClass().getName());
            }
        });

        @SuppressWarnings("ImmutableEnumChecker") // none of them has a state
        private final Act act;

        Use(Act act) {
            this.act = act;
        }
    }

    private final TtyModule module;

    BadUseTest(TtyModule module) {
        this.module = module;
    }

    @ParameterizedTest
    @EnumSource(Use.class)
    void comesToTheSameAsWithTheKernel(Use use) throws Exception {
        Ground kernel = new Ground(null);
        use.act.on(kernel);
        Ground byModule = new Ground(module.modem());
        use.act.on(byModule);
        assertThat(byModule.seen).isEqualTo(kernel.seen);
    }

    @Test
    void aModemThatIsClosedFirstEndsItsChannelsAndRefusesNewOnes() throws Exception {
        try (TtyModule own = new TtyModule()) {
            Recorder recorder = new Recorder();
            Ground ground = new Ground(own.modem());
            ground.bootstrap.handler(recorder);
            Channel channel = ground.connected();
            assertThat(recorder.next()).isEqualTo(Recorder.ACTIVE);
            own.modem().close();
            Object event = recorder.next();
            while (event.equals(Recorder.READ_COMPLETE)) {
                event = recorder.next();
            }
            assertThat(event).isInstanceOf(IOException.class).asString().contains("modem was closed");
            assertThat(recorder.next()).isEqualTo(Recorder.INACTIVE);
            assertThat(channel.closeFuture().await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(channel.writeAndFlush(ground.text()).await().cause()).isInstanceOf(IOException.class);
            ground.bootstrap.handler(new Idle());
            ChannelFuture late = ground.bootstrap.connect(ground.address(server.getLocalPort()));
            assertThat(late.await().cause()).isInstanceOf(IOException.class).hasMessageContaining("modem is closed");
            await().until(() -> !late.channel().isOpen());
        }
    }
}
