package io.uartnio.emulator;

import static io.uartnio.emulator.TcpTest.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class DatagramTest {

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final String SERVE = "AT+QIOPEN=1,2,\"UDP SERVICE\",\"127.0.0.1\",0,3030,";

    private static DatagramSocket peer() throws IOException {
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0));
        socket.setSoTimeout(60_000);
        return socket;
    }

    private static void send(DatagramSocket from, int port, byte[] data) throws IOException {
        from.send(new DatagramPacket(data, data.length, LOOPBACK, port));
    }

    private static DatagramPacket receive(DatagramSocket peer) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
        peer.receive(packet);
        return packet;
    }

    private static byte[] content(DatagramPacket packet) {
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    private static String from(DatagramSocket peer) {
        return "\"127.0.0.1\"," + peer.getLocalPort();
    }

    @ParameterizedTest
    @CsvSource({"udp/readmode,0,1", "udp/sendmode,0,1", "tcp/accept,1,0"})
    void whatIsNotPlayedIsRefusedAndLeavesTheSetting(String item, int played, int notPlayed) throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator).ready()) {
            host.ok("AT+QICFG=\"" + item + "\"," + played);
            host.command("AT+QICFG=\"" + item + "\"," + notPlayed, "\r\nERROR\r\n");
            host.command("AT+QICFG=\"" + item + "\"", "\r\n+QICFG: \"" + item + "\"," + played + "\r\n\r\nOK\r\n");
        }
    }

    @Test
    void serviceSendsToWhomItIsToldAndPushesWithTheSender() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator).ready();
                DatagramSocket peer = peer()) {
            host.command(SERVE + "1", "\r\nOK\r\n\r\n+QIOPEN: 2,0\r\n");
            host.command(
                    "AT+QISTATE=1,2",
                    "\r\n+QISTATE: 2,\"UDP SERVICE\",\"127.0.0.1\",0,3030,2,1,2,1,\"uart1\"\r\n\r\nOK\r\n");
            host.send("AT+QISEND=2,5," + from(peer), bytes("hello"));
            host.expect("\r\nSEND OK\r\n");
            DatagramPacket got = receive(peer);
            assertThat(content(got)).isEqualTo(bytes("hello"));
            assertThat(got.getPort()).isEqualTo(emulator.datagramPort(3030));
            send(peer, got.getPort(), bytes("one"));
            host.expect("\r\n+QIURC: \"recv\",2,3," + from(peer) + "\r\none\r\n");
            send(peer, got.getPort(), new byte[0]);
            host.expect("\r\n+QIURC: \"recv\",2,0," + from(peer) + "\r\n\r\n");
            host.command("AT+QISEND=2,5", "\r\nERROR\r\n");
            host.command("AT+QISEND=2,1461," + from(peer), "\r\nERROR\r\n");
            host.command("AT+QISEND=2,1,\"localhost\",80", "\r\nERROR\r\n");
            host.command("AT+QIOPEN=1,3,\"UDP SERVICE\",\"127.0.0.1\",0,3030,0", "\r\nOK\r\n\r\n+QIOPEN: 3,556\r\n");
            host.ok("AT+QICLOSE=2");
            assertThat(emulator.counters().currentSockets()).isZero();
        }
    }

    @Test
    void bufferedDatagramsAreReadOneByOne() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator).ready();
                DatagramSocket peer = peer()) {
            host.command(SERVE + "0", "\r\nOK\r\n\r\n+QIOPEN: 2,0\r\n");
            int port = emulator.datagramPort(3030);
            send(peer, port, bytes("one"));
            host.expect("\r\n+QIURC: \"recv\",2\r\n");
            send(peer, port, new byte[0]);
            send(peer, port, bytes("three"));
            Awaitility.await().until(() -> emulator.counters().payloadReceived() == 8);
            host.command("AT+QIRD=2", "\r\n+QIRD: 3," + from(peer) + "\r\none\r\n\r\nOK\r\n");
            host.command("AT+QIRD=2", "\r\n+QIRD: 0," + from(peer) + "\r\n\r\n\r\nOK\r\n");
            host.command("AT+QIRD=2,1", "\r\n+QIRD: 5," + from(peer) + "\r\nthree\r\n\r\nOK\r\n");
            host.command("AT+QIRD=2", "\r\n+QIRD: 0\r\n\r\nOK\r\n");
            send(peer, port, new byte[1600]);
            host.expect("\r\n+QIURC: \"recv\",2\r\n");
            host.write("AT+QIRD=2\r");
            host.expectMatching("\r\n\\+QIRD: 1500," + from(peer) + "\r\n\0{1500}\r\n\r\nOK\r\n");
        }
    }

    @Test
    void clientHasOnePeerAndANameForIt() throws Exception {
        try (DatagramSocket peer = peer();
                DatagramSocket stranger = peer();
                ModuleEmulator emulator = ModuleEmulator.builder()
                        .host("time.test", 123, new InetSocketAddress(LOOPBACK, peer.getLocalPort()))
                        .longDatagramsDropped(true)
                        .start();
                Host host = new Host(emulator).ready()) {
            host.command("AT+QIOPEN=1,0,\"UDP\",\"time.test\",123,0,1", "\r\nOK\r\n\r\n+QIOPEN: 0,0\r\n");
            host.send("AT+QISEND=0,3", bytes("ask"));
            host.expect("\r\nSEND OK\r\n");
            int port = receive(peer).getPort();
            send(stranger, port, bytes("no"));
            send(peer, port, new byte[1501]);
            send(peer, port, bytes("answer"));
            host.expect("\r\n+QIURC: \"recv\",0,6\r\nanswer\r\n");
            assertThat(emulator.counters().datagramsDropped()).isEqualTo(1);
            host.command("AT+QISEND=0,3,\"127.0.0.1\",9", "\r\nERROR\r\n");
            host.command("AT+QIOPEN=1,1,\"UDP\",\"nowhere\",7,0,1", "\r\nOK\r\n\r\n+QIOPEN: 1,565\r\n");
            host.command("AT+QIOPEN=1,1,\"UDP\",\"time.test\",123,0,2", "\r\nERROR\r\n");
        }
    }

    @Test
    void peerBehindADottedServiceIsSeenByThatAddress() throws Exception {
        try (DatagramSocket peer = peer();
                ModuleEmulator emulator = ModuleEmulator.builder()
                        .host("10.0.0.9", 53, new InetSocketAddress(LOOPBACK, peer.getLocalPort()))
                        .start();
                Host host = new Host(emulator).ready()) {
            host.command(SERVE + "1", "\r\nOK\r\n\r\n+QIOPEN: 2,0\r\n");
            host.send("AT+QISEND=2,3,\"10.0.0.9\",53", bytes("ask"));
            host.expect("\r\nSEND OK\r\n");
            send(peer, receive(peer).getPort(), bytes("reply"));
            host.expect("\r\n+QIURC: \"recv\",2,5,\"10.0.0.9\",53\r\nreply\r\n");
        }
    }
}
