package io.uartnio.tls;

import io.uartnio.TlsProfile;
import io.uartnio.socket.ModuleSockets;
import java.security.KeyManagementException;
import java.util.Objects;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

/**
 * A context of a modem, ready for use. Internal: public only because the modem lives in another package. Safe for any
 * thread.
 */
public final class ModuleSslContext extends SSLContext {

    private final ModuleSslContextMaker maker;

    private ModuleSslContext(ModuleSslContextMaker maker) {
        super(maker.make(), new UartNioProvider(maker), UartNioProvider.PROTOCOL);
        this.maker = maker;
    }

    /**
     * Makes a context.
     *
     * @param sockets the modem's, which recognise an engine
     * @param profile of the context, which the channels have to have too
     * @param socketFactory makes sockets on which the module runs TLS by that profile
     */
    public static SSLContext of(ModuleSockets sockets, TlsProfile profile, Supplier<SSLSocketFactory> socketFactory) {
        Objects.requireNonNull(sockets, "sockets");
        Objects.requireNonNull(profile, "profile");
        ModuleSslContext context =
                new ModuleSslContext(() -> new ModuleSslContextSpi(sockets, () -> profile, socketFactory));
        try {
            context.init(null, null, null);
        } catch (KeyManagementException e) {
            throw new IllegalStateException("context that is given all it needs cannot be initialised", e);
        }
        return context;
    }

    /** Returns what makes contexts like this one. */
    ModuleSslContextMaker maker() {
        return maker;
    }
}
