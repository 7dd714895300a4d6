package io.uartnio.nio;

import io.uartnio.contract.Bench;
import io.uartnio.contract.SocketChannelContract;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract as the JVM's default provider keeps it. */
class RoutedToJdkSocketChannelTest implements SocketChannelContract {

    @RegisterExtension
    final Bench bench = new Bench(RoutedToJdkStack::new);

    @Override
    public Bench bench() {
        return bench;
    }
}
