package io.uartnio.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class TlsTest {

    private static final Certificates CERTIFICATES = new Certificates();
    private static final String FAILED = "\r\nOK\r\n\r\n+QSSLOPEN: 0,566\r\n";
    private static final String OPENED = "\r\nOK\r\n\r\n+QSSLOPEN: 0,0\r\n";

    private final List<String> seen = new CopyOnWriteArrayList<>();

    private EchoServer server(boolean clientAuth) throws Exception {
        return new EchoServer(CERTIFICATES.serverSocket(clientAuth), this::handle);
    }

    private void handle(Socket socket) throws IOException {
        SSLSocket tls = (SSLSocket) socket;
        tls.startHandshake();
        ExtendedSSLSession session = (ExtendedSSLSession) tls.getSession();
        seen.add(session.getProtocol() + " " + session.getCipherSuite() + " " + session.getRequestedServerNames());
        EchoServer.echo(socket);
    }

    private static ModuleEmulator emulator(EchoServer server) throws IOException {
        return ModuleEmulator.builder()
                .host("example.org", 443, server.address())
                .start();
    }

    private static void upload(Host host, String name, byte[] content) {
        host.write("AT+QFUPL=\"" + name + "\"," + content.length + ",5\r");
        host.expect("\r\nCONNECT\r\n");
        host.write(content);
        host.expect(
                "\r\n+QFUPL: " + content.length + "," + FileStore.checksum(content, content.length) + "\r\n\r\nOK\r\n");
    }

    private static final String OPEN = "AT+QSSLOPEN=1,1,0,\"example.org\",443,1";

    @Test
    void aServerOfTheUploadedAuthorityIsTrustedWhateverItsName() throws Exception {
        try (EchoServer server = server(false);
                ModuleEmulator emulator = emulator(server);
                Host host = new Host(emulator).ready()) {
            host.ok("AT+QSSLCFG=\"sslversion\",1,3");
            host.ok("AT+QSSLCFG=\"ciphersuite\",1,0XC02F");
            host.ok("AT+QSSLCFG=\"seclevel\",1,1");
            host.ok("AT+QSSLCFG=\"sni\",1,1");
            host.ok("AT+QSSLCFG=\"cacert\",1,\"UFS:ca.pem\"");
            host.command("AT+QSSLCFG=\"cacert\",1", "\r\n+QSSLCFG: \"cacert\",1,\"UFS:ca.pem\"\r\n\r\nOK\r\n");
            host.command("AT+QSSLCFG=\"ciphersuite\",1", "\r\n+QSSLCFG: \"ciphersuite\",1,0XC02F\r\n\r\nOK\r\n");
            host.command(OPEN, FAILED);
            upload(host, "ca.pem", Certificates.pem(CERTIFICATES.ca));
            host.command(OPEN, OPENED);
            host.send("AT+QSSLSEND=0,4", TcpTest.bytes("ping"));
            host.expectContaining("\r\nSEND OK\r\n");
            host.expectContaining("\r\n+QSSLURC: \"recv\",0,4\r\nping\r\n");
            host.clear();
            host.write("AT+QSSLSTATE\r");
            host.expectMatching(
                    "\r\n\\+QSSLSTATE: 0,\"SSLClient\",\"127.0.0.1\",443,\\d+,2,1,0,1,\"uart1\",1\r\n\r\nOK\r\n");
            host.ok("AT+QSSLCLOSE=0");
            assertThat(seen).hasSize(1);
            assertThat(seen.get(0))
                    .startsWith("TLSv1.2 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")
                    .contains("example.org");
        }
    }

    @Test
    void aServerOfAnotherAuthorityIsRefusedUnlessNobodyAsks() throws Exception {
        try (EchoServer server = server(false);
                ModuleEmulator emulator = emulator(server);
                Host host = new Host(emulator).ready()) {
            upload(host, "ca.pem", Certificates.pem(new Certificates().ca));
            host.ok("AT+QSSLCFG=\"cacert\",1,\"ca.pem\"");
            host.ok("AT+QSSLCFG=\"seclevel\",1,1");
            host.command(OPEN, FAILED);
            host.command("AT+QIGETERROR", "\r\n+QIGETERROR: 566,socket connect failed\r\n\r\nOK\r\n");
            host.ok("AT+QSSLCFG=\"seclevel\",1,0");
            host.command(OPEN, OPENED);
        }
    }

    @Test
    void validityIsJudgedByTheModulesOwnClock() throws Exception {
        try (EchoServer server = server(false);
                ModuleEmulator emulator = emulator(server);
                Host host = new Host(emulator).ready()) {
            upload(host, "ca.pem", Certificates.pem(CERTIFICATES.ca));
            host.ok("AT+QSSLCFG=\"cacert\",1,\"ca.pem\"");
            host.ok("AT+QSSLCFG=\"seclevel\",1,1");
            host.ok("AT+QSSLCFG=\"ignorelocaltime\",1,0");
            host.command(OPEN, FAILED);
            String now = DateTimeFormatter.ofPattern("yy/MM/dd,HH:mm:ss").format(ZonedDateTime.now(ZoneOffset.UTC));
            host.ok("AT+CCLK=\"" + now + "+00\"");
            host.command(OPEN, OPENED);
        }
    }

    @Test
    void aClientCertificateIsShownAtLevelTwo() throws Exception {
        try (EchoServer server = server(true);
                ModuleEmulator emulator = emulator(server);
                Host host = new Host(emulator).ready()) {
            upload(host, "ca.pem", Certificates.pem(CERTIFICATES.ca));
            upload(host, "cert.pem", Certificates.pem(CERTIFICATES.client));
            upload(host, "key.pem", Certificates.pem(CERTIFICATES.clientKey.getPrivate()));
            host.ok("AT+QSSLCFG=\"cacert\",1,\"ca.pem\"");
            host.ok("AT+QSSLCFG=\"clientcert\",1,\"cert.pem\"");
            host.ok("AT+QSSLCFG=\"clientkey\",1,\"key.pem\"");
            host.ok("AT+QSSLCFG=\"seclevel\",1,1");
            host.command(OPEN, FAILED);
            host.ok("AT+QSSLCFG=\"seclevel\",1,2");
            host.command(OPEN, OPENED);
        }
    }

    @Test
    void aContextIsAsNewBehindItsLastConnectionIfToldSo() throws Exception {
        try (EchoServer server = server(false);
                ModuleEmulator emulator = ModuleEmulator.builder()
                        .host("example.org", 443, server.address())
                        .sslContextForgets(true)
                        .start();
                Host host = new Host(emulator).ready()) {
            host.ok("AT+QSSLCFG=\"sni\",1,1");
            host.command(OPEN, OPENED);
            host.command(OPEN.replace("1,1,0", "1,1,3"), OPENED.replace("0,0", "3,0"));
            host.ok("AT+QSSLCLOSE=0");
            host.command("AT+QSSLCFG=\"sni\",1", "\r\n+QSSLCFG: \"sni\",1,1\r\n\r\nOK\r\n");
            host.ok("AT+QSSLCLOSE=3");
            host.command("AT+QSSLCFG=\"sni\",1", "\r\n+QSSLCFG: \"sni\",1,0\r\n\r\nOK\r\n");
        }
    }

    @Test
    void valuesOutOfRangeAreRefused() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator).ready()) {
            for (String bad : List.of(
                    "\"sslversion\",1,5",
                    "\"sslversion\",6,3",
                    "\"ciphersuite\",1,0X1301",
                    "\"seclevel\",0,3",
                    "\"negotiatetime\",0,9",
                    "\"sni\",0,2",
                    "\"nosuch\",0,1")) {
                host.command("AT+QSSLCFG=" + bad, "\r\nERROR\r\n");
                host.command("AT+QIGETERROR", "\r\n+QIGETERROR: 552,invalid parameters\r\n\r\nOK\r\n");
            }
            host.command("AT+QSSLCFG=\"negotiatetime\",0", "\r\n+QSSLCFG: \"negotiatetime\",0,300\r\n\r\nOK\r\n");
        }
    }

    @Test
    void bufferedDataIsReadAfterThePeerHasGone() throws Exception {
        try (EchoServer server = new EchoServer(
                        CERTIFICATES.serverSocket(false),
                        socket -> socket.getOutputStream().write(TcpTest.bytes("bye")));
                ModuleEmulator emulator = emulator(server);
                Host host = new Host(emulator).ready()) {
            host.command(
                    "AT+QSSLOPEN=1,0,5,\"example.org\",443,0",
                    "\r\nOK\r\n\r\n+QSSLOPEN: 5,0\r\n\r\n+QSSLURC: \"recv\",5\r\n\r\n+QSSLURC: \"closed\",5\r\n");
            host.command("AT+QSSLRECV=5,1500", "\r\n+QSSLRECV: 3\r\nbye\r\n\r\nOK\r\n");
            host.command("AT+QSSLRECV=5,1500", "\r\n+QSSLRECV: 0\r\n\r\nOK\r\n");
            host.ok("AT+QSSLCLOSE=5,0");
        }
    }

    @Test
    void aTlsSocketIsSwitchedFromModeToModeLikeAnother() throws Exception {
        try (EchoServer server = server(false);
                ModuleEmulator emulator = ModuleEmulator.builder()
                        .host("example.org", 443, server.address())
                        .startInMemory();
                Host host = new Host(emulator.line(), true).ready()) {
            host.ok("AT&D1");
            host.command("AT+QSSLOPEN=1,0,3,\"example.org\",443,0", OPENED.replace("0,0", "3,0"));
            host.send("AT+QSSLSEND=3,3", TcpTest.bytes("abc"));
            host.expectContaining("\r\nSEND OK\r\n");
            host.expectContaining("\r\n+QSSLURC: \"recv\",3\r\n");
            host.clear();
            host.command("AT+QISWTMD=3,1", "\r\nOK\r\n\r\n+QSSLURC: \"recv\",3,3\r\nabc\r\n");
            host.ok("AT+QISWTMD=3,0");
            host.command("AT+QISWTMD=3,2", "\r\nCONNECT\r\n");
            host.write("stream");
            host.expect("stream");
            emulator.line().setAsserted(MemoryLine.Signal.DTR, false);
            host.expect("\r\nOK\r\n");
            host.write("AT+QSSLSTATE=3\r");
            host.expectMatching(".*,2,1,3,0,\"uart1\",0\r\n\r\nOK\r\n");
            host.command("ATO", "\r\nCONNECT\r\n");
            server.socket(0).close();
            host.expect("\r\nNO CARRIER\r\n");
            host.ok("AT+QSSLCLOSE=3,1");
        }
    }
}
