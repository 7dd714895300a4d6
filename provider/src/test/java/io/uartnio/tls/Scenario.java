package io.uartnio.tls;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** What is done to an engine, step by step; each step says what came of it. */
enum Scenario {
    A_NEW_ENGINE_DOES_NOT_HANDSHAKE {
        @Override
        void play(Subject on) {
            on.state("new");
            on.say("application protocol", on.engine().getApplicationProtocol());
            on.say("protocol in the handshake", on.engine().getHandshakeApplicationProtocol());
            on.say("session in the handshake", on.engine().getHandshakeSession());
            on.say("cipher suite", on.engine().getSession().getCipherSuite());
            on.say("protocol", on.engine().getSession().getProtocol());
            on.say("task", on.engine().getDelegatedTask());
            on.say("valid", on.engine().getSession().isValid());
            on.say("client", on.engine().getUseClientMode());
        }
    },

    NOTHING_GOES_BEFORE_THE_MODE_IS_SET {
        @Override
        void play(Subject on) {
            SSLEngine engine = on.withoutMode();
            on.trying("begin", engine::beginHandshake);
            on.trying("wrap", () -> engine.wrap(bytes(1), Engines.packet(engine)));
            on.trying("unwrap", () -> engine.unwrap(bytes(9), Engines.application(engine)));
            on.say("client", engine.getUseClientMode());
        }
    },

    WRAP_BEGINS_THE_HANDSHAKE_AND_TAKES_NOTHING {
        @Override
        void play(Subject on) {
            on.wrap("too small", ByteBuffer.allocate(10), bytes(100));
            on.state("after that");
            on.wrap("first", Engines.packet(on.engine()), bytes(100));
            on.state("after the first");
            on.wrap("second", Engines.packet(on.engine()), bytes(100));
            on.unwrap("nothing", bytes(0), application());
            on.unwrap("three bytes", ByteBuffer.wrap(new byte[] {22, 3, 3}), application());
            on.trying("begin", () -> on.engine().beginHandshake());
            on.trying("mode", () -> on.engine().setUseClientMode(true));
            on.trying("other mode", () -> on.engine().setUseClientMode(false));
            on.say("application protocol", on.engine().getApplicationProtocol());
            on.say("cipher suite", on.engine().getSession().getCipherSuite());
        }
    },

    UNWRAP_BEGINS_THE_HANDSHAKE {
        @Override
        void play(Subject on) {
            on.unwrap("first", bytes(0), application());
            on.state("after the first");
            on.unwrap("second", bytes(20), application());
        }
    },

    BEGIN_BEGINS_THE_HANDSHAKE {
        @Override
        void play(Subject on) {
            on.trying("begin", () -> on.engine().beginHandshake());
            on.state("begun");
            on.trying("again", () -> on.engine().beginHandshake());
            on.state("begun again");
        }
    },

    WHAT_IS_NO_RECORD_FAILS_THE_HANDSHAKE {
        @Override
        void play(Subject on) {
            on.wrap("hello", Engines.packet(on.engine()), bytes(0));
            on.unwrap(
                    "HTTP",
                    ByteBuffer.wrap("HTTP/1.1 400 Bad Request\r\n".getBytes(StandardCharsets.US_ASCII)),
                    application());
        }
    },

    A_DONE_HANDSHAKE_SHOWS {
        @Override
        void play(Subject on) throws SSLException {
            on.handshake();
            on.state("done");
            on.say("application protocol", on.engine().getApplicationProtocol());
            on.say("protocol in the handshake", on.engine().getHandshakeApplicationProtocol());
            on.say("session in the handshake", on.engine().getHandshakeSession());
            on.say("none", on.engine().getSession().getCipherSuite().equals("SSL_NULL_WITH_NULL_NULL"));
            on.say("protocol", on.engine().getSession().getProtocol());
            on.say("peer host", on.engine().getSession().getPeerHost());
            on.say("peer port", on.engine().getSession().getPeerPort());
            on.say("valid", on.engine().getSession().isValid());
            on.say("local certificates", on.engine().getSession().getLocalCertificates());
            on.trying("server mode", () -> on.engine().setUseClientMode(false));
        }
    },

    WRAP {
        @Override
        void play(Subject on) throws SSLException {
            on.handshake();
            on.wrap("nothing", Engines.packet(on.engine()), bytes(0));
            on.wrap("a byte", Engines.packet(on.engine()), bytes(1));
            on.wrap("too small", ByteBuffer.allocate(10), bytes(100));
            on.wrap("no room", ByteBuffer.allocate(0), bytes(1));
            on.wrap("a record", Engines.packet(on.engine()), bytes(1 << 14));
            on.wrap("more than a record", Engines.packet(on.engine()), bytes((1 << 14) + 1));
            on.wrap("three buffers", Engines.packet(on.engine()), bytes(5), bytes(0), bytes(6));
            on.wrap("direct", ByteBuffer.allocateDirect(17_000), ByteBuffer.allocateDirect(50));
            on.wrap("read-only source", Engines.packet(on.engine()), bytes(7).asReadOnlyBuffer());
            on.state("after that");
        }
    },

    UNWRAP {
        @Override
        void play(Subject on) throws SSLException {
            on.handshake();
            on.unwrap("nothing", bytes(0), application());
            ByteBuffer record = on.fromPeer(new byte[100]);
            int size = record.remaining();
            record.limit(4);
            on.unwrap("a part of the header", record, application());
            record.limit(size - 1);
            on.unwrap("all but a byte", record, application());
            record.limit(size);
            on.unwrap("too small", record, ByteBuffer.allocate(10));
            on.unwrap("no room", record, ByteBuffer.allocate(0));
            on.unwrap(
                    "three buffers", record, ByteBuffer.allocate(60), ByteBuffer.allocate(0), ByteBuffer.allocate(60));
            ByteBuffer two = ByteBuffer.allocate(1000);
            two.put(on.fromPeer(new byte[3])).put(on.fromPeer(new byte[4])).flip();
            on.unwrap("first of two", two, application());
            on.unwrap("second of two", two, ByteBuffer.allocateDirect(17_000));
            on.state("after that");
        }
    },

    WRONG_ARGUMENTS {
        @Override
        void play(Subject on) throws SSLException {
            on.handshake();
            SSLEngine engine = on.engine();
            ByteBuffer packet = Engines.packet(engine);
            ByteBuffer[] two = {bytes(1), bytes(1)};
            on.wrap("read-only target", packet.asReadOnlyBuffer(), bytes(1));
            on.trying("wrap null", () -> engine.wrap((ByteBuffer) null, packet));
            on.trying("wrap into null", () -> engine.wrap(bytes(1), null));
            on.trying("wrap null buffers", () -> engine.wrap((ByteBuffer[]) null, packet));
            on.trying("wrap a null among them", () -> engine.wrap(new ByteBuffer[] {bytes(1), null}, packet));
            on.trying("wrap beyond", () -> engine.wrap(two, 1, 2, packet));
            on.trying("wrap before", () -> engine.wrap(two, -1, 2, packet));
            on.unwrap(
                    "read-only destination",
                    on.fromPeer(new byte[5]),
                    application().asReadOnlyBuffer());
            on.trying("unwrap null", () -> engine.unwrap(null, application()));
            on.trying("unwrap into null", () -> engine.unwrap(bytes(1), (ByteBuffer) null));
            on.trying("unwrap into null buffers", () -> engine.unwrap(bytes(1), (ByteBuffer[]) null));
            on.trying("unwrap beyond", () -> engine.unwrap(bytes(1), two, 2, 1));
        }
    },

    CLOSING_OUTBOUND {
        @Override
        void play(Subject on) throws SSLException {
            on.handshake();
            ByteBuffer late = on.fromPeer(new byte[9]);
            on.engine().closeOutbound();
            on.state("closed");
            on.wrap("no room", ByteBuffer.allocate(0), bytes(5));
            on.wrap("goodbye", Engines.packet(on.engine()), bytes(5));
            on.state("goodbye wrapped");
            on.wrap("again", Engines.packet(on.engine()), bytes(5));
            on.engine().closeOutbound();
            on.state("closed twice");
            on.unwrap("late data", late, application());
            on.unwrap("nothing", bytes(0), application());
            on.unwrap("peer's goodbye", on.goodbye(), application());
            on.state("both");
            on.unwrap("after the end", bytes(7), application());
            on.trying("close inbound", () -> on.engine().closeInbound());
        }
    },

    THE_PEERS_GOODBYE {
        @Override
        void play(Subject on) throws SSLException {
            on.handshake();
            on.unwrap("goodbye", on.goodbye(), application());
            on.state("after it");
            on.unwrap("after the end", bytes(7), application());
            on.trying("close inbound", () -> on.engine().closeInbound());
            on.wrap("our goodbye", Engines.packet(on.engine()), bytes(5));
            on.state("after ours");
            on.wrap("again", Engines.packet(on.engine()), bytes(5));
            on.engine().closeOutbound();
            on.state("closed");
        }
    },

    THE_END_WITHOUT_A_GOODBYE {
        @Override
        void play(Subject on) throws SSLException {
            on.handshake();
            on.trying("close inbound", () -> on.engine().closeInbound());
            on.state("after that");
            on.unwrap("after the end", bytes(7), application());
            on.trying("close inbound again", () -> on.engine().closeInbound());
            on.wrap("data", Engines.packet(on.engine()), bytes(5));
            on.engine().closeOutbound();
            on.wrap("goodbye", Engines.packet(on.engine()), bytes(5));
            on.state("at the end");
        }
    },

    CLOSING_A_NEW_ENGINE_OUTBOUND {
        @Override
        void play(Subject on) {
            on.engine().closeOutbound();
            on.say("outbound done", on.engine().isOutboundDone());
            on.wrap("wrap", Engines.packet(on.engine()), bytes(5));
        }
    },

    CLOSING_A_NEW_ENGINE_INBOUND {
        @Override
        void play(Subject on) {
            on.trying("close inbound", () -> on.engine().closeInbound());
            on.say("inbound done", on.engine().isInboundDone());
        }
    },

    THE_END_DURING_THE_HANDSHAKE {
        @Override
        void play(Subject on) {
            on.wrap("hello", Engines.packet(on.engine()), bytes(0));
            on.trying("close inbound", () -> on.engine().closeInbound());
            on.say("inbound done", on.engine().isInboundDone());
        }
    };

    abstract void play(Subject on) throws SSLException;

    private static ByteBuffer bytes(int count) {
        return ByteBuffer.allocate(count);
    }

    private static ByteBuffer application() {
        return ByteBuffer.allocate(17_000);
    }
}
