package io.uartnio.nio;

import io.uartnio.contract.Bench;
import io.uartnio.contract.SelectionKeyContract;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract as keys of the JDK's channels in this project's selector keep it. */
class HostedSelectionKeyTest implements SelectionKeyContract {

    @RegisterExtension
    final Bench bench = new Bench(HostedStack::new);

    @Override
    public Bench bench() {
        return bench;
    }
}
