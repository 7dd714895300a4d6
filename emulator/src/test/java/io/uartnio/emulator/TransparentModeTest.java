package io.uartnio.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class TransparentModeTest {

    @Test
    void everyByteIsDataUntilTheEscapeWithItsGuards() throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator).ready()) {
            host.command("AT+QIOPEN=1,2,\"TCP\",\"127.0.0.1\"," + server.port() + ",0,2", "\r\nCONNECT\r\n");
            host.write("AT\r+++x");
            host.expect("AT\r+++x");
            // Silence, the sequence, silence: the guards are real time.
            Thread.sleep(1100);
            host.write("+++");
            host.expect("\r\nOK\r\n");
            host.write("AT+QISTATE=1,2\r");
            host.expectMatching(".*,2,1,2,0,\"uart1\"\r\n\r\nOK\r\n");
            host.command("ATO", "\r\nCONNECT\r\n");
            host.write("again");
            host.expect("again");
            server.socket(0).close();
            host.expect("\r\nNO CARRIER\r\n");
            host.command("ATO", "\r\nNO CARRIER\r\n");
            host.ok("AT+QICLOSE=2");
        }
    }

    @Test
    void aSwitchToTransparentModeGivesOutWhatWasBuffered() throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator).ready()) {
            host.command(
                    "AT+QIOPEN=1,0,\"TCP\",\"127.0.0.1\"," + server.port() + ",0,0", "\r\nOK\r\n\r\n+QIOPEN: 0,0\r\n");
            host.send("AT+QISEND=0,3", TcpTest.bytes("abc"));
            host.expectMatching("(?=.*SEND OK\r\n).*\r\n\\+QIURC: \"recv\",0\r\n.*");
            host.command("AT+QISWTMD=0,2", "\r\nCONNECT\r\nabc");
            byte[] all = new byte[256];
            for (int i = 0; i < 256; i++) {
                all[i] = (byte) i;
            }
            host.write(all);
            host.expect(new String(all, java.nio.charset.StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    void anOpenThatFailsIsAnError() throws Exception {
        // Bound, so that the port is nobody else's meanwhile, and never listening.
        try (Socket nobody = new Socket();
                ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator).ready()) {
            nobody.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int port = nobody.getLocalPort();
            host.command("AT+QIOPEN=1,2,\"TCP\",\"127.0.0.1\"," + port + ",0,2", "\r\nERROR\r\n");
            host.command("AT+QIGETERROR", "\r\n+QIGETERROR: 566,socket connect failed\r\n\r\nOK\r\n");
            host.command("AT+QIOPEN=1,2,\"TCP\",\"127.0.0.1\"," + port + ",0,1", "\r\nOK\r\n\r\n+QIOPEN: 2,566\r\n");
            Awaitility.await().until(() -> emulator.counters().currentSockets() == 0);
            assertThat(emulator.counters().opens()).isZero();
        }
    }
}
