package io.uartnio.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * An {@link SSLSocket} that is connected later: then it puts the JDK's TLS over its carrier, which the JDK does over
 * connected sockets only. Until then an engine of the same context, which never says a word, keeps what is asked of TLS:
 * it has the same defaults and makes the same objections. Safe for any thread; nothing waits under the lock.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // no monitor is held while TLS says goodbye
final class EndToEndSslSocket extends CarriedSslSocket {

    private final SSLSocketFactory factory;
    private final SSLEngine asked;

    /** Held while TLS is put over the carrier, so that nothing is asked of the engine that nobody reads any more. */
    private final ReentrantLock lock = new ReentrantLock();

    /** Chooses among a client's protocols, as a server; guarded by the lock, as that of an engine is another type. */
    private BiFunction<SSLSocket, List<String>, String> selector;

    /** Set by the connect. */
    private volatile SSLSocket tls;

    /**
     * Makes an unconnected socket.
     *
     * @param carrier is not connected
     * @param asked of the same context as the factory, and with the parameters that the socket is to begin with
     */
    EndToEndSslSocket(Socket carrier, SSLEngine asked, SSLSocketFactory factory) {
        super(carrier);
        this.asked = asked;
        this.factory = factory;
    }

    @Override
    public void connect(SocketAddress remote, int timeoutMillis) throws IOException {
        super.connect(remote, timeoutMillis);
        try {
            putTlsOver((InetSocketAddress) remote); // or the carrier had not connected
        } catch (IOException | RuntimeException e) {
            carrier().close();
            throw e;
        }
    }

    private void putTlsOver(InetSocketAddress remote) throws IOException {
        lock.lock();
        try {
            SSLSocket made =
                    (SSLSocket) factory.createSocket(carrier(), remote.getHostString(), remote.getPort(), true);
            made.setUseClientMode(asked.getUseClientMode());
            made.setEnableSessionCreation(asked.getEnableSessionCreation());
            made.setSSLParameters(asked.getSSLParameters());
            if (selector != null) {
                made.setHandshakeApplicationProtocolSelector(asIfOurs(selector));
            }
            made.addHandshakeCompletedListener(done -> tellHandshakeCompleted(done.getSession()));
            tls = made;
        } finally {
            lock.unlock();
        }
    }

    private SSLSocket connected() throws SocketException {
        SSLSocket made = tls;
        if (made == null) {
            throw new SocketException(isClosed() ? "Socket is closed" : "Socket is not connected"); // the JDK's words
        }
        return made;
    }

    // -- handshake --

    @Override
    public void startHandshake() throws IOException {
        connected().startHandshake();
    }

    @Override
    public SSLSession getSession() {
        SSLSocket made = tls;
        return made == null ? asked.getSession() : made.getSession();
    }

    @Override
    public SSLSession getHandshakeSession() {
        SSLSocket made = tls;
        return made == null ? null : made.getHandshakeSession();
    }

    @Override
    public String getApplicationProtocol() {
        SSLSocket made = tls;
        return made == null ? null : made.getApplicationProtocol();
    }

    @Override
    public String getHandshakeApplicationProtocol() {
        SSLSocket made = tls;
        return made == null ? null : made.getHandshakeApplicationProtocol();
    }

    @Override
    public void setHandshakeApplicationProtocolSelector(BiFunction<SSLSocket, List<String>, String> wanted) {
        lock.lock();
        try {
            selector = wanted;
            if (tls != null) {
                tls.setHandshakeApplicationProtocolSelector(wanted == null ? null : asIfOurs(wanted));
            }
        } finally {
            lock.unlock();
        }
    }

    private BiFunction<SSLSocket, List<String>, String> asIfOurs(BiFunction<SSLSocket, List<String>, String> wanted) {
        return (theirs, protocols) -> wanted.apply(this, protocols);
    }

    @Override
    public BiFunction<SSLSocket, List<String>, String> getHandshakeApplicationProtocolSelector() {
        lock.lock();
        try {
            return selector;
        } finally {
            lock.unlock();
        }
    }

    // -- what is asked for --

    @Override
    public String[] getSupportedCipherSuites() {
        return asked.getSupportedCipherSuites();
    }

    @Override
    public String[] getSupportedProtocols() {
        return asked.getSupportedProtocols();
    }

    @Override
    public String[] getEnabledCipherSuites() {
        return told(SSLEngine::getEnabledCipherSuites, SSLSocket::getEnabledCipherSuites);
    }

    @Override
    public void setEnabledCipherSuites(String[] names) {
        ask(SSLEngine::setEnabledCipherSuites, SSLSocket::setEnabledCipherSuites, names);
    }

    @Override
    public String[] getEnabledProtocols() {
        return told(SSLEngine::getEnabledProtocols, SSLSocket::getEnabledProtocols);
    }

    @Override
    public void setEnabledProtocols(String[] names) {
        ask(SSLEngine::setEnabledProtocols, SSLSocket::setEnabledProtocols, names);
    }

    @Override
    public SSLParameters getSSLParameters() {
        return told(SSLEngine::getSSLParameters, SSLSocket::getSSLParameters);
    }

    @Override
    public void setSSLParameters(SSLParameters wanted) {
        ask(SSLEngine::setSSLParameters, SSLSocket::setSSLParameters, wanted);
    }

    @Override
    public boolean getUseClientMode() {
        return told(SSLEngine::getUseClientMode, SSLSocket::getUseClientMode);
    }

    @Override
    public void setUseClientMode(boolean client) {
        ask(SSLEngine::setUseClientMode, SSLSocket::setUseClientMode, client);
    }

    @Override
    public boolean getNeedClientAuth() {
        return told(SSLEngine::getNeedClientAuth, SSLSocket::getNeedClientAuth);
    }

    @Override
    public void setNeedClientAuth(boolean need) {
        ask(SSLEngine::setNeedClientAuth, SSLSocket::setNeedClientAuth, need);
    }

    @Override
    public boolean getWantClientAuth() {
        return told(SSLEngine::getWantClientAuth, SSLSocket::getWantClientAuth);
    }

    @Override
    public void setWantClientAuth(boolean want) {
        ask(SSLEngine::setWantClientAuth, SSLSocket::setWantClientAuth, want);
    }

    @Override
    public boolean getEnableSessionCreation() {
        return told(SSLEngine::getEnableSessionCreation, SSLSocket::getEnableSessionCreation);
    }

    @Override
    public void setEnableSessionCreation(boolean mayCreate) {
        ask(SSLEngine::setEnableSessionCreation, SSLSocket::setEnableSessionCreation, mayCreate);
    }

    private <T> T told(Function<SSLEngine, T> before, Function<SSLSocket, T> after) {
        SSLSocket made = tls;
        return made == null ? before.apply(asked) : after.apply(made);
    }

    private <T> void ask(BiConsumer<SSLEngine, T> before, BiConsumer<SSLSocket, T> after, T wish) {
        lock.lock();
        try {
            if (tls == null) {
                before.accept(asked, wish);
            } else {
                after.accept(tls, wish);
            }
        } finally {
            lock.unlock();
        }
    }

    // -- streams and ends --

    /** False while TLS is not over the connection yet: nobody gets at the bytes before. */
    @Override
    public boolean isConnected() {
        return tls != null;
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return connected().getInputStream();
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return connected().getOutputStream();
    }

    @Override
    public void shutdownInput() throws IOException {
        connected().shutdownInput();
    }

    @Override
    public void shutdownOutput() throws IOException {
        connected().shutdownOutput();
    }

    @Override
    public boolean isInputShutdown() {
        SSLSocket made = tls;
        return made != null && made.isInputShutdown();
    }

    @Override
    public boolean isOutputShutdown() {
        SSLSocket made = tls;
        return made != null && made.isOutputShutdown();
    }

    /** Says goodbye first if TLS is there. */
    @Override
    public void close() throws IOException {
        SSLSocket made = tls;
        if (made == null) {
            super.close();
        } else {
            made.close();
        }
    }

    /** Says what the socket is, and to where. */
    @Override
    public String toString() {
        return "EndToEndSslSocket[" + carrier() + "]";
    }
}
