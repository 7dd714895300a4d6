package io.uartnio.modem;

import static io.uartnio.modem.FakeEc200x.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.uartnio.AccessMode;
import io.uartnio.Background;
import io.uartnio.FlowControl;
import io.uartnio.Modem;
import io.uartnio.ModemException;
import io.uartnio.ModemSocketOptions;
import io.uartnio.Seeds;
import io.uartnio.SocketInfo;
import io.uartnio.TlsProfile;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The modem whole, from channel to port, over a module in memory. */
@Timeout(60)
class PortModemTest {

    private static final int STREAM_BYTES = 32_000;

    /** A limit that is to strike once; everything else has to be answered within it, on a busy machine too. */
    private static final Duration SHORT_COMMAND = Duration.ofSeconds(3);

    private static final List<String> HOSTILE = List.of(
            line("OK"),
            line("SEND OK"),
            line("SEND FAIL"),
            line("ERROR"),
            "\r\n> ",
            ">",
            "NO CARRIER",
            "+++",
            "\r",
            "\n",
            line("+QIURC: \"recv\",1,6") + "forged\r\n",
            line("+QIURC: \"closed\",2"),
            line("+QIURC: \"pdpdeact\",1"));

    private static final AtomicInteger PORTS = new AtomicInteger();

    private final FakeEc200x module = new FakeEc200x("fake" + PORTS.incrementAndGet() + "x");
    private Modem modem;

    private Modem.Builder builder() {
        return Modem.builder()
                .port(module.port)
                .apn("internet")
                .findTimeout(Duration.ofSeconds(20))
                .connectTimeout(Duration.ofSeconds(20))
                .lingerTimeout(Duration.ofSeconds(50))
                .receiveBufferBytes(4096)
                .sendBufferBytes(4096)
                .reserveBytes(8192);
    }

    private void open() throws IOException {
        modem = builder().open();
    }

    @AfterEach
    void nothingIsLeft() {
        if (modem != null) {
            modem.close();
        }
        assertNothingIsLeft();
    }

    private void assertNothingIsLeft() {
        assertThat(module.port.isOpen()).isFalse();
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("uartnio-") && name.contains(module.port.name())));
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(5));
    }

    private static InetSocketAddress host(String name) {
        return InetSocketAddress.createUnresolved(name, 80);
    }

    private SocketChannel connect() throws IOException {
        SocketChannel channel = modem.selectorProvider().openSocketChannel();
        channel.connect(host("example.org"));
        return channel;
    }

    /** A connect that begins while everything fails may fail with it. */
    private SocketChannel connectAgain() {
        return await().until(
                        () -> {
                            try {
                                return connect();
                            } catch (IOException e) {
                                return null;
                            }
                        },
                        Objects::nonNull);
    }

    private static int write(SocketChannel channel, String text) throws IOException {
        return channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** Reads until so many bytes or the end have come. */
    private static String read(SocketChannel channel, int bytes) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(bytes);
        while (target.hasRemaining() && channel.read(target) >= 0) {
            // until there are enough
        }
        return new String(target.array(), 0, target.position(), StandardCharsets.ISO_8859_1);
    }

    private static CompletableFuture<Throwable> failureOf(ThrowingCallable work) {
        return CompletableFuture.supplyAsync(() -> catchThrowable(work), Background.THREAD_EACH);
    }

    // ------------------------------------------------------------------ bytes

    @Test
    void bytesGoBothWaysOnTwelveSockets() throws Exception {
        open();
        List<SocketChannel> channels = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            channels.add(connect());
        }
        for (int i = 0; i < 12; i++) {
            int index = i;
            assertThat(write(channels.get(i), "up" + i))
                    .isEqualTo(2 + Integer.toString(i).length());
            await().until(() -> module.receivedBy(index).equals("up" + index));
            module.push(i, "\r\nOK\r\ndown" + i);
            assertThat(read(channels.get(i), 10 + Integer.toString(i).length())).isEqualTo("\r\nOK\r\ndown" + i);
        }
        for (SocketChannel channel : channels) {
            channel.close();
        }
        await().until(() -> module.openSockets() == 0);
    }

    @Test
    void theThirteenthSocketIsRefusedAndAClosedOneMakesRoom() throws Exception {
        open();
        List<SocketChannel> channels = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            channels.add(connect());
        }
        assertThatThrownBy(this::connect)
                .isInstanceOf(ModemException.class)
                .hasMessageContaining("no socket is free")
                .hasMessageContaining("max=12")
                .hasMessageContaining(module.port.name());
        channels.get(5).close();
        // While its index is still closing, a connect waits for it rather than fail.
        assertThat(connect().isConnected()).isTrue();
        assertThat(module.openSockets()).isEqualTo(12);
    }

    @Test
    void theLocalAddressIsThatOfTheContextWithTheSocketsPort() throws Exception {
        open();
        assertThat(connect().getLocalAddress()).isEqualTo(new InetSocketAddress("10.0.0.2", 4711));
    }

    @Test
    void aModuleThatDoesNotTellTheLocalPortIsConnectedAllTheSame() throws Exception {
        open();
        module.on("AT+QISTATE=1,", FakeEc200x.ERROR);
        assertThat(connect().getLocalAddress()).isEqualTo(new InetSocketAddress("10.0.0.2", 0));
        module.on("AT+QISTATE=1,", line("+QISTATE: 1,\"TCP\",\"10.0.0.1\",80,70000,2,1,1,1,\"uart1\"") + FakeEc200x.OK);
        assertThat(connect().getLocalAddress()).isEqualTo(new InetSocketAddress("10.0.0.2", 0));
    }

    @Test
    void aConnectWaitsForAnIndexThatIsClosing() throws Exception {
        open();
        List<SocketChannel> channels = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            channels.add(connect());
        }
        module.set(() -> module.socket(3).acknowledges = false);
        write(channels.get(3), "abc");
        channels.get(3).close();
        CompletableFuture<SocketChannel> waiting = CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return connect();
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                },
                Background.THREAD_EACH);
        await().until(() -> module.commands().contains("AT+QISEND=3,0\n"));
        assertThat(waiting).isNotDone();
        module.set(() -> module.socket(3).acknowledges = true);
        assertThat(waiting.get(20, TimeUnit.SECONDS).isConnected()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("io.uartnio.Seeds#all")
    void nothingIsLostOnAnAwkwardLine(long seed) throws Exception {
        RandomGenerator random = Seeds.random(seed);
        module.forms(
                List.of("\r\n> ", "\r\n>", "\r\n>\r\n").get(random.nextInt(3)), random.nextBoolean() ? "\r\n" : "");
        module.port.inPiecesOf(1 + random.nextInt(7));
        module.on("payload", payload -> (random.nextInt(3) == 0 ? line("+CREG: 1") : "") + line("SEND OK"));
        modem = builder().receiveBufferBytes(65_536).open();
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            SocketChannel channel = connect();
            int index = i;
            running.add(CompletableFuture.runAsync(() -> upload(channel, index, seed), Background.THREAD_EACH));
            running.add(CompletableFuture.runAsync(() -> download(channel, index, seed), Background.THREAD_EACH));
        }
        int[] pushed = new int[4];
        for (int frames = 0; frames < 200; frames++) {
            int index = random.nextInt(4);
            int length = Math.min(STREAM_BYTES - pushed[index], 1 + random.nextInt(1500));
            if (random.nextInt(5) == 0) {
                module.urc(List.of("+CREG: 1", "+QIND: SMS DONE", "RDY", "+CSQ: 31,99")
                        .get(random.nextInt(4)));
            }
            if (random.nextInt(10) == 0) {
                module.set(() -> module.socket(index).failSends = 1);
            }
            if (length > 0) {
                module.push(index, stream(seed, 100 + index).substring(pushed[index], pushed[index] + length));
                pushed[index] += length;
            }
        }
        for (int index = 0; index < 4; index++) {
            for (String rest = stream(seed, 100 + index).substring(pushed[index]); !rest.isEmpty(); ) {
                int length = Math.min(1500, rest.length());
                module.push(index, rest.substring(0, length));
                rest = rest.substring(length);
            }
        }
        for (CompletableFuture<Void> one : running) {
            one.get(40, TimeUnit.SECONDS);
        }
        for (int i = 0; i < 4; i++) {
            int index = i;
            await().until(() -> module.receivedBy(index).length() >= STREAM_BYTES);
            assertThat(module.receivedBy(i).equals(stream(seed, i)))
                    .as("seed=%d, upload of socket %d", seed, i)
                    .isTrue();
        }
    }

    /** Bytes that are full of what a parser might stumble over. */
    private static String stream(long seed, int number) {
        RandomGenerator random = Seeds.random(seed * 1000 + number);
        StringBuilder stream = new StringBuilder();
        while (stream.length() < STREAM_BYTES) {
            stream.append(
                    random.nextInt(4) == 0
                            ? Character.toString(random.nextInt(256))
                            : HOSTILE.get(random.nextInt(HOSTILE.size())));
        }
        stream.setLength(STREAM_BYTES);
        return stream.toString();
    }

    private static void upload(SocketChannel channel, int index, long seed) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(stream(seed, index).getBytes(StandardCharsets.ISO_8859_1));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw new AssertionError("seed=" + seed + ", upload of socket " + index, e);
        }
    }

    private static void download(SocketChannel channel, int index, long seed) {
        try {
            assertThat(read(channel, STREAM_BYTES).equals(stream(seed, 100 + index)))
                    .as("seed=%d, download of socket %d", seed, index)
                    .isTrue();
        } catch (IOException e) {
            throw new AssertionError("seed=" + seed + ", download of socket " + index, e);
        }
    }

    // ------------------------------------------------------------------ access modes

    @Test
    void anAdaptiveSocketIsTheDefaultAndTheModemShowsWhatItIsDoing() throws Exception {
        open();
        assertThat(modem.sockets()).isEmpty();
        SocketChannel channel = connect();
        assertThat(channel.getOption(ModemSocketOptions.ACCESS_MODE)).isEqualTo(AccessMode.ADAPTIVE);
        await().until(() -> modem.sockets().get(0).accessModeInForce() == AccessMode.DIRECT_PUSH);
        assertThat(write(channel, "abc")).isEqualTo(3);
        module.push(0, "12345");
        assertThat(read(channel, 2)).isEqualTo("12");
        await().until(() -> modem.sockets().get(0).bytesSent() == 3);
        assertThat(modem.sockets())
                .containsExactly(new SocketInfo(
                        0,
                        SocketInfo.Kind.CLIENT,
                        "example.org",
                        80,
                        false,
                        SocketInfo.State.CONNECTED,
                        AccessMode.ADAPTIVE,
                        AccessMode.DIRECT_PUSH,
                        5,
                        3,
                        3,
                        0,
                        1));
        module.peerCloses(0);
        await().until(() -> modem.sockets().get(0).state() == SocketInfo.State.CLOSED_BY_PEER);
        channel.close();
        await().until(() -> modem.sockets().isEmpty());
    }

    @Test
    void aLineWithoutFlowControlIsReadInBufferAccessMode() throws Exception {
        modem = builder().flowControl(FlowControl.NONE).open();
        SocketChannel channel = connect();
        assertThat(channel.getOption(ModemSocketOptions.ACCESS_MODE)).isEqualTo(AccessMode.BUFFER);
        assertThat(module.commands()).contains("\"example.org\",80,0,0\n");
        module.push(0, "x".repeat(4000));
        assertThat(read(channel, 4000)).isEqualTo("x".repeat(4000));
        assertThat(module.commands()).doesNotContain("QISWTMD").contains("AT+QIRD=0,1500\n");
    }

    @Test
    void whatTheCallerFixesIsKept() throws Exception {
        modem = builder()
                .flowControl(FlowControl.NONE)
                .accessMode(AccessMode.DIRECT_PUSH)
                .open();
        SocketChannel pushed = connect();
        SocketChannel kept = modem.selectorProvider().openSocketChannel();
        kept.socket().setOption(ModemSocketOptions.ACCESS_MODE, AccessMode.BUFFER);
        kept.connect(host("example.org"));
        assertThat(module.commands())
                .contains("AT+QIOPEN=1,0,\"TCP\",\"example.org\",80,0,1\n")
                .contains("AT+QIOPEN=1,1,\"TCP\",\"example.org\",80,0,0\n");
        module.push(0, "pushed");
        module.push(1, "kept");
        assertThat(read(pushed, 6)).isEqualTo("pushed");
        assertThat(read(kept, 4)).isEqualTo("kept");
        kept.setOption(ModemSocketOptions.ACCESS_MODE, AccessMode.DIRECT_PUSH);
        await().until(() -> modem.sockets().get(1).accessModeInForce() == AccessMode.DIRECT_PUSH);
        assertThat(module.commands()).contains("AT+QISWTMD=1,1\n");
        module.push(1, "pushed");
        assertThat(read(kept, 6)).isEqualTo("pushed");
        kept.close();
        assertThatThrownBy(() -> kept.setOption(ModemSocketOptions.ACCESS_MODE, AccessMode.BUFFER))
                .isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void theModulesOwnTlsIsReadInBufferAccessModeToo() throws Exception {
        modem = builder().accessMode(AccessMode.BUFFER).open();
        TlsProfile profile = TlsProfile.builder().insecureSkipVerification().build();
        SocketChannel channel = modem.tlsSelectorProvider(profile).openSocketChannel();
        channel.connect(host("example.org"));
        module.push(0, "secret");
        assertThat(read(channel, 6)).isEqualTo("secret");
        assertThat(module.commands()).contains("AT+QSSLRECV=0,1500\n");
    }

    // ------------------------------------------------------------------ connects that fail

    @Test
    void aConnectThatTheModuleNeverAnswersFailsAndFreesItsIndex() throws Exception {
        modem = builder().commandTimeout(SHORT_COMMAND).open();
        module.on("AT+QIOPEN", (String) null);
        assertThatThrownBy(this::connect)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("did not answer")
                .hasMessageContaining("AT+QIOPEN");
        module.asEver("AT+QIOPEN");
        for (int i = 0; i < 12; i++) {
            connectAgain();
        }
    }

    @Test
    void everyFailedConnectFreesItsIndex() throws Exception {
        open();
        for (int round = 0; round < 5; round++) {
            for (String name : List.of("refused.example", "unknown.example", "error.example")) {
                SocketChannel channel = modem.selectorProvider().openSocketChannel();
                Throwable failure = catchThrowable(() -> channel.connect(host(name)));
                assertThat(failure)
                        .isInstanceOf(name.startsWith("unknown") ? UnknownHostException.class : ConnectException.class)
                        .hasMessageContaining(name)
                        .hasMessageContaining(module.port.name())
                        .hasMessageContaining("AT+QIOPEN")
                        .hasMessageContaining(
                                name.startsWith("unknown") ? "565" : name.startsWith("refused") ? "566" : "552");
                channel.close();
            }
        }
        await().until(() -> module.openSockets() == 0);
        for (int i = 0; i < 12; i++) {
            connect();
        }
    }

    @Test
    void aLateResultOfAnEarlierConnectIsNotTakenForOneThatHasNotBeenAskedFor() throws Exception {
        open();
        SocketChannel busy = connect();
        module.on("payload", (String) null);
        write(busy, "holds the lane");
        await().until(() -> module.receivedBy(0).equals("holds the lane"));
        SocketChannel channel = modem.selectorProvider().openSocketChannel();
        channel.configureBlocking(false);
        channel.connect(host("example.org"));
        SocketChannel other = modem.selectorProvider().openSocketChannel();
        other.configureBlocking(false);
        other.connect(host("example.org"));
        module.urc("+QIOPEN: 1,0");
        module.urc("+QIOPEN: 2,566");
        module.urc("SEND OK");
        await().until(channel::finishConnect);
        await().until(other::finishConnect);
        module.asEver("payload");
        module.push(1, "really");
        channel.configureBlocking(true);
        assertThat(read(channel, 6)).isEqualTo("really");
        assertThat(module.openSockets()).isEqualTo(3);
    }

    @Test
    void aConnectThatTimesOutFreesItsIndex() throws Exception {
        modem = builder().connectTimeout(Duration.ofMillis(150)).open();
        for (int i = 0; i < 3; i++) {
            SocketChannel channel = modem.selectorProvider().openSocketChannel();
            assertThatThrownBy(() -> channel.connect(host("silent.example")))
                    .isInstanceOf(SocketTimeoutException.class)
                    .hasMessageContaining("silent.example")
                    .hasMessageContaining(module.port.name());
        }
        await().until(() -> module.openSockets() == 0);
    }

    @Test
    void aConnectThatIsClosedFreesItsIndex() throws Exception {
        open();
        List<SocketChannel> channels = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            SocketChannel channel = modem.selectorProvider().openSocketChannel();
            channel.configureBlocking(false);
            channel.connect(host("silent.example"));
            channels.add(channel);
        }
        for (SocketChannel channel : channels) {
            channel.close();
        }
        await().until(() -> module.openSockets() == 0);
        for (int i = 0; i < 12; i++) {
            connect();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\"b", "a\rb", "a\nAT", "a b", "", "a,b", "\u00e4.example"})
    void aHostNameThatCouldEndTheCommandIsRefused(String name) throws Exception {
        open();
        int before = module.commands().length();
        SocketChannel channel = modem.selectorProvider().openSocketChannel();
        assertThatThrownBy(() -> channel.connect(host(name))).isInstanceOf(IllegalArgumentException.class);
        assertThat(module.commands().substring(before)).doesNotContain("QIOPEN");
    }

    @Test
    void aHostNameThatIsTooLongOrPortZeroIsRefused() throws Exception {
        open();
        SocketChannel channel = modem.selectorProvider().openSocketChannel();
        assertThatThrownBy(() -> channel.connect(host("a".repeat(254)))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> modem.selectorProvider()
                        .openSocketChannel()
                        .connect(InetSocketAddress.createUnresolved("example.org", 0)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\",\"b", "a\rAT+CFUN=0", "a\u0000"})
    void anAccessPointOrCredentialThatCouldEndTheCommandIsRefused(String value) {
        for (Modem.Builder bad : List.of(
                builder().apn(value), builder().apn("x", value, "p"), builder().apn("x", "u", value))) {
            assertThatThrownBy(() -> modem = bad.open()).isInstanceOf(IllegalArgumentException.class);
            assertThat(module.commands()).doesNotContain("CFUN=0").doesNotContain("AT+QICSGP=1,");
        }
    }

    // ------------------------------------------------------------------ sending

    @Test
    void sendFailSendsTheSameBytesAgainAndTheSocketIsNotWritableMeanwhile() throws Exception {
        open();
        SocketChannel channel = connect();
        channel.configureBlocking(false);
        module.set(() -> module.socket(0).failSends = 4);
        assertThat(write(channel, "once and no more")).isEqualTo(16);
        await().until(() -> module.socket(0).failSends < 4);
        await().until(() -> module.receivedBy(0).equals("once and no more"));
        await().until(() -> write(channel, "!") == 1);
        await().until(() -> module.receivedBy(0).equals("once and no more!"));
    }

    @Test
    void aSocketThatPausesTakesNothing() throws Exception {
        open();
        SocketChannel channel = connect();
        channel.configureBlocking(false);
        module.set(() -> module.socket(0).failSends = Integer.MAX_VALUE);
        assertThat(write(channel, "abc")).isEqualTo(3);
        await().until(() -> module.socket(0).failSends < Integer.MAX_VALUE - 6);
        // By now the pauses are long, and between two of them only one send is under way.
        await().until(() -> write(channel, "more") == 0);
        module.set(() -> module.socket(0).failSends = 0);
        await().until(() -> module.receivedBy(0).startsWith("abc"));
    }

    @Test
    void closeSendsWhatWasWrittenAndWaitsForItsAcknowledgement() throws Exception {
        open();
        SocketChannel channel = connect();
        module.set(() -> module.socket(0).acknowledges = false);
        FakeEc200x.Socket socket = module.socket(0);
        write(channel, "x".repeat(4000));
        channel.close();
        await().until(() -> module.commands().split("AT\\+QISEND=0,0\n", -1).length > 3);
        assertThat(socket.received).hasSize(4000);
        assertThat(module.commands()).doesNotContain("AT+QICLOSE=0");
        module.set(() -> socket.acknowledges = true);
        await().until(() -> module.openSockets() == 0);
    }

    @Test
    void closeGivesUpWhenTheLingerTimeIsOver() throws Exception {
        modem = builder().lingerTimeout(Duration.ofMillis(300)).open();
        SocketChannel channel = connect();
        module.set(() -> module.socket(0).failSends = Integer.MAX_VALUE);
        write(channel, "abc");
        channel.close();
        await().until(() -> module.openSockets() == 0);
    }

    @Test
    void aSendThatIsNeverAnsweredFailsItsSocketAndNoOther() throws Exception {
        modem = builder().commandTimeout(SHORT_COMMAND).open();
        SocketChannel failing = connect();
        SocketChannel other = connect();
        module.on("payload", payload -> payload.equals("lost") ? null : line("SEND OK"));
        write(failing, "lost");
        assertThat(catchThrowable(() -> read(failing, 1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("did not answer")
                .hasMessageContaining("AT+QISEND=0,4")
                .hasMessageContaining(module.port.name());
        write(other, "stays");
        await().until(() -> module.receivedBy(1).equals("stays"));
        module.push(1, "answer");
        assertThat(read(other, 6)).isEqualTo("answer");
    }

    @Test
    void aSendToAConnectionThatThePeerHasClosedFailsTheWriterAndNotTheReader() throws Exception {
        open();
        SocketChannel channel = connect();
        module.push(0, "last words");
        module.set(() -> module.socket(0).connected = false);
        write(channel, "too late");
        assertThat(read(channel, 100)).isEqualTo("last words");
        await().untilAsserted(() -> assertThatThrownBy(() -> write(channel, "x"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("closed by the peer"));
    }

    // ------------------------------------------------------------------ closed by the peer

    @Test
    void whatCameBeforeTheCloseIsReadBeforeTheEnd() throws Exception {
        open();
        SocketChannel channel = connect();
        module.push(0, "first");
        module.push(0, "second");
        module.peerCloses(0);
        assertThat(read(channel, 100)).isEqualTo("firstsecond");
        assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        channel.close();
        await().until(() -> module.openSockets() == 0);
    }

    @Test
    void aSecondAnnouncementOfACloseDoesNotEndTheNextConnectionOfTheIndex() throws Exception {
        open();
        List<SocketChannel> others = new ArrayList<>();
        SocketChannel first = connect();
        for (int i = 1; i < 12; i++) {
            others.add(connect());
        }
        module.peerCloses(0);
        module.urc("+QIURC: \"closed\",0");
        assertThat(read(first, 1)).isEmpty();
        first.close();
        SocketChannel second = connect();
        module.urc("+QIURC: \"closed\",0");
        module.urc("+QIURC: \"closed\",0");
        module.push(0, "still here");
        assertThat(read(second, 10)).isEqualTo("still here");
        write(second, "so am I");
        await().until(() -> module.receivedBy(0).equals("so am I"));
        module.peerCloses(0);
        assertThat(read(second, 1)).isEmpty();
        assertThat(others).allMatch(SocketChannel::isConnected);
    }

    @Test
    void strayLinesAboutSocketsThatAreNotOpenAreSurvived() throws Exception {
        open();
        SocketChannel channel = connect();
        for (String text : List.of(
                "+QIURC: \"closed\",7",
                "+QIURC: \"closed\",99",
                "+QIOPEN: 5,0",
                "+QIOPEN: 0,566",
                "+QSSLURC: \"closed\",0",
                "+QIOPEN: x",
                "+QIURC: \"pdpdeact\",2",
                "+QIURC: \"dnsgip\",0,1,600",
                "SEND OK")) {
            module.urc(text);
        }
        module.push(0, "fine");
        assertThat(read(channel, 4)).isEqualTo("fine");
        write(channel, "too");
        await().until(() -> module.receivedBy(0).equals("too"));
    }

    // ------------------------------------------------------------------ slow readers

    @Test
    void aReaderThatIsTooSlowFailsAloneOnceRingAndReserveAreSpent() throws Exception {
        modem = builder().accessMode(AccessMode.DIRECT_PUSH).open();
        SocketChannel slow = connect();
        SocketChannel other = connect();
        StringBuilder pushed = new StringBuilder();
        // The thirteenth is what ring and reserve cannot hold; after it the socket may be gone from the module at once.
        for (int i = 0; i < 13; i++) {
            String frame = Integer.toString(i % 10).repeat(1000);
            module.push(0, frame);
            pushed.append(frame);
        }
        module.push(1, "unharmed");
        assertThat(read(other, 8)).isEqualTo("unharmed");
        StringBuilder received = new StringBuilder();
        assertThatThrownBy(() -> {
                    for (; ; ) {
                        received.append(read(slow, 1000));
                    }
                })
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not read in time")
                .hasMessageContaining("socket=0");
        assertThat(pushed.toString()).startsWith(received);
        assertThat(received.length()).isBetween(4000, 4096 + 8192);
        await().until(() -> module.openSockets() == 1);
        // The reserve is there again for others.
        for (int i = 0; i < 11; i++) {
            module.push(1, "y".repeat(1000));
        }
        assertThat(read(other, 11_000)).isEqualTo("y".repeat(11_000));
    }

    // ------------------------------------------------------------------ whole-modem events

    @Test
    void aLostContextFailsEverySocketAndThenNewOnesConnect() throws Exception {
        open();
        SocketChannel first = connect();
        SocketChannel second = connect();
        module.urc("+QIURC: \"pdpdeact\",1");
        for (SocketChannel channel : List.of(first, second)) {
            assertThatThrownBy(() -> read(channel, 1))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("PDP context");
        }
        assertThat(connectAgain().isConnected()).isTrue();
        assertThat(module.commands()).contains("AT+QIDEACT=1");
        await().until(() -> module.openSockets() == 1);
    }

    @Test
    void aDamagedFrameFailsEverySocketAndBehindSilenceNewOnesWork() throws Exception {
        open();
        SocketChannel first = connect();
        SocketChannel second = connect();
        module.port.answer("\r\n+QIURC: \"recv\",0,1O\r\n\r\n\r\n+QIURC: \"recv\",1,6\r\nforged\r\n");
        for (SocketChannel channel : List.of(first, second)) {
            assertThatThrownBy(() -> read(channel, 1))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no stream can be trusted");
        }
        SocketChannel next = connectAgain();
        await().until(() -> module.openSockets() == 1);
        module.push(module.firstOpen(), "good");
        assertThat(read(next, 4)).isEqualTo("good");
    }

    @Test
    void aModuleThatRestartsFailsItsSocketsAndIsFoundAgain() throws Exception {
        open();
        SocketChannel channel = connect();
        module.set(() -> module.answerTo("AT+CFUN=1,1"));
        module.urc("RDY");
        assertThatThrownBy(() -> read(channel, 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("restarted");
        assertThat(connectAgain().isConnected()).isTrue();
    }

    @Test
    void aStrayBannerHarmsNothing() throws Exception {
        open();
        SocketChannel channel = connect();
        module.urc("RDY");
        module.urc("POWERED DOWN");
        write(channel, "still");
        await().until(() -> module.receivedBy(0).equals("still"));
        module.push(0, "here");
        assertThat(read(channel, 4)).isEqualTo("here");
    }

    @Test
    void aLostPortFailsEverySocketAndTheModuleIsFoundAgain() throws Exception {
        open();
        SocketChannel channel = connect();
        module.port.lose(new IOException("cable pulled"));
        assertThatThrownBy(() -> read(channel, 1))
                .isInstanceOf(IOException.class)
                .hasRootCauseMessage("cable pulled");
        assertThat(connectAgain().isConnected()).isTrue();
    }

    // ------------------------------------------------------------------ close of the modem

    @Test
    void closingTheModemEndsWhatIsInFlightAndItsThreads() throws Exception {
        modem = builder().lingerTimeout(Duration.ofMillis(300)).open();
        SocketChannel reading = connect();
        SocketChannel writing = connect();
        module.set(() -> module.socket(1).failSends = Integer.MAX_VALUE);
        CompletableFuture<Throwable> read = failureOf(() -> read(reading, 1));
        CompletableFuture<Throwable> write = failureOf(() -> {
            for (; ; ) {
                write(writing, "x".repeat(1000));
            }
        });
        CompletableFuture<Throwable> connect =
                failureOf(() -> modem.selectorProvider().openSocketChannel().connect(host("silent.example")));
        await().until(() -> module.openSockets() == 3);
        modem.close();
        for (CompletableFuture<Throwable> failure : List.of(read, write, connect)) {
            assertThat(failure.get(20, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
        }
        assertThat(modem.isOpen()).isFalse();
        assertThatThrownBy(this::connect).isInstanceOf(IOException.class).hasMessageContaining("closed");
        assertNothingIsLeft();
    }

    @Test
    void closingTheModemEndsACommandThatIsNeverAnswered() throws Exception {
        // In this mode nothing but the send is asked of the module.
        modem = builder()
                .accessMode(AccessMode.DIRECT_PUSH)
                .lingerTimeout(Duration.ofMillis(300))
                .open();
        SocketChannel channel = connect();
        module.mute(true);
        write(channel, "abc");
        await().until(() -> module.commands().contains("AT+QISEND=0,3"));
        modem.close();
        assertNothingIsLeft();
    }

    @Test
    void closingASocketsModemSendsWhatAClosedSocketHasWritten() throws Exception {
        open();
        SocketChannel channel = connect();
        FakeEc200x.Socket socket = module.socket(0);
        write(channel, "x".repeat(4000));
        channel.close();
        modem.close();
        assertThat(socket.received).hasSize(4000);
    }

    // ------------------------------------------------------------------ open of the modem

    @Test
    void whoOpensAModemCanBeInterrupted() throws Exception {
        module.on("AT+CEREG?", line("+CEREG: 0,2") + FakeEc200x.OK)
                .on("AT+CGREG?", line("+CGREG: 0,2") + FakeEc200x.OK)
                .on("AT+CREG?", line("+CREG: 0,2") + FakeEc200x.OK);
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread opener =
                new Thread(() -> failure.complete(catchThrowable(() -> builder().open())));
        opener.start();
        await().until(() -> module.commands().contains("AT+CREG?"));
        opener.interrupt();
        assertThat(failure.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedIOException.class);
        assertNothingIsLeft();
    }

    @Test
    void aPortThatIsLostDuringTheBringUpIsTold() throws Exception {
        module.on("AT+CEREG?", command -> {
            module.port.lose(new IOException("cable pulled"));
            return null;
        });
        assertThatThrownBy(() -> builder().open())
                .isInstanceOf(ModemException.class)
                .hasRootCauseMessage("cable pulled");
        assertNothingIsLeft();
    }

    @Test
    void noNetworkIsToldWithTheStatusInWords() {
        for (String domain : List.of("CEREG", "CGREG", "CREG")) {
            module.on(
                    "AT+" + domain + "?",
                    line("+" + domain + ": 3,\"0A\"") + line("+" + domain + ": 0,3") + FakeEc200x.OK);
        }
        assertThatThrownBy(() ->
                        builder().registrationTimeout(Duration.ofMillis(50)).open())
                .isInstanceOf(ModemException.class)
                .hasMessageContaining("registration denied");
        assertNothingIsLeft();
    }

    @Test
    void noModuleAtTheOtherEndIsToldAndLeavesNothing() {
        module.mute(true);
        assertThatThrownBy(() -> builder().findTimeout(Duration.ofMillis(10)).open())
                .isInstanceOf(ModemException.class)
                .hasMessageContaining("no module answers")
                .hasMessageContaining(module.port.name());
        assertNothingIsLeft();
    }

    @Test
    void aModuleIsFoundAtAnotherRateAndRaisedToTheOneAskedFor() throws Exception {
        AtomicInteger rate = new AtomicInteger(921_600);
        List<Integer> raised = new CopyOnWriteArrayList<>();
        module.on("AT", command -> {
            if (module.port.baudRate() != rate.get()) {
                return null;
            } else if (command.startsWith("AT+IPR=")) {
                // Counts behind the OK.
                rate.set(Integer.parseInt(command.substring(7)));
                raised.add(rate.get());
                return FakeEc200x.OK;
            }
            return command.equals("AT+IPR?") ? line("+IPR: " + rate.get()) + FakeEc200x.OK : module.answerTo(command);
        });
        modem = builder().baudRate(460_800).open();
        assertThat(raised).containsExactly(460_800);
        assertThat(module.port.baudRate()).isEqualTo(460_800);
        assertThat(module.commands())
                .doesNotContain("AT&W")
                .contains("AT+IFC=2,2\n", "AT+QURCCFG=\"urcport\",\"uart1\"\n");
        assertThat(connect().isConnected()).isTrue();
    }

    @Test
    void anUnknownModuleIsToldAndLeavesNothing() {
        module.on("ATI", line("Acme\r\nX1\r\nRevision: 7") + FakeEc200x.OK);
        assertThatThrownBy(() -> builder().open())
                .isInstanceOf(ModemException.class)
                .hasMessageContaining("no driver")
                .hasMessageContaining("X1");
        assertNothingIsLeft();
    }

    @Test
    void aMissingSimIsTold() {
        module.on("AT+CPIN?", line("+CME ERROR: 10"));
        assertThatThrownBy(() -> builder().simTimeout(Duration.ofMillis(100)).open())
                .isInstanceOfSatisfying(
                        ModemException.class, e -> assertThat(e.code()).isEqualTo(10))
                .hasMessageContaining("SIM not inserted")
                .hasMessageContaining("AT+CPIN?");
        assertNothingIsLeft();
    }

    @Test
    void aWrongPinIsToldWithoutThePinAndSentOnce() {
        module.on("AT+CPIN?", line("+CPIN: SIM PIN") + FakeEc200x.OK);
        module.on("AT+CPIN=", line("+CME ERROR: 16"));
        assertThatThrownBy(() -> builder().simPin("4711").open())
                .isInstanceOfSatisfying(
                        ModemException.class, e -> assertThat(e.code()).isEqualTo(16))
                .hasMessageNotContaining("4711");
        assertThat(module.commands().split("AT\\+CPIN=", -1)).hasSize(2);
        assertNothingIsLeft();
    }

    @Test
    void aRefusedContextIsToldWithTheCodeBehindTheBareError() {
        module.on("AT+QIACT?", FakeEc200x.OK);
        module.on("AT+QIACT=1", FakeEc200x.ERROR);
        module.on("AT+QIGETERROR", line("+QIGETERROR: 561, whatever") + FakeEc200x.OK);
        assertThatThrownBy(() -> builder().open())
                .isInstanceOfSatisfying(
                        ModemException.class, e -> assertThat(e.code()).isEqualTo(561))
                .hasMessageContaining("open PDP context failed")
                .hasMessageContaining("AT+QIACT=1");
        assertNothingIsLeft();
    }

    @Test
    void theGrammarSurvivesAFirstAnswerThatIsLostAtTheNewRate() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        module.on("AT+IPR=", command -> {
            asked.set(1);
            return FakeEc200x.OK;
        });
        module.on("AT", command -> command.equals("AT") && asked.getAndSet(0) == 1 ? null : module.answerTo(command));
        modem = builder().baudRate(921_600).open();
        module.asEver("AT");
        SocketChannel channel = connect();
        module.push(0, "\r\nOK\r\n");
        assertThat(read(channel, 6)).isEqualTo("\r\nOK\r\n");
    }

    @Test
    void aLeftOverSocketIsClosedAndABannerDuringIdentificationIsNoVendor() throws Exception {
        module.answerTo("AT+QIOPEN=1,4,\"TCP\",\"old.example\",80,0,1");
        module.on("ATI", line("RDY") + module.answerTo("ATI"));
        open();
        assertThat(module.openSockets()).isZero();
        assertThat(modem.info().model()).isEqualTo("EC200N");
    }

    // ------------------------------------------------------------------ TLS

    @Test
    void tlsThatCannotVerifyIsRefusedBeforeAByteIsWritten() throws Exception {
        open();
        int before = module.port.written().length();
        SocketChannel untrusting = modem.tlsSelectorProvider(
                        TlsProfile.builder().allowUncheckedHostName().build())
                .openSocketChannel();
        assertThatThrownBy(() -> untrusting.connect(host("example.org")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("trust anchors");
        assertThat(module.port.written()).hasSize(before);
        assertThat(module.openSockets()).isZero();
    }

    private static Path anchor() throws URISyntaxException {
        return Path.of(PortModemTest.class.getResource("anchor.pem").toURI());
    }

    @Test
    void tlsWhoseHostNameNobodyChecksIsRefusedBeforeAByteIsWrittenUnlessAllowedByName() throws Exception {
        open();
        int before = module.port.written().length();
        SocketChannel channel = modem.tlsSelectorProvider(
                        TlsProfile.builder().trustAnchors(anchor()).build())
                .openSocketChannel();
        assertThatThrownBy(() -> channel.connect(host("example.org")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("allowUncheckedHostName");
        assertThat(module.port.written()).hasSize(before);
    }

    @Test
    void tlsUploadsItsTrustAnchorsOnceAndVerifies() throws Exception {
        open();
        TlsProfile profile = TlsProfile.builder()
                .trustAnchors(anchor())
                .allowUncheckedHostName()
                .build();
        for (int i = 0; i < 12; i++) {
            modem.tlsSelectorProvider(profile).openSocketChannel().connect(host("example.org"));
        }
        assertThat(module.files()).hasSize(1);
        String name = module.files().keySet().iterator().next();
        assertThat(module.files().get(name).getBytes(StandardCharsets.ISO_8859_1))
                .isEqualTo(profile.trustAnchorsPem());
        assertThat(module.commands())
                .contains("AT+QSSLCFG=\"seclevel\",0,1\n", "AT+QSSLCFG=\"cacert\",0,\"" + name + "\"\n")
                .contains("AT+QSSLCFG=\"sslversion\",0,3\n", "AT+CCLK=");
        assertThat(module.commands().split("AT\\+QFUPL", -1)).hasSize(2);
    }

    @Test
    void aServerThatIsNotTrustedIsAnErrorWithTheModulesCodeAndFreesIndexAndContext() throws Exception {
        open();
        TlsProfile profile = TlsProfile.builder()
                .trustAnchors(anchor())
                .allowUncheckedHostName()
                .build();
        for (int i = 0; i < 14; i++) {
            SocketChannel channel = modem.tlsSelectorProvider(profile).openSocketChannel();
            assertThatThrownBy(() -> channel.connect(host("refused.example")))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("566")
                    .hasMessageContaining("AT+QSSLOPEN")
                    .hasMessageContaining(module.port.name());
        }
        await().until(() -> module.openSockets() == 0);
        // Six contexts: other profiles find room, so none has kept one.
        SocketChannel other = modem.tlsSelectorProvider(
                        TlsProfile.builder().insecureSkipVerification().build())
                .openSocketChannel();
        other.connect(host("example.org"));
        assertThat(other.isConnected()).isTrue();
    }

    @Test
    void tlsWithoutVerificationConnectsOnlyWhenThatIsAskedForByName() throws Exception {
        open();
        SocketChannel channel = modem.tlsSelectorProvider(
                        TlsProfile.builder().insecureSkipVerification().build())
                .openSocketChannel();
        channel.connect(host("example.org"));
        assertThat(module.commands())
                .contains(
                        "AT+QSSLCFG=\"seclevel\",0,0\n", "AT+QSSLCFG=\"sni\",0,1\n", "AT+QSSLCFG=\"sslversion\",0,3\n");
        module.push(0, "secret?");
        assertThat(read(channel, 7)).isEqualTo("secret?");
        write(channel, "yes");
        await().until(() -> module.receivedBy(0).equals("yes"));
        channel.close();
        await().until(() -> module.openSockets() == 0);
    }
}
