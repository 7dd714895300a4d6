package io.uartnio.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connecting, binding and closing: the same events, in the same order, as with Netty's own channel. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
@SuppressWarnings("FutureReturnValueIgnored") // the journal tells what has come of it
class ConnectAsNioTest {

    private static final InetSocketAddress ANY = new InetSocketAddress(0);

    private enum Scenario {
        CONNECTED_AND_CLOSED(ground -> {
            Channel channel = ground.connect().channel();
            ground.note("close", channel.close());
            ground.await("unregistered");
            ground.note("close", channel.close());
        }),
        CONNECT_AGAIN(ground -> {
            Channel channel = ground.connect().channel();
            ground.note("connect", channel.connect(ground.listening()));
            ground.noteState(channel);
            ground.await("unregistered");
        }),
        CONNECT_AGAIN_WITH_A_LOCAL_ADDRESS(ground -> {
            Channel channel = ground.connect().channel();
            ground.note("connect", channel.connect(ground.listening(), ANY));
            ground.noteState(channel);
            ground.note("close", channel.close());
            ground.await("unregistered");
        }),
        CONNECT_AGAIN_TO_ANOTHER_KIND_OF_ADDRESS(ground -> {
            Channel channel = ground.connect().channel();
            ground.note("connect", channel.connect(new LocalAddress("elsewhere")));
            ground.noteState(channel);
            ground.await("unregistered");
        }),
        BIND_AND_CONNECT_WITH_A_LOCAL_ADDRESS(ground -> {
            Channel channel = ground.unconnected();
            ground.note("bind", channel.bind(ANY));
            ground.note("connect", channel.connect(ground.listening(), ANY));
            ground.noteState(channel);
            ground.note("close", channel.close());
            ground.await("unregistered");
        }),
        CONNECT_WITH_ANOTHER_KIND_OF_LOCAL_ADDRESS(ground -> {
            Channel channel = ground.unconnected();
            ground.note("connect", channel.connect(ground.listening(), new LocalAddress("elsewhere")));
            ground.noteState(channel);
            ground.note("close", channel.close());
            ground.await("unregistered");
        }),
        CONNECT_WITH_A_LOCAL_ADDRESS(ground -> {
            Channel channel = ground.unconnected();
            ChannelFuture connect = channel.connect(ground.listening(), ANY);
            ground.accept();
            ground.note("connect", connect);
            ground.note("bind", channel.bind(ANY));
            ground.noteState(channel);
            ground.note("close", channel.close());
            ground.await("unregistered");
        }),
        CANCEL(ground -> {
            ChannelFuture connect = ground.bootstrap().connect(ground.silent());
            ground.await("registered");
            Ground.settle(connect.channel());
            ground.note(connect.cancel(true));
            ground.note("connect", connect);
            ground.await("unregistered");
            ground.noteState(connect.channel());
        }),
        CANCEL_BEFORE_THE_LOOP_HAS_BEGUN(ground -> {
            SocketChannel channel = ground.unconnected();
            channel.eventLoop()
                    .submit(() -> {
                        ChannelFuture connect = channel.connect(ground.silent());
                        ground.note(connect.cancel(false));
                        return null;
                    })
                    .sync();
            Ground.settle(channel);
            ground.noteState(channel);
            ground.note("close", channel.close());
            ground.await("unregistered");
        }),
        CLOSE_WHILE_PENDING(ground -> {
            ChannelFuture connect = ground.bootstrap().connect(ground.silent());
            ground.await("registered");
            Ground.settle(connect.channel());
            ground.note("close", connect.channel().close());
            ground.note("connect", connect);
            ground.await("unregistered");
        }),
        DISCONNECT_WHILE_PENDING(ground -> {
            ChannelFuture connect = ground.bootstrap().connect(ground.silent());
            ground.await("registered");
            Ground.settle(connect.channel());
            ground.note("disconnect", connect.channel().disconnect());
            ground.note("connect", connect);
            ground.await("unregistered");
        }),
        EVERYTHING_ELSE_WHILE_PENDING(ground -> {
            SocketChannel channel = ground.unconnected();
            ChannelFuture connect = channel.connect(ground.silent());
            Ground.settle(channel);
            ground.note("connect", channel.connect(ground.silent()));
            ground.note("bind", channel.bind(ANY));
            ground.note("write", channel.writeAndFlush(ground.text("early")));
            ground.note("shutdown output", channel.shutdownOutput());
            ground.note("shutdown input", channel.shutdownInput());
            channel.read();
            ground.note(channel.remoteAddress() == null);
            ground.note(channel.isOutputShutdown() + " " + channel.isInputShutdown() + " " + channel.isShutdown());
            ground.noteState(channel);
            ground.note(connect.isDone());
            ground.note("close", channel.close());
            ground.note("connect", connect);
            ground.await("unregistered");
        }),
        TIME_OUT(ground -> {
            ChannelFuture connect = ground.bootstrap()
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 50)
                    .connect(ground.silent());
            ground.note("connect", connect);
            ground.note(connect.cause().getMessage().replaceAll(": .*", ""));
            ground.await("unregistered");
        }),
        GROUP_SHUT_DOWN_WHILE_CONNECTED(ground -> {
            EventLoopGroup group = Loops.NIO.open();
            Channel channel = ground.connect(ground.bootstrap().clone(group)).channel();
            ChannelFuture write = channel.write(ground.text("unflushed"));
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
            ground.note("write", write);
            ground.note("closed", channel.closeFuture());
            ground.await("unregistered");
        }),
        CLOSE_WHEN_REGISTERED(ground -> {
            ChannelFuture connect = ground.bootstrap(new ChannelInboundHandlerAdapter() {
                        @Override
                        public void channelRegistered(ChannelHandlerContext context) {
                            context.close();
                        }
                    })
                    .connect(ground.listening());
            ground.note("connect", connect);
            ground.await("unregistered");
        }),
        CLOSE_WHEN_ADDED(ground -> {
            ChannelFuture connect = ground.bootstrap(new ChannelInboundHandlerAdapter() {
                        @Override
                        public void handlerAdded(ChannelHandlerContext context) {
                            context.close();
                        }
                    })
                    .connect(ground.listening());
            ground.note("connect", connect);
        }),
        CLOSE_BY_THE_CONNECTS_LISTENER(ground -> {
            ChannelFuture connect =
                    ground.bootstrap().connect(ground.listening()).addListener(ChannelFutureListener.CLOSE);
            ground.accept();
            ground.await("unregistered");
            ground.note("connect", connect);
        }),
        CLOSE_WHEN_ACTIVE(ground -> {
            ChannelFuture connect = ground.bootstrap(new ChannelInboundHandlerAdapter() {
                        @Override
                        public void channelActive(ChannelHandlerContext context) {
                            context.close();
                        }
                    })
                    .connect(ground.listening());
            ground.accept();
            ground.await("unregistered");
            ground.note("connect", connect);
        }),
        THROW_WHEN_ACTIVE(ground -> {
            ChannelFuture connect = ground.bootstrap(new ChannelInboundHandlerAdapter() {
                        @Override
                        public void channelActive(ChannelHandlerContext context) {
                            throw new IllegalStateException("thrown by a test");
                        }

                        @Override
                        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                            ground.note("thrown " + cause.getMessage());
                        }
                    })
                    .connect(ground.listening());
            ground.accept();
            ground.note("connect", connect);
            ground.await("thrown thrown by a test");
            ground.noteState(connect.channel());
            ground.note("close", connect.channel().close());
            ground.await("unregistered");
        }),
        VOID_PROMISE(ground -> {
            SocketChannel channel = ground.unconnected();
            channel.eventLoop()
                    .submit(() -> {
                        try {
                            channel.connect(ground.silent(), channel.voidPromise());
                        } catch (IllegalArgumentException e) {
                            ground.note(e.getMessage());
                        }
                        try {
                            channel.unsafe().connect(ground.silent(), null, channel.voidPromise());
                        } catch (Exception e) {
                            ground.note("thrown " + e);
                        }
                        return null;
                    })
                    .sync();
            Ground.settle(channel);
            ground.noteState(channel);
            ground.note("close", channel.close());
            ground.await("unregistered");
        }),
        FORCIBLE_CLOSE(ground -> {
            SocketChannel channel = ground.connect().channel();
            channel.eventLoop().submit(() -> channel.unsafe().closeForcibly()).sync();
            ground.noteState(channel);
            ground.note("write", channel.writeAndFlush(ground.text("late")));
            ground.note("close", channel.close());
            ground.await("unregistered");
        }),
        WHAT_IS_TOLD_AFTER_THE_CLOSE(ground -> {
            SocketChannel channel = ground.connect().channel();
            ground.note("close", channel.close());
            ground.await("unregistered");
            ground.note(channel.localAddress() == null);
            ground.note(channel.remoteAddress() == null);
            ground.note(channel.isWritable());
            ground.note(channel.bytesBeforeUnwritable());
            ground.note(channel.isOutputShutdown() + " " + channel.isInputShutdown() + " " + channel.isShutdown());
            ground.note(channel.isRegistered());
            ground.note("deregister", channel.deregister());
            ground.note("shutdown", channel.shutdown());
            channel.read();
            channel.flush();
            Ground.settle(channel);
        }),
        ADDRESSES_WHEN_INACTIVE(ground -> {
            SocketChannel channel = ground.connect(new ChannelInboundHandlerAdapter() {
                        @Override
                        public void channelInactive(ChannelHandlerContext context) {
                            ground.note(context.channel().localAddress() == null);
                            ground.note(context.channel().remoteAddress() == null);
                        }
                    })
                    .channel();
            ground.note("close", channel.close());
            ground.await("unregistered");
        }),
        ADDRESSES_KNOWN_BEFORE_THE_CLOSE(ground -> {
            SocketChannel channel = ground.connect().channel();
            ground.note(channel.localAddress() == null);
            ground.note(channel.remoteAddress() == null);
            ground.note("close", channel.close());
            ground.note(channel.localAddress() == null);
            ground.note(channel.remoteAddress() == null);
            ground.await("unregistered");
        }),
        DISCONNECTED(ground -> {
            SocketChannel channel = ground.connect().channel();
            ground.note(channel.remoteAddress() == null);
            ground.note("disconnect", channel.disconnect());
            ground.note(channel.localAddress() == null);
            ground.note(channel.remoteAddress() == null);
            ground.await("unregistered");
            ground.note("disconnect", channel.disconnect());
        }),
        CANCELLED_PROMISES(ground -> {
            SocketChannel channel = ground.connect().channel();
            for (int i = 0; i < 3; i++) {
                var promise = channel.newPromise();
                promise.cancel(false);
                ground.note(
                        "promise",
                        switch (i) {
                            case 0 -> channel.close(promise);
                            case 1 -> channel.deregister(promise);
                            default -> channel.disconnect(promise);
                        });
            }
            Ground.settle(channel);
            ground.noteState(channel);
            ground.note("close", channel.close());
            ground.await("unregistered");
        }),
        REGISTER_TWICE(ground -> {
            SocketChannel channel = ground.connect().channel();
            ground.note("register", ground.group.register(channel));
            ground.noteState(channel);
            ground.note("close", channel.close());
            ground.await("unregistered");
            ground.note("register", ground.group.register(channel));
        });

        @SuppressWarnings("ImmutableEnumChecker") // none of them has a state
        private final Ground.Act act;

        Scenario(Ground.Act act) {
            this.act = act;
        }
    }

    @ParameterizedTest
    @EnumSource(Scenario.class)
    void comesToTheSame(Scenario scenario) throws Exception {
        Ground.assertSame(scenario.act);
    }
}
