package io.uartnio.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.HandshakeCompletedEvent;
import javax.net.ssl.HandshakeCompletedListener;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/**
 * An {@link SSLSocket} that is another socket in every respect that is not TLS: there is no way to give it a
 * {@link java.net.SocketImpl}. It keeps who is to be told of its handshake. Safe for any thread.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // what Socket guards by its monitor, the other socket does
abstract class CarriedSslSocket extends SSLSocket {

    private final Socket carrier;
    private final List<HandshakeCompletedListener> listeners = new CopyOnWriteArrayList<>();

    CarriedSslSocket(Socket carrier) {
        this.carrier = carrier;
    }

    final Socket carrier() {
        return carrier;
    }

    @Override
    public void addHandshakeCompletedListener(HandshakeCompletedListener listener) {
        if (listener == null) {
            throw new IllegalArgumentException("listener is null");
        }
        listeners.add(listener);
    }

    @Override
    public void removeHandshakeCompletedListener(HandshakeCompletedListener listener) {
        if (listener == null || !listeners.remove(listener)) {
            throw new IllegalArgumentException("listener is not registered: listener=" + listener);
        }
    }

    /** Tells the listeners; under no lock, as they may use the socket. */
    final void tellHandshakeCompleted(SSLSession session) {
        HandshakeCompletedEvent event = new HandshakeCompletedEvent(this, session);
        listeners.forEach(listener -> listener.handshakeCompleted(event));
    }

    @Override
    public void connect(SocketAddress remote) throws IOException {
        connect(remote, 0);
    }

    @Override
    public void connect(SocketAddress remote, int timeoutMillis) throws IOException {
        carrier.connect(remote, timeoutMillis);
    }

    @Override
    public void bind(SocketAddress local) throws IOException {
        carrier.bind(local);
    }

    @Override
    public InetAddress getInetAddress() {
        return carrier.getInetAddress();
    }

    @Override
    public InetAddress getLocalAddress() {
        return carrier.getLocalAddress();
    }

    @Override
    public int getPort() {
        return carrier.getPort();
    }

    @Override
    public int getLocalPort() {
        return carrier.getLocalPort();
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return carrier.getRemoteSocketAddress();
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return carrier.getLocalSocketAddress();
    }

    /** Returns null, as the JDK's: bytes that go past a socket that runs TLS are nobody's. */
    @Override
    public SocketChannel getChannel() {
        return null;
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return carrier.getInputStream();
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return carrier.getOutputStream();
    }

    @Override
    public void setTcpNoDelay(boolean on) throws SocketException {
        carrier.setTcpNoDelay(on);
    }

    @Override
    public boolean getTcpNoDelay() throws SocketException {
        return carrier.getTcpNoDelay();
    }

    @Override
    public void setSoLinger(boolean on, int seconds) throws SocketException {
        carrier.setSoLinger(on, seconds);
    }

    @Override
    public int getSoLinger() throws SocketException {
        return carrier.getSoLinger();
    }

    @Override
    public void sendUrgentData(int data) throws IOException {
        carrier.sendUrgentData(data);
    }

    @Override
    public void setOOBInline(boolean on) throws SocketException {
        carrier.setOOBInline(on);
    }

    @Override
    public boolean getOOBInline() throws SocketException {
        return carrier.getOOBInline();
    }

    @Override
    public void setSoTimeout(int timeoutMillis) throws SocketException {
        carrier.setSoTimeout(timeoutMillis);
    }

    @Override
    public int getSoTimeout() throws SocketException {
        return carrier.getSoTimeout();
    }

    @Override
    public void setSendBufferSize(int bytes) throws SocketException {
        carrier.setSendBufferSize(bytes);
    }

    @Override
    public int getSendBufferSize() throws SocketException {
        return carrier.getSendBufferSize();
    }

    @Override
    public void setReceiveBufferSize(int bytes) throws SocketException {
        carrier.setReceiveBufferSize(bytes);
    }

    @Override
    public int getReceiveBufferSize() throws SocketException {
        return carrier.getReceiveBufferSize();
    }

    @Override
    public void setKeepAlive(boolean on) throws SocketException {
        carrier.setKeepAlive(on);
    }

    @Override
    public boolean getKeepAlive() throws SocketException {
        return carrier.getKeepAlive();
    }

    @Override
    public void setTrafficClass(int trafficClass) throws SocketException {
        carrier.setTrafficClass(trafficClass);
    }

    @Override
    public int getTrafficClass() throws SocketException {
        return carrier.getTrafficClass();
    }

    @Override
    public void setReuseAddress(boolean on) throws SocketException {
        carrier.setReuseAddress(on);
    }

    @Override
    public boolean getReuseAddress() throws SocketException {
        return carrier.getReuseAddress();
    }

    @Override
    public void close() throws IOException {
        carrier.close();
    }

    @Override
    public void shutdownInput() throws IOException {
        carrier.shutdownInput();
    }

    @Override
    public void shutdownOutput() throws IOException {
        carrier.shutdownOutput();
    }

    @Override
    public boolean isConnected() {
        return carrier.isConnected();
    }

    @Override
    public boolean isBound() {
        return carrier.isBound();
    }

    @Override
    public boolean isClosed() {
        return carrier.isClosed();
    }

    @Override
    public boolean isInputShutdown() {
        return carrier.isInputShutdown();
    }

    @Override
    public boolean isOutputShutdown() {
        return carrier.isOutputShutdown();
    }

    @Override
    public void setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
        carrier.setPerformancePreferences(connectionTime, latency, bandwidth);
    }

    @Override
    public <T> Socket setOption(SocketOption<T> name, T value) throws IOException {
        carrier.setOption(name, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> name) throws IOException {
        return carrier.getOption(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return carrier.supportedOptions();
    }

    @Override
    public String toString() {
        return carrier.toString();
    }
}
