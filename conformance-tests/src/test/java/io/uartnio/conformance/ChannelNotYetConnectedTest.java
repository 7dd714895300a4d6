package io.uartnio.conformance;

import io.netty.bootstrap.Bootstrap;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import io.netty.testsuite.transport.socket.SocketChannelNotYetConnectedTest;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

@OverTheModule
final class ChannelNotYetConnectedTest extends SocketChannelNotYetConnectedTest {

    private final Bootstraps bootstraps;

    ChannelNotYetConnectedTest(Bootstraps bootstraps) {
        this.bootstraps = bootstraps;
    }

    @Override
    protected List<BootstrapFactory<Bootstrap>> newFactories() {
        return bootstraps.clients();
    }

    /** What is bound to: a module chooses the address itself, so over one only the wildcard can be. */
    @Override
    protected SocketAddress newSocketAddress() {
        return bootstraps.transport().byModule() ? new InetSocketAddress(0) : super.newSocketAddress();
    }
}
