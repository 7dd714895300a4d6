package io.uartnio.tls;

import io.uartnio.TlsSessionInfo;
import java.security.Principal;
import java.security.cert.Certificate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionBindingEvent;
import javax.net.ssl.SSLSessionBindingListener;
import javax.net.ssl.SSLSessionContext;

/**
 * What can truthfully be said of a connection on which the module runs TLS. The module shows neither the server's chain
 * nor the session's id, so the peer counts as unverified for whoever asks for its certificates, although the module has
 * verified it; protocol and cipher suite are {@value #UNKNOWN} where the module does not tell them. Whether a client
 * certificate was sent only the server knows, so no local one is shown either.
 *
 * <p>Safe for any thread.
 */
final class ModuleTlsSession implements SSLSession {

    /** Stands for a protocol or suite that is not known. Not the words for none: they mean that nothing is protected. */
    static final String UNKNOWN = "UNKNOWN";

    /** What the JDK's sessions say before a handshake. */
    private static final String NO_PROTOCOL = "NONE";

    private static final String NO_CIPHER_SUITE = "SSL_NULL_WITH_NULL_NULL";

    private final String protocol;
    private final String cipherSuite;
    private final String peerHost;
    private final int peerPort;
    private final long createdMillis = System.currentTimeMillis();
    private final Map<String, Object> values = new ConcurrentHashMap<>();
    private volatile boolean valid;

    private ModuleTlsSession(String protocol, String cipherSuite, String peerHost, int peerPort, boolean valid) {
        this.protocol = protocol;
        this.cipherSuite = cipherSuite;
        this.peerHost = peerHost;
        this.peerPort = peerPort;
        this.valid = valid;
    }

    /**
     * Makes the session of a connection that stands.
     *
     * @param peerHost what the connection was asked for by, or null
     * @param peerPort the port, or -1
     */
    static ModuleTlsSession of(TlsSessionInfo info, String peerHost, int peerPort) {
        return new ModuleTlsSession(
                info.protocol() == null ? UNKNOWN : info.protocol(),
                info.cipherSuite() == null ? UNKNOWN : info.cipherSuite(),
                peerHost,
                peerPort,
                true);
    }

    /** Makes the session that there is before a handshake: nothing is protected yet. */
    static ModuleTlsSession none(String peerHost, int peerPort) {
        return new ModuleTlsSession(NO_PROTOCOL, NO_CIPHER_SUITE, peerHost, peerPort, false);
    }

    /** Returns true if nothing is protected yet. */
    boolean isNone() {
        return cipherSuite.equals(NO_CIPHER_SUITE);
    }

    /** Returns nothing: the module does not tell. */
    @Override
    public byte[] getId() {
        return new byte[0];
    }

    /** Returns null: what the module may resume it does not show. */
    @Override
    public SSLSessionContext getSessionContext() {
        return null;
    }

    @Override
    public long getCreationTime() {
        return createdMillis;
    }

    @Override
    public long getLastAccessedTime() {
        return createdMillis;
    }

    /** Only turns {@link #isValid()}: the module resumes what its profile says. */
    @Override
    public void invalidate() {
        valid = false;
    }

    @Override
    public boolean isValid() {
        return valid;
    }

    @Override
    public void putValue(String name, Object value) {
        Object before = values.put(checked(name), checked(value));
        if (before instanceof SSLSessionBindingListener listener) {
            listener.valueUnbound(new SSLSessionBindingEvent(this, name));
        }
        if (value instanceof SSLSessionBindingListener listener) {
            listener.valueBound(new SSLSessionBindingEvent(this, name));
        }
    }

    @Override
    public Object getValue(String name) {
        return values.get(checked(name));
    }

    @Override
    public void removeValue(String name) {
        if (values.remove(checked(name)) instanceof SSLSessionBindingListener listener) {
            listener.valueUnbound(new SSLSessionBindingEvent(this, name));
        }
    }

    @Override
    public String[] getValueNames() {
        return values.keySet().toArray(String[]::new);
    }

    /** As the interface wants it, which has no {@link NullPointerException}. */
    private static <T> T checked(T argument) {
        if (argument == null) {
            throw new IllegalArgumentException("arguments can not be null");
        }
        return argument;
    }

    @Override
    public Certificate[] getPeerCertificates() throws SSLPeerUnverifiedException {
        throw chainNotShown();
    }

    @Override
    public Principal getPeerPrincipal() throws SSLPeerUnverifiedException {
        throw chainNotShown();
    }

    private SSLPeerUnverifiedException chainNotShown() {
        return new SSLPeerUnverifiedException(
                "module does not show the server's certificates: host=" + peerHost + ", port=" + peerPort);
    }

    @Override
    public Certificate[] getLocalCertificates() {
        return null;
    }

    @Override
    public Principal getLocalPrincipal() {
        return null;
    }

    @Override
    public String getCipherSuite() {
        return cipherSuite;
    }

    @Override
    public String getProtocol() {
        return protocol;
    }

    @Override
    public String getPeerHost() {
        return peerHost;
    }

    @Override
    public int getPeerPort() {
        return peerPort;
    }

    /** Returns the size of the largest record that an engine makes or takes. */
    @Override
    public int getPacketBufferSize() {
        return PseudoRecord.MAX_BYTES;
    }

    @Override
    public int getApplicationBufferSize() {
        return PseudoRecord.MAX_PAYLOAD_BYTES;
    }

    @Override
    public String toString() {
        return "ModuleTlsSession[protocol=" + protocol + ", cipherSuite=" + cipherSuite + ", host=" + peerHost
                + ", port=" + peerPort + "]";
    }
}
