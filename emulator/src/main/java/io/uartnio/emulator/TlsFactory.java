package io.uartnio.emulator;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

/**
 * Makes the JDK's TLS do what {@code AT+QSSLCFG} and the uploaded files say. Suites and versions that the running JDK
 * has disabled (below TLS 1.2, RC4, 3DES) cannot be played: such a connection fails as it would with a server that
 * refuses them. They are enabled by the security property {@code jdk.tls.disabledAlgorithms}, which counts from the
 * JVM's start. Any thread.
 */
final class TlsFactory {

    /** {@code sslversion} 0 to 3; 4 is all of them. */
    private static final List<String> PROTOCOLS = List.of("SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2");

    private static final char[] NO_PASSWORD = new char[0];

    private final FileStore files;
    private final ModuleClock clock;
    private final Map<SslSettings, SSLContext> sessionCaches = new HashMap<>();

    TlsFactory(FileStore files, ModuleClock clock) {
        this.files = files;
        this.clock = clock;
    }

    /** Forgets the sessions that could be resumed. */
    synchronized void reset() {
        sessionCaches.clear();
    }

    /**
     * Makes an engine for one connection.
     *
     * @throws IOException if a file is missing or is not what it should be, or the JDK cannot do what is asked for
     */
    SSLEngine create(SslSettings settings, String host, int port) throws IOException {
        try {
            SSLEngine engine = context(settings).createSSLEngine(host, port);
            engine.setUseClientMode(true);
            engine.setEnabledProtocols(protocols(settings, engine));
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setCipherSuites(CipherSuites.names(settings.cipherSuite(), engine));
            parameters.setServerNames(serverNames(settings, host));
            engine.setSSLParameters(parameters);
            return engine;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("TLS cannot be set up as configured", e);
        }
    }

    private synchronized SSLContext context(SslSettings settings) throws GeneralSecurityException, IOException {
        SSLContext cached = sessionCaches.get(settings);
        if (cached != null) {
            return cached;
        }
        SSLContext context = SSLContext.getInstance("TLS");
        List<X509Certificate> trusted = settings.number("seclevel") == 0 ? List.of() : anchors(settings);
        TrustManager[] trust = {new ModuleTrustManager(new SslSettings(settings), trusted, clock::instant)};
        context.init(keyManagers(settings), trust, null);
        if (settings.flag("session_cache")) {
            sessionCaches.put(new SslSettings(settings), context);
        }
        return context;
    }

    private List<X509Certificate> anchors(SslSettings settings) throws GeneralSecurityException, IOException {
        String path = settings.text("cacert").isEmpty() ? settings.text("cacertex") : settings.text("cacert");
        return PemFiles.certificates(file(path));
    }

    private KeyManager[] keyManagers(SslSettings settings) throws GeneralSecurityException, IOException {
        if (settings.number("seclevel") < 2) {
            return new KeyManager[0];
        }
        List<X509Certificate> chain = PemFiles.certificates(file(settings.text("clientcert")));
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setKeyEntry(
                "client",
                PemFiles.privateKey(file(settings.text("clientkey"))),
                NO_PASSWORD,
                chain.toArray(Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private byte[] file(String path) throws IOException {
        return files.get(path).orElseThrow(() -> new IOException("no such file on the module: name=" + path));
    }

    private static String[] protocols(SslSettings settings, SSLEngine engine) {
        int version = settings.number("sslversion");
        List<String> supported = Arrays.asList(engine.getSupportedProtocols());
        return PROTOCOLS.stream()
                .filter(name -> version == 4 || PROTOCOLS.indexOf(name) == version)
                .filter(supported::contains)
                .toArray(String[]::new);
    }

    /** A server name is sent only for names, as RFC 6066 asks: addresses are none. */
    private static List<SNIServerName> serverNames(SslSettings settings, String host) {
        boolean isName = host.chars().anyMatch(Character::isLetter);
        return settings.flag("sni") && isName ? List.of(new SNIHostName(host)) : List.of();
    }
}
