package io.uartnio.nio;

import io.uartnio.contract.Bench;
import io.uartnio.contract.SelectorContract;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract as the JVM's default provider keeps it. */
class RoutedToModuleSelectorTest implements SelectorContract {

    @RegisterExtension
    final Bench bench = new Bench(RoutedToModuleStack::new);

    @Override
    public Bench bench() {
        return bench;
    }
}
