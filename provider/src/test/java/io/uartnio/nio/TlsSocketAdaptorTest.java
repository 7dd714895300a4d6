package io.uartnio.nio;

import io.uartnio.contract.Bench;
import io.uartnio.contract.SocketAdaptorContract;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract as the socket of a channel with the module's TLS keeps it. */
class TlsSocketAdaptorTest implements SocketAdaptorContract {

    @RegisterExtension
    final Bench bench = new Bench(TlsStack::new);

    @Override
    public Bench bench() {
        return bench;
    }
}
