package io.uartnio.nio;

import io.uartnio.contract.Bench;
import io.uartnio.contract.SelectionKeyContract;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract as the keys of this project's selector keep it. */
class ModuleSelectionKeyTest implements SelectionKeyContract {

    @RegisterExtension
    final Bench bench = new Bench(ModuleStack::new);

    @Override
    public Bench bench() {
        return bench;
    }
}
