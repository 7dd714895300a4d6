package io.uartnio.it;

import io.uartnio.contract.DatagramChannelContract;
import io.uartnio.contract.ServiceBench;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract as it is kept over a line in memory and a module. */
class MemoryDatagramChannelTest implements DatagramChannelContract {

    @RegisterExtension
    static final TtyLine LINE = new TtyLine(true);

    @RegisterExtension
    final ServiceBench bench = new ServiceBench(LINE::serviceStack);

    @Override
    public ServiceBench bench() {
        return bench;
    }
}
