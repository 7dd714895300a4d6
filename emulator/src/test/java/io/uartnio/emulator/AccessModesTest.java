package io.uartnio.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Buffer access, direct push, the switches between them and transparent mode, as a host relies on them. */
@Timeout(120)
class AccessModesTest {

    private static final String OPENED = "\r\nOK\r\n\r\n+QIOPEN: 0,0\r\n";

    private static String open(int id, EchoServer server, int mode) {
        return "AT+QIOPEN=1," + id + ",\"TCP\",\"127.0.0.1\"," + server.port() + ",0," + mode;
    }

    private static void peerSends(EchoServer server, int connection, String text) throws IOException {
        server.socket(connection).getOutputStream().write(TcpTest.bytes(text));
    }

    @Test
    void noSecondRecvComesUntilTheBufferHasBeenReadEmpty() throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator).ready()) {
            host.command(open(0, server, 0), OPENED);
            peerSends(server, 0, "abcdef");
            host.expect("\r\n+QIURC: \"recv\",0\r\n");
            host.command("AT+QIRD=0,2", "\r\n+QIRD: 2\r\nab\r\n\r\nOK\r\n");
            peerSends(server, 0, "gh");
            await().until(() -> emulator.counters().payloadReceived() == 8);
            host.command("AT+QIRD=0,0", "\r\n+QIRD: 8,2,6\r\n\r\nOK\r\n");
            host.command("AT+QIRD=0,1500", "\r\n+QIRD: 6\r\ncdefgh\r\n\r\nOK\r\n");
            peerSends(server, 0, "ij");
            host.expect("\r\n+QIURC: \"recv\",0\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSwitchToBufferModeTellsOfWhatWaitsOrNot(boolean announced) throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator = ModuleEmulator.builder()
                        .leftovers(Leftovers.KEPT)
                        .recvUrcAfterSwitch(announced)
                        .start();
                Host host = new Host(emulator).ready()) {
            host.command(open(0, server, 0), OPENED);
            peerSends(server, 0, "abc");
            host.expect("\r\n+QIURC: \"recv\",0\r\n");
            host.ok("AT+QISWTMD=0,1");
            host.command("AT+QISWTMD=0,0", announced ? "\r\nOK\r\n\r\n+QIURC: \"recv\",0\r\n" : "\r\nOK\r\n");
            host.command("AT+QIRD=0,1500", "\r\n+QIRD: 3\r\nabc\r\n\r\nOK\r\n");
            peerSends(server, 0, "def");
            host.expect("\r\n+QIURC: \"recv\",0\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theCountersCountPushedBytesOrNot(boolean count) throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator =
                        ModuleEmulator.builder().countersCountPushed(count).start();
                Host host = new Host(emulator).ready()) {
            host.command(open(0, server, 1), OPENED);
            peerSends(server, 0, "abc");
            host.expect("\r\n+QIURC: \"recv\",0,3\r\nabc\r\n");
            host.ok("AT+QISWTMD=0,0");
            peerSends(server, 0, "defg");
            host.expect("\r\n+QIURC: \"recv\",0\r\n");
            host.command("AT+QIRD=0,1", "\r\n+QIRD: 1\r\nd\r\n\r\nOK\r\n");
            host.command("AT+QIRD=0,0", "\r\n+QIRD: " + (count ? "7,4,3" : "4,1,3") + "\r\n\r\nOK\r\n");
            host.write("AT+QISTATE=1,0\r");
            host.expectMatching("\r\n\\+QISTATE: 0,\"TCP\",\"127.0.0.1\",\\d+,\\d+,2,1,0,0,\"uart1\"\r\n\r\nOK\r\n");
        }
    }

    @Test
    void aRefusedSwitchLeavesTheModeAsItWas() throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator).ready()) {
            host.command(open(0, server, 1), OPENED);
            emulator.refuseModeSwitches(true);
            host.command("AT+QISWTMD=0,0", "\r\nERROR\r\n");
            peerSends(server, 0, "abc");
            host.expect("\r\n+QIURC: \"recv\",0,3\r\nabc\r\n");
            emulator.refuseModeSwitches(false);
            host.ok("AT+QISWTMD=0,0");
        }
    }

    @Test
    void aFullStoreHoldsThePeerBack() throws Exception {
        AtomicLong sent = new AtomicLong();
        byte[] block = new byte[4096];
        new Random(1).nextBytes(block);
        try (EchoServer server = new EchoServer(socket -> {
                    socket.setSendBufferSize(16 * 1024);
                    while (sent.get() < 4_000_000) {
                        socket.getOutputStream().write(block);
                        sent.addAndGet(block.length);
                    }
                });
                ModuleEmulator emulator =
                        ModuleEmulator.builder().receiveBuffer(32_768).start();
                Host host = new Host(emulator).ready()) {
            host.write(open(0, server, 0) + "\r");
            await().until(() -> emulator.counters().isHeldBack(0));
            await().during(200, TimeUnit.MILLISECONDS).until(sent::get, bytes -> bytes < 4_000_000);
            assertThat(emulator.counters().holdBacks(0)).isPositive();
            host.write("AT+QISWTMD=0,1\r");
            await().until(() -> emulator.counters().payloadReceived() == 4_001_792 || sent.get() >= 4_000_000);
            host.write("AT+QICLOSE=0,0\r");
            await().until(() -> !emulator.counters().isHeldBack(0));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatOtherSocketsHaveToSayInDataModeComesLaterOrNever(boolean lost) throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator =
                        ModuleEmulator.builder().urcsLostInDataMode(lost).startInMemory();
                Host host = new Host(emulator.line(), true).ready()) {
            host.ok("AT&D1");
            host.command(open(0, server, 0), OPENED);
            host.command(open(1, server, 1), OPENED.replace("0,0", "1,0"));
            host.command(open(2, server, 2), "\r\nCONNECT\r\n");
            peerSends(server, 0, "buffered");
            peerSends(server, 1, "pushed");
            emulator.urc("+QIND: SMS DONE");
            await().until(() -> emulator.counters().payloadReceived() == 14);
            host.write("data");
            host.expect("data");
            emulator.line().setAsserted(MemoryLine.Signal.DTR, false);
            host.expectContaining("\r\nOK\r\n");
            host.write("AT+QIRD=0,1500\r");
            host.expectContaining("\r\n+QIRD: 8\r\nbuffered\r\n\r\nOK\r\n");
            String all = host.all();
            assertThat(all.contains("\r\n+QIURC: \"recv\",0\r\n")).isNotEqualTo(lost);
            assertThat(all.contains("\r\n+QIURC: \"recv\",1,6\r\npushed\r\n")).isNotEqualTo(lost);
            assertThat(all.contains("\r\n+QIND: SMS DONE\r\n")).isNotEqualTo(lost);
        }
    }

    @Test
    void dataAfterAnExitIsAnnouncedAlthoughThereWasSomeBeforeTheEntry() throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator = ModuleEmulator.builder().startInMemory();
                Host host = new Host(emulator.line(), true).ready()) {
            host.ok("AT&D1");
            host.command(open(0, server, 0), OPENED);
            peerSends(server, 0, "abc");
            host.expect("\r\n+QIURC: \"recv\",0\r\n");
            host.command("AT+QISWTMD=0,2", "\r\nCONNECT\r\nabc");
            emulator.line().setAsserted(MemoryLine.Signal.DTR, false);
            host.expect("\r\nOK\r\n");
            peerSends(server, 0, "def");
            host.expect("\r\n+QIURC: \"recv\",0\r\n");
            host.command("AT+QISEND=0,1", "\r\n> ");
        }
    }

    @Test
    void keptLeftoversStayBehindTransparentModeToo() throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator = ModuleEmulator.builder()
                        .leftovers(Leftovers.KEPT)
                        .connectText("150000000")
                        .startInMemory();
                Host host = new Host(emulator.line(), true).ready()) {
            host.ok("AT&D1");
            host.command(open(0, server, 0), OPENED);
            peerSends(server, 0, "abc");
            host.expect("\r\n+QIURC: \"recv\",0\r\n");
            host.command("AT+QISWTMD=0,2", "\r\nCONNECT\r\n");
            peerSends(server, 0, "def");
            host.expect("def");
            emulator.line().setAsserted(MemoryLine.Signal.DTR, false);
            host.expectContaining("\r\nOK\r\n");
            host.clear();
            host.write("AT+QIRD=0,1500\r");
            host.expectContaining("\r\n+QIRD: 3\r\nabc\r\n\r\nOK\r\n");
            host.clear();
            host.command("ATO", "\r\nCONNECT 150000000\r\n");
        }
    }

    @Test
    void noCarrierMayComeLateAndWithoutItsFirstLineEnd() throws Exception {
        try (EchoServer server = new EchoServer(socket -> {
                    Socket closing = socket;
                    closing.getOutputStream().write(TcpTest.bytes("last"));
                });
                ModuleEmulator emulator = ModuleEmulator.builder()
                        .noCarrierDelay(Duration.ofMillis(100))
                        .noCarrierGlued(true)
                        .start();
                Host host = new Host(emulator).ready()) {
            host.write(open(0, server, 2) + "\r");
            host.expect("\r\nCONNECT\r\nlastNO CARRIER\r\n");
        }
    }

    @Test
    void aStreamNeverOvertakesItsConnect() throws Exception {
        try (EchoServer server = new EchoServer(socket -> {
                    while (true) {
                        socket.getOutputStream().write('x');
                    }
                });
                ModuleEmulator emulator = ModuleEmulator.builder().startInMemory();
                Host host = new Host(emulator.line(), true).ready()) {
            host.ok("AT&D1");
            host.ok("AT+IFC=2,2");
            host.write(open(0, server, 0) + "\r");
            host.expectContaining("+QIOPEN: 0,0\r\n");
            for (int i = 0; i < 40; i++) {
                await().until(() -> emulator.counters().payloadReceived() > 0);
                host.clear();
                host.write("AT+QISWTMD=0,2\r");
                host.expectContaining("CONNECT\r\nx");
                assertThat(host.all().replaceFirst("^\r\n\\+QIURC: \"recv\",0\r\n", ""))
                        .startsWith("\r\nCONNECT\r\nx");
                emulator.line().setAsserted(MemoryLine.Signal.DTR, false);
                emulator.line().setAsserted(MemoryLine.Signal.DTR, true);
                host.expectContaining("\r\nOK\r\n");
            }
        }
    }
}
