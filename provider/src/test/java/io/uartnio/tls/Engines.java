package io.uartnio.tls;

import io.uartnio.TlsProfile;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** Engines of the project's, with meetings of their own, and what tests do to engines. */
final class Engines {

    static final String HOST = "server.example";
    static final int PORT = 443;

    /** One that asks for nothing special. */
    static final TlsProfile PROFILE = TlsProfile.builder()
            .insecureSkipVerification()
            .allowUncheckedHostName()
            .build();

    final Meetings meetings = new Meetings();
    final TlsTerms terms;
    private final List<Meeting> waiting = new ArrayList<>();

    Engines() {
        this(PROFILE);
    }

    Engines(TlsProfile profile) {
        terms = new TlsTerms(null, profile, meetings, new SecureRandom());
    }

    /** Has an engine that is not made wait for its hello: a meeting that nobody holds would be collected. */
    void arrange() {
        waiting.add(terms.arrange());
    }

    /** Makes one in client mode. */
    ModuleSslEngine engine() {
        ModuleSslEngine engine = new ModuleSslEngine(terms, HOST, PORT);
        engine.setUseClientMode(true);
        return engine;
    }

    static ByteBuffer packet(SSLEngine engine) {
        return ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    }

    static ByteBuffer application(SSLEngine engine) {
        return ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
    }

    static ByteBuffer nothing() {
        return ByteBuffer.allocate(0);
    }

    /** Wraps and returns what came of it, ready to be read. */
    static ByteBuffer wrapped(SSLEngine engine, byte[] bytes) throws SSLException {
        ByteBuffer packet = packet(engine);
        engine.wrap(ByteBuffer.wrap(bytes), packet);
        return packet.flip();
    }

    /** Has the two handshake, in a thread: whoever has something to wrap wraps it, and the other unwraps it. */
    static void handshake(SSLEngine client, SSLEngine server) throws SSLException {
        client.beginHandshake();
        server.beginHandshake();
        ByteBuffer toServer = ByteBuffer.allocate(1 << 16);
        ByteBuffer toClient = ByteBuffer.allocate(1 << 16);
        boolean clientDone = false;
        boolean serverDone = false;
        while (!clientDone || !serverDone || toServer.position() > 0 || toClient.position() > 0) {
            clientDone |= step(client, toClient, toServer);
            serverDone |= step(server, toServer, toClient);
        }
    }

    private static boolean step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
        SSLEngineResult result;
        if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
            result = engine.wrap(nothing(), out);
        } else {
            in.flip();
            result = engine.unwrap(in, application(engine));
            in.compact();
        }
        return result.getHandshakeStatus() == HandshakeStatus.FINISHED;
    }
}
