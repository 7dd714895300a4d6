package io.uartnio.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What happens over a module instead of what the tests on the list of {@linkplain Deviation deviations} want. Runs over
 * the JDK's channels too, which do here what Netty's tests say.
 */
@Tag("short")
@OverTheModule
@Timeout(60)
final class InsteadTest {

    private static final String INACTIVE = "inactive";

    private final Bootstraps bootstraps;
    private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();
    private ServerSocket server;
    private Socket peer;

    InsteadTest(Bootstraps bootstraps) {
        this.bootstraps = bootstraps;
    }

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void stop() throws IOException {
        if (peer != null) {
            peer.close();
        }
        server.close();
    }

    @Test
    void aResetLooksLikeAnEndOfStream() throws Exception {
        connect(bootstrap());
        peer.setSoLinger(true, 0);
        peer.close();
        if (!bootstraps.transport().byModule()) {
            assertThat(events.take()).isInstanceOf(IOException.class);
        }
        assertThat(events.take()).isEqualTo(INACTIVE);
    }

    @Test
    void afterThePeersFinAWriteFails() throws Exception {
        SocketChannel channel = connect(bootstrap().option(ChannelOption.ALLOW_HALF_CLOSURE, true));
        peer.shutdownOutput();
        assertThat(events.take()).isEqualTo(ChannelInputShutdownEvent.INSTANCE);
        assertTrue(channel.isActive());

        if (bootstraps.transport().byModule()) {
            assertThat(failureOfAWrite(channel)).isInstanceOf(IOException.class);
            channel.close().sync();
            assertThat(peer.getInputStream().read()).isEqualTo(-1);
        } else {
            channel.writeAndFlush(text(channel, "still here")).sync();
            assertThat(peer.getInputStream().readNBytes(10))
                    .asString(StandardCharsets.US_ASCII)
                    .isEqualTo("still here");
        }
    }

    @Test
    void thePeerSeesOurEndOfStreamWhenTheChannelIsClosed() throws Exception {
        SocketChannel channel = connect(bootstrap());
        channel.writeAndFlush(text(channel, "last words")).sync();
        channel.shutdownOutput().sync();
        assertTrue(channel.isOutputShutdown());
        assertThat(events.take()).isEqualTo(ChannelOutputShutdownEvent.INSTANCE);
        assertThat(channel.write(text(channel, "more")).await().cause()).isInstanceOf(IOException.class);
        assertThat(peer.getInputStream().readNBytes(10))
                .asString(StandardCharsets.US_ASCII)
                .isEqualTo("last words");

        try (OutputStream output = peer.getOutputStream()) {
            output.write("an answer".getBytes(StandardCharsets.US_ASCII));
            assertThat(events.take()).isEqualTo("an answer");
            channel.close().sync();
            assertThat(peer.getInputStream().read()).isEqualTo(-1);
        }
    }

    /** The half of the test that needs a reset of ours in which the client is the one whose write fails. */
    @Test
    void aWriteToAPeerThatHasGoneShutsTheOutputDownAndLeavesWhatItSentToBeRead() throws Exception {
        SocketChannel channel =
                connect(bootstrap().option(ChannelOption.AUTO_CLOSE, false).option(ChannelOption.AUTO_READ, false));
        peer.getOutputStream().write("farewell".getBytes(StandardCharsets.US_ASCII));
        peer.close();

        assertThat(failureOfAWrite(channel)).isInstanceOf(IOException.class);
        assertThat(events.take()).isEqualTo(ChannelOutputShutdownEvent.INSTANCE);
        assertTrue(channel.isOpen());
        channel.config().setAutoRead(true);
        assertThat(events.take()).isEqualTo("farewell");
        assertThat(events.take()).isEqualTo(INACTIVE);
    }

    /** A kernel and a module both take some before they know; the suite waits 200 ms instead. */
    private static Throwable failureOfAWrite(SocketChannel channel) throws InterruptedException {
        Throwable failure = null;
        while (failure == null) {
            failure = channel.writeAndFlush(text(channel, "anybody there?"))
                    .await()
                    .cause();
        }
        return failure;
    }

    private Bootstrap bootstrap() {
        return bootstraps.clients().get(0).newInstance().handler(new Recorder());
    }

    private SocketChannel connect(Bootstrap bootstrap) throws Exception {
        SocketChannel channel = (SocketChannel)
                bootstrap.connect(server.getLocalSocketAddress()).sync().channel();
        peer = server.accept();
        return channel;
    }

    private static ByteBuf text(SocketChannel channel, String text) {
        return ByteBufUtil.writeAscii(channel.alloc(), text);
    }

    /** Passes what the channel's handlers are told to the test: text, user events, exceptions, the end. */
    private final class Recorder extends SimpleChannelInboundHandler<ByteBuf> {

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
            events.add(message.toString(StandardCharsets.US_ASCII));
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            events.add(event);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            events.add(cause);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            events.add(INACTIVE);
        }
    }
}
