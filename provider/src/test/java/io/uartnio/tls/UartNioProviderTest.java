package io.uartnio.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.uartnio.socket.FakeModule;
import java.security.KeyManagementException;
import java.security.NoSuchAlgorithmException;
import java.security.Security;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Contexts of the provider, and of a modem. */
class UartNioProviderTest {

    private final FakeModule module = new FakeModule();
    private final SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
    private final SSLContext ofModem = ModuleSslContext.of(module, Engines.PROFILE, () -> factory);
    private final UartNioProvider provider = new UartNioProvider(((ModuleSslContext) ofModem).maker());

    @AfterEach
    void close() {
        module.close();
    }

    @Test
    void aContextOfTheProviderIsOneOfTheModem() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS", provider);
        assertThat(context.getProvider().getName()).isEqualTo("UartNIO");
        context.init(null, null, null);
        SSLEngine engine = context.createSSLEngine("a.example", 443);
        assertThat(engine).isInstanceOf(ModuleSslEngine.class);
        assertThat(engine.getPeerHost()).isEqualTo("a.example");
        assertThat(context.getSocketFactory()).isSameAs(factory);
        assertThat(context.getDefaultSSLParameters().getProtocols()).containsExactly("TLSv1.2");
        assertThat(context.getSupportedSSLParameters().getCipherSuites()).isEqualTo(engine.getSupportedCipherSuites());
    }

    @Test
    void aContextOfAModemIsReady() {
        assertThat(ofModem.getProtocol()).isEqualTo("TLS");
        assertThat(ofModem.getProvider().getName()).isEqualTo(UartNioProvider.NAME);
        assertThat(ofModem.createSSLEngine()).isInstanceOf(ModuleSslEngine.class);
        assertThat(ofModem.getClientSessionContext()).isNull();
    }

    @Test
    void aContextThatIsNotInitialisedSaysSo() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS", provider);
        assertThatThrownBy(context::createSSLEngine).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(context::getSocketFactory).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void managersAreRefusedAndNotIgnored() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS", provider);
        assertThatThrownBy(() -> context.init(new KeyManager[0], null, null))
                .isInstanceOf(KeyManagementException.class)
                .hasMessageContaining("TlsProfile");
        assertThatThrownBy(() -> context.init(null, new TrustManager[0], null))
                .isInstanceOf(KeyManagementException.class)
                .hasMessageContaining("TlsProfile");
    }

    @Test
    void thereIsNoServerSide() {
        assertThatThrownBy(ofModem::getServerSocketFactory).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> ofModem.createSSLEngine().setUseClientMode(false))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nothingIsRegistered() {
        assertThat(Security.getProvider(UartNioProvider.NAME)).isNull();
        assertThatThrownBy(() -> SSLContext.getInstance("DTLS", provider)).isInstanceOf(NoSuchAlgorithmException.class);
    }

    @Test
    void withoutAModemThePropertiesHaveToNameAProfile() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS", new UartNioProvider());
        assertThatThrownBy(() -> context.init(null, null, null))
                .isInstanceOf(KeyManagementException.class)
                .hasMessageContaining("uartnio.tlsTrustAnchors");
    }
}
