package io.uartnio.nio;

import io.uartnio.TlsProfile;
import io.uartnio.tls.ModuleSslContext;
import io.uartnio.tls.RecordSockets;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * The channels on which the module runs TLS, used without an engine while one waits somewhere for its channel: nothing
 * may be different.
 */
final class TlsStack extends ModuleStack {

    private static final TlsProfile PROFILE = TlsProfile.builder()
            .insecureSkipVerification()
            .allowUncheckedHostName()
            .build();

    private final SSLEngine waiting;

    TlsStack() {
        super(RecordSockets::new, PROFILE);
        waiting = ModuleSslContext.of(module, PROFILE, () -> null).createSSLEngine();
        waiting.setUseClientMode(true);
        try {
            waiting.wrap(
                    ByteBuffer.allocate(0),
                    ByteBuffer.allocate(waiting.getSession().getPacketBufferSize()));
        } catch (SSLException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        waiting.closeOutbound();
        super.close();
    }
}
