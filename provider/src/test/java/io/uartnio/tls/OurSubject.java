package io.uartnio.tls;

import io.uartnio.TlsSessionInfo;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** The project's engine, and the records that a channel would make for it. */
final class OurSubject extends Subject {

    private final Engines engines = new Engines();
    private final ModuleSslEngine engine = engines.engine();

    @Override
    SSLEngine engine() {
        return engine;
    }

    @Override
    SSLEngine withoutMode() {
        return new ModuleSslEngine(engines.terms);
    }

    @Override
    void handshake() throws SSLException {
        ByteBuffer hello = Engines.wrapped(engine, new byte[0]);
        engine.unwrap(answer(hello), Engines.application(engine));
    }

    private ByteBuffer answer(ByteBuffer hello) {
        byte[] bytes = new byte[hello.remaining()];
        hello.get(bytes);
        TlsSessionInfo session = new TlsSessionInfo(Engines.PROFILE, "TLSv1.2", null);
        return ByteBuffer.wrap(
                engines.meetings.take(bytes).meet(new ChannelFacts(null, Engines.HOST, Engines.PORT, session)));
    }

    @Override
    ByteBuffer fromPeer(byte[] bytes) {
        ByteBuffer record = ByteBuffer.allocate(PseudoRecord.HEADER_BYTES + bytes.length);
        PseudoRecord.putHeader(record, PseudoRecord.APPLICATION_DATA, bytes.length);
        return record.put(bytes).flip();
    }

    @Override
    ByteBuffer goodbye() {
        return ByteBuffer.wrap(PseudoRecord.alert(PseudoRecord.WARNING, PseudoRecord.CLOSE_NOTIFY));
    }
}
