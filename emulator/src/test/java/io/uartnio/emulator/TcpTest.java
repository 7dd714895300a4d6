package io.uartnio.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class TcpTest {

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void pushedDataComesBackAsItWasSent() throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator = ModuleEmulator.builder()
                        .host("example.org", 7, server.address())
                        .start();
                Host host = new Host(emulator).ready()) {
            host.command("AT+QIOPEN=1,3,\"TCP\",\"example.org\",7,0,1", "\r\nOK\r\n\r\n+QIOPEN: 3,0\r\n");
            host.send("AT+QISEND=3,5", bytes("a\r\n>b"));
            host.expectMatching(
                    "(\r\nSEND OK\r\n\r\n\\+QIURC: \"recv\",3,5\r\na\r\n>b\r\n)|(\r\n\\+QIURC: \"recv\",3,5\r\na\r\n>b\r\n\r\nSEND OK\r\n)");
            host.write("AT+QISEND=3\r");
            host.expect("\r\n> ");
            host.write("hello\u001a");
            host.expectContaining("SEND OK\r\n");
            host.expectContaining("+QIURC: \"recv\",3,5\r\nhello\r\n");
            host.clear();
            host.command("AT+QISEND=3,0", "\r\n+QISEND: 10,10,0\r\n\r\nOK\r\n");
            host.write("AT+QISTATE?\r");
            host.expectMatching("\r\n\\+QISTATE: 3,\"TCP\",\"127.0.0.1\",7,\\d+,2,1,3,1,\"uart1\"\r\n\r\nOK\r\n");
            host.command("AT+QIOPEN=1,3,\"TCP\",\"example.org\",7,0,1", "\r\nOK\r\n\r\n+QIOPEN: 3,563\r\n");
            assertThat(emulator.counters().currentSockets()).isEqualTo(1);
            host.ok("AT+QICLOSE=3");
            assertThat(emulator.counters().currentSockets()).isZero();
            host.command("AT+QIOPEN=1,3,\"TCP\",\"nowhere\",7,0,1", "\r\nOK\r\n\r\n+QIOPEN: 3,565\r\n");
            host.command("AT+QISEND=3,5", "\r\nERROR\r\n");
            host.command("AT+QIOPEN=1,12,\"TCP\",\"example.org\",7,0,1", "\r\nERROR\r\n");
            host.command("AT+QIGETERROR", "\r\n+QIGETERROR: 552,invalid parameters\r\n\r\nOK\r\n");
        }
    }

    @Test
    void closedComesAfterTheLastDataAndTheSocketWaitsForItsClose() throws Exception {
        try (EchoServer server =
                        new EchoServer(socket -> socket.getOutputStream().write(bytes("bye")));
                ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator).ready()) {
            host.command(
                    "AT+QIOPEN=1,0,\"TCP\",\"127.0.0.1\"," + server.port() + ",0,1",
                    "\r\nOK\r\n\r\n+QIOPEN: 0,0\r\n\r\n+QIURC: \"recv\",0,3\r\nbye\r\n\r\n+QIURC: \"closed\",0\r\n");
            host.write("AT+QISTATE=1,0\r");
            host.expectMatching(".*,4,1,0,1,\"uart1\"\r\n\r\nOK\r\n");
            host.command("AT+QISEND=0,5", "\r\nERROR\r\n");
            host.ok("AT+QICLOSE=0,1");
            host.command("AT+QISTATE?", "\r\nOK\r\n");
        }
    }

    @Test
    void bufferedDataIsAnnouncedOnceAndReadInParts() throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator).ready()) {
            host.command(
                    "AT+QIOPEN=1,0,\"TCP\",\"127.0.0.1\"," + server.port() + ",0,0", "\r\nOK\r\n\r\n+QIOPEN: 0,0\r\n");
            host.command("AT+QIRD=0,1500", "\r\n+QIRD: 0\r\n\r\nOK\r\n");
            host.send("AT+QISEND=0,5", bytes("hello"));
            host.expectMatching("(?=.*SEND OK\r\n).*\r\n\\+QIURC: \"recv\",0\r\n.*");
            host.command("AT+QIRD=0,0", "\r\n+QIRD: 5,0,5\r\n\r\nOK\r\n");
            host.command("AT+QIRD=0,2", "\r\n+QIRD: 2\r\nhe\r\n\r\nOK\r\n");
            host.send("AT+QISEND=0,1", bytes("!"));
            host.expect("\r\nSEND OK\r\n");
            Awaitility.await().until(() -> emulator.counters().payloadReceived() == 6);
            host.command("AT+QIRD=0", "\r\n+QIRD: 4\r\nllo!\r\n\r\nOK\r\n");
            host.command("AT+QIRD=0", "\r\n+QIRD: 0\r\n\r\nOK\r\n");
            host.send("AT+QISEND=0,1", bytes("x"));
            host.expectMatching("(?=.*SEND OK\r\n).*\r\n\\+QIURC: \"recv\",0\r\n.*");
            server.socket(0).close();
            host.expect("\r\n+QIURC: \"closed\",0\r\n");
            host.command("AT+QIRD=0", "\r\n+QIRD: 1\r\nx\r\n\r\nOK\r\n");
            host.ok("AT+QICLOSE=0");
        }
    }

    @Test
    void whatWasAcceptedLeavesBeforeTheClose() throws Exception {
        CompletableFuture<byte[]> got = new CompletableFuture<>();
        CountDownLatch read = new CountDownLatch(1);
        byte[] content = new byte[200 * 1460];
        new Random(5).nextBytes(content);
        try (EchoServer server = new EchoServer(socket -> {
                    try {
                        read.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    got.complete(socket.getInputStream().readAllBytes());
                });
                ModuleEmulator emulator = ModuleEmulator.builder().start();
                PushReader host = new PushReader(emulator, (id, data) -> {})) {
            host.ready();
            host.command("AT+QIOPEN=1,0,\"TCP\",\"127.0.0.1\"," + server.port() + ",0,1", "OK");
            host.await("+QIOPEN: 0,0");
            int accepted = 0;
            String result = "SEND OK";
            while (result.equals("SEND OK") && accepted < content.length) {
                host.command("AT+QISEND=0,1460", ">");
                host.write(Arrays.copyOfRange(content, accepted, accepted + 1460));
                result = host.await("SEND OK", "SEND FAIL");
                accepted += result.equals("SEND OK") ? 1460 : 0;
            }
            host.write(bytes("AT+QICLOSE=0,20\r"));
            read.countDown();
            assertThat(got.get(60, TimeUnit.SECONDS)).isEqualTo(Arrays.copyOf(content, accepted));
            host.await("OK");
        }
    }
}
