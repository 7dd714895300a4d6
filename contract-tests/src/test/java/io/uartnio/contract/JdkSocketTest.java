package io.uartnio.contract;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.EnumSet;
import javax.net.SocketFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract as the JDK's own implementation keeps it. */
class JdkSocketTest implements SocketContract {

    @RegisterExtension
    final SocketBench bench = new SocketBench(() -> new LoopbackSockets(
            SocketFactory.getDefault(),
            port -> new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            EnumSet.noneOf(Deviation.class)));

    @Override
    public SocketBench bench() {
        return bench;
    }
}
