package io.uartnio.nio;

import io.uartnio.contract.Bench;
import io.uartnio.contract.SelectionKeyContract;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract as the JVM's default provider keeps it. */
class RoutedToModuleSelectionKeyTest implements SelectionKeyContract {

    @RegisterExtension
    final Bench bench = new Bench(RoutedToModuleStack::new);

    @Override
    public Bench bench() {
        return bench;
    }
}
