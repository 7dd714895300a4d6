package io.uartnio.contract;

import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract as the JDK's own implementation keeps it. */
class JdkSelectionKeyTest implements SelectionKeyContract {

    @RegisterExtension
    final Bench bench = new Bench(JdkStack::new);

    @Override
    public Bench bench() {
        return bench;
    }
}
