package io.uartnio.conformance;

import io.netty.bootstrap.Bootstrap;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import io.netty.testsuite.transport.socket.WriteBeforeRegisteredTest;
import java.util.List;
import org.junit.jupiter.api.Tag;

@Tag("short")
@OverTheModule
final class WriteBeforeRegistrationTest extends WriteBeforeRegisteredTest {

    private final Bootstraps bootstraps;

    WriteBeforeRegistrationTest(Bootstraps bootstraps) {
        this.bootstraps = bootstraps;
    }

    @Override
    protected List<BootstrapFactory<Bootstrap>> newFactories() {
        return bootstraps.clients();
    }
}
