package io.uartnio.tls;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;

/** A client's engine with its other side, and a log of what it says. One is the project's, the other the JDK's. */
abstract class Subject {

    private final StringBuilder log = new StringBuilder();

    /** Returns the engine, in client mode unless a scenario makes it itself. */
    abstract SSLEngine engine();

    /** Returns one whose mode has not been set. */
    abstract SSLEngine withoutMode();

    /** Finishes the handshake of {@link #engine()}. */
    abstract void handshake() throws SSLException;

    /** Returns a record of application data from the other side. */
    abstract ByteBuffer fromPeer(byte[] bytes) throws SSLException;

    /** Returns the other side's goodbye. */
    abstract ByteBuffer goodbye() throws SSLException;

    String log() {
        return log.toString();
    }

    private void say(String what) {
        log.append(what).append('\n');
    }

    /** What may be thrown is part of the contract. */
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }

    void trying(String name, Step step) {
        try {
            step.run();
            say(name + ": returns");
        } catch (Exception e) {
            say(name + ": throws " + kind(e));
        }
    }

    /** As the interface promises it; the JDK may throw a subclass of the promised. */
    private static String kind(Exception e) {
        return e instanceof SSLException ? "SSLException" : e.getClass().getSimpleName();
    }

    void wrap(String name, ByteBuffer target, ByteBuffer... sources) {
        trying(name, () -> {
            SSLEngineResult result = engine().wrap(sources, target);
            say(name + ": " + words(result) + ", taken " + result.bytesConsumed() + ", made "
                    + (result.bytesProduced() > 0));
        });
    }

    void unwrap(String name, ByteBuffer source, ByteBuffer... targets) {
        trying(name, () -> {
            SSLEngineResult result = engine().unwrap(source, targets);
            say(name + ": " + words(result) + ", taken " + (result.bytesConsumed() > 0) + ", made "
                    + result.bytesProduced() + ", left " + source.hasRemaining());
        });
    }

    private static String words(SSLEngineResult result) {
        return result.getStatus() + " " + result.getHandshakeStatus();
    }

    void state(String name) {
        SSLEngine engine = engine();
        say(name + ": " + engine.getHandshakeStatus() + ", inbound done " + engine.isInboundDone() + ", outbound done "
                + engine.isOutboundDone());
    }

    void say(String name, Object value) {
        say(name + ": " + value);
    }
}
