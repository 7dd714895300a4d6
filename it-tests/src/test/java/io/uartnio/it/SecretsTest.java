package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.uartnio.Modem;
import io.uartnio.TlsProfile;
import io.uartnio.emulator.EmulatorBuilder;
import io.uartnio.emulator.ModuleEmulator;
import io.uartnio.it.Certificates.KeyKind;
import io.uartnio.uart.WireTrace;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * PINs, passwords and private keys stand in no log, however much is logged, in no exception, no text of an object and no
 * wire trace that was not asked to hold them. Everything that the library says is collected and searched.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(NothingLeftBehind.class)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SecretsTest {

    private static final String PIN = "73519462";
    private static final String APN_PASSWORD = "correct-horse";
    private static final String STORE_PASSWORD = "battery-staple";

    @TempDir
    private Path directory;

    /** Kept, for loggers are held weakly. */
    private final Logger logger = Logger.getLogger("io.uartnio");

    private final Level level = logger.getLevel();
    private final Collector collector = new Collector();
    private final List<String> said = new CopyOnWriteArrayList<>();
    private final List<String> secrets = new ArrayList<>();

    private Authority authority;
    private Authority.Identity client;
    private TlsProfile profile;

    private final class Collector extends Handler {
        @Override
        public void publish(LogRecord record) {
            said.add(new SimpleFormatter().format(record));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @BeforeEach
    void listen() throws Exception {
        logger.setLevel(Level.ALL);
        logger.addHandler(collector);
        authority = Authority.create(KeyKind.RSA, "authority");
        client = authority.issue("client", KeyKind.RSA);
        profile = TlsProfile.builder()
                .trustAnchors(List.of(authority.certificate()))
                .clientIdentity(
                        client.writePkcs12(directory, STORE_PASSWORD.toCharArray()), STORE_PASSWORD.toCharArray())
                .allowUncheckedHostName()
                .build();
        secrets.addAll(List.of(PIN, APN_PASSWORD, STORE_PASSWORD));
        new String(profile.clientKeyPem(), StandardCharsets.US_ASCII)
                .lines()
                .filter(line -> !line.startsWith("-----"))
                .forEach(secrets::add);
        assertThat(secrets).hasSizeGreaterThan(20);
    }

    @AfterEach
    void stopListening() {
        logger.removeHandler(collector);
        logger.setLevel(level);
    }

    private static EmulatorBuilder emulator() {
        return Bench.emulator().sim(PIN, 3).pdpActiveAtBoot(false);
    }

    private Modem.Builder modem(ModuleEmulator emulator) {
        return Bench.modem(emulator)
                .apn("internet", "user", APN_PASSWORD)
                .simPin(PIN)
                .tls(profile)
                .progress(said::add);
    }

    /** Returns what is said of a failure; others may have been logging since. */
    private String failing(ThrowingCallable call) {
        Throwable thrown = catchThrowable(call);
        assertThat(thrown).isNotNull();
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        said.add(text.toString());
        assertThat(text.toString()).contains("Exception");
        return text.toString();
    }

    private void assertNoSecretIsSaid() {
        assertThat(said).isNotEmpty();
        for (String secret : secrets) {
            assertThat(said).noneMatch(text -> text.contains(secret));
        }
    }

    private void trade(Modem modem, TlsPeer server) throws IOException {
        byte[] text = "no secret".getBytes(StandardCharsets.US_ASCII);
        try (SocketChannel channel = Bench.connect(modem.tlsSelectorProvider(), server.port())) {
            Bench.writeFully(channel, text);
            Bench.readFully(channel, text.length);
            said.add(channel.toString());
            said.add(modem.sockets().toString());
        }
        said.add(modem.info().toString());
        said.add(modem.toString());
        said.add(modem.tlsSelectorProvider().toString());
        said.add(profile.toString());
    }

    /** Returns what a trace holds of one direction, put together again. */
    private static String traced(Path file, WireTrace.Direction direction) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
            WireTrace.parse(line)
                    .filter(chunk -> chunk.direction() == direction)
                    .ifPresent(chunk -> text.append(new String(chunk.bytes(), StandardCharsets.ISO_8859_1)));
        }
        return text.toString();
    }

    private TlsPeer server() throws Exception {
        return TlsPeer.of(authority.issue(Bench.HOST, KeyKind.RSA), authority, List.of("TLSv1.2"), List.of());
    }

    @Test
    void nothingIsSaidWhileAllGoesWellNorTracedByDefault() throws Exception {
        Path trace = directory.resolve("trace");
        try (TlsPeer server = server();
                ModuleEmulator emulator = emulator().start();
                Modem modem = modem(emulator).wireTrace(trace).open()) {
            trade(modem, server);
        }
        said.add(Files.readString(trace, StandardCharsets.ISO_8859_1));
        said.add(traced(trace, WireTrace.Direction.TO_MODULE));
        said.add(traced(trace, WireTrace.Direction.FROM_MODULE));
        assertThat(traced(trace, WireTrace.Direction.TO_MODULE)).contains("AT+QSSLOPEN=", "no secret");
        assertNoSecretIsSaid();
    }

    @Test
    void aMultiplexedLineIsTracedWithoutThemToo() throws Exception {
        Path trace = directory.resolve("trace");
        try (TlsPeer server = server();
                ModuleEmulator emulator = emulator().start();
                Modem modem = modem(emulator).mux(true).wireTrace(trace).open()) {
            trade(modem, server);
        }
        said.add(traced(trace, WireTrace.Direction.TO_MODULE));
        said.add(traced(trace, WireTrace.Direction.FROM_MODULE));
        assertThat(traced(trace, WireTrace.Direction.TO_MODULE)).contains("AT+QSSLOPEN=");
        assertNoSecretIsSaid();
    }

    /** Also shows that the search of the other tests would find them. */
    @Test
    void aTraceThatIsAskedForThemHoldsThem() throws Exception {
        Path trace = directory.resolve("trace");
        try (TlsPeer server = server();
                ModuleEmulator emulator = emulator().start();
                Modem modem = modem(emulator).wireTraceWithSecrets(trace).open()) {
            trade(modem, server);
        }
        List<String> crossing = secrets.stream()
                .filter(secret -> !secret.equals(STORE_PASSWORD))
                .toList();
        assertThat(traced(trace, WireTrace.Direction.TO_MODULE)).contains(crossing);
        assertNoSecretIsSaid();
    }

    @Test
    void propertiesMaskTheTraceToo() throws Exception {
        Path trace = directory.resolve("trace");
        Properties properties = new Properties();
        properties.setProperty("uartnio.apn", "internet");
        properties.setProperty("uartnio.apnUser", "user");
        properties.setProperty("uartnio.apnPassword", APN_PASSWORD);
        properties.setProperty("uartnio.simPin", PIN);
        properties.setProperty("uartnio.trace", trace.toString());
        try (ModuleEmulator emulator = emulator().start()) {
            properties.setProperty("uartnio.port", emulator.portName());
            Modem.open(properties).close();
        }
        said.add(traced(trace, WireTrace.Direction.TO_MODULE));
        assertNoSecretIsSaid();
    }

    @Test
    void aWrongPinIsNotSaid() throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().sim("11112222", 3).start()) {
            failing(() -> modem(emulator).open());
        }
        assertNoSecretIsSaid();
    }

    @Test
    void aRefusedAccessPointIsToldWithoutItsPassword() throws Exception {
        try (ModuleEmulator emulator = emulator().pdpRefused(true).start()) {
            failing(() -> modem(emulator).open());
        }
        assertNoSecretIsSaid();
    }

    @Test
    void aServerThatRefusesAKeyThatFindsNoRoomAndALostModuleAreToldWithoutTheKey() throws Exception {
        Authority.Identity impostor = Authority.create(KeyKind.RSA, "stranger").issue(Bench.HOST, KeyKind.RSA);
        Path trace = directory.resolve("trace");
        try (TlsPeer server = TlsPeer.of(impostor);
                ModuleEmulator emulator = emulator().start();
                Modem modem = modem(emulator).wireTrace(trace).open()) {
            failing(() -> Bench.connect(modem.tlsSelectorProvider(), server.port()));
        }
        // Room for the trust anchors and the certificate, not for the key.
        try (TlsPeer server = server();
                ModuleEmulator emulator = emulator().storage(2 * 4096).start();
                Modem modem = modem(emulator)
                        .commandTimeout(Duration.ofSeconds(3))
                        .wireTrace(trace)
                        .open()) {
            String failure = failing(() -> Bench.connect(modem.tlsSelectorProvider(), server.port()));
            assertThat(failure).contains("uartnio_key_");
            // Else a command that tidies up behind the connect meets the silence first, and the next waits a minute.
            await().atMost(Duration.ofSeconds(60)).until(() -> modem.sockets().isEmpty());
            emulator.freeze();
            failing(() -> modem.removeUnusedFiles());
            emulator.unfreeze();
        }
        said.add(traced(trace, WireTrace.Direction.TO_MODULE));
        said.add(traced(trace, WireTrace.Direction.FROM_MODULE));
        assertNoSecretIsSaid();
    }
}
