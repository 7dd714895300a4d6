package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslProvider;
import io.uartnio.it.Certificates.KeyKind;
import io.uartnio.netty.ModemSocketChannel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** gRPC's own client over a channel of the module calls a real gRPC server: every kind of call, plain and by TLS. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GrpcOverModemTest {

    /** Messages are bytes as they are: nothing here needs a schema. */
    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] message) {
            return new ByteArrayInputStream(message);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    /** Sends the request back. */
    private static final MethodDescriptor<byte[], byte[]> ECHO = method("Echo", MethodType.UNARY);
    /** Sends as many messages as the request says, of 1000 bytes. */
    private static final MethodDescriptor<byte[], byte[]> COUNT = method("Count", MethodType.SERVER_STREAMING);
    /** Answers with how many bytes came. */
    private static final MethodDescriptor<byte[], byte[]> SUM = method("Sum", MethodType.CLIENT_STREAMING);
    /** Sends each message back as it comes. */
    private static final MethodDescriptor<byte[], byte[]> TALK = method("Talk", MethodType.BIDI_STREAMING);

    private static final int MESSAGE_BYTES = 1_000;
    private static final int MANY = 300;

    @RegisterExtension
    static final TtyLine LINE = new TtyLine();

    @TempDir
    private static Path directory;

    private static EventLoopGroup group;
    private static Server plainServer;
    private static Server tlsServer;
    private static Certificates certificates;
    /** Streams of {@link #COUNT} that the client has cancelled. */
    private static final AtomicInteger cancelled = new AtomicInteger();

    private ManagedChannel channel;

    private static MethodDescriptor<byte[], byte[]> method(String name, MethodType type) {
        return MethodDescriptor.newBuilder(BYTES, BYTES)
                .setFullMethodName(MethodDescriptor.generateFullMethodName("uartnio.Test", name))
                .setType(type)
                .build();
    }

    // -- the server --

    @BeforeAll
    static void startServers() throws Exception {
        group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
        certificates = Certificates.create(KeyKind.EC, Bench.HOST);
        plainServer = server().build().start();
        tlsServer = server().sslContext(GrpcSslContexts.forServer(
                                certificates.writeServer(directory).toFile(),
                                certificates.writeServerKey(directory).toFile(),
                                null)
                        .sslProvider(SslProvider.JDK)
                        .build())
                .build()
                .start();
    }

    private static NettyServerBuilder server() {
        return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .channelType(NioServerSocketChannel.class)
                .bossEventLoopGroup(group)
                .workerEventLoopGroup(group)
                .addService(ServerServiceDefinition.builder("uartnio.Test")
                        .addMethod(ECHO, ServerCalls.asyncUnaryCall((request, response) -> {
                            response.onNext(request);
                            response.onCompleted();
                        }))
                        .addMethod(COUNT, ServerCalls.asyncServerStreamingCall(GrpcOverModemTest::count))
                        .addMethod(SUM, ServerCalls.asyncClientStreamingCall(GrpcOverModemTest::sum))
                        .addMethod(TALK, ServerCalls.asyncBidiStreamingCall(GrpcOverModemTest::talk))
                        .build());
    }

    private static void count(byte[] request, StreamObserver<byte[]> response) {
        int messages = ByteBuffer.wrap(request).getInt();
        if (messages < 0) {
            response.onError(
                    Status.OUT_OF_RANGE.withDescription("messages=" + messages).asRuntimeException());
            return;
        }
        ServerCallStreamObserver<byte[]> stream = (ServerCallStreamObserver<byte[]>) response;
        stream.setOnCancelHandler(cancelled::incrementAndGet);
        AtomicInteger sent = new AtomicInteger();
        stream.setOnReadyHandler(() -> {
            while (stream.isReady() && sent.get() < messages) {
                stream.onNext(message(sent.getAndIncrement()));
                if (sent.get() == messages) {
                    stream.onCompleted();
                }
            }
        });
    }

    private static StreamObserver<byte[]> sum(StreamObserver<byte[]> response) {
        AtomicInteger bytes = new AtomicInteger();
        return new Receiver(message -> bytes.addAndGet(message.length), () -> {
            response.onNext(number(bytes.get()));
            response.onCompleted();
        });
    }

    private static StreamObserver<byte[]> talk(StreamObserver<byte[]> response) {
        return new Receiver(response::onNext, response::onCompleted);
    }

    /** One side of a stream that takes messages until the other has no more. */
    private record Receiver(java.util.function.Consumer<byte[]> onMessage, Runnable onEnd)
            implements StreamObserver<byte[]> {
        @Override
        public void onNext(byte[] message) {
            onMessage.accept(message);
        }

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {
            onEnd.run();
        }
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    }

    private static byte[] message(int number) {
        return ByteBuffer.wrap(Contents.of(MESSAGE_BYTES)).putInt(number).array();
    }

    @AfterAll
    static void stopServers() throws InterruptedException {
        for (Server server : new Server[] {plainServer, tlsServer}) {
            if (server != null) {
                server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
            }
        }
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    // -- the client --

    @BeforeEach
    void openChannel() {
        channel = client(plainServer.getPort()).usePlaintext().build();
    }

    private static NettyChannelBuilder client(int port) {
        return NettyChannelBuilder.forAddress(Bench.at(port))
                .channelFactory(ModemSocketChannel.factory(LINE.modem()))
                .eventLoopGroup(group)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, 60_000);
    }

    @AfterEach
    void closeChannel() throws InterruptedException {
        assertThat(channel.shutdownNow().awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> LINE.modem().sockets().isEmpty());
    }

    private static CallOptions within() {
        return CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    private static void assertEchoes(ManagedChannel over, int size) {
        byte[] request = Contents.of(size);
        assertThat(ClientCalls.blockingUnaryCall(over, ECHO, within(), request)).isEqualTo(request);
    }

    @Test
    void unaryCallsOfAllSizes() {
        for (int size : new int[] {0, 1, 5, 1_459, 1_460, 1_461, 16_384, 65_535, 400_000}) {
            assertEchoes(channel, size);
        }
        assertThat(LINE.modem().sockets()).singleElement().satisfies(socket -> {
            assertThat(socket.port()).isEqualTo(plainServer.getPort());
            assertThat(socket.bytesReceived()).isGreaterThan(400_000);
        });
    }

    @Test
    void manyUnaryCallsAtOnceShareOneConnection() throws Exception {
        List<com.google.common.util.concurrent.ListenableFuture<byte[]>> answers = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            answers.add(ClientCalls.futureUnaryCall(channel.newCall(ECHO, within()), message(i)));
        }
        for (int i = 0; i < MANY; i++) {
            assertThat(answers.get(i).get()).isEqualTo(message(i));
        }
        assertThat(LINE.modem().sockets()).hasSize(1);
    }

    @Test
    void aServerStreams() {
        Iterator<byte[]> messages = ClientCalls.blockingServerStreamingCall(channel, COUNT, within(), number(MANY));
        for (int i = 0; i < MANY; i++) {
            assertThat(messages.next()).isEqualTo(message(i));
        }
        assertThat(messages.hasNext()).isFalse();
    }

    @Test
    void aClientStreams() throws Exception {
        BlockingQueue<byte[]> answer = new LinkedBlockingQueue<>();
        StreamObserver<byte[]> request = ClientCalls.asyncClientStreamingCall(
                channel.newCall(SUM, within()), new Receiver(answer::add, () -> {}));
        for (int i = 0; i < MANY; i++) {
            request.onNext(message(i));
        }
        request.onCompleted();
        assertThat(answer.poll(60, TimeUnit.SECONDS)).isEqualTo(number(MANY * MESSAGE_BYTES));
    }

    @Test
    void bothStreamAtTheSameTime() throws Exception {
        BlockingQueue<byte[]> answers = new LinkedBlockingQueue<>();
        StreamObserver<byte[]> request = ClientCalls.asyncBidiStreamingCall(
                channel.newCall(TALK, within()), new Receiver(answers::add, () -> answers.add(new byte[0])));
        // A conversation first, each message an answer to the last; then all that is left at once.
        for (int i = 0; i < 20; i++) {
            request.onNext(message(i));
            assertThat(answers.poll(60, TimeUnit.SECONDS)).isEqualTo(message(i));
        }
        for (int i = 20; i < MANY; i++) {
            request.onNext(message(i));
        }
        request.onCompleted();
        for (int i = 20; i < MANY; i++) {
            assertThat(answers.poll(60, TimeUnit.SECONDS)).isEqualTo(message(i));
        }
        assertThat(answers.poll(60, TimeUnit.SECONDS)).isEmpty();
    }

    private static void readAll(BlockingClientCall<byte[], byte[]> call) throws Exception {
        byte[] message = call.read();
        while (message != null) {
            message = call.read();
        }
    }

    @Test
    void aStreamThatIsCancelledHoldsNobodyUp() throws Exception {
        int before = cancelled.get();
        BlockingClientCall<byte[], byte[]> endless =
                ClientCalls.blockingV2ServerStreamingCall(channel, COUNT, within(), number(Integer.MAX_VALUE));
        assertThat(endless.read()).isEqualTo(message(0));
        assertEchoes(channel, 50_000);
        endless.cancel("enough", null);
        // What came before the cancellation took hold waits for whoever reads.
        assertThatThrownBy(() -> readAll(endless)).isInstanceOf(StatusException.class);
        await().atMost(Duration.ofSeconds(60)).untilAtomic(cancelled, org.hamcrest.Matchers.greaterThan(before));
        assertEchoes(channel, 50_000);
    }

    @Test
    void whatTheServerRefusesIsTold() {
        Iterator<byte[]> messages = ClientCalls.blockingServerStreamingCall(channel, COUNT, within(), number(-1));
        assertThatThrownBy(messages::hasNext)
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessage("OUT_OF_RANGE: messages=-1");
    }

    @Test
    void theJdksTlsRunsEndToEnd() throws Exception {
        ManagedChannel secure = client(tlsServer.getPort())
                .sslContext(GrpcSslContexts.forClient()
                        .sslProvider(SslProvider.JDK)
                        .trustManager(certificates.writeAuthority(directory).toFile())
                        .build())
                .build();
        try {
            assertEchoes(secure, 100_000);
            assertThat(LINE.modem().sockets()).noneMatch(socket -> socket.tls());
        } finally {
            assertThat(secure.shutdownNow().awaitTermination(60, TimeUnit.SECONDS))
                    .isTrue();
        }
    }
}
