package io.uartnio.it;

import io.uartnio.contract.ServerSocketChannelContract;
import io.uartnio.contract.ServiceBench;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract as it is kept over a serial line and a module. */
@EnabledOnOs(OS.LINUX)
class TtyServerSocketChannelTest implements ServerSocketChannelContract {

    @RegisterExtension
    static final TtyLine LINE = new TtyLine();

    @RegisterExtension
    final ServiceBench bench = new ServiceBench(LINE::serviceStack);

    @Override
    public ServiceBench bench() {
        return bench;
    }
}
