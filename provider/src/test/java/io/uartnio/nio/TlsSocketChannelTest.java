package io.uartnio.nio;

import io.uartnio.contract.Bench;
import io.uartnio.contract.SocketChannelContract;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract as a channel with the module's TLS keeps it. */
class TlsSocketChannelTest implements SocketChannelContract {

    @RegisterExtension
    final Bench bench = new Bench(TlsStack::new);

    @Override
    public Bench bench() {
        return bench;
    }
}
