package io.uartnio.nio;

import io.uartnio.contract.Bench;
import io.uartnio.contract.SelectorContract;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract as a selector keeps it for channels with the module's TLS. */
class TlsSelectorTest implements SelectorContract {

    @RegisterExtension
    final Bench bench = new Bench(TlsStack::new);

    @Override
    public Bench bench() {
        return bench;
    }
}
