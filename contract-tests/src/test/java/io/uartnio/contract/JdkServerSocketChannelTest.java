package io.uartnio.contract;

import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract as the JDK's own implementation keeps it. */
class JdkServerSocketChannelTest implements ServerSocketChannelContract {

    @RegisterExtension
    final ServiceBench bench = new ServiceBench(JdkServiceStack::new);

    @Override
    public ServiceBench bench() {
        return bench;
    }
}
