package io.uartnio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.DefaultByteBufHolder;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelProgressiveFuture;
import io.netty.channel.ChannelProgressiveFutureListener;
import io.netty.channel.ChannelProgressivePromise;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Writing: the same bytes and the same outcomes as with Netty's own channel. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
@SuppressWarnings("FutureReturnValueIgnored") // the journal tells what has come of it
class WriteAsNioTest {

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void onLoop(Channel channel, Callable<?> action) throws InterruptedException {
        channel.eventLoop().submit(action).sync();
    }

    private static void closed(Ground ground, Channel channel) throws Exception {
        ground.note("close", channel.close());
        ground.await("unregistered");
    }

    /** A file that is deleted when the test is over. */
    private static Path file(String contents) throws IOException {
        Path file = Files.writeString(Files.createTempFile("region", null), contents);
        file.toFile().deleteOnExit();
        return file;
    }

    private enum Scenario {
        THE_SAME_BUFFER_AGAIN_AND_AGAIN(ground -> {
            Ground.Connected it = ground.connect();
            for (ByteBuf constant : new ByteBuf[] {
                Unpooled.unreleasableBuffer(Unpooled.copiedBuffer(ascii("heap;"))),
                Unpooled.unreleasableBuffer(Unpooled.directBuffer().writeBytes(ascii("direct;")))
            }) {
                for (int i = 0; i < 3; i++) {
                    ChannelFuture write = it.channel().writeAndFlush(constant);
                    ground.note(it.peer().receive(constant.capacity() < 256 ? 5 : 7));
                    ground.note("write", write);
                }
                constant.unwrap().release();
            }
            closed(ground, it.channel());
        }),
        THE_SAME_BUFFER_TWICE_AT_ONCE(ground -> {
            Ground.Connected it = ground.connect();
            ByteBuf heap = Unpooled.copiedBuffer(ascii("heap;"));
            ByteBuf direct = ground.allocator.directBuffer().writeBytes(ascii("direct;"));
            onLoop(it.channel(), () -> {
                it.channel().write(heap.retain());
                it.channel().write(heap);
                it.channel().write(direct.retain());
                it.channel().write(direct);
                return it.channel().writeAndFlush(ground.text("end"));
            });
            ground.note(it.peer().receive(27));
            Ground.settle(it.channel());
            closed(ground, it.channel());
        }),
        THE_SAME_BUFFER_ON_TWO_CHANNELS(ground -> {
            Ground.Connected one = ground.connect();
            Ground.Connected other = ground.connect();
            ByteBuf buffer = ground.allocator.directBuffer().writeBytes(ascii("both"));
            ChannelFuture first = one.channel().writeAndFlush(buffer.retain());
            ground.note(one.peer().receive(4));
            ground.note("first", first);
            ChannelFuture second = other.channel().writeAndFlush(buffer);
            ground.note(other.peer().receive(4));
            ground.note("second", second);
            // One loop has told all of its channel before the other begins.
            closed(ground, one.channel());
            ground.note("close", other.channel().close());
        }),
        A_REGION_THAT_HAS_BEGUN(ground -> {
            Ground.Connected it = ground.connect();
            DefaultFileRegion region = new DefaultFileRegion(file("0123456789").toFile(), 1, 8);
            region.transferTo(Channels.newChannel(java.io.OutputStream.nullOutputStream()), 0);
            ground.note(region.transferred());
            ChannelFuture all = it.channel().writeAndFlush(region);
            ground.note("write", all);
            FileRegion begun = new BegunRegion("0123456789", 4);
            ChannelFuture before = it.channel().write(ground.text("<"));
            ChannelFuture rest = it.channel().write(begun);
            ChannelFuture after = it.channel().writeAndFlush(ground.text(">"));
            ground.note(it.peer().receive(8));
            ground.note("before", before);
            ground.note("write", rest);
            ground.note("after", after);
            closed(ground, it.channel());
        }),
        A_FILE_THAT_IS_SHORTER_THAN_ITS_REGION(ground -> {
            Ground.Connected it = ground.connect();
            ChannelFuture write = it.channel()
                    .writeAndFlush(new DefaultFileRegion(file("01234").toFile(), 0, 10));
            ground.note(it.peer().receive(5));
            ground.note("write", write);
            ground.note(write.cause().getMessage());
            ground.await("unregistered");
        }),
        A_FILE_THAT_IS_NOT_THERE(ground -> {
            Ground.Connected it = ground.connect();
            ChannelFuture write =
                    it.channel().writeAndFlush(new DefaultFileRegion(new java.io.File("/nonexistent/file"), 0, 10));
            ground.note("write", write);
            ground.await("unregistered");
        }),
        A_REGION_THAT_THROWS(ground -> {
            Ground.Connected it = ground.connect();
            ChannelFuture before = it.channel().write(ground.text("unaffected?"));
            ground.note("write", it.channel().writeAndFlush(new BegunRegion("0123456789", 0) {
                @Override
                public long transferTo(java.nio.channels.WritableByteChannel target, long position) {
                    throw new IllegalStateException("thrown by a test");
                }
            }));
            Ground.settle(it.channel());
            ground.noteState(it.channel());
            ground.note(before.isDone());
            closed(ground, it.channel());
        }),
        MESSAGES_THAT_ARE_NONE(ground -> {
            Ground.Connected it = ground.connect();
            for (Object message : new Object[] {
                "a string",
                new DefaultByteBufHolder(ground.text("held")),
                new DefaultByteBufHolder(ground.text("held")) {},
                java.util.Map.entry("a", "b"),
                new byte[1],
                ByteBuffer.allocate(1)
            }) {
                ChannelFuture write = it.channel().writeAndFlush(message);
                ground.note("write", write);
                ground.note(write.cause().getMessage());
            }
            ground.noteState(it.channel());
            closed(ground, it.channel());
        }),
        KINDS_OF_BUFFERS(ground -> {
            Ground.Connected it = ground.connect();
            CompositeByteBuf nested = ground.allocator
                    .compositeBuffer()
                    .addComponent(true, ground.text("a"))
                    .addComponent(
                            true,
                            ground.allocator.compositeBuffer().addComponents(true, ground.text("b"), ground.text("c")))
                    .addComponent(true, Unpooled.EMPTY_BUFFER);
            ByteBuf part = ground.text("..d..").readerIndex(2).writerIndex(3);
            ByteBuf[] buffers = {
                nested,
                part,
                Unpooled.wrappedBuffer(ByteBuffer.wrap(ascii("e")).asReadOnlyBuffer()),
                Unpooled.wrappedBuffer(ascii("f"), ascii("g")),
                Unpooled.wrappedUnmodifiableBuffer(ground.text("h"), ground.text("i")),
                ground.text("j").asReadOnly(),
                ground.text("xkx").slice(1, 1).duplicate(),
                Unpooled.unreleasableBuffer(Unpooled.copiedBuffer(ascii("l"))),
                Unpooled.wrappedBuffer(
                        ByteBuffer.allocateDirect(1).put((byte) 'm').flip()),
                ground.allocator.compositeBuffer(),
                ground.allocator.heapBuffer(16).writeBytes(ascii("n")).retainedSlice(),
                Unpooled.EMPTY_BUFFER
            };
            ChannelFuture[] writes = new ChannelFuture[buffers.length];
            for (int i = 0; i < buffers.length; i++) {
                writes[i] = it.channel().write(buffers[i]);
            }
            it.channel().flush();
            ground.note(it.peer().receive(14));
            for (ChannelFuture write : writes) {
                ground.note("write", write);
            }
            for (ByteBuf buffer : buffers) {
                ground.note(buffer.refCnt());
            }
            buffers[10].release();
            closed(ground, it.channel());
        }),
        EMPTY_ONES(ground -> {
            Ground.Connected it = ground.connect();
            for (int i = 0; i < 3; i++) {
                ground.note("write", it.channel().writeAndFlush(Unpooled.EMPTY_BUFFER));
                ground.note("write", it.channel().writeAndFlush(ground.allocator.buffer()));
                ground.note("write", it.channel().writeAndFlush(new DefaultFileRegion(file("").toFile(), 0, 0)));
            }
            closed(ground, it.channel());
        }),
        WRITE_AND_FLUSH_FROM_A_LISTENER(ground -> {
            Ground.Connected it = ground.connect();
            it.channel().writeAndFlush(ground.text("1")).addListener(first -> {
                it.channel().write(ground.text("2"));
                it.channel()
                        .writeAndFlush(ground.text("3"))
                        .addListener(third -> it.channel().writeAndFlush(ground.text("4")));
                it.channel().writeAndFlush(Unpooled.EMPTY_BUFFER);
            });
            ground.note(it.peer().receive(4));
            Ground.settle(it.channel());
            closed(ground, it.channel());
        }),
        CLOSE_FROM_A_LISTENER(ground -> {
            Ground.Connected it = ground.connect();
            onLoop(it.channel(), () -> {
                it.channel().write(ground.text("1")).addListener(first -> {
                    ground.note("first");
                    it.channel().close();
                    ground.note("close called");
                    it.channel()
                            .writeAndFlush(ground.text("late"))
                            .addListener(late -> ground.note("late " + Ground.words(late.cause())));
                });
                it.channel().write(ground.text("2")).addListener(second -> ground.note("second " + second.isSuccess()));
                return it.channel().flush();
            });
            it.peer().receive(1);
            ground.await("unregistered");
            Ground.settle(it.channel());
        }),
        SHUT_DOWN_OUTPUT_FROM_A_LISTENER(ground -> {
            Ground.Connected it = ground.connect();
            it.channel().writeAndFlush(ground.text("1")).addListener(first -> {
                ground.note("first");
                it.channel().shutdownOutput().addListener(done -> ground.note("shut down"));
            });
            it.peer().receive(1);
            ground.await("shut down");
            Ground.settle(it.channel());
            ground.noteState(it.channel());
            ground.note("write", it.channel().writeAndFlush(ground.text("late")));
            ground.note("shut down again", it.channel().shutdownOutput());
            ground.note(it.channel().isWritable());
            closed(ground, it.channel());
        }),
        CLOSE_WITH_UNFLUSHED(ground -> {
            Ground.Connected it = ground.connect();
            ChannelFuture write = it.channel().write(ground.text("unflushed"));
            Ground.settle(it.channel());
            ground.note("close", it.channel().close());
            ground.note("write", write);
            ground.await("unregistered");
        }),
        SHUT_DOWN_OUTPUT_WITH_UNFLUSHED(ground -> {
            Ground.Connected it = ground.connect();
            ChannelFuture write = it.channel().write(ground.text("unflushed"));
            Ground.settle(it.channel());
            ground.note("shut down", it.channel().shutdownOutput());
            ground.note("write", write);
            closed(ground, it.channel());
        }),
        UNFLUSHED_BEFORE_THE_CONNECT(ground -> {
            Channel channel = ground.unconnected();
            ChannelFuture write = channel.write(ground.text("early"));
            ChannelFuture connect = channel.connect(ground.listening());
            Ground.Peer peer = ground.accept();
            ground.note("connect", connect);
            channel.flush();
            ground.note(peer.receive(5));
            ground.note("write", write);
            closed(ground, channel);
        }),
        WRITABILITY(ground -> {
            Ground.Connected it = ground.connect(ground.bootstrap()
                    .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(200, 300)));
            onLoop(it.channel(), () -> {
                for (int i = 0; i < 3; i++) {
                    int number = i;
                    it.channel()
                            .write(ground.allocator.buffer(100).writeZero(100))
                            .addListener(done -> ground.note("write " + number));
                    ground.note(it.channel().bytesBeforeUnwritable() + " "
                            + it.channel().bytesBeforeWritable());
                }
                return it.channel().flush();
            });
            it.peer().receive(300);
            ground.await("write 2");
            Ground.settle(it.channel());
            ground.note(
                    it.channel().bytesBeforeUnwritable() + " " + it.channel().bytesBeforeWritable());
            closed(ground, it.channel());
        }),
        CLOSE_WHEN_UNWRITABLE(ground -> {
            Ground.Connected it = ground.connect(ground.bootstrap(new ChannelInboundHandlerAdapter() {
                        @Override
                        public void channelWritabilityChanged(ChannelHandlerContext context) {
                            context.close();
                        }
                    })
                    .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(10, 20)));
            onLoop(
                    it.channel(),
                    () -> it.channel()
                            .writeAndFlush(ground.allocator.buffer(100).writeZero(100))
                            .addListener(done -> ground.note("write " + Ground.outcome((ChannelFuture) done))));
            ground.await("unregistered");
        }),
        FLUSH_WHEN_UNWRITABLE(ground -> {
            Ground.Connected it = ground.connect(ground.bootstrap(new ChannelInboundHandlerAdapter() {
                        @Override
                        public void channelWritabilityChanged(ChannelHandlerContext context) {
                            context.flush();
                        }
                    })
                    .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(10, 20)));
            onLoop(
                    it.channel(),
                    () -> it.channel().write(ground.allocator.buffer(100).writeZero(100)));
            it.peer().receive(100);
            ground.await("writable true");
            closed(ground, it.channel());
        }),
        CLOSE_WHILE_PROGRESSING(ground -> {
            Ground.Connected it = ground.connect();
            ChannelProgressivePromise promise = it.channel().newProgressivePromise();
            promise.addListener(new ChannelProgressiveFutureListener() {
                @Override
                public void operationProgressed(ChannelProgressiveFuture future, long progress, long total) {
                    ground.note("progress " + progress + " of " + total);
                    future.channel().close();
                }

                @Override
                public void operationComplete(ChannelProgressiveFuture future) {
                    ground.note("write " + Ground.outcome(future));
                }
            });
            it.channel().writeAndFlush(ground.text("progress"), promise);
            it.peer().receive(1);
            ground.await("unregistered");
            ground.note("write", promise);
        }),
        PROMISES_THAT_ARE_DONE(ground -> {
            Ground.Connected it = ground.connect();
            Channel channel = it.channel();
            ChannelPromise cancelled = channel.newPromise();
            cancelled.cancel(false);
            ground.note("cancelled", channel.writeAndFlush(ground.text("cancelled"), cancelled));
            ChannelPromise done = channel.newPromise().setSuccess();
            try {
                channel.writeAndFlush(ground.text("done"), done);
            } catch (IllegalArgumentException e) {
                ground.note(e.getMessage().replaceAll("@.*", ""));
            }
            ChannelPromise doneLater = channel.newPromise();
            ChannelFuture last = channel.write(ground.text("later"), doneLater);
            Ground.settle(channel);
            doneLater.setSuccess();
            channel.flush();
            ground.note(it.peer().receive(5));
            ground.note("later", last);
            closed(ground, channel);
        }),
        CANCELLED_BETWEEN_OTHERS(ground -> {
            Ground.Connected it = ground.connect();
            onLoop(it.channel(), () -> {
                ChannelFuture first = it.channel().write(ground.text("a"));
                ChannelFuture second = it.channel().write(ground.text("b"));
                it.channel().write(ground.text("c"));
                first.cancel(false);
                second.cancel(false);
                it.channel().flush();
                ChannelFuture late = it.channel().write(ground.text("d"));
                it.channel().flush();
                ground.note(late.cancel(false));
                return null;
            });
            ground.note(it.peer().receive(2));
            closed(ground, it.channel());
        }),
        A_VOID_PROMISE(ground -> {
            Ground.Connected it = ground.connect();
            it.channel().writeAndFlush(ground.text("void"), it.channel().voidPromise());
            ground.note(it.peer().receive(4));
            it.channel().writeAndFlush("a string", it.channel().voidPromise());
            Ground.settle(it.channel());
            ground.noteState(it.channel());
            closed(ground, it.channel());
        }),
        WRITE_AFTER_THE_INPUT_WAS_SHUT_DOWN(ground -> {
            Ground.Connected it = ground.connect();
            ground.note("shut down", it.channel().shutdownInput());
            ChannelFuture write = it.channel().writeAndFlush(ground.text("still"));
            ground.note(it.peer().receive(5));
            ground.note("write", write);
            ground.note("shut down", it.channel().shutdown());
            ground.note(it.channel().isShutdown());
            ground.noteState(it.channel());
            closed(ground, it.channel());
        }),
        FLUSH_ON_OUTBOUND_BUFFER(ground -> {
            Ground.Connected it = ground.connect();
            onLoop(it.channel(), () -> {
                var unsafe = it.channel().unsafe();
                unsafe.write(ground.text("unsafe"), it.channel().newPromise());
                ground.note(unsafe.outboundBuffer().size());
                unsafe.flush();
                ground.note(unsafe.localAddress() == null);
                ground.note(unsafe.remoteAddress() == null);
                unsafe.beginRead();
                return null;
            });
            ground.note(it.peer().receive(6));
            closed(ground, it.channel());
        });

        @SuppressWarnings("ImmutableEnumChecker") // none of them has a state
        private final Ground.Act act;

        Scenario(Ground.Act act) {
            this.act = act;
        }
    }

    /** A region of which a part has been transferred before. */
    private static class BegunRegion extends PlayedRegion {

        private final byte[] contents;
        private long transferred;

        BegunRegion(String contents, long transferred) {
            this.contents = ascii(contents);
            this.transferred = transferred;
        }

        @Override
        public long transferred() {
            return transferred;
        }

        @Override
        public long count() {
            return contents.length;
        }

        @Override
        public long transferTo(java.nio.channels.WritableByteChannel target, long position) throws IOException {
            int written = target.write(ByteBuffer.wrap(contents, (int) position, contents.length - (int) position));
            transferred += written;
            return written;
        }
    }

    @ParameterizedTest
    @EnumSource(Scenario.class)
    void comesToTheSame(Scenario scenario) throws Exception {
        Ground.assertSame(scenario.act);
    }
}
