package io.uartnio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelProgressiveFuture;
import io.netty.channel.ChannelProgressiveFutureListener;
import io.netty.channel.ChannelProgressivePromise;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.uartnio.AccessMode;
import io.uartnio.TlsProfile;
import io.uartnio.socket.ModuleSocket;
import io.uartnio.socket.ModuleSockets;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A channel against a module played in memory: what it does when, and that no buffer is left over. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ModemSocketChannelTest {

    private static final InetSocketAddress REMOTE = InetSocketAddress.createUnresolved("example.test", 80);

    /** Counts to the byte what was not released. */
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);

    private final PlayedModule module = new PlayedModule();
    private final Recorder recorder = new Recorder();
    private EventLoopGroup group;

    @BeforeEach
    void open() {
        group = Loops.DEFAULT.open();
    }

    @AfterEach
    void nothingIsLeft() {
        Loops.close(group);
        assertThat(allocator.metric().usedHeapMemory()).isZero();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    private void useLoops(Loops loops) {
        EventLoopGroup other = loops.open();
        Loops.close(group);
        group = other;
    }

    private Bootstrap bootstrap() {
        return new Bootstrap()
                .group(group)
                .channelFactory(() -> new ModemSocketChannel(module, null))
                .resolver(ModemAddressResolverGroup.INSTANCE)
                .option(ChannelOption.ALLOCATOR, allocator)
                .handler(recorder);
    }

    private Connected connect(Bootstrap bootstrap) throws InterruptedException {
        ChannelFuture connect = bootstrap.connect(REMOTE);
        PlayedSocket socket = module.nextSocket();
        await().until(() -> socket.state() == ModuleSocket.State.CONNECTING);
        socket.connect();
        connect.sync();
        assertThat(recorder.next()).isEqualTo(Recorder.ACTIVE);
        return new Connected((ModemSocketChannel) connect.channel(), socket);
    }

    private record Connected(ModemSocketChannel channel, PlayedSocket socket) {}

    private ByteBuf text(String text) {
        return ByteBufUtil.writeAscii(allocator, text);
    }

    private ByteBuf bytes(int count) {
        return allocator.buffer(count).writeZero(count);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Waits until the event loop has done all that it was given before. */
    private static void settle(Channel channel) throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            channel.eventLoop().submit(() -> {}).await();
        }
    }

    // -- connect --

    @Test
    void aWriteIsDoneBeforeItsAnswerIsRead() throws Exception {
        Connected it = connect(bootstrap());
        ChannelFuture request = it.channel.writeAndFlush(text("request"));
        request.addListener(done -> it.channel.pipeline().fireUserEventTriggered("done"));
        await().until(() -> it.socket.bytesUnsent() == "request".length());
        // By the loop itself, so that it sees both at once, however long it was busy with something else.
        it.channel
                .eventLoop()
                .submit(() -> {
                    it.socket.takeAll();
                    it.socket.deliver(ascii("answer"));
                })
                .sync();
        assertThat(recorder.next()).isEqualTo("done");
        assertThat(recorder.next()).isEqualTo("answer");
        assertThat(recorder.next()).isEqualTo(Recorder.READ_COMPLETE);
        it.channel.close().sync();
    }

    @Test
    void aWriteThatTheModuleHasTakenIsDoneBeforeTheEndIsSeen() throws Exception {
        Connected it = connect(bootstrap());
        ChannelFuture request = it.channel.writeAndFlush(text("goodbye"));
        await().until(() -> it.socket.bytesUnsent() == "goodbye".length());
        // By the loop itself, so that it sees both at once, however long it was busy with something else.
        it.channel
                .eventLoop()
                .submit(() -> {
                    it.socket.takeAll();
                    it.socket.end();
                })
                .sync();
        it.channel.closeFuture().sync();
        assertThat(request.isSuccess()).isTrue();
    }

    @Test
    void aWriteThatTheModuleHasTakenIsDoneBeforeAFailureIsSeen() throws Exception {
        Connected it = connect(bootstrap());
        ChannelFuture taken = it.channel.writeAndFlush(text("taken"));
        ChannelFuture left = it.channel.writeAndFlush(text("left"));
        await().until(() -> it.socket.bytesUnsent() == "takenleft".length());
        it.channel
                .eventLoop()
                .submit(() -> {
                    it.socket.take("taken".length());
                    it.socket.fail(new IOException("link lost"));
                })
                .sync();
        it.channel.closeFuture().sync();
        assertThat(taken.isSuccess()).isTrue();
        assertThat(left.cause()).hasMessage("link lost");
    }

    @ParameterizedTest
    @EnumSource(Loops.class)
    void connectsWritesAndReadsOnEveryKindOfLoop(Loops loops) throws Exception {
        useLoops(loops);
        Connected it = connect(bootstrap());
        assertThat(it.socket.destination()).isEqualTo("example.test:80");
        assertThat(it.channel.isActive()).isTrue();
        assertThat(it.channel.remoteAddress()).isEqualTo(REMOTE);
        assertThat(it.channel.localAddress()).isEqualTo(PlayedSocket.LOCAL);

        ChannelFuture write = it.channel.writeAndFlush(text("hello"));
        await().until(() -> it.socket.bytesUnsent() == 5);
        assertThat(write.isDone()).isFalse();
        it.socket.takeAll();
        write.sync();
        assertThat(it.socket.taken()).isEqualTo(ascii("hello"));

        it.socket.deliver(ascii("world"));
        assertThat(recorder.next()).isEqualTo("world");
        assertThat(recorder.next()).isEqualTo(Recorder.READ_COMPLETE);

        it.socket.end();
        assertThat(recorder.next()).isEqualTo(Recorder.READ_COMPLETE);
        assertThat(recorder.next()).isEqualTo(Recorder.INACTIVE);
        it.channel.closeFuture().sync();
        assertThat(it.socket.state()).isEqualTo(ModuleSocket.State.CLOSED);
    }

    @Test
    void hasNoAddressesBeforeTheConnect() throws Exception {
        Channel unconnected = bootstrap().register().sync().channel();
        assertThat(unconnected.localAddress()).isNull();
        assertThat(unconnected.remoteAddress()).isNull();
        ChannelFuture connect = unconnected.connect(REMOTE);
        PlayedSocket socket = module.nextSocket();
        assertThat(connect.channel().localAddress()).isNull();
        await().until(() -> socket.state() == ModuleSocket.State.CONNECTING);
        socket.connect();
        connect.sync();
        assertThat(connect.channel().localAddress()).isEqualTo(PlayedSocket.LOCAL);
        assertThat(connect.channel().remoteAddress()).isEqualTo(REMOTE);
        connect.channel().close().sync();
    }

    @Test
    void aConnectThatFailsTellsWhyAndCloses() throws Exception {
        ChannelFuture connect = bootstrap().connect(REMOTE);
        PlayedSocket socket = module.nextSocket();
        await().until(() -> socket.state() == ModuleSocket.State.CONNECTING);
        socket.fail(new ConnectException("connect refused: code=566"));
        assertThat(connect.await().cause())
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("code=566")
                .hasMessageContaining("example.test");
        connect.channel().closeFuture().sync();
        assertThat(socket.state()).isEqualTo(ModuleSocket.State.CLOSED);
        assertThat(recorder.rest()).isEmpty();
    }

    @Test
    void aConnectThatIsRefusedAtOnceTellsWhyAndCloses() throws Exception {
        ChannelFuture connect = bootstrap().connect("no-index.test", 80);
        assertThat(connect.await().cause())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("no socket is free");
        connect.channel().closeFuture().sync();
    }

    @Test
    void aConnectThatTakesTooLongTimesOut() throws Exception {
        ChannelFuture connect =
                bootstrap().option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 20).connect(REMOTE);
        assertThat(connect.await().cause())
                .isInstanceOf(ConnectTimeoutException.class)
                .hasMessageContaining("20 ms");
        connect.channel().closeFuture().sync();
        assertThat(module.nextSocket().state()).isEqualTo(ModuleSocket.State.CLOSED);
    }

    @Test
    void aConnectCanBeCancelled() throws Exception {
        ChannelFuture connect = bootstrap().connect(REMOTE);
        PlayedSocket socket = module.nextSocket();
        await().until(() -> socket.state() == ModuleSocket.State.CONNECTING);
        assertThat(connect.cancel(true)).isTrue();
        connect.channel().closeFuture().sync();
        assertThat(connect.cause()).isInstanceOf(CancellationException.class);
        assertThat(socket.state()).isEqualTo(ModuleSocket.State.CLOSED);
    }

    @Test
    void aCloseWhileConnectingFailsTheConnect() throws Exception {
        ChannelFuture connect = bootstrap().connect(REMOTE);
        PlayedSocket socket = module.nextSocket();
        await().until(() -> socket.state() == ModuleSocket.State.CONNECTING);
        connect.channel().close().sync();
        assertThat(connect.await().cause()).isInstanceOf(ClosedChannelException.class);
        assertThat(socket.state()).isEqualTo(ModuleSocket.State.CLOSED);
    }

    @Test
    void aChannelThatIsClosedAsSoonAsItIsConnectedHasBeenActive() throws Exception {
        ChannelFuture connect = bootstrap().connect(REMOTE).addListener(ChannelFutureListener.CLOSE);
        PlayedSocket socket = module.nextSocket();
        await().until(() -> socket.state() == ModuleSocket.State.CONNECTING);
        socket.connect();
        assertThat(recorder.next()).isEqualTo(Recorder.ACTIVE);
        assertThat(recorder.next()).isEqualTo(Recorder.INACTIVE);
        connect.channel().closeFuture().sync();
    }

    @Test
    void aConnectWhilePendingLeavesTheFirstAlone() throws Exception {
        ChannelFuture connect = bootstrap().connect(REMOTE);
        PlayedSocket socket = module.nextSocket();
        await().until(() -> socket.state() == ModuleSocket.State.CONNECTING);
        assertThat(connect.channel().connect(REMOTE).await().cause()).isInstanceOf(ConnectionPendingException.class);
        socket.connect();
        connect.sync();
        connect.channel().close().sync();
    }

    // -- options --

    /** A socket that sees an option being set by another thread while the connect sets the one before it. */
    private static ModuleSocket overtaken(PlayedSocket socket, Runnable option) {
        return (ModuleSocket) Proxy.newProxyInstance(
                ModuleSocket.class.getClassLoader(),
                new Class<?>[] {ModuleSocket.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("setReceiveHighWaterMark")) {
                        option.run();
                    }
                    return method.invoke(socket, arguments);
                });
    }

    @Test
    void anOptionThatIsSetWhileTheConnectBeginsIsNotLost() throws Exception {
        PlayedSocket socket = new PlayedSocket();
        AtomicReference<ModemSocketChannel> channel = new AtomicReference<>();
        ModuleSockets sockets = new ModuleSockets() {
            @Override
            public ModuleSocket create(TlsProfile tls) {
                return overtaken(socket, () -> channel.get().config().setAccessMode(AccessMode.BUFFER));
            }

            @Override
            public String portName() {
                return "played";
            }
        };
        ChannelFuture connect = new Bootstrap()
                .group(group)
                .resolver(ModemAddressResolverGroup.INSTANCE)
                .handler(recorder)
                .channelFactory(() -> {
                    channel.set(new ModemSocketChannel(sockets, null));
                    return channel.get();
                })
                .option(ModemChannelOption.RECEIVE_HIGH_WATER_MARK, 1000)
                .connect(REMOTE);
        await().until(() -> socket.state() == ModuleSocket.State.CONNECTING);
        assertThat(socket.accessMode()).isEqualTo(AccessMode.BUFFER);
        connect.channel().close().sync();
    }

    @Test
    void theAccessModeIsSetBeforeTheConnectAndSwitchedAfterIt() throws Exception {
        Connected it = connect(bootstrap().option(ModemChannelOption.ACCESS_MODE, AccessMode.BUFFER));
        assertThat(it.socket.accessMode()).isEqualTo(AccessMode.BUFFER);
        assertThat(it.channel.config().setOption(ModemChannelOption.ACCESS_MODE, AccessMode.DIRECT_PUSH))
                .isTrue();
        assertThat(it.socket.accessMode()).isEqualTo(AccessMode.DIRECT_PUSH);
        assertThat(it.channel.config().getOption(ModemChannelOption.ACCESS_MODE))
                .isEqualTo(AccessMode.DIRECT_PUSH);
        assertThatThrownBy(() -> it.channel.config().setAccessMode(AccessMode.TRANSPARENT))
                .isInstanceOf(ChannelException.class)
                .hasCauseInstanceOf(UnsupportedOperationException.class);
        it.channel.close().sync();
    }

    @Test
    void anAccessModeThatTheModuleDoesNotHaveFailsTheConnect() throws Exception {
        ChannelFuture connect = bootstrap()
                .option(ModemChannelOption.ACCESS_MODE, AccessMode.TRANSPARENT)
                .connect(REMOTE);
        assertThat(connect.await().cause()).isInstanceOf(UnsupportedOperationException.class);
        connect.channel().closeFuture().sync();
    }

    @Test
    void theHighWaterMarkReachesTheSocketBeforeAndAfterTheConnect() throws Exception {
        Connected it = connect(bootstrap().option(ModemChannelOption.RECEIVE_HIGH_WATER_MARK, 1000));
        assertThat(it.socket.receiveHighWaterMark()).isEqualTo(1000);
        assertThat(it.channel.config().setOption(ModemChannelOption.RECEIVE_HIGH_WATER_MARK, 2000))
                .isTrue();
        assertThat(it.socket.receiveHighWaterMark()).isEqualTo(2000);
        assertThatThrownBy(() -> it.channel.config().setReceiveHighWaterMark(PlayedSocket.RING_BYTES + 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(it.channel.config().getOption(ModemChannelOption.RECEIVE_HIGH_WATER_MARK))
                .isEqualTo(2000);
        it.channel.close().sync();
    }

    @Test
    void theTlsProfileReachesTheModule() throws Exception {
        TlsProfile profile = TlsProfile.builder().insecureSkipVerification().build();
        Connected it = connect(bootstrap().option(ModemChannelOption.TLS_PROFILE, profile));
        assertThat(module.newestProfile()).isSameAs(profile);
        it.channel.close().sync();
    }

    @Test
    void theOptionsOfAKernelsSocketAreRemembered() {
        ModemSocketChannel channel = new ModemSocketChannel(module, null);
        ModemSocketChannelConfig config = channel.config();
        for (ChannelOption<Integer> option : List.of(
                ChannelOption.SO_RCVBUF, ChannelOption.SO_SNDBUF, ChannelOption.SO_LINGER, ChannelOption.IP_TOS)) {
            assertThat(config.setOption(option, 17)).isTrue();
            assertThat(config.getOption(option)).isEqualTo(17);
        }
        for (ChannelOption<Boolean> option : List.of(
                ChannelOption.TCP_NODELAY,
                ChannelOption.SO_KEEPALIVE,
                ChannelOption.SO_REUSEADDR,
                ChannelOption.ALLOW_HALF_CLOSURE)) {
            assertThat(config.setOption(option, true)).isTrue();
            assertThat(config.getOption(option)).isTrue();
            assertThat(config.getOptions()).containsEntry(option, true);
        }
        assertThat(config.setOption(ChannelOption.SO_BACKLOG, 1)).isFalse();
    }

    // -- writes --

    @Test
    void aPromiseIsDoneWhenTheModuleHasTakenTheLastByte() throws Exception {
        Connected it = connect(bootstrap());
        ChannelFuture first = it.channel.write(text("first"));
        ChannelFuture second = it.channel.writeAndFlush(text("second"));
        await().until(() -> it.socket.bytesUnsent() == 11);
        it.socket.take(4);
        settle(it.channel);
        assertThat(first.isDone()).isFalse();
        it.socket.take(2);
        first.sync();
        assertThat(second.isDone()).isFalse();
        it.socket.take(5);
        second.sync();
        assertThat(it.socket.taken()).isEqualTo(ascii("firstsecond"));
        it.channel.close().sync();
    }

    @Test
    void theLoopIsToldWhenAMessageIsDoneAndNotOfEachPayload() throws Exception {
        Connected it = connect(bootstrap());
        ChannelFuture first = it.channel.write(bytes(3000));
        ChannelFuture second = it.channel.writeAndFlush(bytes(1000));
        await().until(() -> it.socket.bytesUnsent() == 4000);
        settle(it.channel);
        assertThat(it.socket.take(1460)).isFalse();
        assertThat(it.socket.take(1460)).isFalse();
        assertThat(it.socket.take(80)).isTrue();
        first.sync();
        settle(it.channel);
        assertThat(it.socket.take(999)).isFalse();
        assertThat(it.socket.take(1)).isTrue();
        second.sync();
        it.channel.close().sync();
    }

    @Test
    void theLoopIsToldWhenHalfTheRingIsFreeForMore() throws Exception {
        Connected it = connect(bootstrap());
        int ring = PlayedSocket.RING_BYTES;
        ChannelFuture write = it.channel.writeAndFlush(bytes(2 * ring));
        await().until(() -> it.socket.bytesUnsent() == ring);
        settle(it.channel);
        assertThat(it.socket.take(ring / 2 - 1)).isFalse();
        assertThat(it.socket.take(1)).isTrue();
        await().until(() -> it.socket.bytesUnsent() == ring);
        settle(it.channel);
        it.socket.takeAll();
        await().until(() -> it.socket.bytesUnsent() == ring / 2);
        it.socket.takeAll();
        write.sync();
        it.channel.close().sync();
    }

    @Test
    void whatTheRingCannotHoldFollowsAsTheModuleTakes() throws Exception {
        Connected it = connect(bootstrap());
        ByteBuf message = allocator.buffer();
        for (int i = 0; i < 5 * PlayedSocket.RING_BYTES; i++) {
            message.writeByte(i ^ i >> 8);
        }
        byte[] expected = ByteBufUtil.getBytes(message);
        ChannelFuture write = it.channel.writeAndFlush(message);
        while (!write.isDone()) {
            it.socket.take(Math.min(1460, it.socket.bytesUnsent()));
            Thread.onSpinWait();
        }
        write.sync();
        assertThat(it.socket.taken()).isEqualTo(expected);
        it.channel.close().sync();
    }

    @Test
    void writabilityTellsOfWhatTheModuleHasNotTaken() throws Exception {
        Connected it =
                connect(bootstrap().option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(500, 1000)));
        // By the loop itself: for a write of another thread Netty counts the bytes of the task as well.
        BlockingQueue<ChannelFuture> writes = new LinkedBlockingQueue<>();
        it.channel.eventLoop().execute(() -> writes.add(it.channel.writeAndFlush(bytes(2000))));
        ChannelFuture write = writes.take();
        assertThat(recorder.next()).isEqualTo("writable: false");
        await().until(() -> it.socket.bytesUnsent() == 2000);
        // All of it is in the socket's ring, and that does not make the channel writable.
        assertThat(it.channel.isWritable()).isFalse();
        it.socket.takeAll();
        assertThat(recorder.next()).isEqualTo("writable: true");
        write.sync();
        it.channel.close().sync();
    }

    @Test
    void progressIsTheModules() throws Exception {
        Connected it = connect(bootstrap());
        BlockingQueue<Long> progress = new LinkedBlockingQueue<>();
        ChannelProgressivePromise promise = it.channel.newProgressivePromise();
        promise.addListener(new ChannelProgressiveFutureListener() {
            @Override
            public void operationProgressed(ChannelProgressiveFuture future, long done, long total) {
                progress.add(done);
            }

            @Override
            public void operationComplete(ChannelProgressiveFuture future) {}
        });
        int ring = PlayedSocket.RING_BYTES;
        assertThat(it.channel.writeAndFlush(bytes(ring + 100), promise)).isSameAs(promise);
        await().until(() -> it.socket.bytesUnsent() == ring);
        it.socket.take(ring / 2);
        assertThat(progress.poll(60, TimeUnit.SECONDS)).isEqualTo(ring / 2);
        await().until(() -> it.socket.bytesUnsent() == ring / 2 + 100);
        it.socket.takeAll();
        assertThat(progress.poll(60, TimeUnit.SECONDS)).isEqualTo(ring + 100);
        promise.sync();
        it.channel.close().sync();
    }

    @Test
    void writesEveryKindOfBuffer(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("region"), "0123456789");
        Connected it = connect(bootstrap());
        CompositeByteBuf composite = allocator.compositeBuffer();
        composite.addComponent(true, text("com")).addComponent(true, text("posite "));
        List<ChannelFuture> writes = new ArrayList<>();
        writes.add(it.channel.write(Unpooled.EMPTY_BUFFER));
        writes.add(it.channel.write(composite));
        writes.add(it.channel.write(allocator.heapBuffer().writeBytes(ascii("heap "))));
        writes.add(it.channel.write(allocator.directBuffer().writeBytes(ascii("direct "))));
        ByteBuf sliced = text("a slice of it");
        writes.add(it.channel.write(sliced.retainedSlice(2, 6).asReadOnly()));
        sliced.release();
        writes.add(it.channel.write(new DefaultFileRegion(file.toFile(), 2, 5)));
        writes.add(it.channel.write(new DefaultFileRegion(file.toFile(), 0, 0)));
        writes.add(it.channel.write(text(" end")));
        writes.add(it.channel.write(Unpooled.EMPTY_BUFFER));
        it.channel.flush();
        await().until(() -> it.socket.bytesUnsent() == 37);
        assertThat(writes.get(0).isDone()).isTrue();
        while (it.socket.bytesUnsent() > 0) {
            it.socket.take(1);
            settle(it.channel);
        }
        for (ChannelFuture write : writes) {
            write.sync();
        }
        assertThat(it.socket.taken()).isEqualTo(ascii("composite heap direct slice 23456 end"));
        it.channel.close().sync();
    }

    @Test
    void noViewsAreMadeOfThePartsForWhichThereIsNoRoom() throws Exception {
        int parts = 1000;
        AtomicInteger longestView = new AtomicInteger();
        CompositeByteBuf composite = new CompositeByteBuf(allocator, false, parts) {
            @Override
            public ByteBuffer[] nioBuffers(int index, int length) {
                longestView.accumulateAndGet(length, Math::max);
                return super.nioBuffers(index, length);
            }
        };
        for (int i = 0; i < parts; i++) {
            composite.addComponent(true, allocator.buffer(100).writeZero(99).writeByte(i));
        }
        byte[] expected = ByteBufUtil.getBytes(composite);
        Connected it = connect(bootstrap());
        ChannelFuture write = it.channel.writeAndFlush(composite);
        while (!write.isDone()) {
            it.socket.take(Math.min(1460, it.socket.bytesUnsent()));
            Thread.onSpinWait();
        }
        write.sync();
        assertThat(it.socket.taken()).isEqualTo(expected);
        assertThat(longestView).hasValueLessThan(PlayedSocket.RING_BYTES);
        it.channel.close().sync();
    }

    @Test
    void aFileLargerThanTheRingIsCopiedPieceByPiece(@TempDir Path directory) throws Exception {
        byte[] contents = new byte[3 * PlayedSocket.RING_BYTES + 17];
        new Random(1).nextBytes(contents);
        Path file = Files.write(directory.resolve("region"), contents);
        Connected it = connect(bootstrap());
        ChannelFuture before = it.channel.write(text("<"));
        ChannelFuture region = it.channel.write(new DefaultFileRegion(file.toFile(), 0, contents.length));
        ChannelFuture after = it.channel.writeAndFlush(text(">"));
        while (!after.isDone()) {
            it.socket.take(Math.min(1000, it.socket.bytesUnsent()));
            Thread.onSpinWait();
        }
        before.sync();
        region.sync();
        after.sync();
        byte[] taken = it.socket.taken();
        assertThat(taken).hasSize(contents.length + 2);
        assertThat(Arrays.copyOfRange(taken, 1, taken.length - 1)).isEqualTo(contents);
        it.channel.close().sync();
    }

    @Test
    void aRegionMayWriteMoreOrLessThanItCounts() throws Exception {
        Connected it = connect(bootstrap());
        byte[] large = new byte[PlayedSocket.RING_BYTES + 5];
        Arrays.fill(large, (byte) 'x');
        List<ChannelFuture> writes = new ArrayList<>();
        writes.add(it.channel.write(text("<")));
        writes.add(it.channel.write(new FramingRegion(16, ascii("a"), ascii("b"))));
        writes.add(it.channel.write(new FramingRegion(1, ascii("more"), large)));
        writes.add(it.channel.write(new FramingRegion(1, ascii("!"))));
        writes.add(it.channel.writeAndFlush(text(">")));
        ChannelFuture last = writes.get(writes.size() - 1);
        while (!last.isDone()) {
            int taken = it.socket.taken().length;
            assertThat(writes.get(1).isDone() && taken < 3).isFalse();
            it.socket.take(Math.min(taken < 20 ? 1 : 1000, it.socket.bytesUnsent()));
            settle(it.channel);
        }
        for (ChannelFuture write : writes) {
            write.sync();
        }
        assertThat(it.socket.taken()).isEqualTo(ascii("<abmore" + "x".repeat(large.length) + "!>"));
        it.channel.close().sync();
    }

    @Test
    void aRegionThatWritesNothingIsDone() throws Exception {
        Connected it = connect(bootstrap());
        it.channel.writeAndFlush(new FramingRegion(16, new byte[0])).sync();
        it.channel
                .writeAndFlush(new FramingRegion(16, new byte[0], new byte[0]))
                .sync();
        it.channel.close().sync();
    }

    @Test
    void manySmallMessagesKeepTheirOrder() throws Exception {
        Connected it = connect(bootstrap());
        int count = 5000;
        List<ChannelFuture> writes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            writes.add(it.channel.write(allocator.buffer(1).writeByte(i)));
        }
        it.channel.flush();
        ChannelFuture last = writes.get(count - 1);
        while (!last.isDone()) {
            it.socket.takeAll();
            Thread.onSpinWait();
        }
        byte[] taken = it.socket.taken();
        assertThat(taken).hasSize(count);
        for (int i = 0; i < count; i++) {
            assertThat(taken[i]).isEqualTo((byte) i);
            assertThat(writes.get(i).isSuccess()).isTrue();
        }
        it.channel.close().sync();
    }

    @Test
    void aWriteCanBeCancelledUntilItIsFlushed() throws Exception {
        Connected it = connect(bootstrap());
        ChannelPromise cancelled = it.channel.newPromise();
        ChannelFuture first = it.channel.write(text("a"));
        assertThat(it.channel.write(text("b"), cancelled)).isSameAs(cancelled);
        ChannelFuture last = it.channel.write(text("c"));
        settle(it.channel);
        assertThat(cancelled.cancel(false)).isTrue();
        it.channel.flush();
        await().until(() -> it.socket.bytesUnsent() == 2);
        it.socket.takeAll();
        first.sync();
        last.sync();
        assertThat(it.socket.taken()).isEqualTo(ascii("ac"));
        it.channel.close().sync();
    }

    @Test
    void aVoidPromiseIsEnough() throws Exception {
        Connected it = connect(bootstrap());
        assertThat(it.channel.writeAndFlush(text("void"), it.channel.voidPromise()))
                .isSameAs(it.channel.voidPromise());
        await().until(() -> it.socket.bytesUnsent() == 4);
        it.socket.takeAll();
        settle(it.channel);
        it.socket.refuseWrites(new SocketException("no more"));
        assertThat(it.channel.writeAndFlush(text("lost"), it.channel.voidPromise()))
                .isSameAs(it.channel.voidPromise());
        assertThat(recorder.next()).isInstanceOf(SocketException.class);
        assertThat(recorder.next()).isEqualTo(Recorder.INACTIVE);
    }

    @Test
    void aListenerMayWriteAndCloseFromWithin() throws Exception {
        Connected it = connect(bootstrap());
        it.channel
                .writeAndFlush(text("one"))
                .addListener(first -> it.channel.writeAndFlush(text("two")).addListener(ChannelFutureListener.CLOSE));
        await().until(() -> it.socket.bytesUnsent() == 3);
        it.socket.takeAll();
        await().until(() -> it.socket.bytesUnsent() == 3);
        it.socket.takeAll();
        it.channel.closeFuture().sync();
        assertThat(it.socket.taken()).isEqualTo(ascii("onetwo"));
    }

    @Test
    void aRefusalFailsWhatTheModuleHasNotTakenAndCloses() throws Exception {
        Connected it = connect(bootstrap());
        ChannelFuture taken = it.channel.write(text("taken"));
        ChannelFuture lost = it.channel.writeAndFlush(text("lost"));
        await().until(() -> it.socket.bytesUnsent() == 9);
        it.socket.take(6);
        SocketException cause = new SocketException("refused");
        it.socket.refuseWrites(cause);
        assertThat(lost.await().cause()).isSameAs(cause);
        taken.sync();
        assertThat(recorder.next()).isEqualTo(Recorder.INACTIVE);
    }

    @Test
    void withoutAutoCloseARefusalEndsTheOutputOnly() throws Exception {
        Connected it = connect(bootstrap().option(ChannelOption.AUTO_CLOSE, false));
        ChannelFuture lost = it.channel.writeAndFlush(text("lost"));
        await().until(() -> it.socket.bytesUnsent() == 4);
        it.socket.refuseWrites(new SocketException("refused"));
        assertThat(lost.await().cause()).isInstanceOf(ChannelOutputShutdownException.class);
        assertThat(recorder.next()).isEqualTo(ChannelOutputShutdownEvent.INSTANCE);
        assertThat(it.channel.isOutputShutdown()).isTrue();
        it.socket.deliver(ascii("still"));
        assertThat(recorder.next()).isEqualTo("still");
        it.channel.close().sync();
    }

    @Test
    void aCloseFailsWhatTheModuleHasNotTaken() throws Exception {
        Connected it = connect(bootstrap());
        ChannelFuture inRing = it.channel.writeAndFlush(bytes(PlayedSocket.RING_BYTES));
        ChannelFuture beyond = it.channel.writeAndFlush(bytes(100));
        ChannelFuture unflushed = it.channel.write(bytes(100));
        await().until(() -> it.socket.bytesUnsent() == PlayedSocket.RING_BYTES);
        it.channel.close().sync();
        for (ChannelFuture write : List.of(inRing, beyond, unflushed)) {
            assertThat(write.await().cause()).isInstanceOf(ClosedChannelException.class);
        }
    }

    // -- reads --

    @Test
    void aBurstHasOneReadComplete() throws Exception {
        Connected it = connect(bootstrap()
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(4).maxMessagesPerRead(16)));
        it.socket.deliver(ascii("abcdefghij"));
        assertThat(recorder.next()).isEqualTo("abcd");
        assertThat(recorder.next()).isEqualTo("efgh");
        assertThat(recorder.next()).isEqualTo("ij");
        assertThat(recorder.next()).isEqualTo(Recorder.READ_COMPLETE);
        settle(it.channel);
        assertThat(recorder.rest()).isEmpty();
        it.channel.close().sync();
    }

    @Test
    void aBurstIsNotLongerThanTheAllocatorWantsAndGoesOnLater() throws Exception {
        Connected it = connect(bootstrap()
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(2).maxMessagesPerRead(2)));
        it.socket.deliver(ascii("abcdefg"));
        for (Object expected : List.of("ab", "cd", Recorder.READ_COMPLETE, "ef", "g", Recorder.READ_COMPLETE)) {
            assertThat(recorder.next()).isEqualTo(expected);
        }
        it.channel.close().sync();
    }

    @Test
    void nothingIsReadWhileNobodyAsks() throws Exception {
        Connected it = connect(bootstrap().option(ChannelOption.AUTO_READ, false));
        it.socket.deliver(ascii("first"));
        it.socket.deliver(ascii("second"));
        settle(it.channel);
        assertThat(it.socket.reads()).isZero();
        it.channel.read();
        assertThat(recorder.next()).isEqualTo("firstsecond");
        assertThat(recorder.next()).isEqualTo(Recorder.READ_COMPLETE);
        it.socket.deliver(ascii("third"));
        settle(it.channel);
        assertThat(it.socket.hasUnread()).isTrue();
        it.channel.config().setAutoRead(true);
        assertThat(recorder.next()).isEqualTo("third");
        it.channel.close().sync();
    }

    @Test
    void aChangeThatIsNoneReadsNothing() throws Exception {
        Connected it = connect(bootstrap());
        for (int i = 0; i < 100; i++) {
            it.socket.signalChange();
        }
        settle(it.channel);
        assertThat(it.socket.reads()).isZero();
        assertThat(recorder.rest()).isEmpty();
        it.channel.close().sync();
    }

    @Test
    void theEndComesAfterAllData() throws Exception {
        Connected it = connect(bootstrap().option(ChannelOption.AUTO_READ, false));
        it.socket.deliver(ascii("last words"));
        it.socket.end();
        settle(it.channel);
        assertThat(it.channel.isActive()).isTrue();
        it.channel.config().setAutoRead(true);
        assertThat(recorder.next()).isEqualTo("last words");
        assertThat(recorder.next()).isEqualTo(Recorder.READ_COMPLETE);
        assertThat(recorder.next()).isEqualTo(Recorder.READ_COMPLETE);
        assertThat(recorder.next()).isEqualTo(Recorder.INACTIVE);
    }

    @Test
    void aFailureComesAfterWhatCameWholeBeforeItAndTellsWritersToo() throws Exception {
        Connected it = connect(bootstrap().option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(1)));
        ChannelFuture write = it.channel.writeAndFlush(text("never taken"));
        await().until(() -> it.socket.bytesUnsent() > 0);
        it.channel.config().setAutoRead(false);
        settle(it.channel);
        String text = "0123456789012345678901234567890123456789";
        it.socket.deliver(ascii(text));
        IOException cause = new IOException("module was lost");
        // By the loop itself: a failure that it sees before it knows that somebody reads closes the channel by the
        // write.
        it.channel
                .eventLoop()
                .submit(() -> {
                    it.channel.config().setAutoRead(true);
                    it.socket.fail(cause);
                })
                .sync();
        StringBuilder read = new StringBuilder();
        Object event = recorder.next();
        for (; !(event instanceof Throwable); event = recorder.next()) {
            read.append(event.equals(Recorder.READ_COMPLETE) ? "" : event);
        }
        assertThat(read).hasToString(text);
        assertThat(event).isSameAs(cause);
        assertThat(recorder.next()).isEqualTo(Recorder.INACTIVE);
        assertThat(write.await().cause()).isSameAs(cause);
    }

    @Test
    void halfClosureIsShownWithAndWithoutAReader() throws Exception {
        Connected it = connect(
                bootstrap().option(ChannelOption.ALLOW_HALF_CLOSURE, true).option(ChannelOption.AUTO_READ, false));
        it.socket.deliver(ascii("unread"));
        it.socket.end();
        settle(it.channel);
        assertThat(recorder.rest()).isEmpty();
        it.channel.read();
        assertThat(recorder.next()).isEqualTo("unread");
        assertThat(recorder.next()).isEqualTo(Recorder.READ_COMPLETE);
        assertThat(recorder.next()).isEqualTo(ChannelInputShutdownEvent.INSTANCE);
        assertThat(recorder.next()).isEqualTo(ChannelInputShutdownReadComplete.INSTANCE);
        assertThat(it.channel.isActive()).isTrue();
        assertThat(it.channel.isInputShutdown()).isTrue();
        assertThat(it.channel.isOutputShutdown()).isFalse();
        ChannelFuture write = it.channel.writeAndFlush(text("still"));
        await().until(() -> it.socket.bytesUnsent() == 5);
        it.socket.takeAll();
        write.sync();
        assertThat(recorder.rest()).isEmpty();
        it.channel.close().sync();
    }

    @Test
    void eachHalfCanBeShutDown() throws Exception {
        Connected it = connect(bootstrap().option(ChannelOption.ALLOW_HALF_CLOSURE, true));
        it.channel.shutdownOutput().sync();
        assertThat(it.socket.isOutputShutdown()).isTrue();
        assertThat(recorder.next()).isEqualTo(ChannelOutputShutdownEvent.INSTANCE);
        assertThat(it.channel.isShutdown()).isFalse();
        assertThat(it.channel.writeAndFlush(text("late")).await().cause()).isInstanceOf(ClosedChannelException.class);
        it.channel.shutdownInput().sync();
        assertThat(it.channel.isShutdown()).isTrue();
        it.channel.close().sync();
        assertThat(it.channel.shutdownInput().await().cause()).isInstanceOf(ClosedChannelException.class);
    }

    // -- loops --

    @ParameterizedTest
    @EnumSource(value = Loops.class, mode = EnumSource.Mode.EXCLUDE, names = "MANUAL")
    void aLoopThatEndsClosesItsChannels(Loops loops) throws Exception {
        useLoops(loops);
        Connected it = connect(bootstrap());
        ChannelFuture write = it.channel.writeAndFlush(text("unsent"));
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        assertThat(it.channel.closeFuture().await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(write.isDone()).isTrue();
        assertThat(it.socket.state()).isEqualTo(ModuleSocket.State.CLOSED);
        // Who comes now finds nobody, and nothing happens.
        it.socket.signalChange();
    }

    @ParameterizedTest
    @EnumSource(value = Loops.class, mode = EnumSource.Mode.EXCLUDE, names = "MANUAL")
    void aLoopThatEndsFailsTheConnectsThatArePending(Loops loops) throws Exception {
        useLoops(loops);
        ChannelFuture connect = bootstrap().connect(REMOTE);
        PlayedSocket socket = module.nextSocket();
        await().until(() -> socket.state() == ModuleSocket.State.CONNECTING);
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        assertThat(connect.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(connect.cause()).isInstanceOf(ClosedChannelException.class);
        assertThat(connect.channel().closeFuture().await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(socket.state()).isEqualTo(ModuleSocket.State.CLOSED);
    }

    @ParameterizedTest
    @EnumSource(value = Loops.class, mode = EnumSource.Mode.EXCLUDE, names = "MANUAL")
    void aLoopEndsAlthoughItsChannelAlwaysHasSomethingToDo(Loops loops) throws Exception {
        useLoops(loops);
        PlayedSocket[] socket = new PlayedSocket[1];
        Connected it = connect(bootstrap().handler(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext context) {
                recorder.channelActive(context);
            }

            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                ReferenceCountUtil.release(message);
                // Whatever is read, there is more to read.
                socket[0].deliver(ascii("more"));
            }
        }));
        socket[0] = it.socket;
        it.socket.deliver(ascii("first"));
        await().until(() -> it.socket.reads() > 100);
        assertThat(group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(60, TimeUnit.SECONDS))
                .isTrue();
        assertThat(it.channel.closeFuture().await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(it.socket.state()).isEqualTo(ModuleSocket.State.CLOSED);
    }

    /** Netty may take a loop's thread away while no handle is registered, and it does not count these channels. */
    @ParameterizedTest
    @EnumSource(
            value = Loops.class,
            names = {"NIO", "EPOLL"})
    void aLoopThatIsSuspendedIsWokenByItsChannelAndStillClosesIt(Loops loops) throws Exception {
        useLoops(loops);
        Connected it = connect(bootstrap());
        SingleThreadEventExecutor loop = (SingleThreadEventExecutor) it.channel.eventLoop();
        assertThat(loop.trySuspend()).isTrue();
        await().until(loop::isSuspended);
        it.socket.deliver(ascii("woken"));
        assertThat(recorder.next()).isEqualTo("woken");
        assertThat(recorder.next()).isEqualTo(Recorder.READ_COMPLETE);
        assertThat(loop.trySuspend()).isTrue();
        await().until(loop::isSuspended);
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        assertThat(it.channel.closeFuture().await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(it.socket.state()).isEqualTo(ModuleSocket.State.CLOSED);
    }

    @Test
    void aManualLoopThatEndsGivesTheModulesSocketBack() throws Exception {
        useLoops(Loops.MANUAL);
        Connected it = connect(bootstrap());
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        await().until(() -> it.socket.state() == ModuleSocket.State.CLOSED);
    }

    @Test
    void nothingIsLostWhenAChannelMovesUnderTraffic() throws Exception {
        BlockingQueue<String> wrongs = new LinkedBlockingQueue<>();
        Connected it = connect(bootstrap().handler(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext context) {
                recorder.channelActive(context);
            }

            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                if (!context.channel().eventLoop().inEventLoop()) {
                    wrongs.add("read by " + Thread.currentThread());
                }
                // What fails is missing at the end.
                var unused = context.writeAndFlush(message);
            }
        }));
        byte[] sent = new byte[200_000];
        new Random(2).nextBytes(sent);
        AtomicInteger delivered = new AtomicInteger();
        Thread module = new Thread(() -> {
            while (it.socket.taken().length < sent.length && it.socket.state() == ModuleSocket.State.CONNECTED) {
                int from = delivered.get();
                // No more than the echo keeps up with.
                if (from < sent.length && from - it.socket.bytesTaken() < 2 * PlayedSocket.RING_BYTES) {
                    int to = Math.min(from + 700, sent.length);
                    it.socket.deliver(Arrays.copyOfRange(sent, from, to));
                    delivered.set(to);
                }
                it.socket.take(Math.min(500, it.socket.bytesUnsent()));
            }
        });
        EventLoopGroup other = Loops.NIO.open();
        try {
            module.start();
            for (int i = 0; module.isAlive(); i++) {
                it.channel.deregister().sync();
                (i % 2 == 0 ? other : group).register(it.channel).sync();
            }
            module.join();
            assertThat(it.socket.taken()).isEqualTo(sent);
            assertThat(wrongs).isEmpty();
            it.channel.close().sync();
        } finally {
            it.socket.close();
            Loops.close(other);
        }
    }

    @Test
    void aChannelMayMoveToAnotherLoop() throws Exception {
        Connected it = connect(bootstrap());
        it.channel.deregister().sync();
        it.socket.deliver(ascii("meanwhile"));
        EventLoopGroup other = Loops.NIO.open();
        try {
            other.register(it.channel).sync();
            assertThat(recorder.next()).isEqualTo("meanwhile");
            assertThat(recorder.next()).isEqualTo(Recorder.READ_COMPLETE);
            ChannelFuture write = it.channel.writeAndFlush(text("moved"));
            await().until(() -> it.socket.bytesUnsent() == 5);
            it.socket.takeAll();
            write.sync();
            it.channel.close().sync();
        } finally {
            Loops.close(other);
        }
    }
}
