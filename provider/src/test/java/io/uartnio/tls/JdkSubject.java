package io.uartnio.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

/** The JDK's engine, speaking TLS 1.2 with another of its kind. */
final class JdkSubject extends Subject {

    private static final char[] PASSWORD = "not secret".toCharArray();

    private final SSLContext context;
    private final SSLEngine engine;
    private final SSLEngine server;

    JdkSubject(SSLContext context) {
        this.context = context;
        this.engine = context.createSSLEngine(Engines.HOST, Engines.PORT);
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(new String[] {"TLSv1.2"});
        this.server = context.createSSLEngine();
        server.setUseClientMode(false);
    }

    /** Makes a context with a certificate of its own that it trusts. */
    static SSLContext context(Path directory) throws IOException, InterruptedException, GeneralSecurityException {
        Path file = directory.resolve("engine.p12");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        Process process = new ProcessBuilder(
                        keytool,
                        "-genkeypair",
                        "-alias",
                        "engine",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=" + Engines.HOST,
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        file.toString())
                .inheritIO()
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("keytool failed");
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        KeyStore anchors = KeyStore.getInstance("PKCS12");
        anchors.load(null, null);
        anchors.setCertificateEntry("engine", store.getCertificate("engine"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(anchors);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    @Override
    SSLEngine engine() {
        return engine;
    }

    @Override
    SSLEngine withoutMode() {
        return context.createSSLEngine();
    }

    @Override
    void handshake() throws SSLException {
        Engines.handshake(engine, server);
    }

    @Override
    ByteBuffer fromPeer(byte[] bytes) throws SSLException {
        return Engines.wrapped(server, bytes);
    }

    @Override
    ByteBuffer goodbye() throws SSLException {
        server.closeOutbound();
        return Engines.wrapped(server, new byte[0]);
    }
}
