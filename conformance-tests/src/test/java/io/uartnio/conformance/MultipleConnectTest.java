package io.uartnio.conformance;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.socket.SocketMultipleConnectTest;
import java.util.List;
import org.junit.jupiter.api.Tag;

@Tag("short")
@OverTheModule
final class MultipleConnectTest extends SocketMultipleConnectTest {

    private final Bootstraps bootstraps;

    MultipleConnectTest(Bootstraps bootstraps) {
        this.bootstraps = bootstraps;
    }

    @Override
    protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
        return bootstraps.pairs();
    }
}
