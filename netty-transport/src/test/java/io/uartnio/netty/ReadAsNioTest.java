package io.uartnio.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultMaxBytesRecvByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reading: the same events, in the same order, as with Netty's own channel. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
@SuppressWarnings("FutureReturnValueIgnored") // the journal tells what has come of it
class ReadAsNioTest {

    /** Does something when a piece has come. */
    private static ChannelHandler onRead(Consumer<ChannelHandlerContext> action) {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                action.accept(context);
            }
        };
    }

    private static ChannelHandler onReadComplete(Consumer<ChannelHandlerContext> action) {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void channelReadComplete(ChannelHandlerContext context) {
                action.accept(context);
            }
        };
    }

    /** All is there before anybody reads, so that it comes in the same pieces. */
    private static Ground.Connected loaded(
            Ground ground, String text, UnaryOperator<Bootstrap> options, ChannelHandler... handlers) throws Exception {
        Bootstrap bootstrap = ground.bootstrap(handlers)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(2).maxMessagesPerRead(16));
        Ground.Connected it = ground.connect(options.apply(bootstrap));
        it.peer().send(text);
        Ground.settle(it.channel());
        return it;
    }

    private static Ground.Connected loaded(Ground ground, String text, ChannelHandler... handlers) throws Exception {
        return loaded(ground, text, bootstrap -> bootstrap, handlers);
    }

    private static void autoRead(Channel channel, boolean on) {
        channel.config().setAutoRead(on);
    }

    private static void closed(Ground ground, Channel channel) throws Exception {
        ground.note("close", channel.close());
        ground.await("unregistered");
    }

    /** Hands out what another allocator does, made by a function. */
    private static RecvByteBufAllocator allocating(Function<ByteBufAllocator, ByteBuf> function) {
        return new FixedRecvByteBufAllocator(2) {
            @Override
            @SuppressWarnings("deprecation")
            public Handle newHandle() {
                ExtendedHandle handle = (ExtendedHandle) super.newHandle();
                return new DelegatingHandle(handle) {
                    @Override
                    public ByteBuf allocate(ByteBufAllocator allocator) {
                        return function.apply(allocator);
                    }
                };
            }
        };
    }

    private enum Scenario {
        CLOSE_WITH_MORE_TO_READ(ground -> {
            Channel channel = loaded(ground, "abcdef", onRead(ChannelHandlerContext::close))
                    .channel();
            autoRead(channel, true);
            ground.await("unregistered");
            Ground.settle(channel);
        }),
        DISCONNECT_WITH_MORE_TO_READ(ground -> {
            Channel channel = loaded(ground, "abcdef", onRead(ChannelHandlerContext::disconnect))
                    .channel();
            autoRead(channel, true);
            ground.await("unregistered");
            Ground.settle(channel);
        }),
        CLOSE_WHEN_COMPLETE(ground -> {
            Channel channel = loaded(ground, "abcdef", onReadComplete(ChannelHandlerContext::close))
                    .channel();
            autoRead(channel, true);
            ground.await("unregistered");
            Ground.settle(channel);
        }),
        STOP_WITH_MORE_TO_READ(ground -> {
            Channel channel = loaded(ground, "abcdef", onRead(context -> autoRead(context.channel(), false)))
                    .channel();
            autoRead(channel, true);
            ground.await("complete");
            Ground.settle(channel);
            closed(ground, channel);
        }),
        STOP_AND_GO_WITH_MORE_TO_READ(ground -> {
            Channel channel = loaded(ground, "abcdef", onRead(context -> {
                        autoRead(context.channel(), false);
                        autoRead(context.channel(), true);
                    }))
                    .channel();
            autoRead(channel, true);
            ground.await("read ef");
            Ground.settle(channel);
            closed(ground, channel);
        }),
        READ_WHEN_COMPLETE(ground -> {
            Channel channel = loaded(ground, "abcdef", onReadComplete(ChannelHandlerContext::read))
                    .channel();
            channel.read();
            ground.await("read ef");
            Ground.settle(channel);
            closed(ground, channel);
        }),
        READ_WHILE_READING(ground -> {
            AtomicInteger reads = new AtomicInteger();
            Channel channel = loaded(ground, "abcdef", onRead(context -> {
                        if (reads.incrementAndGet() == 1) {
                            context.read();
                        }
                    }))
                    .channel();
            channel.read();
            ground.await("read cd");
            Ground.settle(channel);
            closed(ground, channel);
        }),
        READ_TWICE(ground -> {
            Channel channel = loaded(ground, "abcdef").channel();
            channel.eventLoop().submit(() -> channel.read().read()).sync();
            ground.await("complete");
            Ground.settle(channel);
            closed(ground, channel);
        }),
        READ_BEFORE_THE_CONNECT(ground -> {
            SocketChannel channel = ground.unconnected();
            autoRead(channel, false);
            // Both at once: NioSocketChannel forgets a read if its selector looks at the socket before the connect.
            Future<ChannelFuture> connect = channel.eventLoop().submit(() -> {
                channel.read();
                return channel.connect(ground.listening());
            });
            Ground.Peer peer = ground.accept();
            ground.note("connect", connect.get());
            peer.send("early");
            ground.await("complete");
            peer.send("unasked");
            Ground.settle(channel);
            closed(ground, channel);
        }),
        READ_WHEN_ACTIVE(ground -> {
            Ground.Connected it = ground.connect(ground.bootstrap(new ChannelInboundHandlerAdapter() {
                        @Override
                        public void channelActive(ChannelHandlerContext context) {
                            context.read();
                            context.read();
                        }
                    })
                    .option(ChannelOption.AUTO_READ, false));
            it.peer().send("first");
            ground.await("complete");
            it.peer().send("unasked");
            Ground.settle(it.channel());
            closed(ground, it.channel());
        }),
        SHUT_DOWN_INPUT_WITH_MORE_TO_READ(ground -> {
            Channel channel = loaded(
                            ground, "abcdef", onRead(context -> ((SocketChannel) context.channel()).shutdownInput()))
                    .channel();
            channel.read();
            ground.await("complete");
            Ground.settle(channel);
            ground.noteState(channel);
            closed(ground, channel);
        }),
        SHUT_DOWN_INPUT_WHILE_READING_ALL(ground -> {
            Ground.Connected it = ground.connect();
            ground.note("shut down", it.channel().shutdownInput());
            Ground.settle(it.channel());
            ground.noteState(it.channel());
            it.peer().end();
            Ground.settle(it.channel());
            ground.noteState(it.channel());
            closed(ground, it.channel());
        }),
        SHUT_DOWN_INPUT_WITH_HALF_CLOSURE(ground -> {
            Ground.Connected it = ground.connect(ground.bootstrap().option(ChannelOption.ALLOW_HALF_CLOSURE, true));
            ground.note("shut down", it.channel().shutdownInput());
            ground.await("event ChannelInputShutdownReadComplete");
            ground.noteState(it.channel());
            closed(ground, it.channel());
        }),
        END(ground -> {
            Ground.Connected it = loaded(ground, "abc");
            it.peer().end();
            autoRead(it.channel(), true);
            ground.await("unregistered");
            ground.note("write", it.channel().writeAndFlush(ground.text("late")));
        }),
        END_WITH_HALF_CLOSURE(ground -> {
            Ground.Connected it =
                    loaded(ground, "abc", bootstrap -> bootstrap.option(ChannelOption.ALLOW_HALF_CLOSURE, true));
            it.peer().end();
            autoRead(it.channel(), true);
            ground.await("event ChannelInputShutdownReadComplete");
            Ground.settle(it.channel());
            ground.noteState(it.channel());
            ground.note(it.channel().isInputShutdown() + " " + it.channel().isOutputShutdown());
            closed(ground, it.channel());
        }),
        END_AND_NOTHING_BEFORE(ground -> {
            Ground.Connected it = ground.connect();
            it.peer().end();
            ground.await("unregistered");
        }),
        CLOSE_AT_THE_END(ground -> {
            Ground.Connected it = ground.connect(ground.bootstrap(new ChannelInboundHandlerAdapter() {
                        @Override
                        public void userEventTriggered(ChannelHandlerContext context, Object event) {
                            context.close();
                        }
                    })
                    .option(ChannelOption.ALLOW_HALF_CLOSURE, true));
            it.peer().end();
            ground.await("unregistered");
            Ground.settle(it.channel());
        }),
        THROW_FROM_READ(ground -> {
            Channel channel =
                    loaded(ground, "abcdef", new ThrowingEverywhere(ground)).channel();
            autoRead(channel, true);
            ground.await("read ef");
            Ground.settle(channel);
            closed(ground, channel);
        }),
        COMPOSITE_BUFFERS(ground -> {
            Channel channel = loaded(
                            ground,
                            "abcdefgh",
                            bootstrap -> bootstrap.option(
                                    ChannelOption.RECVBUF_ALLOCATOR,
                                    allocating(allocator -> allocator
                                            .compositeBuffer()
                                            .addComponent(
                                                    false, allocator.buffer(3).writeZero(3))
                                            .addComponent(
                                                    false, allocator.buffer(3).writeZero(3)))))
                    .channel();
            autoRead(channel, true);
            ground.await("read gh");
            Ground.settle(channel);
            closed(ground, channel);
        }),
        HEAP_BUFFERS(ground -> {
            Channel channel = loaded(
                            ground,
                            "abcdef",
                            bootstrap -> bootstrap.option(
                                    ChannelOption.RECVBUF_ALLOCATOR,
                                    allocating(allocator -> allocator.heapBuffer(4, 4))))
                    .channel();
            autoRead(channel, true);
            ground.await("read ef");
            closed(ground, channel);
        }),
        BUFFERS_WITH_SOMETHING_IN_THEM(ground -> {
            Channel channel = loaded(
                            ground,
                            "abcdef",
                            bootstrap -> bootstrap.option(
                                    ChannelOption.RECVBUF_ALLOCATOR,
                                    allocating(allocator -> allocator
                                            .buffer(6, 6)
                                            .writeByte('<')
                                            .writeByte('>')
                                            .skipBytes(1))))
                    .channel();
            autoRead(channel, true);
            ground.await("read >ef");
            closed(ground, channel);
        }),
        AN_ALLOCATOR_THAT_THROWS(ground -> {
            AtomicInteger calls = new AtomicInteger();
            Channel channel = loaded(
                            ground,
                            "abcdef",
                            bootstrap -> bootstrap.option(ChannelOption.RECVBUF_ALLOCATOR, allocating(allocator -> {
                                if (calls.incrementAndGet() < 3) {
                                    throw new IllegalStateException("thrown by a test");
                                }
                                return allocator.buffer(6, 6);
                            })))
                    .channel();
            channel.read();
            ground.await("read abcdef");
            Ground.settle(channel);
            closed(ground, channel);
        }),
        NO_MEMORY(ground -> {
            Channel channel = loaded(
                            ground,
                            "abcdef",
                            bootstrap -> bootstrap.option(ChannelOption.RECVBUF_ALLOCATOR, allocating(allocator -> {
                                throw new OutOfMemoryError("thrown by a test");
                            })))
                    .channel();
            channel.read();
            ground.await("unregistered");
        }),
        MOST_BYTES(ground -> {
            Channel channel = loaded(
                            ground,
                            "abcdefghijklmnopqrst",
                            bootstrap -> bootstrap.option(
                                    ChannelOption.RECVBUF_ALLOCATOR, new DefaultMaxBytesRecvByteBufAllocator(8, 3)))
                    .channel();
            autoRead(channel, true);
            ground.await("read t");
            Ground.settle(channel);
            closed(ground, channel);
        }),
        ONE_MESSAGE(ground -> {
            Channel channel = loaded(
                            ground,
                            "abcdef",
                            bootstrap -> bootstrap.option(
                                    ChannelOption.RECVBUF_ALLOCATOR, new ServerChannelRecvByteBufAllocator()))
                    .channel();
            autoRead(channel, true);
            ground.await("complete");
            Ground.settle(channel);
            closed(ground, channel);
        }),
        MOVE_WITH_MORE_TO_READ(ground -> {
            AtomicInteger reads = new AtomicInteger();
            EventLoop other = ground.group.next();
            Channel channel = loaded(ground, "abcdef", onRead(context -> {
                        if (reads.incrementAndGet() == 1) {
                            Channel moved = context.channel();
                            moved.deregister().addListener(done -> other.register(moved));
                        }
                    }))
                    .channel();
            autoRead(channel, true);
            ground.await("read ef");
            Ground.settle(channel);
            ground.note(channel.eventLoop() == other);
            closed(ground, channel);
        }),
        WRITE_AND_CLOSE_FROM_READ(ground -> {
            Channel channel = loaded(ground, "abcdef", onRead(context -> {
                        context.writeAndFlush(ground.text("answer"));
                        context.close();
                    }))
                    .channel();
            channel.read();
            ground.await("unregistered");
            Ground.settle(channel);
        });

        @SuppressWarnings("ImmutableEnumChecker") // none of them has a state
        private final Ground.Act act;

        Scenario(Ground.Act act) {
            this.act = act;
        }
    }

    /** Throws from each of its methods. */
    private static final class ThrowingEverywhere extends ChannelInboundHandlerAdapter {

        private final Ground ground;

        ThrowingEverywhere(Ground ground) {
            this.ground = ground;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            throw new IllegalStateException("active");
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            throw new IllegalStateException("read");
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) throws Exception {
            throw new IOException("complete");
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            throw new AssertionError("inactive");
        }

        @Override
        public void channelUnregistered(ChannelHandlerContext context) {
            throw new IllegalStateException("unregistered");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            ground.note("thrown " + cause);
        }
    }

    @ParameterizedTest
    @EnumSource(Scenario.class)
    void comesToTheSame(Scenario scenario) throws Exception {
        Ground.assertSame(scenario.act);
    }
}
