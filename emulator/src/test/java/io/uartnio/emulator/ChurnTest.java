package io.uartnio.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.OutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Openings, closings and restarts in the midst of traffic. */
@Timeout(120)
class ChurnTest {

    private static final int CYCLES = Integer.getInteger("cycles", 40);

    @Test
    void nothingIsLeftOfSocketsThatWereClosedInTheMidstOfTraffic() throws Exception {
        byte[] block = new byte[100_000];
        try (EchoServer server = new EchoServer(socket -> {
                    OutputStream out = socket.getOutputStream();
                    while (true) {
                        out.write(block);
                    }
                });
                ModuleEmulator emulator = ModuleEmulator.builder().start();
                PushReader host = new PushReader(emulator, (id, data) -> {})) {
            host.ready();
            int files = openFiles();
            for (int cycle = 0; cycle < CYCLES; cycle++) {
                for (int id = 0; id < 12; id++) {
                    host.command("AT+QIOPEN=1," + id + ",\"TCP\",\"127.0.0.1\"," + server.port() + ",0,1", "OK");
                }
                for (int id = 0; id < 12; id++) {
                    host.command("AT+QICLOSE=" + id + ",0", "OK");
                }
            }
            assertThat(emulator.counters().currentSockets()).isZero();
            assertThat(emulator.counters().closes())
                    .isEqualTo(emulator.counters().opens());
            Awaitility.await().until(() -> server.sockets().stream().allMatch(socket -> socket.isClosed()));
            Awaitility.await().untilAsserted(() -> assertThat(openFiles()).isLessThan(files + 24));
        }
    }

    @Test
    void restartsInTheMidstOfTrafficLeaveAWorkingModule() throws Exception {
        byte[] block = new byte[100_000];
        try (EchoServer server = new EchoServer(socket -> {
                    OutputStream out = socket.getOutputStream();
                    while (true) {
                        out.write(block);
                    }
                });
                ModuleEmulator emulator =
                        ModuleEmulator.builder().urcPort("uart1").start();
                PushReader host = new PushReader(emulator, (id, data) -> {})) {
            host.await("RDY");
            for (int cycle = 0; cycle < CYCLES / 4; cycle++) {
                host.ready();
                for (int id = 0; id < 12; id++) {
                    host.command("AT+QIOPEN=1," + id + ",\"TCP\",\"127.0.0.1\"," + server.port() + ",0,1", "OK");
                }
                emulator.restart();
                host.await("RDY");
            }
            host.ready();
            assertThat(emulator.counters().currentSockets()).isZero();
        }
    }

    private static int openFiles() {
        String[] files = new File("/proc/self/fd").list();
        return files == null ? 0 : files.length;
    }
}
