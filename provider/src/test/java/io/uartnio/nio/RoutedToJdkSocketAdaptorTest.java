package io.uartnio.nio;

import io.uartnio.contract.Bench;
import io.uartnio.contract.SocketAdaptorContract;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract as the JVM's default provider keeps it. */
class RoutedToJdkSocketAdaptorTest implements SocketAdaptorContract {

    @RegisterExtension
    final Bench bench = new Bench(RoutedToJdkStack::new);

    @Override
    public Bench bench() {
        return bench;
    }
}
