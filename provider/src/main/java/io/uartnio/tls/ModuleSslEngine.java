package io.uartnio.tls;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;

/**
 * An engine for code that insists on one, over a channel on which the module runs TLS already. It encrypts nothing: it
 * makes sure that it is such a channel, and puts payload into {@linkplain PseudoRecord records} and takes it out. Its
 * handshake is a hello and an answer ({@link Meeting}); before the answer not one byte of the application is taken, so
 * over any other channel nothing leaves but the hello. It is a client, has no delegated tasks and does not renegotiate.
 *
 * <p>Safe for any thread; results and statuses are those of the JDK's own engines, which a test compares.
 */
final class ModuleSslEngine extends SSLEngine {

    /** Where the handshake is; it only ever moves down this list. */
    private enum Handshake {
        /** Made; parameters may be set. */
        NOT_BEGUN,
        /** {@code beginHandshake}, or the first wrap or unwrap: the hello is to be wrapped. */
        HELLO,
        /** The hello has been wrapped: the answer is to be unwrapped. */
        ANSWER,
        /** The answer was right. */
        DONE,
        /** Something else came, was asked for or found; or the engine was closed before it was done. */
        FAILED
    }

    /** Where the way out is; it only ever moves down this list. */
    private enum Outbound {
        /** Made. */
        OPEN,
        /** Closed: the alert that says so is to be wrapped. */
        ALERT,
        /** The alert has been wrapped, or there was nobody to tell. */
        DONE
    }

    private final TlsTerms terms;

    // All that follows is guarded by this monitor; nothing waits under it.
    private final EngineParameters parameters;
    private final byte[] header = new byte[PseudoRecord.HEADER_BYTES];
    private boolean clientModeSet;
    private Handshake handshake = Handshake.NOT_BEGUN;
    private Outbound outbound = Outbound.OPEN;
    private boolean inboundDone;
    private Meeting meeting;
    private byte[] alert;
    private ModuleTlsSession session;
    private BiFunction<SSLEngine, List<String>, String> protocolSelector;

    /** Makes an engine that does not know its peer. */
    ModuleSslEngine(TlsTerms terms) {
        this.terms = terms;
        this.parameters = new EngineParameters(terms.cipherSuites(), terms.protocols());
        this.session = ModuleTlsSession.none(null, -1);
    }

    /** Makes an engine for a peer; the channel must be connected to that host. */
    ModuleSslEngine(TlsTerms terms, String peerHost, int peerPort) {
        super(peerHost, peerPort);
        this.terms = terms;
        this.parameters = new EngineParameters(terms.cipherSuites(), terms.protocols());
        this.session = ModuleTlsSession.none(peerHost, peerPort);
    }

    // ------------------------------------------------------------------ handshake

    /**
     * Begins the handshake; does nothing while it is under way.
     *
     * @throws SSLHandshakeException if the parameters ask for what the module cannot do
     * @throws SSLException if the engine is closed, or the handshake is done: there is no renegotiation
     */
    @Override
    public synchronized void beginHandshake() throws SSLException {
        checkMode();
        if (handshake == Handshake.DONE) {
            throw new SSLException("module cannot renegotiate");
        }
        if (handshake == Handshake.FAILED) {
            throw new SSLException("engine is closed");
        }
        begin();
    }

    private void checkMode() {
        if (!clientModeSet) {
            throw new IllegalStateException("Client/Server mode has not yet been set."); // the JDK's words
        }
    }

    private void begin() throws SSLHandshakeException {
        if (handshake == Handshake.NOT_BEGUN) {
            String wrong = parameters.whatIsWrong(terms);
            if (wrong != null) {
                throw failHandshake(wrong);
            }
            meeting = terms.arrange();
            handshake = Handshake.HELLO;
        }
    }

    /** Ends the engine. Nobody is told: either there is no channel of ours, or its module is to be closed anyway. */
    private SSLHandshakeException failHandshake(String why) {
        giveUpHandshake();
        return new SSLHandshakeException(why);
    }

    private void giveUpHandshake() {
        handshake = Handshake.FAILED;
        outbound = Outbound.DONE;
        inboundDone = true;
        if (meeting != null) {
            terms.cancel(meeting);
            meeting = null;
        }
    }

    private boolean isHandshaking() {
        return handshake.compareTo(Handshake.DONE) < 0;
    }

    @Override
    public synchronized HandshakeStatus getHandshakeStatus() {
        if (handshake == Handshake.HELLO || outbound == Outbound.ALERT) {
            return HandshakeStatus.NEED_WRAP;
        }
        return handshake == Handshake.ANSWER ? HandshakeStatus.NEED_UNWRAP : HandshakeStatus.NOT_HANDSHAKING;
    }

    /** Returns null: whatever there is to do is done at once. */
    @Override
    public Runnable getDelegatedTask() {
        return null;
    }

    private SSLEngineResult result(Status status, int consumed, int produced) {
        return new SSLEngineResult(status, getHandshakeStatus(), consumed, produced);
    }

    // ------------------------------------------------------------------ wrap

    @Override
    public synchronized SSLEngineResult wrap(ByteBuffer[] sources, int offset, int length, ByteBuffer target)
            throws SSLException {
        checkMode();
        check(sources, offset, length, "source");
        checkTarget(target);
        if (outbound == Outbound.DONE) {
            return result(Status.CLOSED, 0, 0);
        }
        if (isHandshaking()) {
            begin();
            return handshake == Handshake.HELLO ? wrapHello(target) : result(Status.OK, 0, 0);
        }
        return outbound == Outbound.ALERT ? wrapAlert(target) : wrapPayload(sources, offset, length, target);
    }

    private SSLEngineResult wrapHello(ByteBuffer target) {
        byte[] hello = meeting.hello();
        if (target.remaining() < hello.length) {
            return result(Status.BUFFER_OVERFLOW, 0, 0);
        }
        target.put(hello);
        handshake = Handshake.ANSWER;
        return result(Status.OK, 0, hello.length);
    }

    private SSLEngineResult wrapAlert(ByteBuffer target) {
        if (target.remaining() < alert.length) {
            return result(Status.BUFFER_OVERFLOW, 0, 0);
        }
        target.put(alert);
        outbound = Outbound.DONE;
        return result(Status.CLOSED, 0, alert.length);
    }

    private SSLEngineResult wrapPayload(ByteBuffer[] sources, int offset, int length, ByteBuffer target) {
        int bytes = (int) Math.min(remaining(sources, offset, length), parameters.maxPayloadBytes());
        if (bytes == 0) {
            return result(Status.OK, 0, 0);
        }
        if (target.remaining() < PseudoRecord.HEADER_BYTES + bytes) {
            return result(Status.BUFFER_OVERFLOW, 0, 0);
        }
        PseudoRecord.putHeader(target, PseudoRecord.APPLICATION_DATA, bytes);
        int left = bytes;
        for (int i = offset; left > 0; i++) {
            left -= move(sources[i], target, left);
        }
        return result(Status.OK, bytes, PseudoRecord.HEADER_BYTES + bytes);
    }

    // ------------------------------------------------------------------ unwrap

    @Override
    public synchronized SSLEngineResult unwrap(ByteBuffer source, ByteBuffer[] targets, int offset, int length)
            throws SSLException {
        checkMode();
        if (source == null) {
            throw new IllegalArgumentException("source buffer is null");
        }
        check(targets, offset, length, "destination");
        for (int i = offset; i < offset + length; i++) {
            checkTarget(targets[i]);
        }
        if (inboundDone) {
            return result(Status.CLOSED, 0, 0);
        }
        if (isHandshaking()) {
            begin();
            if (handshake == Handshake.HELLO) {
                return result(Status.OK, 0, 0);
            }
        }
        if (source.remaining() < PseudoRecord.HEADER_BYTES) {
            return result(Status.BUFFER_UNDERFLOW, 0, 0);
        }
        source.get(source.position(), header);
        if (!PseudoRecord.isHeader(header)) {
            throw unexpected();
        }
        int payloadBytes = PseudoRecord.payloadBytes(header);
        if (source.remaining() < PseudoRecord.HEADER_BYTES + payloadBytes) {
            return result(Status.BUFFER_UNDERFLOW, 0, 0);
        }
        return handshake == Handshake.ANSWER
                ? unwrapAnswer(source, payloadBytes)
                : unwrapRecord(source, payloadBytes, targets, offset, length);
    }

    private SSLEngineResult unwrapAnswer(ByteBuffer source, int payloadBytes) throws SSLException {
        if (PseudoRecord.type(header) != PseudoRecord.HANDSHAKE || payloadBytes != Meeting.ANSWER_PAYLOAD_BYTES) {
            throw unexpected();
        }
        byte[] payload = new byte[payloadBytes];
        source.get(source.position() + PseudoRecord.HEADER_BYTES, payload);
        ChannelFacts facts = meeting.factsIfAnswer(payload);
        if (facts == null) {
            throw unexpected();
        }
        source.position(source.position() + PseudoRecord.HEADER_BYTES + payloadBytes);
        accept(facts);
        return new SSLEngineResult(Status.OK, HandshakeStatus.FINISHED, PseudoRecord.HEADER_BYTES + payloadBytes, 0);
    }

    private void accept(ChannelFacts facts) throws SSLHandshakeException {
        String wrong = terms.whatIsWrongWith(facts);
        if (wrong == null) {
            wrong = parameters.whatIsWrong(terms, facts, getPeerHost());
        }
        if (wrong != null) {
            throw failHandshake(wrong);
        }
        if (parameters.isEndpointToBeIdentified()) {
            terms.warnOfUncheckedHostName(parameters.endpointIdentificationAlgorithm());
        }
        session = ModuleTlsSession.of(facts.session(), facts.host(), facts.port());
        meeting = null;
        handshake = Handshake.DONE;
    }

    private SSLEngineResult unwrapRecord(
            ByteBuffer source, int payloadBytes, ByteBuffer[] targets, int offset, int length) throws SSLException {
        if (PseudoRecord.type(header) == PseudoRecord.ALERT) {
            return unwrapAlert(source, payloadBytes);
        }
        if (PseudoRecord.type(header) != PseudoRecord.APPLICATION_DATA) {
            throw unexpected();
        }
        if (remaining(targets, offset, length) < payloadBytes) {
            return result(Status.BUFFER_OVERFLOW, 0, 0);
        }
        source.position(source.position() + PseudoRecord.HEADER_BYTES);
        int left = payloadBytes;
        for (int i = offset; left > 0; i++) {
            left -= move(source, targets[i], left);
        }
        return result(Status.OK, PseudoRecord.HEADER_BYTES + payloadBytes, payloadBytes);
    }

    /** The only alert of a channel is the goodbye at the end of its stream, which wants to be answered. */
    private SSLEngineResult unwrapAlert(ByteBuffer source, int payloadBytes) throws SSLException {
        int payloadStart = source.position() + PseudoRecord.HEADER_BYTES;
        if (payloadBytes != PseudoRecord.ALERT_PAYLOAD_BYTES
                || source.get(payloadStart + 1) != PseudoRecord.CLOSE_NOTIFY) {
            throw unexpected();
        }
        source.position(payloadStart + payloadBytes);
        inboundDone = true;
        closeOutbound();
        return result(Status.CLOSED, PseudoRecord.ALERT_BYTES, 0);
    }

    /** Ends the engine over a record, or something else, that no channel of ours sends at this point. */
    private SSLException unexpected() {
        String what = PseudoRecord.describe(header);
        if (isHandshaking()) {
            return failHandshake("hello was not answered by a channel on which the module runs TLS: " + what);
        }
        inboundDone = true;
        closeWith(PseudoRecord.alert(PseudoRecord.FATAL, PseudoRecord.INTERNAL_ERROR));
        return new SSLException("record is none of this engine's channel: " + what);
    }

    // ------------------------------------------------------------------ close

    @Override
    public synchronized void closeOutbound() {
        if (handshake == Handshake.DONE) {
            closeWith(PseudoRecord.alert(PseudoRecord.WARNING, PseudoRecord.CLOSE_NOTIFY));
        } else {
            giveUpHandshake();
        }
    }

    private void closeWith(byte[] goodbye) {
        if (outbound == Outbound.OPEN) {
            alert = goodbye;
            outbound = Outbound.ALERT;
        }
    }

    @Override
    public synchronized void closeInbound() throws SSLException {
        if (inboundDone) {
            return;
        }
        boolean begun = handshake != Handshake.NOT_BEGUN;
        inboundDone = true;
        if (handshake != Handshake.DONE) {
            giveUpHandshake();
        }
        if (begun) {
            throw new SSLException("closing inbound before receiving peer's close_notify"); // the JDK's words
        }
    }

    @Override
    public synchronized boolean isInboundDone() {
        return inboundDone;
    }

    @Override
    public synchronized boolean isOutboundDone() {
        return outbound == Outbound.DONE;
    }

    // ------------------------------------------------------------------ buffers

    private static void check(ByteBuffer[] buffers, int offset, int length, String name) {
        if (buffers == null) {
            throw new IllegalArgumentException(name + " buffers are null");
        }
        Objects.checkFromIndexSize(offset, length, buffers.length);
        for (int i = offset; i < offset + length; i++) {
            if (buffers[i] == null) {
                throw new IllegalArgumentException(name + " buffer is null: index=" + i);
            }
        }
    }

    private static void checkTarget(ByteBuffer target) {
        if (target == null) {
            throw new IllegalArgumentException("destination buffer is null");
        }
        if (target.isReadOnly()) {
            throw new ReadOnlyBufferException();
        }
    }

    private static long remaining(ByteBuffer[] buffers, int offset, int length) {
        long bytes = 0;
        for (int i = offset; i < offset + length; i++) {
            bytes += buffers[i].remaining();
        }
        return bytes;
    }

    /** Moves what both have of so many bytes; returns how many these are. */
    private static int move(ByteBuffer source, ByteBuffer target, int wanted) {
        int bytes = Math.min(wanted, Math.min(source.remaining(), target.remaining()));
        int limit = source.limit();
        source.limit(source.position() + bytes);
        target.put(source);
        source.limit(limit);
        return bytes;
    }

    // ------------------------------------------------------------------ session and parameters

    @Override
    public synchronized SSLSession getSession() {
        return session;
    }

    /** Returns null: nothing is negotiated here. */
    @Override
    public SSLSession getHandshakeSession() {
        return null;
    }

    /** Returns null before the handshake is done, then nothing: the modules have no ALPN, so none was agreed on. */
    @Override
    public synchronized String getApplicationProtocol() {
        return session.isNone() ? null : "";
    }

    /** Returns null: nothing is negotiated here. */
    @Override
    public String getHandshakeApplicationProtocol() {
        return null;
    }

    /** Remembers it; only a server would ask it. */
    @Override
    public synchronized void setHandshakeApplicationProtocolSelector(
            BiFunction<SSLEngine, List<String>, String> selector) {
        protocolSelector = selector;
    }

    @Override
    public synchronized BiFunction<SSLEngine, List<String>, String> getHandshakeApplicationProtocolSelector() {
        return protocolSelector;
    }

    /** Returns those that the profile lets the module use. */
    @Override
    public String[] getSupportedCipherSuites() {
        return terms.cipherSuites();
    }

    @Override
    public synchronized String[] getEnabledCipherSuites() {
        return parameters.cipherSuites();
    }

    /** Enables suites. Those that the module does not have do no harm; that it has none of them fails the handshake. */
    @Override
    public synchronized void setEnabledCipherSuites(String[] suites) {
        parameters.setCipherSuites(suites);
    }

    /** Returns those that the profile lets the module use. */
    @Override
    public String[] getSupportedProtocols() {
        return terms.protocols();
    }

    @Override
    public synchronized String[] getEnabledProtocols() {
        return parameters.protocols();
    }

    /** Enables versions. Those that the module does not have do no harm; that it may use another fails the handshake. */
    @Override
    public synchronized void setEnabledProtocols(String[] protocols) {
        parameters.setProtocols(protocols);
    }

    @Override
    public synchronized SSLParameters getSSLParameters() {
        return parameters.get();
    }

    @Override
    public synchronized void setSSLParameters(SSLParameters params) {
        parameters.set(params);
    }

    /**
     * Sets the mode, which has to be the client's.
     *
     * @throws IllegalArgumentException if it is the server's, which no module has, or the handshake has begun
     */
    @Override
    public synchronized void setUseClientMode(boolean client) {
        if (!client) {
            throw new IllegalArgumentException("module's TLS has no server mode");
        }
        if (handshake != Handshake.NOT_BEGUN) {
            throw new IllegalArgumentException("mode cannot be changed after the handshake has begun");
        }
        clientModeSet = true;
    }

    @Override
    public synchronized boolean getUseClientMode() {
        return clientModeSet;
    }

    /** Remembers it; set, it fails the handshake, because only a server can demand that. */
    @Override
    public synchronized void setNeedClientAuth(boolean need) {
        parameters.setNeedClientAuth(need);
    }

    @Override
    public synchronized boolean getNeedClientAuth() {
        return parameters.needClientAuth();
    }

    /** Remembers it; only a server could want that. */
    @Override
    public synchronized void setWantClientAuth(boolean want) {
        parameters.setWantClientAuth(want);
    }

    @Override
    public synchronized boolean getWantClientAuth() {
        return parameters.wantClientAuth();
    }

    /** Remembers it; not allowed, it fails the handshake, because the module does not tell whether it resumes. */
    @Override
    public synchronized void setEnableSessionCreation(boolean mayCreate) {
        parameters.setSessionCreation(mayCreate);
    }

    @Override
    public synchronized boolean getEnableSessionCreation() {
        return parameters.sessionCreation();
    }

    @Override
    public synchronized String toString() {
        return "ModuleSslEngine[host=" + getPeerHost() + ", port=" + getPeerPort() + ", handshake=" + handshake
                + ", outbound=" + outbound + ", inboundDone=" + inboundDone + "]";
    }
}
