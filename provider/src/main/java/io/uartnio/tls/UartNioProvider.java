package io.uartnio.tls;

import io.uartnio.Modem;
import io.uartnio.TlsProfile;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

/**
 * Gives SSL contexts by which the module's TLS can be used where code insists on a {@link SSLContext}:
 *
 * <pre>{@code
 * SSLContext context = SSLContext.getInstance("TLS", new UartNioProvider(modem));
 * context.init(null, null, null);
 * }</pre>
 *
 * <p>is the long form of {@link Modem#sslContext()}, which says what such a context does. The provider is made by hand
 * and passed on: no file registers it, and nothing looks for it by name. The key and trust managers given to
 * {@code init} have to be null, because only the {@link TlsProfile} reaches the module; others are refused with a
 * {@link java.security.KeyManagementException}.
 *
 * <p>Safe for any thread.
 */
public final class UartNioProvider extends Provider {

    /** The provider's name. */
    public static final String NAME = "UartNIO";

    static final String PROTOCOL = "TLS";

    private static final String VERSION = "0.1";
    private static final long serialVersionUID = 1;

    /**
     * Makes a provider for channels of whatever modem this JVM has open, in particular of that which the JVM's default
     * selector provider opens, {@link io.uartnio.nio.UartSelectorProvider}, and which nobody holds. The profile is that
     * of {@link TlsProfile#of the system properties}, and the channel has to have the same; they are read by
     * {@code init}.
     */
    public UartNioProvider() {
        this(() -> new ModuleSslContextSpi(
                null, () -> TlsProfile.of(System.getProperties()), UartNioProvider::noSocketFactory));
    }

    /**
     * Makes a provider for channels of a modem, with the profile that its builder was given.
     *
     * @throws IllegalArgumentException if the modem is none of {@link Modem.Builder}'s
     * @throws IllegalStateException if the builder was given no profile
     */
    public UartNioProvider(Modem modem) {
        this(makerOf(modem.sslContext()));
    }

    /** Makes a provider of contexts like those that are made so. */
    UartNioProvider(ModuleSslContextMaker maker) {
        super(NAME, VERSION, "The TLS that a wireless module runs");
        putService(new ContextService(this, maker));
    }

    private static ModuleSslContextMaker makerOf(SSLContext context) {
        if (context instanceof ModuleSslContext ours) {
            return ours.maker();
        }
        throw new IllegalArgumentException("modem's context is not of this project: class="
                + context.getClass().getName());
    }

    private static SSLSocketFactory noSocketFactory() {
        throw new UnsupportedOperationException("context that knows no modem has no sockets: take the modem's");
    }

    /** Makes the contexts, which a service made of a class's name could not tell whose they are. */
    private static final class ContextService extends Service {

        private final ModuleSslContextMaker maker;

        ContextService(Provider provider, ModuleSslContextMaker maker) {
            super(provider, "SSLContext", PROTOCOL, ModuleSslContextSpi.class.getName(), null, null);
            this.maker = maker;
        }

        @Override
        public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
            return maker.make();
        }
    }
}
