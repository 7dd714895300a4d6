package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.uartnio.TlsProfile;
import io.uartnio.it.Certificates.KeyKind;
import io.uartnio.tls.EndToEndSslSocketFactory;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** Paho talks to Mosquitto and Jedis to Redis, by TLS and by way of the module. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MqttAndRedisClientsTest {

    private static final int MESSAGES = 20;
    private static final int KEYS = 50;
    private static final byte[] LARGE = Contents.of(20_000);

    @RegisterExtension
    static final TtyLine LINE = new TtyLine();

    @TempDir
    private static Path directory;

    private static Certificates certificates;
    private static Authority clients;
    private static Authority.Identity client;

    @BeforeAll
    static void makeCertificates() throws Exception {
        certificates = Certificates.create(KeyKind.RSA, Bench.HOST);
        clients = Authority.create(KeyKind.RSA, "Authority of clients");
        client = clients.issue("meter-17", KeyKind.RSA);
    }

    private static TlsProfile.Builder profile() throws Exception {
        return TlsProfile.builder()
                .trustAnchors(certificates.writeAuthority(directory))
                .allowUncheckedHostName();
    }

    private static SSLSocketFactory byTheModule() throws Exception {
        return LINE.modem().sslSocketFactory(profile().build());
    }

    private static SSLSocketFactory byTheModuleWithCertificate() throws Exception {
        return LINE.modem()
                .sslSocketFactory(profile()
                        .clientIdentity(client.writeCertificates(directory), client.writeKey(directory))
                        .build());
    }

    private static SSLSocketFactory endToEnd(SSLContext context) {
        return new EndToEndSslSocketFactory(context, LINE.modem().socketFactory());
    }

    // -- MQTT --

    private static MqttClient mqtt(int port) throws MqttException {
        return new MqttClient("ssl://" + Bench.HOST + ":" + port, "legacy", new MemoryPersistence());
    }

    private static void publishAndReceive(int port, SSLSocketFactory factory) throws Exception {
        BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
        try (MqttClient mqtt = mqtt(port)) {
            MqttConnectOptions options = new MqttConnectOptions();
            options.setSocketFactory(factory);
            mqtt.connect(options);
            mqtt.subscribe("meters/#", 1, (topic, message) -> received.add(message.getPayload()));
            for (int i = 0; i < MESSAGES; i++) {
                mqtt.publish("meters/" + i, i == 0 ? LARGE : new byte[] {(byte) i}, 1, false);
            }
            for (int i = 0; i < MESSAGES; i++) {
                byte[] payload = received.poll(60, TimeUnit.SECONDS);
                assertThat(payload).as("message %s", i).isNotNull();
                assertThat(Arrays.equals(payload, i == 0 ? LARGE : new byte[] {(byte) i}))
                        .isTrue();
            }
            mqtt.disconnect();
        }
    }

    @Test
    void pahoByTlsOfTheModule() throws Exception {
        try (MosquittoServer mosquitto = MosquittoServer.start(directory, certificates, clients)) {
            publishAndReceive(mosquitto.port(), byTheModule());
            publishAndReceive(mosquitto.clientPort(), byTheModuleWithCertificate());
        }
    }

    @Test
    void pahoByTlsEndToEnd() throws Exception {
        try (MosquittoServer mosquitto = MosquittoServer.start(directory, certificates, clients)) {
            for (String protocol : new String[] {"TLSv1.2", "TLSv1.3"}) {
                publishAndReceive(mosquitto.port(), endToEnd(certificates.clientContext(protocol, null)));
            }
            publishAndReceive(mosquitto.clientPort(), endToEnd(certificates.clientContext("TLSv1.3", client)));
        }
    }

    @Test
    void mosquittoLetsNobodyInWithoutACertificate() throws Exception {
        try (MosquittoServer mosquitto = MosquittoServer.start(directory, certificates, clients);
                MqttClient mqtt = mqtt(mosquitto.clientPort())) {
            MqttConnectOptions options = new MqttConnectOptions();
            options.setSocketFactory(byTheModule());
            assertThatThrownBy(() -> mqtt.connect(options)).isInstanceOf(MqttException.class);
            assertThat(mqtt.isConnected()).isFalse();
        }
    }

    /** On every machine, Mosquitto or not. */
    @Test
    void pahoTalksToAServerOfThisProcess() throws Exception {
        try (PeerServer server = new PeerServer(certificates.serverContext(), MqttPeer::serve)) {
            publishAndReceive(server.port(), byTheModule());
            publishAndReceive(server.port(), endToEnd(certificates.clientContext()));
        }
    }

    // -- Redis --

    private static void setAndGet(JedisSocketFactory sockets) {
        try (Jedis jedis = new Jedis(sockets, DefaultJedisClientConfig.builder().build())) {
            assertThat(jedis.ping()).isEqualTo("PONG");
            for (int i = 0; i < KEYS; i++) {
                assertThat(jedis.set("key" + i, "value" + i)).isEqualTo("OK");
            }
            for (int i = 0; i < KEYS; i++) {
                assertThat(jedis.get("key" + i)).isEqualTo("value" + i);
            }
            byte[] key = {1};
            jedis.set(key, LARGE);
            assertThat(Arrays.equals(jedis.get(key), LARGE)).isTrue();
        }
    }

    @Test
    void jedisByTlsOfTheModule() throws Exception {
        try (RedisServer redis = RedisServer.startTls(directory, certificates, null)) {
            SSLSocketFactory factory = byTheModule();
            setAndGet(() -> Sockets.connected(() -> factory.createSocket(Bench.HOST, redis.port())));
        }
    }

    @Test
    void jedisByTlsEndToEnd() throws Exception {
        try (RedisServer redis = RedisServer.startTls(directory, certificates, null)) {
            for (String protocol : new String[] {"TLSv1.2", "TLSv1.3"}) {
                SSLSocketFactory factory = endToEnd(certificates.clientContext(protocol, null));
                setAndGet(() -> Sockets.connected(() -> factory.createSocket(Bench.HOST, redis.port())));
            }
        }
    }

    @Test
    void jedisShowsACertificate() throws Exception {
        try (RedisServer redis = RedisServer.startTls(directory, certificates, clients)) {
            SSLSocketFactory factory = byTheModuleWithCertificate();
            setAndGet(() -> Sockets.connected(() -> factory.createSocket(Bench.HOST, redis.port())));
            SSLSocketFactory endToEnd = endToEnd(certificates.clientContext("TLSv1.3", client));
            setAndGet(() -> Sockets.connected(() -> endToEnd.createSocket(Bench.HOST, redis.port())));
        }
    }

    /** On every machine, Redis or not. */
    @Test
    void jedisTalksToAServerOfThisProcess() throws Exception {
        try (PeerServer server = new PeerServer(certificates.serverContext(), new RedisPeer()::serve)) {
            SSLSocketFactory factory = byTheModule();
            setAndGet(() -> Sockets.connected(() -> factory.createSocket(Bench.HOST, server.port())));
            SSLSocketFactory endToEnd = endToEnd(certificates.clientContext());
            setAndGet(() -> Sockets.connected(() -> endToEnd.createSocket(Bench.HOST, server.port())));
        }
    }

    /** Makes sockets where Jedis wants its own exception. */
    private static final class Sockets {

        @FunctionalInterface
        private interface Maker {
            Socket make() throws IOException;
        }

        private Sockets() {}

        static Socket connected(Maker maker) {
            try {
                return maker.make();
            } catch (IOException e) {
                throw new JedisConnectionException(e);
            }
        }
    }
}
