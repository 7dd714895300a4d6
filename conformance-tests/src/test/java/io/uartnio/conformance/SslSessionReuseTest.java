package io.uartnio.conformance;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.socket.SocketSslSessionReuseTest;
import java.util.Collection;
import java.util.List;

@OverTheModule
final class SslSessionReuseTest extends SocketSslSessionReuseTest {

    private final Bootstraps bootstraps;

    SslSessionReuseTest(Bootstraps bootstraps) {
        this.bootstraps = bootstraps;
    }

    @Override
    protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
        return bootstraps.pairs();
    }

    /** Without what the suite adds for OpenSSL, which is not on the class path. */
    @SuppressWarnings("MissingOverride") // hides a static method
    public static Collection<Object[]> jdkAndOpenSSL() throws Exception {
        return jdkOnly();
    }
}
