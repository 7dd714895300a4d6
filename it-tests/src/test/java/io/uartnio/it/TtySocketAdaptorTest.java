package io.uartnio.it;

import io.uartnio.contract.Bench;
import io.uartnio.contract.SocketAdaptorContract;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract as it is kept over a serial line and a module. */
@EnabledOnOs(OS.LINUX)
class TtySocketAdaptorTest implements SocketAdaptorContract {

    @RegisterExtension
    static final TtyLine LINE = new TtyLine();

    @RegisterExtension
    final Bench bench = new Bench(LINE::stack);

    @Override
    public Bench bench() {
        return bench;
    }
}
