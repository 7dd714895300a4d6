package io.uartnio.tls;

import io.uartnio.TlsProfile;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Objects;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;

/**
 * Makes sockets on which the module runs TLS, as a profile says: they are {@link javax.net.ssl.SSLSocket}s, connected
 * and negotiated by the module at {@code connect}. Between host and module the bytes are in clear.
 *
 * <p>The exceptions are the two methods that take a socket: a module cannot put its TLS over one that is connected
 * already. They run the JDK's TLS over it, end to end, by {@link SSLContext#getDefault()}, exactly as that context's
 * own factory does: the server is verified against the JVM's trust anchors, <em>not</em> by the profile, and its host
 * name only if {@link javax.net.ssl.SSLParameters#setEndpointIdentificationAlgorithm} asks for it. The context is taken
 * at each call.
 *
 * <p>What a socket can honour of protocols, cipher suites and {@link javax.net.ssl.SSLParameters} is what the profile
 * gives to the module and what the module then tells. A demand that goes beyond that, before or after the connect,
 * fails the handshake with an {@link javax.net.ssl.SSLHandshakeException}, and the socket is closed before a byte of the
 * application has crossed; none is ignored. Endpoint identification is such a demand, which only
 * {@link TlsProfile.Builder#allowUncheckedHostName()} meets. No application protocol (ALPN) is ever agreed on. The
 * session knows protocol and cipher suite where the module was told exactly one, and throws
 * {@link javax.net.ssl.SSLPeerUnverifiedException} for the chain, which the module has verified and does not show.
 *
 * <p>The end of such a stream may be a truncation that nobody can detect. All else is as for plain sockets of the
 * module ({@link io.uartnio.Modem#socketFactory()}). Safe for any thread.
 */
public final class ModuleSslSocketFactory extends SSLSocketFactory {

    private final TlsTerms terms;
    private final SocketFactory moduleTls;

    /**
     * Makes a factory; no port is touched.
     *
     * @param profile how the module is to run TLS
     * @param moduleTls makes sockets on which the module does so
     */
    public ModuleSslSocketFactory(TlsProfile profile, SocketFactory moduleTls) {
        this.terms = new TlsTerms(
                null, Objects.requireNonNull(profile, "profile"), Meetings.ofThisJvm(), new SecureRandom());
        this.moduleTls = Objects.requireNonNull(moduleTls, "moduleTls");
    }

    /** Returns the suites that the profile lets the module use, by their IANA names. */
    @Override
    public String[] getDefaultCipherSuites() {
        return terms.cipherSuites();
    }

    /** Returns the same as {@link #getDefaultCipherSuites()}: more takes another profile. */
    @Override
    public String[] getSupportedCipherSuites() {
        return terms.cipherSuites();
    }

    /** Makes an unconnected socket. */
    @Override
    public Socket createSocket() throws IOException {
        return new ModuleSslSocket(moduleTls.createSocket(), terms, null);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return new ModuleSslSocket(moduleTls.createSocket(host, port), terms, host);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return new ModuleSslSocket(moduleTls.createSocket(host, port, localHost, localPort), terms, host);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return new ModuleSslSocket(moduleTls.createSocket(host, port), terms, null);
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        return new ModuleSslSocket(moduleTls.createSocket(address, port, localAddress, localPort), terms, null);
    }

    /** Runs the JDK's TLS over a connected socket, by {@link SSLContext#getDefault()}; the profile has no say in it. */
    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
        return jdks().createSocket(socket, host, port, autoClose);
    }

    /**
     * Runs the JDK's TLS, as a server, over a connected socket from which bytes have been read, by
     * {@link SSLContext#getDefault()}; the profile has no say in it.
     */
    @Override
    public Socket createSocket(Socket socket, InputStream consumed, boolean autoClose) throws IOException {
        return jdks().createSocket(socket, consumed, autoClose);
    }

    private static SSLSocketFactory jdks() throws SSLException {
        SSLSocketFactory factory;
        try {
            factory = SSLContext.getDefault().getSocketFactory();
        } catch (NoSuchAlgorithmException e) {
            throw new SSLException("JVM has no default SSLContext", e);
        }
        if (factory instanceof ModuleSslSocketFactory) {
            throw new SSLException("default SSLContext is a module's, which cannot run TLS over a connected socket");
        }
        return factory;
    }

    /** Names the profile. */
    @Override
    public String toString() {
        return "ModuleSslSocketFactory[profile=" + terms.profile() + "]";
    }
}
