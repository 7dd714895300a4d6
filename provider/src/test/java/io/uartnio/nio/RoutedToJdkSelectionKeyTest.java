package io.uartnio.nio;

import io.uartnio.contract.Bench;
import io.uartnio.contract.SelectionKeyContract;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract as the JVM's default provider keeps it. */
class RoutedToJdkSelectionKeyTest implements SelectionKeyContract {

    @RegisterExtension
    final Bench bench = new Bench(RoutedToJdkStack::new);

    @Override
    public Bench bench() {
        return bench;
    }
}
