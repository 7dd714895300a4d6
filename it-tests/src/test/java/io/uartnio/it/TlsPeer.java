package io.uartnio.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/** A TLS server of the JDK that sends back what it receives, and remembers what clients it had. */
final class TlsPeer implements AutoCloseable {

    private final PeerServer server;
    private final List<String> sessions = new CopyOnWriteArrayList<>();
    private final AtomicLong received = new AtomicLong();

    private TlsPeer(SSLServerSocket listener) {
        server = new PeerServer(listener, this::serve);
    }

    /** A server by TLS 1.2 that asks for no certificate. */
    static TlsPeer of(Authority.Identity identity) throws GeneralSecurityException, IOException {
        return of(identity, null, List.of("TLSv1.2"), List.of());
    }

    /**
     * A server.
     *
     * @param ofClients demands a certificate of this authority's, unless null
     * @param protocols by the JDK's names
     * @param suites by the JDK's names, empty for its defaults
     */
    static TlsPeer of(Authority.Identity identity, Authority ofClients, List<String> protocols, List<String> suites)
            throws GeneralSecurityException, IOException {
        SSLServerSocket listener = (SSLServerSocket) identity.serverContext(ofClients)
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        SSLParameters parameters = listener.getSSLParameters();
        parameters.setProtocols(protocols.toArray(String[]::new));
        if (!suites.isEmpty()) {
            parameters.setCipherSuites(suites.toArray(String[]::new));
        }
        parameters.setNeedClientAuth(ofClients != null);
        listener.setSSLParameters(parameters);
        return new TlsPeer(listener);
    }

    private void serve(Socket connection) throws IOException {
        SSLSocket tls = (SSLSocket) connection;
        tls.startHandshake();
        SSLSession session = tls.getSession();
        sessions.add(session.getProtocol() + " " + session.getCipherSuite() + " " + client(session));
        InputStream in = tls.getInputStream();
        OutputStream out = tls.getOutputStream();
        byte[] buffer = new byte[8192];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            received.addAndGet(count);
            out.write(buffer, 0, count);
        }
    }

    private static String client(SSLSession session) {
        try {
            return session.getPeerPrincipal().getName();
        } catch (SSLPeerUnverifiedException e) {
            return "nobody";
        }
    }

    int port() {
        return server.port();
    }

    /** Returns of each client that has shaken hands: version, cipher suite, name or {@code nobody}. */
    List<String> sessions() {
        return sessions;
    }

    /** Returns how many bytes of applications have come. */
    long bytesReceived() {
        return received.get();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        server.close();
    }
}
