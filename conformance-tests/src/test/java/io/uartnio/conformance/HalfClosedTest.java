package io.uartnio.conformance;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.socket.SocketHalfClosedTest;
import java.util.List;

@OverTheModule
final class HalfClosedTest extends SocketHalfClosedTest {

    private final Bootstraps bootstraps;

    HalfClosedTest(Bootstraps bootstraps) {
        this.bootstraps = bootstraps;
    }

    @Override
    protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
        return bootstraps.pairs();
    }
}
