package io.uartnio.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** SIM, network, restarts and the end. */
@Timeout(120)
class LifeTest {

    private static final String BANNER = Stream.of(
                    "RDY", "+CFUN: 1", "+CPIN: READY", "+QUSIM: 1", "+QIND: SMS DONE", "+QIND: PB DONE")
            .collect(Collectors.joining("\r\n\r\n", "\r\n", "\r\n"));

    @Test
    void noCardIsError10() throws Exception {
        try (ModuleEmulator emulator =
                        ModuleEmulator.builder().sim(SimState.NOT_INSERTED).start();
                Host host = new Host(emulator)) {
            host.command("ATE0", "ATE0\r\r\nOK\r\n");
            host.command("AT+CPIN?", "\r\n+CME ERROR: 10\r\n");
            host.ok("AT+CMEE=2");
            host.command("AT+CPIN?", "\r\n+CME ERROR: SIM not inserted\r\n");
            host.ok("AT+CMEE=0");
            host.command("AT+CPIN?", "\r\nERROR\r\n");
            host.command("AT+CREG?", "\r\n+CREG: 0,0\r\n\r\nOK\r\n");
            host.command("AT+QIACT=1", "\r\nERROR\r\n");
            host.command("AT+QIGETERROR", "\r\n+QIGETERROR: 561,open PDP context failed\r\n\r\nOK\r\n");
        }
    }

    @Test
    void aPinOpensTheCardAndWrongOnesBlockIt() throws Exception {
        try (ModuleEmulator emulator =
                        ModuleEmulator.builder().sim("4321", 2).urcPort("uart1").start();
                Host host = new Host(emulator)) {
            host.expect("\r\nRDY\r\n\r\n+CFUN: 1\r\n");
            host.command("ATE0&W", "ATE0&W\r\r\nOK\r\n");
            host.command("AT+CPIN?", "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n");
            host.command("AT+CPIN=1111", "\r\n+CME ERROR: 16\r\n");
            host.command(
                    "AT+CPIN=\"4321\"",
                    "\r\nOK\r\n\r\n+CPIN: READY\r\n\r\n+QUSIM: 1\r\n\r\n+QIND: SMS DONE\r\n\r\n+QIND: PB DONE\r\n");
            host.command("AT+CPIN?", "\r\n+CPIN: READY\r\n\r\nOK\r\n");
            emulator.restart();
            host.expect("\r\nRDY\r\n\r\n+CFUN: 1\r\n");
            host.command("AT+CPIN=1111", "\r\n+CME ERROR: 16\r\n");
            host.command("AT+CPIN=1111", "\r\n+CME ERROR: 12\r\n");
            host.command("AT+CPIN?", "\r\n+CPIN: SIM PUK\r\n\r\nOK\r\n");
        }
    }

    @Test
    void registrationTakesItsTimeAndIsAnnounced() throws Exception {
        long millis = 300;
        // Until it takes longer than this machine does to ask.
        while (!isAnnouncedAfter(Duration.ofMillis(millis))) {
            millis *= 4;
            assertThat(millis).isLessThan(30_000);
        }
    }

    /** Returns false if the module was registered before it was asked. */
    private static boolean isAnnouncedAfter(Duration delay) throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder()
                        .registrationDelay(delay)
                        .urcPort("uart1")
                        .pdpActiveAtBoot(true)
                        .start();
                Host host = new Host(emulator)) {
            host.expect(BANNER);
            host.command("ATE0", "ATE0\r\r\nOK\r\n");
            host.write("AT+CEREG=1;+CEREG?\r");
            host.expectContaining("\r\nOK\r\n");
            if (host.all().contains("\r\n+CEREG: 1,1\r\n")) {
                return false;
            }
            host.expectContaining("\r\n+CEREG: 1,2\r\n\r\nOK\r\n");
            host.expectContaining("\r\n+CEREG: 1\r\n");
            host.clear();
            host.command("AT+CEREG?", "\r\n+CEREG: 1,1\r\n\r\nOK\r\n");
            host.command("AT+QIACT?", "\r\n+QIACT: 1,1,1,\"10.7.157.1\"\r\n\r\nOK\r\n");
            return true;
        }
    }

    @Test
    void aRefusingNetworkShowsInItsCodes() throws Exception {
        try (ModuleEmulator emulator =
                        ModuleEmulator.builder().registrationDenied(true).start();
                Host host = new Host(emulator)) {
            host.command("ATE0", "ATE0\r\r\nOK\r\n");
            host.command("AT+CREG?", "\r\n+CREG: 0,3\r\n\r\nOK\r\n");
        }
        try (ModuleEmulator emulator = ModuleEmulator.builder().pdpRefused(true).start();
                Host host = new Host(emulator)) {
            host.command("ATE0", "ATE0\r\r\nOK\r\n");
            host.command("AT+QIACT=1", "\r\nERROR\r\n");
            host.command("AT+QIOPEN=1,0,\"TCP\",\"127.0.0.1\",80,0,1", "\r\nERROR\r\n");
        }
    }

    @Test
    void aRestartForgetsAllThatWasNotSaved() throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator).ready()) {
            host.command(
                    "AT+QIOPEN=1,0,\"TCP\",\"127.0.0.1\"," + server.port() + ",0,1", "\r\nOK\r\n\r\n+QIOPEN: 0,0\r\n");
            emulator.restart();
            host.expect(BANNER);
            assertThat(emulator.counters().currentSockets()).isZero();
            Awaitility.await().until(() -> server.socket(0).isClosed());
            host.command("AT", "AT\r\r\nOK\r\n");
            host.command("ATE0&W", "ATE0&W\r\r\nOK\r\n");
            host.command("AT+CFUN=1,1", "\r\nOK\r\n" + BANNER);
            host.ok("AT");
            host.command("AT+QPOWD", "\r\nOK\r\n\r\nPOWERED DOWN\r\n");
            host.write("AT\r");
            Awaitility.await().until(() -> emulator.counters().commands("+QPOWD") == 1);
            emulator.restart();
            host.expectContaining(BANNER);
        }
    }

    @Test
    void aLostContextKillsItsSockets() throws Exception {
        try (EchoServer server = new EchoServer();
                ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator).ready()) {
            host.command(
                    "AT+QIOPEN=1,0,\"TCP\",\"127.0.0.1\"," + server.port() + ",0,1", "\r\nOK\r\n\r\n+QIOPEN: 0,0\r\n");
            emulator.pdpDeactivated(1);
            host.expect("\r\n+QIURC: \"pdpdeact\",1\r\n");
            host.command("AT+QISEND=0,1", "\r\nERROR\r\n");
            host.command("AT+QIACT=1", "\r\nERROR\r\n");
            host.ok("AT+QIDEACT=1");
            host.command("AT+QISTATE?", "\r\nOK\r\n");
            host.ok("AT+QIACT=1");
        }
    }

    @Test
    void aFrozenModuleLetsAWriteGetStuckUntilItThaws() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator).ready()) {
            emulator.freeze();
            CompletableFuture<Void> write = CompletableFuture.runAsync(() -> host.write(new byte[1 << 18]));
            Awaitility.await().during(Duration.ofMillis(300)).until(() -> !write.isDone());
            emulator.unfreeze();
            write.get(60, TimeUnit.SECONDS);
            host.write("\r");
            host.ok("AT");
        }
    }

    @Test
    void aCloseThatWaitsForThePeerHoldsTheLineForItsTimeAtMost() throws Exception {
        try (EchoServer server =
                        new EchoServer(socket -> Awaitility.await().forever().until(socket::isClosed));
                ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator).ready()) {
            host.command(
                    "AT+QIOPEN=1,0,\"TCP\",\"127.0.0.1\"," + server.port() + ",0,1", "\r\nOK\r\n\r\n+QIOPEN: 0,0\r\n");
            long start = System.nanoTime();
            host.ok("AT+QICLOSE=0,1");
            assertThat(System.nanoTime() - start).isGreaterThan(900_000_000L);
            host.command(
                    "AT+QIOPEN=1,0,\"TCP\",\"127.0.0.1\"," + server.port() + ",0,1", "\r\nOK\r\n\r\n+QIOPEN: 0,0\r\n");
            host.ok("AT+QICLOSE=0,0");
            host.command(
                    "AT+QIOPEN=1,0,\"TCP\",\"127.0.0.1\"," + server.port() + ",0,1", "\r\nOK\r\n\r\n+QIOPEN: 0,0\r\n");
            host.ok("AT+QICFG=\"close/mode\",1");
            host.command("AT+QICLOSE=0,1", "\r\nOK\r\n\r\n+QIURC: \"closed\",0\r\n");
        }
    }

    @Test
    void noThreadIsLeftWhenTheEmulatorIsClosed() throws Exception {
        try (EchoServer server = new EchoServer()) {
            try (ModuleEmulator emulator = ModuleEmulator.builder().start();
                    Host host = new Host(emulator).ready()) {
                host.command("AT+QIOPEN=1,0,\"TCP\",\"127.0.0.1\"," + server.port() + ",0,2", "\r\nCONNECT\r\n");
            }
            // An executor has terminated a moment before its thread has.
            Awaitility.await()
                    .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet().stream()
                                    .map(Thread::getName)
                                    .filter(name -> name.startsWith("uartnio-emulator-")))
                            .isEmpty());
        }
    }
}
