package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.uartnio.contract.SilentAddress;
import io.uartnio.emulator.ModuleEmulator;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Virtual threads with one carrier between them, in a JVM of its own: the scheduler is set up once. */
@EnabledOnOs(OS.LINUX)
@EnabledForJreRange(min = JRE.JAVA_21)
class VirtualThreadsTest {

    @TempDir
    private Path directory;

    @Test
    void socketsThatWaitHoldNoCarrier() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (ModuleEmulator emulator = Bench.emulator().start();
                PeerServer echo = PeerServer.echo();
                PeerServer mute = new PeerServer(connection -> awaitQuietly(end));
                SilentAddress silent = new SilentAddress()) {
            String printed = new ForkedJvm(directory)
                    .option("-Djdk.virtualThreadScheduler.parallelism=1")
                    .option("-Djdk.virtualThreadScheduler.maxPoolSize=1")
                    .run(
                            VirtualThreadsProgram.class,
                            emulator.portName(),
                            echo.port(),
                            mute.port(),
                            silent.open().getPort());
            assertThat(printed).contains("done");
        } finally {
            end.countDown();
        }
    }

    private static void awaitQuietly(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
