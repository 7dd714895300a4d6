package io.uartnio.socket.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.uartnio.AccessMode;
import io.uartnio.Background;
import io.uartnio.socket.ModuleSocket.State;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EngineSocketTest {

    private static EngineSocket socket() {
        return new EngineSocket(
                new SocketEngine(new EngineSettings(2048, 2048, 0, AccessMode.ADAPTIVE, 1, 1), () -> {}, () -> {}),
                null);
    }

    @Test
    void aTimeLimitOfTheConnectDoesNotEndASocketThatIsNotConnecting() {
        EngineSocket socket = socket();
        assertThat(socket.failConnecting(new IOException("too late"))).isFalse();
        assertThat(socket.state()).isEqualTo(State.UNCONNECTED);
        assertThat(socket.fail(new IOException("first"))).isTrue();
        assertThat(socket.failConnecting(new IOException("too late"))).isFalse();
        assertThat(socket.failure()).hasMessage("first");
    }

    @Test
    void whoeverFailsASocketFirstSaysWhy() throws Exception {
        for (int round = 0; round < 500; round++) {
            EngineSocket socket = socket();
            IOException mine = new IOException("mine");
            IOException yours = new IOException("yours");
            CyclicBarrier start = new CyclicBarrier(2);
            CompletableFuture<Boolean> other =
                    CompletableFuture.supplyAsync(() -> failAt(start, socket, yours), Background.THREAD_EACH);
            boolean first = failAt(start, socket, mine);
            assertThat(other.get(20, TimeUnit.SECONDS)).isNotEqualTo(first);
            assertThat(socket.failure()).isSameAs(first ? mine : yours);
        }
    }

    @Test
    void whoeverSawItFailedIsToldWhyAlsoAfterAClose() {
        EngineSocket socket = socket();
        socket.fail(new IOException("lost"));
        socket.close();
        assertThat(socket.state()).isEqualTo(State.CLOSED);
        assertThat(socket.failure()).hasMessage("lost");
    }

    private static boolean failAt(CyclicBarrier start, EngineSocket socket, IOException cause) {
        try {
            start.await(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return socket.fail(cause);
    }
}
