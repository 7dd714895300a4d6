package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.uartnio.Modem;
import io.uartnio.TlsProfile;
import io.uartnio.emulator.ModuleEmulator;
import io.uartnio.it.Certificates.KeyKind;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.Socket;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Walks every public way to a connection on which the module runs TLS, and shows of each that it opens none to a server
 * that is not verified, unless the profile says so by name. A method of {@link Modem} that gives something new fails
 * {@link #everyMethodThatGivesConnectionsIsWalked} until its way stands here.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(NothingLeftBehind.class)
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NoUnverifiedWayInTest {

    /** A way, named by the method of {@link Modem} that it begins with. */
    private enum Way {
        PROVIDER_WITH_PROFILE("tlsSelectorProvider(TlsProfile)") {
            @Override
            AutoCloseable connect(Modem modem, TlsProfile profile, int port) throws IOException {
                return Bench.connect(modem.tlsSelectorProvider(profile), port);
            }
        },
        PROVIDER_OF_THE_BUILDER("tlsSelectorProvider()") {
            @Override
            AutoCloseable connect(Modem modem, TlsProfile profile, int port) throws IOException {
                return Bench.connect(modem.tlsSelectorProvider(), port);
            }
        },
        NON_BLOCKING_CHANNEL("tlsSelectorProvider(TlsProfile)") {
            @Override
            AutoCloseable connect(Modem modem, TlsProfile profile, int port) throws IOException {
                SocketChannel channel = modem.tlsSelectorProvider(profile).openSocketChannel();
                try (Selector selector = modem.tlsSelectorProvider(profile).openSelector()) {
                    channel.configureBlocking(false);
                    channel.connect(Bench.at(port));
                    channel.register(selector, SelectionKey.OP_CONNECT);
                    while (!channel.finishConnect()) {
                        selector.select();
                    }
                    return channel;
                } catch (IOException e) {
                    channel.close();
                    throw e;
                }
            }
        },
        SOCKET_OF_A_CHANNEL("tlsSelectorProvider(TlsProfile)") {
            @Override
            AutoCloseable connect(Modem modem, TlsProfile profile, int port) throws IOException {
                Socket socket =
                        modem.tlsSelectorProvider(profile).openSocketChannel().socket();
                try {
                    socket.connect(Bench.at(port), 30_000);
                    return socket;
                } catch (IOException e) {
                    socket.close();
                    throw e;
                }
            }
        },
        SSL_SOCKET("sslSocketFactory(TlsProfile)") {
            @Override
            AutoCloseable connect(Modem modem, TlsProfile profile, int port) throws IOException {
                return modem.sslSocketFactory(profile).createSocket(Bench.HOST, port);
            }
        },
        SSL_SOCKET_OF_THE_BUILDER("sslSocketFactory()") {
            @Override
            AutoCloseable connect(Modem modem, TlsProfile profile, int port) throws IOException {
                Socket socket = modem.sslSocketFactory().createSocket();
                try {
                    socket.connect(Bench.at(port), 30_000);
                    ((SSLSocket) socket).startHandshake();
                    return socket;
                } catch (IOException e) {
                    socket.close();
                    throw e;
                }
            }
        },
        SSL_SOCKET_OF_THE_CONTEXT("sslContext(TlsProfile)") {
            @Override
            AutoCloseable connect(Modem modem, TlsProfile profile, int port) throws IOException {
                return modem.sslContext(profile).getSocketFactory().createSocket(Bench.HOST, port);
            }
        },
        SSL_SOCKET_OF_THE_BUILDERS_CONTEXT("sslContext()") {
            @Override
            AutoCloseable connect(Modem modem, TlsProfile profile, int port) throws IOException {
                return modem.sslContext().getSocketFactory().createSocket(Bench.HOST, port);
            }
        },
        SSL_ENGINE("sslContext(TlsProfile)") {
            @Override
            AutoCloseable connect(Modem modem, TlsProfile profile, int port) throws IOException {
                SSLEngine engine = modem.sslContext(profile).createSSLEngine(Bench.HOST, port);
                engine.setUseClientMode(true);
                SocketChannel channel = Bench.connect(modem.tlsSelectorProvider(profile), port);
                try {
                    new TlsLoop(engine, channel).handshake();
                    return channel;
                } catch (IOException e) {
                    channel.close();
                    throw e;
                }
            }
        };

        private final String method;

        Way(String method) {
            this.method = method;
        }

        /**
         * Connects to a port of {@link Bench#HOST}.
         *
         * @param profile also that of the modem's builder
         */
        abstract AutoCloseable connect(Modem modem, TlsProfile profile, int port) throws Exception;
    }

    /** Methods that give connections of plain TCP, which promise nothing. */
    private static final Set<String> PLAIN = Set.of("selectorProvider()", "socketFactory()");

    /** What methods return that give no connection. */
    private static final Set<Class<?>> HARMLESS = Set.of(void.class, boolean.class, String.class, List.class);

    /** What a profile lacks, or is wrong with the server. */
    private enum Lack {
        /** For comparison: with this one every way opens. */
        NOTHING,
        TRUST_ANCHORS,
        LEAVE_TO_GO_WITHOUT_HOST_NAME,
        THE_SERVERS_AUTHORITY,
        A_SERVER_THAT_IS_STILL_VALID;

        TlsProfile profile() {
            TlsProfile.Builder builder = TlsProfile.builder();
            if (this != TRUST_ANCHORS) {
                builder.trustAnchors(List.of(anchor().certificate()));
            }
            if (this != LEAVE_TO_GO_WITHOUT_HOST_NAME) {
                builder.allowUncheckedHostName();
            }
            return builder.build();
        }

        Properties properties() throws IOException {
            Properties properties = new Properties();
            if (this != TRUST_ANCHORS) {
                properties.setProperty(
                        "uartnio.tlsTrustAnchors", anchor().write(directory).toString());
            }
            if (this != LEAVE_TO_GO_WITHOUT_HOST_NAME) {
                properties.setProperty("uartnio.tlsAllowUncheckedHostName", "true");
            }
            return properties;
        }

        private Authority anchor() {
            return this == THE_SERVERS_AUTHORITY ? stranger : authority;
        }

        TlsPeer server() {
            return this == A_SERVER_THAT_IS_STILL_VALID ? expired : good;
        }
    }

    @TempDir
    private static Path directory;

    private static Authority authority;
    private static Authority stranger;
    private static TlsPeer good;
    private static TlsPeer expired;

    @BeforeAll
    static void startServers() throws Exception {
        authority = Authority.create(KeyKind.RSA, "authority");
        stranger = Authority.create(KeyKind.RSA, "stranger");
        good = TlsPeer.of(authority.issue(Bench.HOST, KeyKind.RSA));
        expired = TlsPeer.of(authority.issue(Bench.HOST, KeyKind.RSA, -10, -2));
    }

    @AfterAll
    static void stopServers() throws Exception {
        good.close();
        expired.close();
    }

    @ParameterizedTest
    @EnumSource(Lack.class)
    void noWayOpensByDefault(Lack lack) throws Exception {
        TlsProfile profile = lack.profile();
        try (ModuleEmulator emulator = Bench.emulator().start();
                Modem modem = Bench.modem(emulator).tls(profile).open()) {
            for (Way way : Way.values()) {
                assertOpensOnlyIfNothingLacks(way, lack, modem, profile);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Lack.class)
    void noWayOpensByProperties(Lack lack) throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().start()) {
            Properties properties = lack.properties();
            properties.setProperty("uartnio.port", emulator.portName());
            properties.setProperty("uartnio.apn", "internet");
            try (Modem modem = Modem.open(properties)) {
                assertOpensOnlyIfNothingLacks(Way.PROVIDER_OF_THE_BUILDER, lack, modem, null);
            }
        }
    }

    /** The JVM's default provider, by {@code uartnio.tls}: a JVM each, for it reads its properties once. */
    @ParameterizedTest
    @EnumSource(Lack.class)
    void theDefaultProviderOfAJvmOpensNoneEither(Lack lack) throws Exception {
        try (ModuleEmulator emulator = Bench.emulator().start()) {
            ForkedJvm jvm =
                    ForkedJvm.withProvider(directory).port(emulator.portName()).option("-Duartnio.tls=" + Bench.HOST);
            Properties properties = lack.properties();
            properties
                    .stringPropertyNames()
                    .forEach(name -> jvm.option("-D" + name + "=" + properties.getProperty(name)));
            long before = lack.server().bytesReceived();
            assertThat(jvm.run(TlsRouteProgram.class, lack.server().port()))
                    .contains(lack == Lack.NOTHING ? "opened" : "refused");
            assertThat(lack.server().bytesReceived()).isEqualTo(before + (lack == Lack.NOTHING ? 1 : 0));
        }
    }

    private static void assertOpensOnlyIfNothingLacks(Way way, Lack lack, Modem modem, TlsProfile profile)
            throws Exception {
        int port = lack.server().port();
        if (lack == Lack.NOTHING) {
            way.connect(modem, profile, port).close();
            return;
        }
        long before = lack.server().bytesReceived();
        assertThat(catchThrowable(() -> way.connect(modem, profile, port).close()))
                .as("%s without %s", way, lack)
                .isInstanceOfAny(IOException.class, IllegalStateException.class);
        assertThat(lack.server().bytesReceived()).isEqualTo(before);
    }

    @Test
    void everyMethodThatGivesConnectionsIsWalked() {
        Set<String> giving = Arrays.stream(Modem.class.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .filter(method -> !HARMLESS.contains(method.getReturnType()))
                .filter(method -> !method.getReturnType().isRecord())
                .map(NoUnverifiedWayInTest::signature)
                .collect(Collectors.toSet());
        Set<String> walked = Stream.concat(
                        PLAIN.stream(), Arrays.stream(Way.values()).map(way -> way.method))
                .collect(Collectors.toSet());
        assertThat(giving).isEqualTo(walked);
    }

    private static String signature(Method method) {
        return method.getName()
                + Arrays.stream(method.getParameterTypes())
                        .map(Class::getSimpleName)
                        .collect(Collectors.joining(",", "(", ")"));
    }
}
