package io.uartnio.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.uartnio.contract.Bench;
import io.uartnio.contract.Blocked;
import io.uartnio.contract.SocketAdaptorContract;
import io.uartnio.socket.FakeModuleSocket;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract, and what only an adaptor over a module does. */
class ModuleSocketAdaptorTest implements SocketAdaptorContract {

    @RegisterExtension
    final Bench bench = new Bench(ModuleStack::new);

    @Override
    public Bench bench() {
        return bench;
    }

    private ModuleStack module() {
        return (ModuleStack) stack();
    }

    @Test
    void aTimedConnectThatTimesOutClosesTheSocket() {
        assertThatThrownBy(() -> socket().connect(module().silent(), 30))
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessage("Connect timed out");
        assertThat(socket().isClosed()).isTrue();
        assertThat(module().socketOf(channel()).timeoutMillis()).isEqualTo(30);
    }

    @Test
    void anUntimedConnectLeavesTheTimeToTheModem() throws IOException {
        socket().connect(module().listening());
        assertThat(module().socketOf(channel()).timeoutMillis()).isZero();
    }

    @Test
    void aNameThatOnlyTheModuleResolvesHasNoInetAddress() throws IOException {
        connect();
        assertThat(socket().getInetAddress()).isNull();
    }

    @Test
    void theLocalAddressIsTheModules() throws IOException {
        connect();
        assertThat(socket().getLocalAddress()).isEqualTo(FakeModuleSocket.LOCAL.getAddress());
        assertThat(socket().getLocalPort()).isEqualTo(FakeModuleSocket.LOCAL.getPort());
        assertThat(socket().getLocalSocketAddress()).isEqualTo(FakeModuleSocket.LOCAL);
    }

    @Test
    void aStreamWriteThatALossCutsShortThrows() throws Exception {
        connect();
        OutputStream out = socket().getOutputStream();
        IOException cause = new IOException("port lost");
        try (Blocked<Void> write = Blocked.in(() -> {
            out.write(new byte[2 * FakeModuleSocket.QUEUE_BYTES]);
            return null;
        })) {
            module().socketOf(channel()).fail(cause);
            assertThatThrownBy(write::get).cause().isSameAs(cause);
        }
    }

    /** What is not overridden would run into the missing implementation. */
    @Test
    void everyMethodOfSocketIsOverridden() {
        for (Method method : Socket.class.getDeclaredMethods()) {
            int modifiers = method.getModifiers();
            if (Modifier.isPublic(modifiers) && !Modifier.isStatic(modifiers)) {
                assertThat(ModuleSocketAdaptor.class)
                        .as("%s", method)
                        .satisfies(
                                type -> assertThat(type.getDeclaredMethod(method.getName(), method.getParameterTypes()))
                                        .isNotNull());
            }
        }
    }
}
