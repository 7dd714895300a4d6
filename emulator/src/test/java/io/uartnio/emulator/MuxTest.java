package io.uartnio.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The module's side of 3GPP TS 27.010, seen from the line. */
@Timeout(120)
class MuxTest {

    private static final String REQUEST = "0,0,5,127,10,3,30,10,2";

    private static String open(int id, EchoServer server, int mode) {
        return "AT+QIOPEN=1," + id + ",\"TCP\",\"127.0.0.1\"," + server.port() + ",0," + mode;
    }

    @Test
    void everyChannelHasItsOwnCommandsAndSettings() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().startInMemory();
                MuxHost host = MuxHost.over(emulator.line(), REQUEST)) {
            host.open(0);
            Host first = host.port(1);
            host.open(2);
            host.channel(2).command("AT", "AT\r\r\nOK\r\n");
            first.command("AT", "\r\nOK\r\n");
            first.command("AT+CMUX?", "\r\n+CMUX: 0,0,5,127,10,3,30,10,2\r\n\r\nOK\r\n");
            first.command("AT+CMUX=0", "\r\n+CME ERROR: 3\r\n");
            first.command("AT+IPR=9600", "\r\nERROR\r\n");
            host.send(2, 0x53, "");
            host.expect("2 1 73");
            host.send(2, 0x53, "");
            host.expect("2 1 1f");
            first.ok("AT");
        }
    }

    @Test
    void theFirstOctetsAreThoseOfTheVectors() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().startInMemory();
                Host line = new Host(emulator.line(), true)) {
            line.write("ATE0\r");
            line.expectContaining("OK\r\n");
            line.clear();
            line.command("AT+CMUX=0", "\r\nOK\r\n");
            line.write(HexFormat.of().parseHex("f9033f011cf9"));
            expectHex(line, "f9037301d7f9");
            line.write(HexFormat.of().parseHex("f9073f01def9"));
            expectHex(line, "f907730115f9" + "f901ef09e305070d9af9");
            line.write(HexFormat.of().parseHex("f903ef09e105070dfbf9"));
            line.write(HexFormat.of().parseHex("f903ef0d230950494e47fcf9"));
            expectHex(line, frameHex(0, 0, 0xEF, "210950494e47"));
            line.write(HexFormat.of().parseHex("f903ef054301f2f9"));
            expectHex(line, frameHex(0, 0, 0xEF, "4101"));
            line.write(HexFormat.of().parseHex("f907ef0741540dd3f9"));
            expectHex(line, frameHex(1, 0, 0xEF, "41540d") + "f905ef0d0d0a4f4b0d0a5ff9");
            line.write(HexFormat.of().parseHex("f903ef05c301f2f9"));
            expectHex(line, "f901ef05c10193f9");
            line.command("AT", "\r\nOK\r\n");
        }
    }

    private static String frameHex(int dlci, int commandBit, int control, String information) {
        byte[] content = HexFormat.of().parseHex(information);
        byte[] target = new byte[content.length + MuxFrame.LONGEST_OVERHEAD];
        int end = MuxFrame.write(target, 0, dlci, commandBit == 1, control, content, 0, content.length);
        return HexFormat.of().formatHex(target, 0, end);
    }

    private static void expectHex(Host line, String hex) {
        await().untilAsserted(() ->
                assertThat(HexFormat.of().formatHex(TcpTest.bytes(line.all()))).isEqualTo(hex));
        line.clear();
    }

    @Test
    void channelZeroAnswersWhatItIsAsked() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().startInMemory();
                MuxHost host = MuxHost.over(emulator.line(), "0")) {
            host.send(1, 0x3F, "");
            host.expect("1 1 1f");
            host.open(0, 1);
            host.send(0, 0xEF, "8311010007" + "0adc050302");
            host.expect("0 0 ef 81110100070adc050302");
            host.send(0, 0xEF, "a301" + "6301" + "a301");
            host.expect("0 0 ef a101");
            host.expect("0 0 ef 6101");
            host.expect("0 0 ef a101");
            host.send(0, 0xEF, "930307");
            host.expect("0 0 ef 9111070703001113" + "000000".substring(2));
            host.send(0, 0xEF, "53050709");
            host.expect("0 0 ef 51050709");
            host.send(0, 0xEF, "d30107");
            host.expect("0 0 ef 1103d3");
            host.send(9, 0x3F, "");
            host.expect("9 1 1f");
            host.send(3, 0xEF, "4154");
            host.expect("3 1 f");
            host.send(0, 0xFF, "230341");
            host.expect("0 0 ef 210341");
        }
    }

    @Test
    void anN1BeyondTheModulesIsAgreedToAsFarAsItGoes() throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator =
                        ModuleEmulator.builder().muxLargestFrame(512).startInMemory();
                MuxHost host = MuxHost.over(emulator.line(), "0")) {
            host.open(0);
            host.send(0, 0xEF, "8311010007" + "0adc050302");
            host.expect("0 0 ef 81110100070a00020302");
            Host port = host.port(1);
            port.write("AT+CMUX=?\r");
            port.expectContaining("(1-512)");
            port.expectContaining("OK\r\n");
            port.clear();
            port.command(open(0, server, 2), "\r\nCONNECT\r\n");
            host.channel(1).write(new byte[5000]);
            await().until(() -> port.count() == 5000);
            assertThat(host.longest()).isEqualTo(512);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void threeStreamsAndPushedSocketsShareTheLine(boolean paced) throws Exception {
        int size = paced ? 20_000 : 400_000;
        byte[] content = new byte[size];
        new Random(8).nextBytes(content);
        EmulatorBuilder builder = ModuleEmulator.builder();
        if (paced) {
            builder.baudRate(921_600);
        }
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator = builder.startInMemory();
                MuxHost host = MuxHost.over(emulator.line(), REQUEST)) {
            host.open(0);
            Host commands = host.port(1);
            for (int dlci = 2; dlci <= 4; dlci++) {
                host.port(dlci).command(open(dlci, server, 2), "\r\nCONNECT\r\n");
            }
            commands.command(open(8, server, 1), "\r\nOK\r\n\r\n+QIOPEN: 8,0\r\n");
            for (int at = 0; at < size; at += 1000) {
                for (int dlci = 2; dlci <= 4; dlci++) {
                    host.channel(dlci).write(Arrays.copyOfRange(content, at, at + 1000));
                }
            }
            commands.send("AT+QISEND=8,3", TcpTest.bytes("abc"));
            commands.expectContaining("\r\n+QIURC: \"recv\",8,3\r\nabc\r\n");
            commands.write("AT+QISTATE=1,2\r");
            commands.expectContaining(",2,1,2,2,\"cmux2\"\r\n");
            for (int dlci = 2; dlci <= 4; dlci++) {
                Host stream = host.channel(dlci);
                await().atMost(60, TimeUnit.SECONDS).until(() -> stream.count() == size);
                assertThat(TcpTest.bytes(stream.all())).isEqualTo(content);
            }
            assertThat(host.longest()).isEqualTo(127);
            assertThat(emulator.counters().muxBadFrames()).isZero();
            assertThat(host.frames()).doesNotContain("bad");
        }
    }

    @Test
    void aChannelTellsDtrAndDcdByItsStatus() throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator = ModuleEmulator.builder().startInMemory();
                MuxHost host = MuxHost.over(emulator.line(), REQUEST)) {
            host.open(0);
            Host port = host.port(2);
            port.ok("AT&D1");
            host.status(2, 0x8D);
            port.write(open(5, server, 2) + "\r");
            host.expect("0 0 ef e3050b8d");
            port.expect("\r\nCONNECT\r\n");
            port.write("data");
            port.expect("data");
            host.status(2, 0x89);
            host.expect("0 0 ef e3050b0d");
            port.expect("\r\nOK\r\n");
            host.status(2, 0x8D);
            port.command("ATO", "\r\nCONNECT\r\n");
            host.expect("0 0 ef e3050b8d");
            server.socket(0).close();
            host.expect("0 0 ef e3050b0d");
            port.expectContaining("\r\nNO CARRIER\r\n");
        }
    }

    @Test
    void aChannelThatIsClosedInDataModeDropsItsConnectionOrKeepsIt() throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator = ModuleEmulator.builder().startInMemory();
                MuxHost host = MuxHost.over(emulator.line(), REQUEST)) {
            host.open(0);
            Host commands = host.port(1);
            Host kept = host.port(2);
            kept.ok("AT&D1");
            kept.command(open(2, server, 2), "\r\nCONNECT\r\n");
            host.port(3).command(open(3, server, 2), "\r\nCONNECT\r\n");
            kept.write("before the end");
            kept.expect("before the end");
            host.send(2, 0x53, "");
            host.expect("2 1 73");
            host.send(3, 0x53, "");
            host.expect("3 1 73");
            await().untilAsserted(() -> {
                commands.clear();
                commands.write("AT+QISTATE?\r");
                commands.expectContaining("OK\r\n");
                assertThat(commands.all()).contains("+QISTATE: 2,").contains(",2,1,2,0,\"cmux2\"");
                assertThat(commands.all()).contains(",4,1,3,0,\"cmux3\"");
            });
            commands.clear();
            commands.command("AT+QISWTMD=2,2", "\r\nCONNECT\r\n");
            commands.write("here now");
            commands.expect("here now");
        }
    }

    @Test
    void theEndOfAChannelsEarlierLifeIsNotTheNextOnes() throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator = ModuleEmulator.builder()
                        .connectDelay(Duration.ofSeconds(3))
                        .startInMemory();
                MuxHost host = MuxHost.over(emulator.line(), REQUEST)) {
            host.open(0);
            host.port(2).write(open(2, server, 2) + "\r");
            host.expect("0 0 ef e3050b0d");
            await().until(() -> emulator.counters().commands("+QIOPEN") == 1);
            Thread earlier = commandsOfChannel2();
            host.send(2, 0x53, "");
            host.expect("2 1 73");
            Host port = host.port(2);
            port.command(open(5, server, 2), "\r\nCONNECT\r\n");
            // It has connected by then, raised DCD, found its channel closed, and lowered DCD.
            await().atMost(60, TimeUnit.SECONDS).until(() -> !earlier.isAlive());
            host.send(0, 0xEF, "2301");
            await().until(() -> host.frames().contains("0 0 ef 2101"));
            assertThat(host.frames()).containsExactly("0 0 ef e3050b0d", "0 0 ef e3050b8d", "0 0 ef 2101");
            port.write("and nothing else");
            port.expect("and nothing else");
        }
    }

    @Test
    void aChannelThatIsClosedWhileItsOutputLeavesHoldsUpNothing() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().startInMemory();
                MuxHost host = MuxHost.over(emulator.line(), REQUEST)) {
            host.open(0, 2, 3, 4);
            for (int round = 0; round < 1_000; round++) {
                for (int dlci = 2; dlci <= 4; dlci++) {
                    host.channel(dlci).write("AT\rAT\rAT\rAT\r");
                }
                for (int dlci = 2; dlci <= 4; dlci++) {
                    host.send(dlci, 0x53, "");
                    host.send(dlci, 0x3F, "");
                }
            }
            host.send(0, 0xEF, "2301");
            await().atMost(60, TimeUnit.SECONDS).until(() -> host.frames().contains("0 0 ef 2101"));
        }
    }

    private static Thread commandsOfChannel2() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("uartnio-emulator-commands-cmux2"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void bothSidesHoldAChannelWithoutHoldingTheOthers() throws Exception {
        int size = 600_000;
        try (EchoServer silent = new EchoServer(socket -> {
                    socket.setReceiveBufferSize(8 * 1024);
                    await().atMost(60, TimeUnit.SECONDS).until(socket::isClosed);
                });
                EchoServer server = new EchoServer();
                ModuleEmulator emulator = ModuleEmulator.builder().startInMemory();
                MuxHost host = MuxHost.over(emulator.line(), REQUEST)) {
            host.open(0);
            Host stuck = host.port(2);
            stuck.command(open(2, silent, 2), "\r\nCONNECT\r\n");
            Host alive = host.port(3);
            alive.command(open(3, server, 2), "\r\nCONNECT\r\n");
            // The peer takes nothing, so in the end the module asks for a pause on this channel.
            byte[] block = new byte[12_700];
            int sent = 0;
            while (!host.frames().contains("0 0 ef e3050b8f")) {
                assertThat(sent).isLessThan(100 * size);
                stuck.write(block);
                sent += block.length;
                alive.write("x");
                int answers = sent / block.length;
                await().until(() -> alive.count() == answers);
            }
            // The host holds the other one, and the rest goes on.
            host.status(3, 0x8F);
            alive.clear();
            alive.write("later");
            Host commands = host.port(1);
            commands.ok("AT");
            assertThat(alive.count()).isZero();
            host.status(3, 0x8D);
            alive.expect("later");
            host.send(0, 0xEF, "6301");
            host.expect("0 0 ef 6101");
            commands.write("AT\r");
            host.send(0, 0xEF, "230341");
            host.expect("0 0 ef 210341");
            assertThat(commands.count()).isZero();
            host.send(0, 0xEF, "a301");
            commands.expect("\r\nOK\r\n");
        }
    }

    @Test
    void urcsComeOnTheBoundChannel() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().muxUrcPort(3).startInMemory();
                MuxHost host = MuxHost.over(emulator.line(), REQUEST)) {
            host.open(0);
            Host first = host.port(1);
            Host second = host.port(2);
            emulator.urc("+QIND: SMS DONE");
            first.expect("\r\n+QIND: SMS DONE\r\n");
            first.command("AT+QCFG=\"cmux/urcport\"", "\r\n+QCFG: \"cmux/urcport\",3\r\n\r\nOK\r\n");
            first.ok("AT+QCFG=\"cmux/urcport\",2");
            emulator.urc("+QIND: SMS DONE");
            second.expect("\r\n+QIND: SMS DONE\r\n");
            assertThat(first.count()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void socketsSpeakOnTheirOwnChannelOrOnTheBoundOne(boolean follow) throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator =
                        ModuleEmulator.builder().socketUrcsFollowUrcPort(follow).startInMemory();
                MuxHost host = MuxHost.over(emulator.line(), REQUEST)) {
            host.open(0);
            Host first = host.port(1);
            Host second = host.port(2);
            second.command(open(0, server, 1), "\r\nOK\r\n\r\n+QIOPEN: 0,0\r\n");
            second.send("AT+QISEND=0,3", TcpTest.bytes("abc"));
            (follow ? first : second).expectContaining("\r\n+QIURC: \"recv\",0,3\r\nabc\r\n");
        }
    }

    @Test
    void aStaleMultiplexerSaysNothingToCommandsAndEndsByCloseDown() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().muxAtStart(true).startInMemory();
                MuxHost host = MuxHost.onLine(emulator.line())) {
            host.raw(TcpTest.bytes("AT\r"));
            await().until(() -> emulator.counters().bytesFromHost() == 3);
            // Half a frame, as a host leaves it that is killed.
            host.raw(HexFormat.of().parseHex("f907ef214154"));
            await().until(() -> emulator.counters().bytesFromHost() == 9);
            await().atMost(60, TimeUnit.SECONDS).until(() -> emulator.counters().muxBadFrames() == 1);
            host.raw(HexFormat.of().parseHex("f9f9f9f9f9f9f9f9" + "f903ef05c301f2f9"));
            host.expect("0 0 ef c101");
            Host plain = host.plainAgain();
            plain.command("AT", "AT\r\r\nOK\r\n");
        }
    }

    @Test
    void channelZeroEndsItByDisconnectionToo() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().startInMemory();
                MuxHost host = MuxHost.over(emulator.line(), "0")) {
            host.open(0, 1);
            host.send(0, 0x53, "");
            host.expect("0 1 73");
            Host plain = host.plainAgain();
            plain.ok("AT");
            plain.command("AT+CMUX=0,0,8,1509", "\r\nOK\r\n");
            host.framed();
            host.open(0, 1);
        }
    }

    @Test
    void aModuleThatCannotLeaveItDoesSoByARestart() throws Exception {
        try (ModuleEmulator emulator =
                        ModuleEmulator.builder().muxCannotBeLeft(true).startInMemory();
                MuxHost host = MuxHost.over(emulator.line(), "0")) {
            host.open(0);
            Host port = host.port(1);
            host.send(0, 0xEF, "c301");
            host.expect("0 0 ef c101");
            port.ok("AT");
            port.write("AT+QIOPEN=1,0,\"TCP\",\"127.0.0.1\",1,0,2\r");
            emulator.restart();
            Host plain = host.plainAgain();
            await().untilAsserted(() -> {
                plain.write("AT\r");
                assertThat(plain.all()).contains("\r\nOK\r\n");
            });
        }
    }

    @Test
    void aModuleWithoutItSaysSo() throws Exception {
        try (ModuleEmulator emulator =
                        ModuleEmulator.builder().muxSupported(false).start();
                Host host = new Host(emulator).ready()) {
            host.command("AT+CMUX=0", "\r\nERROR\r\n");
            host.ok("AT");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theFirstStatusComesWhenTheKnobSays(MuxStatusAtOpen when) throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder()
                        .muxStatusAtOpen(when)
                        .muxCommandBit(true)
                        .startInMemory();
                MuxHost host = MuxHost.over(emulator.line(), "0")) {
            host.open(0);
            String status = "0 1 ef e305070d";
            String acknowledgement = "1 1 73";
            String answer = "0 1 ef e105078d";
            host.send(1, 0x3F, "");
            await().until(() -> host.frames().contains(acknowledgement));
            host.send(0, 0xEF, "e305078d");
            await().until(() -> host.frames().contains(answer));
            host.send(0, 0xEF, "2301");
            await().until(() -> host.frames().contains("0 1 ef 2101"));
            switch (when) {
                case BEFORE_UA -> assertThat(host.frames()).containsSubsequence(status, acknowledgement, answer);
                case AFTER_UA -> assertThat(host.frames()).containsSubsequence(acknowledgement, status, answer);
                case AFTER_HOST -> assertThat(host.frames()).containsSubsequence(acknowledgement, answer, status);
                case NEVER -> assertThat(host.frames()).doesNotContain(status);
            }
        }
    }

    @Test
    void dataMayWaitUntilTheStatusIsAnswered() throws Exception {
        try (ModuleEmulator emulator =
                        ModuleEmulator.builder().muxWaitsForStatusAnswer(true).startInMemory();
                MuxHost host = MuxHost.over(emulator.line(), "0").answersNoStatus()) {
            host.open(0, 1);
            host.channel(1).write("AT\r");
            host.send(0, 0xEF, "2301");
            host.expect("0 0 ef 2101");
            assertThat(host.channel(1).count()).isZero();
            host.send(0, 0xEF, "e105070d");
            host.channel(1).expect("AT\r\r\nOK\r\n");
        }
    }

    @Test
    void acknowledgementsMayBeLostOrLateAndFramesLongerThanN1() throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator = ModuleEmulator.builder()
                        .muxUasLost(2)
                        .muxUaDelay(Duration.ofMillis(50))
                        .muxLongFrames(true)
                        .startInMemory();
                MuxHost host = MuxHost.over(emulator.line(), REQUEST)) {
            host.send(0, 0x3F, "");
            host.send(0, 0x3F, "");
            host.open(0);
            Host port = host.port(1);
            port.command(open(0, server, 2), "\r\nCONNECT\r\n");
            for (int i = 0; i < 20; i++) {
                port.write(new byte[5000]);
            }
            await().until(() -> port.count() == 100_000);
            assertThat(host.longest()).isGreaterThan(127);
            // A frame of the host that is longer than N1 is dropped.
            host.send(1, 0xEF, new byte[128]);
            await().until(() -> emulator.counters().muxBadFrames() == 1);
        }
    }

    @Test
    void damageOfEitherDirectionCostsFramesAndNotTheMultiplexer() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().startInMemory()) {
            try (MuxHost host = MuxHost.over(emulator.line(), REQUEST)) {
                host.open(0);
                Host port = host.port(1);
                emulator.lineFilter(damage(3));
                emulator.hostLineFilter(damage(4));
                await().pollInterval(1, TimeUnit.MILLISECONDS).untilAsserted(() -> {
                    port.write("AT+QISTATE?\r");
                    assertThat(emulator.counters().muxBadFrames()).isGreaterThan(3);
                    assertThat(host.frames()).contains("bad");
                });
                emulator.lineFilter(null);
                emulator.hostLineFilter(null);
                port.clear();
                // What the damage has left half may swallow the first.
                await().untilAsserted(() -> {
                    port.write("\rAT\r");
                    assertThat(port.all()).contains("\r\nOK\r\n");
                });
            }
        }
    }

    private static LineFilter damage(long seed) {
        Random random = new Random(seed);
        return frame -> {
            byte[] bytes = frame.bytes();
            if (bytes.length > 0 && random.nextInt(10) == 0) {
                int at = random.nextInt(bytes.length);
                switch (random.nextInt(3)) {
                    case 0 -> bytes[at] ^= 0x10;
                    case 1 -> {
                        System.arraycopy(bytes, at + 1, bytes, at, bytes.length - at - 1);
                        bytes = Arrays.copyOf(bytes, bytes.length - 1);
                    }
                    default -> bytes = Arrays.copyOf(bytes, bytes.length + 1);
                }
            }
            return bytes;
        };
    }

    @Test
    void nothingIsLeftOfItWhenTheEmulatorIsClosed() throws IOException {
        ModuleEmulator emulator = ModuleEmulator.builder().startInMemory();
        try (MuxHost host = MuxHost.over(emulator.line(), REQUEST)) {
            host.open(0, 1, 2, 3, 4);
            emulator.close();
            assertThat(Thread.getAllStackTraces().keySet().stream().map(Thread::getName))
                    .noneMatch(name -> name.startsWith("uartnio-emulator-commands"));
        }
    }
}
