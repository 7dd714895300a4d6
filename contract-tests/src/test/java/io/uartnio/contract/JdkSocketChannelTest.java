package io.uartnio.contract;

import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract as the JDK's own implementation keeps it. */
class JdkSocketChannelTest implements SocketChannelContract {

    @RegisterExtension
    final Bench bench = new Bench(JdkStack::new);

    @Override
    public Bench bench() {
        return bench;
    }
}
