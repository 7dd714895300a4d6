package io.uartnio.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.uartnio.emulator.MemoryLine.Signal;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The line in memory: bytes, flow control that holds, and the control lines as the AT manual has them. */
@Timeout(120)
class MemoryLineTest {

    private static String transparent(EchoServer server) {
        return "AT+QIOPEN=1,0,\"TCP\",\"127.0.0.1\"," + server.port() + ",0,2";
    }

    @Test
    void commandsAndMuchDataCrossItUnchanged() throws Exception {
        byte[] content = new byte[3_000_000];
        new Random(5).nextBytes(content);
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator = ModuleEmulator.builder().startInMemory();
                Host host = new Host(emulator.line(), true).ready()) {
            host.ok("AT+IFC=2,2");
            host.command(transparent(server), "\r\nCONNECT\r\n");
            host.write(content);
            await().atMost(60, TimeUnit.SECONDS).until(() -> host.count() == content.length);
            assertThat(TcpTest.bytes(host.all())).isEqualTo(content);
            assertThat(emulator.counters().bytesOverrun()).isZero();
        }
    }

    @Test
    void aFrozenModuleLowersCtsAndHoldsTheWriter() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().startInMemory();
                Host host = new Host(emulator.line(), true).ready()) {
            host.ok("AT+IFC=2,2");
            MemoryLine line = emulator.line();
            assertThat(line.isAsserted(Signal.CTS)).isTrue();
            emulator.freeze();
            byte[] lines = new byte[300_000];
            Arrays.fill(lines, (byte) '\r');
            CompletableFuture<Throwable> writing =
                    CompletableFuture.supplyAsync(() -> catchThrowable(() -> line.write(lines, 0, lines.length)));
            await().until(() -> !line.isAsserted(Signal.CTS));
            assertThat(writing).isNotDone();
            assertThat(line.awaitIdle(10)).isFalse();
            emulator.unfreeze();
            assertThat(writing.get(60, TimeUnit.SECONDS)).isNull();
            assertThat(line.awaitIdle(60_000)).isTrue();
            assertThat(emulator.counters().bytesFromHost()).isGreaterThan(lines.length);
            host.ok("AT");
        }
    }

    @Test
    void theModuleSendsNothingWhileTheHostHoldsRts() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().startInMemory();
                Host host = new Host(emulator.line(), false).ready()) {
            host.ok("AT+IFC=2,2");
            MemoryLine line = emulator.line();
            assertThat(line.setAsserted(Signal.RTS, false)).isTrue();
            assertThat(line.isAsserted(Signal.RTS)).isFalse();
            long before = emulator.counters().bytesFromHost();
            host.write("AT\r");
            await().until(() -> emulator.counters().bytesFromHost() == before + 3);
            host.write("AT\r");
            await().until(() -> emulator.counters().bytesFromHost() == before + 6);
            assertThat(host.count()).isZero();
            line.setAsserted(Signal.RTS, true);
            host.expect("\r\nOK\r\n\r\nOK\r\n");
        }
    }

    @Test
    void aBusyListenerHoldsTheModuleBackAndItsPeerToo() throws Exception {
        byte[] content = new byte[2_000_000];
        new Random(6).nextBytes(content);
        CountDownLatch busy = new CountDownLatch(1);
        AtomicInteger sent = new AtomicInteger();
        try (EchoServer server = new EchoServer(socket -> {
                    socket.setSendBufferSize(64 * 1024);
                    OutputStream out = socket.getOutputStream();
                    for (int at = 0; at < content.length; at += 1000) {
                        out.write(content, at, 1000);
                        sent.addAndGet(1000);
                    }
                    EchoServer.echo(socket);
                });
                ModuleEmulator emulator = ModuleEmulator.builder().startInMemory()) {
            MemoryLine line = emulator.line();
            AtomicReference<Host> host = new AtomicReference<>();
            host.set(new Host(new Host.Sink() {
                @Override
                public void write(byte[] bytes) throws IOException {
                    line.write(bytes, 0, bytes.length);
                }

                @Override
                public void close() {
                    line.close();
                }
            }));
            line.open(115_200, true, new MemoryLine.Listener() {
                @Override
                public void onReceived(byte[] buffer, int offset, int length) {
                    host.get().received(buffer, offset, length);
                    if (host.get().all().contains("CONNECT")) {
                        assertThat(catchThrowable(busy::await)).isNull();
                    }
                }

                @Override
                public void onClosed(IOException cause) {}
            });
            host.get().ready();
            host.get().ok("AT+IFC=2,2");
            host.get().write(transparent(server) + "\r");
            await().until(() -> !line.isAsserted(Signal.RTS) && sent.get() > 0);
            await().during(200, TimeUnit.MILLISECONDS).until(sent::get, count -> count < content.length);
            busy.countDown();
            String connect = "\r\nCONNECT\r\n";
            await().until(() -> host.get().count() == connect.length() + content.length);
            assertThat(TcpTest.bytes(host.get().all().substring(connect.length())))
                    .isEqualTo(content);
            assertThat(emulator.counters().bytesOverrun()).isZero();
        }
    }

    @Test
    void withoutFlowControlWhatFindsNoRoomIsLostAndCounted() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().startInMemory();
                Host host = new Host(emulator.line(), true).ready()) {
            emulator.freeze();
            host.write(new byte[100_000]);
            assertThat(emulator.counters().bytesOverrun()).isPositive();
            assertThat(emulator.line().isAsserted(Signal.CTS)).isTrue();
        }
    }

    @Test
    void dcdFollowsTheDataConnectionUnlessItIsAlwaysOn() throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator = ModuleEmulator.builder().startInMemory();
                Host host = new Host(emulator.line(), true).ready()) {
            MemoryLine line = emulator.line();
            assertThat(line.isAsserted(Signal.DCD)).isFalse();
            host.ok("AT&C0");
            assertThat(line.isAsserted(Signal.DCD)).isTrue();
            host.ok("AT&C1");
            assertThat(line.isAsserted(Signal.DCD)).isFalse();
            host.command(transparent(server), "\r\nCONNECT\r\n");
            assertThat(line.isAsserted(Signal.DCD)).isTrue();
            host.write("data");
            host.expect("data");
            server.socket(0).close();
            host.expect("\r\nNO CARRIER\r\n");
            assertThat(line.isAsserted(Signal.DCD)).isFalse();
        }
    }

    @Test
    void dcdMayFallBehindTheNoCarrierAsWell() throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator =
                        ModuleEmulator.builder().dcdFallsAfterNoCarrier(true).startInMemory();
                Host host = new Host(emulator.line(), true).ready()) {
            host.command(transparent(server), "\r\nCONNECT\r\n");
            server.socket(0).close();
            host.expect("\r\nNO CARRIER\r\n");
            await().until(() -> !emulator.line().isAsserted(Signal.DCD));
        }
    }

    @Test
    void aDroppedDtrLeavesDataModeBehindAllThatWasWrittenBefore() throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator = ModuleEmulator.builder().startInMemory();
                Host host = new Host(emulator.line(), true).ready()) {
            MemoryLine line = emulator.line();
            host.ok("AT&D1");
            host.command(transparent(server), "\r\nCONNECT\r\n");
            host.write("+++ and more data AT\r");
            line.setAsserted(Signal.DTR, false);
            host.expectContaining("\r\nOK\r\n");
            assertThat(line.isAsserted(Signal.DCD)).isFalse();
            host.write("AT+QISTATE=1,0\r");
            host.expectMatching(".*\r\n\\+QISTATE: 0,.*,2,1,0,0,\"uart1\"\r\n\r\nOK\r\n");
            line.setAsserted(Signal.DTR, true);
            await().until(() -> emulator.counters().payloadReceived() == 21);
            host.clear();
            host.write("AT+QIRD=0,1500\r");
            host.expectContaining("OK\r\n");
            host.clear();
            host.command("ATO", "\r\nCONNECT\r\n");
            host.write("again");
            host.expectContaining("again");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDroppedDtrDropsTheConnectionAtTheFactory(boolean noCarrier) throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator = ModuleEmulator.builder()
                        .noCarrierAfterDtrDrop(noCarrier)
                        .startInMemory();
                Host host = new Host(emulator.line(), true).ready()) {
            host.command(transparent(server), "\r\nCONNECT\r\n");
            emulator.line().setAsserted(Signal.DTR, false);
            host.expect(noCarrier ? "\r\nNO CARRIER\r\n" : "\r\nOK\r\n");
            assertThat(emulator.line().isAsserted(Signal.DCD)).isFalse();
            await().until(() -> server.socket(0).isClosed());
            host.command("ATO", "\r\nNO CARRIER\r\n");
            host.ok("AT+QICLOSE=0,1");
        }
    }

    @Test
    void aDroppedDtrMeansNothingWithD0OrOutsideDataMode() throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator = ModuleEmulator.builder().startInMemory();
                Host host = new Host(emulator.line(), true).ready()) {
            MemoryLine line = emulator.line();
            line.setAsserted(Signal.DTR, false);
            host.ok("AT&D0");
            host.command(transparent(server), "\r\nCONNECT\r\n");
            line.setAsserted(Signal.DTR, true);
            line.setAsserted(Signal.DTR, false);
            host.write("data");
            host.expect("data");
        }
    }

    @Test
    void theEndOfTheEmulatorIsALostLink() throws Exception {
        CompletableFuture<IOException> cause = new CompletableFuture<>();
        ModuleEmulator emulator = ModuleEmulator.builder().startInMemory();
        MemoryLine line = emulator.line();
        line.open(115_200, true, new MemoryLine.Listener() {
            @Override
            public void onReceived(byte[] buffer, int offset, int length) {}

            @Override
            public void onClosed(IOException why) {
                cause.complete(why);
            }
        });
        emulator.close();
        assertThat(cause.get(60, TimeUnit.SECONDS)).hasMessageContaining("link lost");
        await().until(() -> !line.isOpen());
        assertThatThrownBy(() -> line.write(new byte[1], 0, 1)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> line.open(1, true, null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void aTerminalHasNoLineInMemory() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().start()) {
            assertThatThrownBy(emulator::line).isInstanceOf(IllegalStateException.class);
        }
    }
}
