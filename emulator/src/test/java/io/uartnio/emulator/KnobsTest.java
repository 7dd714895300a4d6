package io.uartnio.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(300)
class KnobsTest {

    private static final String OPENED = "\r\nOK\r\n\r\n+QIOPEN: 0,0\r\n";

    private static String open(EchoServer server, int mode) {
        return "AT+QIOPEN=1,0,\"TCP\",\"127.0.0.1\"," + server.port() + ",0," + mode;
    }

    @ParameterizedTest
    @EnumSource(PromptForm.class)
    void allThatIsAwkwardAtOnceLosesNothing(PromptForm prompt) throws Exception {
        int sockets = 12;
        int size = Integer.getInteger("bytes", 40_000);
        byte[] content = new byte[size];
        new Random(3).nextBytes(content);
        ByteArrayOutputStream[] got = new ByteArrayOutputStream[sockets];
        Arrays.setAll(got, i -> new ByteArrayOutputStream());
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator = ModuleEmulator.builder()
                        .prompt(prompt)
                        .crlfAfterPushedData(prompt == PromptForm.BARE || prompt == PromptForm.LATE_SPACE)
                        .splitWrites(true)
                        .strayUrcs(0.2)
                        .sendFail(0.1)
                        .start();
                PushReader host = new PushReader(emulator, (id, data) -> {
                    synchronized (got) {
                        got[id].writeBytes(data);
                    }
                })) {
            host.ready();
            for (int id = 0; id < sockets; id++) {
                host.command("AT+QIOPEN=1," + id + ",\"TCP\",\"127.0.0.1\"," + server.port() + ",0,1", "OK");
                host.await("+QIOPEN: " + id + ",0");
            }
            for (int at = 0; at < size; at += 1460) {
                byte[] part = Arrays.copyOfRange(content, at, Math.min(size, at + 1460));
                for (int id = 0; id < sockets; id++) {
                    host.send("AT+QISEND=" + id + "," + part.length, part);
                }
            }
            for (int id = 0; id < sockets; id++) {
                int socket = id;
                Awaitility.await().untilAsserted(() -> {
                    synchronized (got) {
                        assertThat(got[socket].size()).isEqualTo(size);
                    }
                });
                assertThat(got[id].toByteArray()).isEqualTo(content);
            }
            assertThat(emulator.counters().strayUrcs()).isPositive();
            assertThat(emulator.counters().sendFails()).isPositive();
            assertThat(emulator.counters().framesPushed(0)).isPositive();
        }
    }

    @Test
    void aPromptIsExactlyAsAsked() throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator =
                        ModuleEmulator.builder().prompt(PromptForm.LATE_SPACE).start();
                Host host = new Host(emulator).ready()) {
            host.command(open(server, 0), OPENED);
            host.write("AT+QISEND=0,1\r");
            host.expect("\r\n>");
            host.write("x");
            // The echo may be back before the result is.
            host.expectMatching("(?=.*\r\nSEND OK\r\n) .*\r\n\\+QIURC: \"recv\",0\r\n.*");
            host.ok("AT+QICFG=\"formatcfg\",1");
            host.command("AT+QICFG=\"formatcfg\"", "\r\n+QICFG: \"formatcfg\",1\r\n\r\nOK\r\n");
            host.write("AT+QISEND=0,1\r");
            host.expect("\r\n>\r\n");
            host.write("x");
            host.expect("\r\nSEND OK\r\n");
            host.ok("AT+QICFG=\"formatcfg\",0");
            host.ok("AT+QICFG=\"qisend/timeout\",1");
            host.write("AT+QISEND=0,5\r");
            host.expect("\r\n>");
            host.write("xx");
            host.expect("\r\nERROR\r\n");
            host.ok("AT");
        }
    }

    @Test
    void payloadIsEchoedUntilTheHostForbidsIt() throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator).ready()) {
            host.command(open(server, 0), OPENED);
            host.ok("AT+QISDE=1");
            host.write("AT+QISEND=0,4\r");
            host.expect("\r\n> ");
            host.write("abcd");
            host.expectMatching("(?=.*\r\nSEND OK\r\n)abcd.*");
        }
    }

    @Test
    void withoutAnUrcPortOnTheUartNothingUnsolicitedComes() throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator)) {
            host.command("ATE0", "ATE0\r\r\nOK\r\n");
            host.command("AT+QURCCFG=\"urcport\"", "\r\n+QURCCFG: \"urcport\",\"usbat\"\r\n\r\nOK\r\n");
            host.ok("AT+QISDE=0");
            host.ok("AT+QIACT=1");
            host.command(open(server, 1), OPENED);
            host.send("AT+QISEND=0,1", TcpTest.bytes("x"));
            host.expect("\r\nSEND OK\r\n");
            Awaitility.await().until(() -> emulator.counters().framesPushed(0) == 1);
            emulator.urc("RING");
            host.ok("AT");
        }
    }

    @Test
    void aLateResultComesInTheMidstOfLaterOnesOrHoldsThemUp() throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator).ready()) {
            host.command(open(server, 0), OPENED);
            emulator.delayNextReplies("SEND OK", 1, Duration.ofMillis(300), false);
            host.send("AT+QISEND=0,1", TcpTest.bytes("x"));
            host.expectContaining("\"recv\",0\r\n");
            host.clear();
            host.write("AT\r");
            host.expect("\r\nOK\r\n");
            host.expect("\r\nSEND OK\r\n");
            emulator.delayNextReplies("SEND OK", 1, Duration.ofMillis(300), true);
            host.send("AT+QISEND=0,1", TcpTest.bytes("x"));
            host.write("AT\r");
            host.expect("\r\nSEND OK\r\n\r\nOK\r\n");
            assertThat(emulator.counters().lateReplies()).isEqualTo(2);
        }
    }

    @Test
    void sendsFailWhenThePeerTakesNothingAndNothingIsTaken() throws Exception {
        try (EchoServer server =
                        new EchoServer(socket -> Awaitility.await().forever().until(socket::isClosed));
                ModuleEmulator emulator = ModuleEmulator.builder().start();
                PushReader host = new PushReader(emulator, (id, data) -> {})) {
            host.ready();
            host.command("AT+QIOPEN=1,0,\"TCP\",\"127.0.0.1\"," + server.port() + ",0,1", "OK");
            host.await("+QIOPEN: 0,0");
            byte[] payload = new byte[1460];
            String result = "SEND OK";
            while (result.equals("SEND OK")) {
                host.command("AT+QISEND=0,1460", ">");
                host.write(payload);
                result = host.await("SEND OK", "SEND FAIL");
            }
            assertThat(emulator.counters().payloadSent())
                    .isEqualTo(emulator.counters().sends() * 1460);
            host.command("AT+QICLOSE=0,1", "OK");
        }
    }

    @Test
    void closedIsRepeatedAndComesEarlyIfAsked() throws Exception {
        try (EchoServer server =
                        new EchoServer(socket -> socket.getOutputStream().write(TcpTest.bytes("bye")));
                ModuleEmulator emulator = ModuleEmulator.builder()
                        .duplicateClosedUrcs(2)
                        .closedBeforeLastData(true)
                        .crlfAfterPushedData(false)
                        .connectDelay(Duration.ofMillis(50))
                        .start();
                Host host = new Host(emulator).ready()) {
            host.write(open(server, 1) + "\r");
            String closed = "\r\n+QIURC: \"closed\",0\r\n";
            // The end may come so late that the data is alone before it.
            host.expectMatching(("(" + OPENED + closed + "\r\n+QIURC: \"recv\",0,3\r\nbye" + closed + closed + ")|("
                            + OPENED + "\r\n+QIURC: \"recv\",0,3\r\nbye" + closed + closed + closed + ")")
                    .replace("+", "\\+"));
        }
    }

    @Test
    void aSwitchToBufferModeKeepsDataBackAndOneToPushModeBringsIt() throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator).ready()) {
            host.command(open(server, 1), OPENED);
            host.ok("AT+QISWTMD=0,0");
            host.send("AT+QISEND=0,3", TcpTest.bytes("abc"));
            host.expectMatching("(?=.*SEND OK).*\r\n\\+QIURC: \"recv\",0\r\n.*");
            host.write("AT+QISWTMD=0,1\r");
            host.expectContaining("\r\nOK\r\n");
            host.expectContaining("\r\n+QIURC: \"recv\",0,3\r\nabc\r\n");
            host.clear();
            host.command("AT+QISWTMD=5,1", "\r\nERROR\r\n");
        }
    }

    @Test
    void leftoversMayBeKeptWhileNewDataIsPushedPastThem() throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator =
                        ModuleEmulator.builder().leftovers(Leftovers.KEPT).start();
                Host host = new Host(emulator).ready()) {
            host.command(open(server, 0), OPENED);
            host.send("AT+QISEND=0,3", TcpTest.bytes("abc"));
            host.expectMatching("(?=.*SEND OK).*\r\n\\+QIURC: \"recv\",0\r\n.*");
            host.ok("AT+QISWTMD=0,1");
            host.send("AT+QISEND=0,3", TcpTest.bytes("def"));
            host.expectContaining("\r\n+QIURC: \"recv\",0,3\r\ndef\r\n");
            host.expectContaining("SEND OK");
            host.clear();
            host.command("AT+QIRD=0,1500", "\r\n+QIRD: 3\r\nabc\r\n\r\nOK\r\n");
            host.command("AT+QIRD=0,1500", "\r\n+QIRD: 0\r\n\r\nOK\r\n");
        }
    }

    @Test
    void leftoversMayBeKeptAndGrowUntilTheyAreRead() throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator = ModuleEmulator.builder()
                        .leftovers(Leftovers.KEPT_AND_ADDED_TO)
                        .start();
                Host host = new Host(emulator).ready()) {
            host.command(open(server, 0), OPENED);
            host.send("AT+QISEND=0,3", TcpTest.bytes("abc"));
            host.expectMatching("(?=.*SEND OK).*\r\n\\+QIURC: \"recv\",0\r\n.*");
            host.ok("AT+QISWTMD=0,1");
            host.send("AT+QISEND=0,3", TcpTest.bytes("def"));
            host.expect("\r\nSEND OK\r\n");
            Awaitility.await().until(() -> emulator.counters().payloadReceived() == 6);
            host.command("AT+QIRD=0,1500", "\r\n+QIRD: 6\r\nabcdef\r\n\r\nOK\r\n");
            host.send("AT+QISEND=0,3", TcpTest.bytes("ghi"));
            host.expectContaining("\r\n+QIURC: \"recv\",0,3\r\nghi\r\n");
        }
    }

    @Test
    void framesMayFollowTheOkOfASwitchToBufferMode() throws Exception {
        byte[] content = new byte[20_000];
        try (EchoServer server = new EchoServer(socket -> {
                    socket.getOutputStream().write(content);
                    EchoServer.echo(socket);
                });
                ModuleEmulator emulator = ModuleEmulator.builder()
                        .baudRate(115_200)
                        .framesAfterSwitch(2)
                        .start();
                Host host = new Host(emulator).ready()) {
            host.write(open(server, 1) + "\r");
            Awaitility.await().until(() -> emulator.counters().payloadReceived() == content.length);
            host.write("AT+QISWTMD=0,0\r");
            String frame = "\r\n\\+QIURC: \"recv\",0,1460\r\n\0{1460}\r\n";
            host.expectMatching("\r\nOK\r\n\r\n\\+QIOPEN: 0,0\r\n(" + frame + ")*\r\nOK\r\n(" + frame
                    + "){2}\r\n\\+QIURC: \"recv\",0\r\n");
        }
    }

    @Test
    void bytesAtTheWrongRateAreGarbageBothWaysAndIprHoldsAfterItsOk() throws Exception {
        try (ModuleEmulator emulator =
                        ModuleEmulator.builder().moduleBaudRate(115_200).start();
                Host host = new Host(emulator)) {
            host.write("AT\r");
            Awaitility.await().until(() -> emulator.counters().bytesFromHost() == 3);
            Awaitility.await().until(() -> host.count() >= 3);
            assertThat(host.all()).doesNotContain("OK");
            host.clear();
            setRate(emulator, 115_200);
            host.write("ATE0\r");
            host.expectContaining("ATE0\r\r\nOK\r\n");
            host.clear();
            host.ok("AT+IPR=921600");
            setRate(emulator, 921_600);
            host.ok("AT");
            emulator.restart();
            setRate(emulator, 115_200);
            Awaitility.await().untilAsserted(() -> {
                host.write("AT\r");
                assertThat(host.all()).contains("\r\nOK\r\n");
            });
        }
    }

    private static void setRate(ModuleEmulator emulator, int rate) throws Exception {
        Process stty = new ProcessBuilder("stty", "-F", emulator.portName(), Integer.toString(rate)).start();
        assertThat(stty.waitFor()).isZero();
    }

    @Test
    void oneByteOfTheLineIsLostAddedOrChangedWhereATestSays() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator).ready()) {
            long position = emulator.counters().bytesToHost();
            emulator.lineFilter(LineFilter.dropAt(position + 2));
            host.command("AT", "\r\nK\r\n");
            emulator.lineFilter(LineFilter.addAt(position + 6 + 2, (byte) '!'));
            host.command("AT", "\r\n!OK\r\n");
            emulator.lineFilter(LineFilter.changeAt(position + 12 + 3, 0x20));
            host.command("AT", "\r\nOk\r\n");
            emulator.lineFilter(frame -> frame.kind() == LineFrame.Kind.REPLY ? new byte[] {'?'} : frame.bytes());
            host.command("AT", "?");
            emulator.lineFilter(null);
            host.ok("AT");
        }
    }

    @Test
    void latencyAndBootTimePassBeforeAReply() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder()
                        .latency(Duration.ofMillis(20))
                        .bootTime(Duration.ofMillis(100))
                        .start();
                Host host = new Host(emulator)) {
            Awaitility.await().untilAsserted(() -> {
                host.write("AT\r");
                assertThat(host.all()).contains("\r\nOK\r\n");
            });
            long start = System.nanoTime();
            host.clear();
            host.write("ATI\r");
            host.expectContaining("Revision");
            assertThat(System.nanoTime() - start).isGreaterThan(20_000_000L);
        }
    }

    @Test
    void nonsenseIsRefused() {
        EmulatorBuilder builder = ModuleEmulator.builder();
        assertThatThrownBy(() -> builder.baudRate(1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("baudRate");
        assertThatThrownBy(() -> builder.strayUrcs(1.5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.sendFail(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.sim("12", 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.urcPort("com1")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.latency(Duration.ofMillis(-1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.host("a\"b", 1, new InetSocketAddress(InetAddress.getLoopbackAddress(), 1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.profile(null)).isInstanceOf(NullPointerException.class);
    }
}
