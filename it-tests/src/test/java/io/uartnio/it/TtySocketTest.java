package io.uartnio.it;

import io.uartnio.contract.Deviation;
import io.uartnio.contract.LoopbackSockets;
import io.uartnio.contract.SocketBench;
import io.uartnio.contract.SocketContract;
import java.util.EnumSet;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract as it is kept over a serial line and a module. */
@EnabledOnOs(OS.LINUX)
class TtySocketTest implements SocketContract {

    @RegisterExtension
    static final TtyLine LINE = new TtyLine();

    @RegisterExtension
    final SocketBench bench = new SocketBench(() -> new LoopbackSockets(
            LINE.modem().socketFactory(),
            Bench::at,
            EnumSet.complementOf(EnumSet.of(Deviation.LOCAL_PORT_AFTER_CONNECT))));

    @Override
    public SocketBench bench() {
        return bench;
    }
}
