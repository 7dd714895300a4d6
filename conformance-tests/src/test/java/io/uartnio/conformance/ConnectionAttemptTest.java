package io.uartnio.conformance;

import io.netty.bootstrap.Bootstrap;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import io.netty.testsuite.transport.socket.SocketConnectionAttemptTest;
import java.util.List;

@OverTheModule
final class ConnectionAttemptTest extends SocketConnectionAttemptTest {

    private final Bootstraps bootstraps;

    ConnectionAttemptTest(Bootstraps bootstraps) {
        this.bootstraps = bootstraps;
    }

    @Override
    protected List<BootstrapFactory<Bootstrap>> newFactories() {
        return bootstraps.clients();
    }
}
