package io.uartnio.tls;

import io.uartnio.TlsSessionInfo;
import io.uartnio.socket.face.TlsCarrier;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;

/**
 * A socket on which the module runs TLS, negotiated when it connects. What is left of the handshake is to compare what
 * the module has done with what was asked for: by {@code startHandshake} or the first read or write, whichever comes
 * first, so that all that was asked for after the connect counts too, and before a byte of the application crosses.
 * Nothing waits under a lock. Safe for any thread.
 */
final class ModuleSslSocket extends CarriedSslSocket {

    private final TlsTerms terms;

    /** Guards the parameters and the handshake. */
    private final ReentrantLock lock = new ReentrantLock();

    private final EngineParameters parameters;

    /** What the connection was asked for by; null before the connect. */
    private volatile String peerHost;

    /** Set when the handshake is done. */
    private volatile ModuleTlsSession session;

    /** What the handshake has failed by; guarded by the lock. */
    private SSLHandshakeException refusal;

    /**
     * Takes over a socket, connected or not.
     *
     * @param peerHost what it was connected to by name, or null
     */
    ModuleSslSocket(Socket carrier, TlsTerms terms, String peerHost) {
        super(carrier);
        this.terms = terms;
        this.parameters = new EngineParameters(terms.cipherSuites(), terms.protocols());
        this.peerHost = peerHost == null ? hostOf(carrier.getRemoteSocketAddress()) : peerHost;
    }

    private static String hostOf(SocketAddress remote) {
        return remote instanceof InetSocketAddress inet ? inet.getHostString() : null;
    }

    @Override
    public void connect(SocketAddress remote, int timeoutMillis) throws IOException {
        super.connect(remote, timeoutMillis);
        peerHost = hostOf(remote);
    }

    // -- handshake --

    @Override
    public void startHandshake() throws IOException {
        handshake();
    }

    private void handshake() throws IOException {
        if (session != null) {
            return;
        }
        ModuleTlsSession made;
        lock.lock();
        try {
            if (session != null) {
                return;
            }
            made = compareWithWhatWasAskedFor();
            session = made;
        } finally {
            lock.unlock();
        }
        tellHandshakeCompleted(made);
    }

    private ModuleTlsSession compareWithWhatWasAskedFor() throws IOException {
        if (refusal != null) {
            SSLHandshakeException again = new SSLHandshakeException(refusal.getMessage());
            again.initCause(refusal);
            throw again;
        }
        if (isClosed()) {
            throw new SocketException("Socket is closed"); // the JDK's words
        }
        TlsSessionInfo info = isConnected() ? ((TlsCarrier) carrier()).tlsSession() : null;
        if (info == null) {
            throw new SocketException("Socket is not connected"); // the JDK's words
        }
        String wrong = parameters.whatIsWrong(terms);
        if (wrong == null) {
            wrong = parameters.whatIsWrong(terms, new ChannelFacts(null, peerHost, getPort(), info), peerHost);
        }
        if (wrong != null) {
            refusal = new SSLHandshakeException(wrong);
            close();
            throw refusal;
        }
        if (parameters.isEndpointToBeIdentified()) {
            terms.warnOfUncheckedHostName(parameters.endpointIdentificationAlgorithm());
        }
        return ModuleTlsSession.of(info, peerHost, getPort());
    }

    /** Completes the handshake; returns a session without a suite if that fails, as the JDK's sockets do. */
    @Override
    public SSLSession getSession() {
        try {
            handshake();
        } catch (IOException e) {
            return ModuleTlsSession.none(peerHost, getPort());
        }
        return session;
    }

    /** Returns null: nobody can look on while the module negotiates. */
    @Override
    public SSLSession getHandshakeSession() {
        return null;
    }

    /** Returns "" once the handshake is done, for none agreed on, and null before. */
    @Override
    public String getApplicationProtocol() {
        return session == null ? null : "";
    }

    /** Returns null: nobody can look on while the module negotiates. */
    @Override
    public String getHandshakeApplicationProtocol() {
        return null;
    }

    // -- what is asked for --

    @Override
    public String[] getSupportedCipherSuites() {
        return terms.cipherSuites();
    }

    @Override
    public String[] getEnabledCipherSuites() {
        return asked(EngineParameters::cipherSuites);
    }

    @Override
    public void setEnabledCipherSuites(String[] names) {
        ask(wanted -> wanted.setCipherSuites(names));
    }

    @Override
    public String[] getSupportedProtocols() {
        return terms.protocols();
    }

    @Override
    public String[] getEnabledProtocols() {
        return asked(EngineParameters::protocols);
    }

    @Override
    public void setEnabledProtocols(String[] names) {
        ask(wanted -> wanted.setProtocols(names));
    }

    @Override
    public SSLParameters getSSLParameters() {
        return asked(EngineParameters::get);
    }

    @Override
    public void setSSLParameters(SSLParameters wanted) {
        Objects.requireNonNull(wanted, "wanted");
        ask(all -> all.set(wanted));
    }

    /**
     * A module is a client only.
     *
     * @throws IllegalArgumentException if the mode is the server's
     */
    @Override
    public void setUseClientMode(boolean client) {
        if (!client) {
            throw new IllegalArgumentException("module's TLS has no server mode");
        }
    }

    @Override
    public boolean getUseClientMode() {
        return true;
    }

    @Override
    public void setNeedClientAuth(boolean need) {
        ask(wanted -> wanted.setNeedClientAuth(need));
    }

    @Override
    public boolean getNeedClientAuth() {
        return asked(EngineParameters::needClientAuth);
    }

    @Override
    public void setWantClientAuth(boolean want) {
        ask(wanted -> wanted.setWantClientAuth(want));
    }

    @Override
    public boolean getWantClientAuth() {
        return asked(EngineParameters::wantClientAuth);
    }

    @Override
    public void setEnableSessionCreation(boolean mayCreate) {
        ask(wanted -> wanted.setSessionCreation(mayCreate));
    }

    @Override
    public boolean getEnableSessionCreation() {
        return asked(EngineParameters::sessionCreation);
    }

    private <T> T asked(Function<EngineParameters, T> question) {
        lock.lock();
        try {
            return question.apply(parameters);
        } finally {
            lock.unlock();
        }
    }

    private void ask(Consumer<EngineParameters> wish) {
        lock.lock();
        try {
            wish.accept(parameters);
        } finally {
            lock.unlock();
        }
    }

    // -- streams --

    @Override
    public InputStream getInputStream() throws IOException {
        return new Input(super.getInputStream());
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return new Output(super.getOutputStream());
    }

    /** Completes the handshake before the first byte. */
    private final class Input extends InputStream {

        private final InputStream in;

        Input(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            handshake();
            return in.read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            handshake();
            return in.read(bytes, offset, length);
        }

        /** Tells nothing before the handshake, and does not begin it, as the JDK's. */
        @Override
        public int available() throws IOException {
            return session == null ? 0 : in.available();
        }

        @Override
        public void close() throws IOException {
            ModuleSslSocket.this.close();
        }
    }

    /** Completes the handshake before the first byte. */
    private final class Output extends OutputStream {

        private final OutputStream out;

        Output(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int value) throws IOException {
            handshake();
            out.write(value);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            handshake();
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            ModuleSslSocket.this.close();
        }
    }

    /** Says what the socket is, and to where. */
    @Override
    public String toString() {
        return "ModuleSslSocket[" + carrier() + ", session=" + session + "]";
    }
}
