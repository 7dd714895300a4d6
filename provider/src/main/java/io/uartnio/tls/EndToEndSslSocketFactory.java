package io.uartnio.tls;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Objects;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Makes sockets on which the JDK runs TLS, end to end, over the plain sockets of another factory, such as
 * {@link io.uartnio.Modem#socketFactory()}; for libraries that only take an {@link SSLSocketFactory}. It has what the
 * factory of an {@link SSLContext} cannot give over sockets that are not the JDK's: sockets that are connected later.
 * Whom they trust, what they show and which protocols they know is the context's.
 *
 * <p>The server's host name is compared with its certificate, as HTTPS does it, unless
 * {@link SSLParameters#setEndpointIdentificationAlgorithm} says otherwise; the JDK's own sockets compare nothing until
 * they are told to. It is the name or the numeric address that the socket was connected to; nothing is looked up. A
 * {@link javax.net.ssl.HostnameVerifier} can therefore only forbid more.
 *
 * <p>Safe for any thread.
 */
public final class EndToEndSslSocketFactory extends SSLSocketFactory {

    /** The name in the JSSE's reference guide. */
    private static final String LIKE_HTTPS = "HTTPS";

    private final SSLContext context;
    private final SSLSocketFactory tls;
    private final SocketFactory plain;

    /**
     * Makes a factory; nothing is connected.
     *
     * @param context runs TLS: trust, keys, protocols
     * @param plain makes the sockets under it
     */
    public EndToEndSslSocketFactory(SSLContext context, SocketFactory plain) {
        this.context = Objects.requireNonNull(context, "context");
        this.tls = context.getSocketFactory();
        this.plain = Objects.requireNonNull(plain, "plain");
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return tls.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return tls.getSupportedCipherSuites();
    }

    /** Makes an unconnected socket, which also keeps what it is told of TLS before the connect. */
    @Override
    public Socket createSocket() throws IOException {
        SSLEngine asked = context.createSSLEngine();
        asked.setUseClientMode(true);
        asked.setSSLParameters(comparingHostName(asked.getSSLParameters()));
        return new EndToEndSslSocket(plain.createSocket(), asked, tls);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return over(plain.createSocket(host, port), host, port);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return over(plain.createSocket(host, port, localHost, localPort), host, port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return over(plain.createSocket(host, port), nameOf(host), port);
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        return over(plain.createSocket(address, port, localAddress, localPort), nameOf(address), port);
    }

    /** The name that the address was made with, else its digits; never a reverse look-up. */
    private static String nameOf(InetAddress address) {
        return new InetSocketAddress(address, 0).getHostString();
    }

    private Socket over(Socket connected, String host, int port) throws IOException {
        try {
            return createSocket(connected, host, port, true);
        } catch (IOException | RuntimeException e) {
            connected.close();
            throw e;
        }
    }

    /** Runs TLS over a connected socket, whoever made it. */
    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
        SSLSocket made = (SSLSocket) tls.createSocket(socket, host, port, autoClose);
        made.setSSLParameters(comparingHostName(made.getSSLParameters()));
        return made;
    }

    /** Runs TLS as a server over a connected socket from which bytes have been read; there is no host to compare. */
    @Override
    public Socket createSocket(Socket socket, InputStream consumed, boolean autoClose) throws IOException {
        return tls.createSocket(socket, consumed, autoClose);
    }

    private static SSLParameters comparingHostName(SSLParameters parameters) {
        parameters.setEndpointIdentificationAlgorithm(LIKE_HTTPS);
        return parameters;
    }
}
