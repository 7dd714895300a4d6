package io.uartnio.emulator;

import static io.uartnio.emulator.TcpTest.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class ServerTest {

    private static final String LISTEN = "AT+QIOPEN=1,2,\"TCP LISTENER\",\"127.0.0.1\",0,2020,";

    private static Socket connect(ModuleEmulator emulator) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), emulator.listeningPort(2020));
    }

    private static String incoming(int id, Socket peer) {
        return "\r\n+QIURC: \"incoming\"," + id + ",2,\"127.0.0.1\"," + peer.getLocalPort() + "\r\n";
    }

    @Test
    void acceptedConnectionIsAnnouncedAndPushesInItsListenersMode() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator).ready()) {
            host.command(LISTEN + "1", "\r\nOK\r\n\r\n+QIOPEN: 2,0\r\n");
            host.command(
                    "AT+QISTATE=1,2",
                    "\r\n+QISTATE: 2,\"TCP LISTENER\",\"127.0.0.1\",0,2020,3,1,2,1,\"uart1\"\r\n\r\nOK\r\n");
            try (Socket peer = connect(emulator)) {
                host.expect(incoming(11, peer));
                peer.getOutputStream().write(bytes("hello"));
                host.expect("\r\n+QIURC: \"recv\",11,5\r\nhello\r\n");
                host.send("AT+QISEND=11,3", bytes("you"));
                host.expect("\r\nSEND OK\r\n");
                assertThat(peer.getInputStream().readNBytes(3)).isEqualTo(bytes("you"));
                host.command(
                        "AT+QISTATE=1,11",
                        "\r\n+QISTATE: 11,\"TCP INCOMING\",\"127.0.0.1\"," + peer.getLocalPort()
                                + ",2020,2,1,2,1,\"uart1\"\r\n\r\nOK\r\n");
                try (Socket second = connect(emulator)) {
                    host.expect(incoming(10, second));
                }
                host.expect("\r\n+QIURC: \"closed\",10\r\n");
                host.ok("AT+QICLOSE=10");
                host.ok("AT+QICLOSE=2");
                assertThatThrownBy(() -> emulator.listeningPort(2020)).isInstanceOf(IllegalStateException.class);
                peer.getOutputStream().write(bytes("still here"));
                host.expect("\r\n+QIURC: \"recv\",11,10\r\nstill here\r\n");
                host.ok("AT+QICLOSE=11,1");
                assertThat(peer.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void acceptedConnectionMayBeInBufferModeWhateverItsListenerIs() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder()
                        .incomingInBufferMode(true)
                        .incomingIdsFromBottom(true)
                        .incomingDelay(Duration.ofMillis(20))
                        .start();
                Host host = new Host(emulator).ready()) {
            host.command(LISTEN + "1", "\r\nOK\r\n\r\n+QIOPEN: 2,0\r\n");
            try (Socket peer = connect(emulator)) {
                peer.getOutputStream().write(bytes("hello"));
                host.expect(incoming(0, peer) + "\r\n+QIURC: \"recv\",0\r\n");
                host.command("AT+QIRD=0,1500", "\r\n+QIRD: 5\r\nhello\r\n\r\nOK\r\n");
            }
            host.expect("\r\n+QIURC: \"closed\",0\r\n");
        }
    }

    @Test
    void twelveSocketsAreAllThereAre() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator).ready()) {
            host.command(LISTEN + "0", "\r\nOK\r\n\r\n+QIOPEN: 2,0\r\n");
            Socket[] peers = new Socket[12];
            for (int i = 0; i < 11; i++) {
                peers[i] = connect(emulator);
                int id = 11 - i;
                host.expect(incoming(id > 2 ? id : id - 1, peers[i]));
            }
            peers[11] = connect(emulator);
            host.expect("\r\n+QIURC: \"incoming full\"\r\n");
            assertThat(peers[11].getInputStream().read()).isEqualTo(-1);
            for (Socket peer : peers) {
                peer.close();
            }
        }
    }

    @Test
    void portIsOneListenersAndAnEarlierIndexAnotherOnes() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator).ready()) {
            host.command(LISTEN + "0", "\r\nOK\r\n\r\n+QIOPEN: 2,0\r\n");
            host.command("AT+QIOPEN=1,3,\"TCP LISTENER\",\"127.0.0.1\",0,2020,0", "\r\nOK\r\n\r\n+QIOPEN: 3,556\r\n");
            host.command("AT+QIOPEN=1,2,\"TCP LISTENER\",\"127.0.0.1\",0,2021,0", "\r\nOK\r\n\r\n+QIOPEN: 2,563\r\n");
            host.command("AT+QIOPEN=1,3,\"TCP LISTENER\",\"127.0.0.1\",0,0,0", "\r\nERROR\r\n");
            host.command("AT+QISEND=2,1", "\r\nERROR\r\n");
            host.command("AT+QIRD=2,1", "\r\nERROR\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void restartForgetsListenersAndTheirConnections(boolean push) throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator).ready()) {
            host.command(LISTEN + (push ? 1 : 0), "\r\nOK\r\n\r\n+QIOPEN: 2,0\r\n");
            try (Socket peer = connect(emulator)) {
                host.expect(incoming(11, peer));
                emulator.restart();
                assertThat(peer.getInputStream().read()).isEqualTo(-1);
            }
            assertThatThrownBy(() -> emulator.listeningPort(2020)).isInstanceOf(IllegalStateException.class);
        }
    }
}
