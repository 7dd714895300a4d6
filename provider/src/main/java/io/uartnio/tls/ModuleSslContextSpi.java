package io.uartnio.tls;

import io.uartnio.TlsProfile;
import io.uartnio.socket.ModuleSockets;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * What is behind a context of {@link UartNioProvider}. Whom to trust and who one is says the profile, because the module
 * has to be told; managers of the JDK's would only be believed to have a say, so they are refused. Safe for any thread.
 */
final class ModuleSslContextSpi extends SSLContextSpi {

    private final ModuleSockets sockets;
    private final Supplier<TlsProfile> profile;
    private final Supplier<SSLSocketFactory> socketFactory;

    /** Null until the context is initialised. */
    private volatile TlsTerms terms;

    /**
     * Makes a context that has to be initialised.
     *
     * @param sockets whose channels the engines accept, null for those of every modem of this JVM
     * @param profile asked for when the context is initialised; null means that there is none
     * @param socketFactory makes sockets on which the module runs TLS; asked for each time
     */
    ModuleSslContextSpi(ModuleSockets sockets, Supplier<TlsProfile> profile, Supplier<SSLSocketFactory> socketFactory) {
        this.sockets = sockets;
        this.profile = profile;
        this.socketFactory = socketFactory;
    }

    @Override
    protected void engineInit(KeyManager[] keyManagers, TrustManager[] trustManagers, SecureRandom random)
            throws KeyManagementException {
        if (keyManagers != null) {
            throw new KeyManagementException("module's TLS takes no key managers: put the client's certificate and key"
                    + " into the TlsProfile, and give null here");
        }
        if (trustManagers != null) {
            throw new KeyManagementException(
                    "module's TLS takes no trust managers: put the trust anchors into the TlsProfile, and give null"
                            + " here");
        }
        TlsProfile given = profile.get();
        if (given == null) {
            throw new KeyManagementException("no TLS profile is given, by a modem or by uartnio.tlsTrustAnchors");
        }
        terms = new TlsTerms(sockets, given, Meetings.ofThisJvm(), random == null ? new SecureRandom() : random);
    }

    private TlsTerms terms() {
        TlsTerms initialised = terms;
        if (initialised == null) {
            throw new IllegalStateException("SSLContext is not initialized");
        }
        return initialised;
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
        return new ModuleSslEngine(terms());
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
        return new ModuleSslEngine(terms(), host, port);
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
        terms();
        return socketFactory.get();
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
        throw new UnsupportedOperationException("module's TLS has no server mode");
    }

    /** Returns null: the module does not show its sessions. */
    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
        return null;
    }

    /** Returns null: the module does not show its sessions. */
    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
        return null;
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
        return new SSLParameters(terms().cipherSuites(), terms().protocols());
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
        return engineGetDefaultSSLParameters();
    }
}
