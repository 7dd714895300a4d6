package io.uartnio.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultAddressedEnvelope;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.resolver.NoopAddressResolverGroup;
import io.uartnio.netty.PlayedDatagramSocket.Datagram;
import io.uartnio.socket.ModuleDatagramSocket;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A channel with datagrams against a module played in memory; no buffer is left. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ModemDatagramChannelTest {

    private static final InetSocketAddress PEER = new InetSocketAddress("192.0.2.7", 4000);
    private static final InetSocketAddress OTHER = new InetSocketAddress("192.0.2.8", 4000);
    private static final InetSocketAddress NAME = InetSocketAddress.createUnresolved("peer.test", 4000);
    private static final int PORT = 7;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
    private final PlayedModule module = new PlayedModule();
    private final DatagramRecorder recorder = new DatagramRecorder();
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

    private Bootstrap bootstrap() {
        return new Bootstrap()
                .group(group)
                .channelFactory(() -> new ModemDatagramChannel(module))
                .resolver(ModemAddressResolverGroup.INSTANCE)
                .option(ChannelOption.ALLOCATOR, allocator)
                .handler(recorder);
    }

    private PlayedDatagramSocket opening() throws InterruptedException {
        PlayedDatagramSocket socket = module.nextDatagram();
        await().until(() -> socket.state() == ModuleDatagramSocket.State.OPENING);
        return socket;
    }

    /** A channel that is bound, and the module's socket. */
    private record Bound(Channel channel, PlayedDatagramSocket socket) {}

    private Bound bound() throws InterruptedException {
        return bound(bootstrap());
    }

    private Bound bound(Bootstrap bootstrap) throws InterruptedException {
        ChannelFuture bind = bootstrap.bind(PORT);
        PlayedDatagramSocket socket = opening();
        socket.report();
        bind.sync();
        assertThat(recorder.next()).isEqualTo(DatagramRecorder.ACTIVE);
        return new Bound(bind.channel(), socket);
    }

    private ByteBuf buffer(String text) {
        return allocator.buffer().writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    private DatagramPacket packet(String text, InetSocketAddress to) {
        return new DatagramPacket(buffer(text), to);
    }

    private static Datagram awaitUnsent(PlayedDatagramSocket socket) {
        await().until(() -> socket.oldestUnsent() != null);
        return socket.oldestUnsent();
    }

    @Test
    void aModuleThatReportsAtOnceMakesItActiveOnce() throws Exception {
        module.reportAtOnce();
        Channel channel = bootstrap().bind(PORT).sync().channel();
        channel.close().sync();
        assertThat(recorder.next()).isEqualTo(DatagramRecorder.ACTIVE);
        assertThat(recorder.next()).isEqualTo(DatagramRecorder.INACTIVE);
    }

    @ParameterizedTest
    @EnumSource(value = Loops.class, mode = EnumSource.Mode.EXCLUDE, names = "MANUAL")
    void receivesAndSendsOnEveryKindOfLoop(Loops loops) throws Exception {
        Loops.close(group);
        group = loops.open();
        ChannelFuture bind = bootstrap().bind(PORT);
        PlayedDatagramSocket socket = opening();
        assertThat(bind.isDone()).isFalse();
        assertThat(bind.channel().isActive()).isFalse();
        socket.report();
        Channel channel = bind.sync().channel();
        assertThat(recorder.next()).isEqualTo(DatagramRecorder.ACTIVE);
        assertThat(channel.localAddress()).isEqualTo(new InetSocketAddress("10.0.0.2", PORT));

        socket.deliver("one", PEER);
        socket.deliver("two", OTHER);
        assertThat(recorder.next()).isEqualTo(new Datagram("one", PEER));
        assertThat(recorder.next()).isEqualTo(new Datagram("two", OTHER));

        ChannelFuture packet = channel.writeAndFlush(packet("three", PEER));
        ChannelFuture envelope =
                channel.writeAndFlush(new DefaultAddressedEnvelope<ByteBuf, SocketAddress>(buffer("four"), OTHER));
        assertThat(awaitUnsent(socket)).isEqualTo(new Datagram("three", PEER));
        assertThat(packet.isDone()).isFalse();
        socket.takeOne();
        packet.sync();
        assertThat(awaitUnsent(socket)).isEqualTo(new Datagram("four", OTHER));
        socket.takeOne();
        envelope.sync();

        channel.close().sync();
        assertThat(socket.state()).isEqualTo(ModuleDatagramSocket.State.CLOSED);
        assertThat(recorder.next()).isEqualTo(DatagramRecorder.INACTIVE);
    }

    @Test
    void aLoopThatEndsClosesTheChannel() throws Exception {
        Bound bound = bound();
        Loops.close(group);
        bound.channel().closeFuture().sync();
        assertThat(bound.socket().state()).isEqualTo(ModuleDatagramSocket.State.CLOSED);
    }

    @Test
    void whoBindsToAnyPortGetsOneThatIsNotTaken() throws Exception {
        ChannelFuture bind = bootstrap().bind(0);
        PlayedDatagramSocket taken = opening();
        taken.fail(new BindException("port is taken"));
        PlayedDatagramSocket free = opening();
        assertThat(taken.state()).isEqualTo(ModuleDatagramSocket.State.CLOSED);
        assertThat(free.localPort()).isBetween(49_152, 65_535);
        free.report();
        assertThat(((InetSocketAddress) bind.sync().channel().localAddress()).getPort())
                .isEqualTo(free.localPort());
        bind.channel().close().sync();
    }

    @Test
    void aPortThatIsTakenFailsTheBindAndAnotherCanBeTried() throws Exception {
        Channel channel = bootstrap().register().sync().channel();
        ChannelFuture bind = channel.bind(new InetSocketAddress(PORT));
        ChannelFuture early = channel.writeAndFlush(packet("early", PEER));
        BindException cause = new BindException("port is taken");
        opening().fail(cause);
        assertThat(bind.await().cause()).isSameAs(cause);
        assertThat(early.await().cause()).isInstanceOf(NotYetConnectedException.class);
        assertThat(channel.isOpen()).isTrue();

        ChannelFuture again = channel.bind(new InetSocketAddress(PORT + 1));
        ChannelFuture written = channel.writeAndFlush(packet("early", PEER));
        PlayedDatagramSocket socket = opening();
        socket.report();
        again.sync();
        assertThat(awaitUnsent(socket)).isEqualTo(new Datagram("early", PEER));
        socket.takeOne();
        written.sync();
        assertThat(channel.bind(new InetSocketAddress(9)).await().cause()).isInstanceOf(AlreadyBoundException.class);
        channel.close().sync();
    }

    @Test
    void whatCannotBeBoundIsRefused() throws Exception {
        assertThat(bootstrap().bind(new LocalAddress("elsewhere")).await().cause())
                .isInstanceOf(UnsupportedAddressTypeException.class);
        assertThat(bootstrap()
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT))
                        .await()
                        .cause())
                .isInstanceOf(SocketException.class);
    }

    @Test
    void connectedToAnAddressItKeepsItsPortAndSendsBuffers() throws Exception {
        Bound bound = bound();
        ModemDatagramChannel channel = (ModemDatagramChannel) bound.channel();
        channel.connect(PEER).sync();
        assertThat(channel.isConnected()).isTrue();
        assertThat(channel.remoteAddress()).isEqualTo(PEER);
        assertThat(bound.socket().peer()).isEqualTo(PEER);

        ChannelFuture plain = channel.writeAndFlush(
                Unpooled.wrappedBuffer(buffer("o"), buffer("ne"))); // of several parts, and one datagram
        assertThat(awaitUnsent(bound.socket())).isEqualTo(new Datagram("one", PEER));
        bound.socket().takeOne();
        plain.sync();
        ChannelFuture named = channel.writeAndFlush(packet("two", PEER));
        assertThat(awaitUnsent(bound.socket())).isEqualTo(new Datagram("two", PEER));
        bound.socket().takeOne();
        named.sync();
        assertThat(channel.writeAndFlush(packet("no", OTHER)).await().cause())
                .isInstanceOf(AlreadyConnectedException.class);

        channel.disconnect().sync();
        assertThat(channel.isConnected()).isFalse();
        assertThat(channel.isActive()).isTrue();
        assertThat(channel.remoteAddress()).isNull();
        assertThat(bound.socket().peer()).isNull();
        channel.close().sync();
    }

    @Test
    void aConnectBindsWhatIsNotBound() throws Exception {
        ChannelFuture connect = bootstrap().connect(PEER);
        PlayedDatagramSocket socket = opening();
        assertThat(socket.localPort()).isBetween(49_152, 65_535);
        assertThat(connect.isDone()).isFalse();
        socket.report();
        connect.sync();
        assertThat(socket.peer()).isEqualTo(PEER);
        assertThat(recorder.next()).isEqualTo(DatagramRecorder.ACTIVE);
        connect.channel().close().sync();

        ChannelFuture fromPort = bootstrap().connect(PEER, new InetSocketAddress(PORT));
        PlayedDatagramSocket other = opening();
        assertThat(other.localPort()).isEqualTo(PORT);
        other.report();
        fromPort.sync().channel().close().sync();
    }

    @Test
    void aConnectRightBehindABindWaitsForIt() throws Exception {
        Channel channel = bootstrap().register().sync().channel();
        ChannelFuture bind = channel.bind(new InetSocketAddress(PORT));
        ChannelFuture connect = channel.connect(PEER);
        PlayedDatagramSocket socket = opening();
        socket.report();
        bind.sync();
        connect.sync();
        assertThat(socket.peer()).isEqualTo(PEER);
        channel.close().sync();
    }

    @Test
    void aNameIsTheModulesToResolve() throws Exception {
        Bound bound = bound();
        ModemDatagramChannel channel = (ModemDatagramChannel) bound.channel();
        ChannelFuture before = channel.writeAndFlush(packet("before", PEER));
        awaitUnsent(bound.socket());
        ChannelFuture connect = channel.connect(NAME);
        ChannelFuture meanwhile = channel.writeAndFlush(buffer("meanwhile"));
        channel.eventLoop().submit(() -> {}).sync();
        // The old socket goes when it has told what became of its datagram.
        assertThat(bound.socket().state()).isEqualTo(ModuleDatagramSocket.State.OPEN);
        bound.socket().takeOne();
        before.sync();
        PlayedDatagramSocket ofPeer = opening();
        assertThat(bound.socket().state()).isEqualTo(ModuleDatagramSocket.State.CLOSED);
        assertThat(ofPeer.target()).isEqualTo("peer.test:4000");
        assertThat(ofPeer.localPort()).isEqualTo(PORT);
        assertThat(channel.connect(PEER).await().cause()).isInstanceOf(ConnectionPendingException.class);
        ofPeer.report();
        connect.sync();
        assertThat(channel.remoteAddress()).isEqualTo(NAME);
        assertThat(awaitUnsent(ofPeer)).isEqualTo(new Datagram("meanwhile", null));
        ofPeer.takeOne();
        meanwhile.sync();

        ofPeer.deliver("hi", InetSocketAddress.createUnresolved("peer.test", 4000));
        assertThat(recorder.next()).isEqualTo(new Datagram("hi", NAME));
        ChannelFuture answer = channel.writeAndFlush(packet("ho", NAME));
        assertThat(awaitUnsent(ofPeer)).isEqualTo(new Datagram("ho", null));
        ofPeer.takeOne();
        answer.sync();

        ChannelFuture disconnect = channel.disconnect();
        PlayedDatagramSocket ofAll = opening();
        assertThat(disconnect.isDone()).isFalse();
        assertThat(ofPeer.state()).isEqualTo(ModuleDatagramSocket.State.CLOSED);
        assertThat(ofAll.localPort()).isEqualTo(PORT);
        ofAll.report();
        disconnect.sync();
        assertThat(channel.isActive()).isTrue();
        assertThat(channel.isConnected()).isFalse();
        channel.close().sync();
        // What became of the module's socket in between is nobody's business.
        assertThat(recorder.next()).isEqualTo(DatagramRecorder.INACTIVE);
    }

    @Test
    void aNameThatTheModuleDoesNotKnowClosesTheChannel() throws Exception {
        Bound bound = bound();
        ChannelFuture connect = bound.channel().connect(NAME);
        IOException cause = new IOException("name is not known");
        opening().fail(cause);
        assertThat(connect.await().cause()).isSameAs(cause);
        bound.channel().closeFuture().sync();
        assertThat(recorder.next()).isEqualTo(DatagramRecorder.INACTIVE);
    }

    @Test
    void aRefusedDatagramFailsAloneAndEachIsDoneInTurn() throws Exception {
        Bound bound = bound();
        Channel channel = bound.channel();
        List<ChannelFuture> writes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            writes.add(channel.write(packet("datagram " + i, PEER)));
        }
        channel.flush();
        IOException cause = new IOException("send refused");
        for (int i = 0; i < 3; i++) {
            assertThat(awaitUnsent(bound.socket()).text()).isEqualTo("datagram " + i);
            assertThat(bound.socket().datagramsUnsent()).isEqualTo(1);
            assertThat(writes.get(i).isDone()).isFalse();
            if (i == 1) {
                bound.socket().refuseOne(cause);
                assertThat(writes.get(i).await().cause()).isSameAs(cause);
            } else {
                bound.socket().takeOne();
                writes.get(i).sync();
            }
        }
        channel.close().sync();
    }

    /** What should not be done comes to the same as with Netty's own channel, which is asked in the same test. */
    @Test
    void badUseIsToldAsByNettysOwnChannel() throws Exception {
        EventLoopGroup nioLoops = Loops.NIO.open();
        try {
            Channel own = new Bootstrap()
                    .group(nioLoops)
                    .channel(NioDatagramChannel.class)
                    .resolver(NoopAddressResolverGroup.INSTANCE)
                    .handler(new DatagramRecorder())
                    .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .sync()
                    .channel();
            Bound bound = bound();
            List<String> expected = badUse(own);
            assertThat(badUse(bound.channel())).isEqualTo(expected);
            assertThat(expected).contains(NotYetConnectedException.class.getName(), "done");
            assertThat(bound.socket().oldestUnsent()).isNull();
        } finally {
            Loops.close(nioLoops);
        }
    }

    private List<String> badUse(Channel channel) throws Exception {
        List<String> ends = new ArrayList<>();
        ends.add(end(channel.writeAndFlush(buffer("to nobody"))));
        ends.add(end(channel.writeAndFlush("text")));
        ends.add(end(channel.writeAndFlush(new DefaultAddressedEnvelope<>("text", (SocketAddress) PEER))));
        ends.add(end(channel.writeAndFlush(packet("to a name", NAME))));
        ends.add(end(channel.writeAndFlush(new DefaultAddressedEnvelope<ByteBuf, SocketAddress>(
                buffer("elsewhere"), new LocalAddress("elsewhere")))));
        ends.add(end(channel.writeAndFlush(packet("", new InetSocketAddress(InetAddress.getLoopbackAddress(), 9)))));
        ends.add(end(channel.disconnect()));
        ends.add(end(channel.bind(new InetSocketAddress(0))));
        InetSocketAddress discard = new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 9);
        ends.add(end(channel.connect(discard)));
        ends.add(end(channel.writeAndFlush(packet("to another", PEER))));
        ends.add(end(channel.connect(discard)));
        channel.closeFuture().sync();
        ends.add(end(channel.writeAndFlush(buffer("late"))));
        ends.add(end(channel.bind(new InetSocketAddress(0))));
        ends.add(end(channel.connect(discard)));
        return ends;
    }

    private static String end(ChannelFuture future) throws InterruptedException {
        Throwable cause = future.await().cause();
        if (cause == null) {
            return "done";
        }
        // Netty has classes of its own for some, without a stack.
        Class<?> kind = cause.getClass();
        while (kind.getName().startsWith("io.netty")) {
            kind = kind.getSuperclass();
        }
        return kind.getName() + (cause instanceof UnsupportedOperationException ? cause.getMessage() : "");
    }

    @Test
    void whatTheModuleCannotSendFails() throws Exception {
        Bound bound = bound();
        String tooLong = "x".repeat(PlayedDatagramSocket.MAX_SEND_BYTES + 1);
        ChannelFuture longer = bound.channel().writeAndFlush(packet(tooLong, PEER));
        assertThat(longer.await().cause()).isInstanceOf(SocketException.class).hasMessageContaining("length=1461");
        InetSocketAddress version6 = new InetSocketAddress("2001:db8::1", 9);
        assertThat(bound.channel().writeAndFlush(packet("x", version6)).await().cause())
                .isInstanceOf(UnsupportedAddressTypeException.class);
        assertThat(bound.channel().isOpen()).isTrue();
        bound.channel().close().sync();
    }

    @Test
    void whatTheBufferDoesNotHoldIsLost() throws Exception {
        Bound bound = bound(bootstrap().option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(4)));
        bound.socket().deliver("truncated", PEER);
        bound.socket().deliver("next", PEER);
        assertThat(recorder.next()).isEqualTo(new Datagram("trun", PEER));
        assertThat(recorder.next()).isEqualTo(new Datagram("next", PEER));
        bound.channel().close().sync();
    }

    @Test
    void whileNobodyReadsDatagramsWait() throws Exception {
        Bound bound = bound(bootstrap().option(ChannelOption.AUTO_READ, false));
        bound.socket().deliver("one", PEER);
        bound.socket().deliver("two", PEER);
        bound.channel().eventLoop().submit(() -> {}).sync();
        assertThat(bound.socket().waiting()).isEqualTo(2);
        bound.channel().read();
        assertThat(recorder.next()).isEqualTo(new Datagram("one", PEER));
        bound.channel().eventLoop().submit(() -> {}).sync();
        assertThat(bound.socket().waiting()).isEqualTo(1);
        bound.channel().config().setAutoRead(true);
        assertThat(recorder.next()).isEqualTo(new Datagram("two", PEER));
        bound.channel().config().setAutoRead(false);
        bound.channel().eventLoop().submit(() -> {}).sync();
        bound.socket().deliver("three", PEER);
        bound.channel().eventLoop().submit(() -> {}).sync();
        assertThat(recorder.rest()).isEmpty();
        bound.channel().close().sync();
    }

    @Test
    void theLossOfTheModuleIsToldBehindWhatCameBefore() throws Exception {
        Bound bound = bound(bootstrap().option(ChannelOption.AUTO_READ, false));
        ChannelFuture inHand = bound.channel().writeAndFlush(packet("in hand", PEER));
        awaitUnsent(bound.socket());
        ChannelFuture behind = bound.channel().writeAndFlush(packet("behind", PEER));
        bound.socket().deliver("last", PEER);
        IOException cause = new IOException("module was lost");
        bound.socket().fail(cause);
        assertThat(inHand.await().cause()).isSameAs(cause);
        assertThat(behind.await().cause()).isSameAs(cause);
        bound.channel().config().setAutoRead(true);
        assertThat(recorder.next()).isEqualTo(new Datagram("last", PEER));
        assertThat(recorder.next()).isSameAs(cause);
        assertThat(recorder.next()).isEqualTo(DatagramRecorder.INACTIVE);
        bound.channel().closeFuture().sync();
    }

    @Test
    void aCloseFailsWhatIsUnderWay() throws Exception {
        ChannelFuture bind = bootstrap().bind(PORT);
        PlayedDatagramSocket binding = opening();
        bind.channel().close().sync();
        assertThat(bind.await().cause()).isInstanceOf(ClosedChannelException.class);
        assertThat(binding.state()).isEqualTo(ModuleDatagramSocket.State.CLOSED);

        ChannelFuture connect = bootstrap().connect(NAME);
        PlayedDatagramSocket connecting = opening();
        connect.channel().close().sync();
        assertThat(connect.await().cause()).isInstanceOf(ClosedChannelException.class);
        assertThat(connecting.state()).isEqualTo(ModuleDatagramSocket.State.CLOSED);

        ChannelFuture cancelled = bootstrap().connect(NAME);
        PlayedDatagramSocket given = opening();
        assertThat(cancelled.cancel(false)).isTrue();
        cancelled.channel().closeFuture().sync();
        assertThat(given.state()).isEqualTo(ModuleDatagramSocket.State.CLOSED);

        Bound bound = bound();
        ChannelFuture write = bound.channel().writeAndFlush(packet("x", PEER));
        awaitUnsent(bound.socket());
        bound.channel().close().sync();
        assertThat(write.await().cause()).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void multicastIsRefused() throws Exception {
        Bound bound = bound();
        ModemDatagramChannel channel = (ModemDatagramChannel) bound.channel();
        InetAddress multicast = InetAddress.getByName("224.0.0.251");
        for (ChannelFuture refused : List.of(
                channel.joinGroup(multicast),
                channel.joinGroup(multicast, channel.newPromise()),
                channel.leaveGroup(multicast),
                channel.joinGroup(new InetSocketAddress(multicast, 5353), null),
                channel.leaveGroup(new InetSocketAddress(multicast, 5353), null),
                channel.joinGroup(multicast, null, null),
                channel.leaveGroup(multicast, null, null),
                channel.block(multicast, PEER.getAddress()),
                channel.block(multicast, null, PEER.getAddress()))) {
            assertThat(refused.await().cause()).isInstanceOf(UnsupportedOperationException.class);
        }
        assertThatThrownBy(() -> channel.config().setTimeToLive(1)).isInstanceOf(UnsupportedOperationException.class);
        assertThat(channel.config().setOption(ChannelOption.IP_MULTICAST_TTL, 1))
                .isFalse();
        channel.close().sync();
    }

    @Test
    void optionsAreRemembered() {
        ModemDatagramChannelConfig config = new ModemDatagramChannel(module).config();
        assertThat(config.setOption(ChannelOption.SO_BROADCAST, true)).isTrue();
        assertThat(config.setOption(ChannelOption.SO_REUSEADDR, true)).isTrue();
        assertThat(config.setOption(ChannelOption.SO_SNDBUF, 1000)).isTrue();
        assertThat(config.setOption(ChannelOption.SO_RCVBUF, 2000)).isTrue();
        assertThat(config.setOption(ChannelOption.IP_TOS, 3)).isTrue();
        assertThat(config.getOptions())
                .containsEntry(ChannelOption.SO_BROADCAST, true)
                .containsEntry(ChannelOption.SO_REUSEADDR, true)
                .containsEntry(ChannelOption.SO_SNDBUF, 1000)
                .containsEntry(ChannelOption.SO_RCVBUF, 2000)
                .containsEntry(ChannelOption.IP_TOS, 3);
        assertThatThrownBy(() -> config.setSendBufferSize(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
