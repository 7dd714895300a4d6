package io.uartnio.socket.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.uartnio.AccessMode;
import io.uartnio.at.AtChannel;
import io.uartnio.at.CommandLane;
import io.uartnio.at.ScriptedPort;
import io.uartnio.socket.ModuleSocket.State;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Between the module's word that a connection stands and the moment at which it is shown. */
class ConnectTest {

    private static final InetSocketAddress LOCAL = new InetSocketAddress("10.0.0.2", 4711);

    private final SocketEngine engine = new SocketEngine(
            new EngineSettings(2048, 16_384, 0, AccessMode.DIRECT_PUSH, 60_000, 0), () -> {}, () -> {});
    private final CommandLane lane = new CommandLane("test", new NoSends());
    private EngineSocket socket;

    /** What comes on the line while the module is asked for the local address. */
    private Runnable meanwhile = () -> {};

    private boolean silent;

    private final class AskedModule extends PlayedModule {
        @Override
        public InetSocketAddress localAddress(int index, boolean tls) throws IOException {
            meanwhile.run();
            if (silent) {
                throw new IOException("no answer");
            }
            return LOCAL;
        }
    }

    @BeforeEach
    void connect() throws IOException {
        engine.attach(new AtChannel(new ScriptedPort("test"), engine.frames(), () -> {}, 1_000, 1_000), lane);
        engine.setDriver(new AskedModule());
        lane.start();
        socket = (EngineSocket) engine.create(null);
        socket.connect("host", 80, 60_000);
        await().until(socket::isAsked);
    }

    @AfterEach
    void end() {
        socket.close();
        lane.close();
        assertThat(lane.awaitEnd(20_000)).isTrue();
    }

    private void opened() {
        engine.events().onOpened(0, false);
        await().until(() -> socket.state() != State.CONNECTING);
    }

    @Test
    void theLocalAddressIsThereWhenTheConnectionShows() {
        assertThat(socket.localAddress()).isNull();
        opened();
        assertThat(socket.state()).isEqualTo(State.CONNECTED);
        assertThat(socket.localAddress()).isEqualTo(LOCAL);
    }

    @Test
    void aModuleThatIsSilentAboutItIsConnectedAllTheSame() {
        silent = true;
        opened();
        assertThat(socket.state()).isEqualTo(State.CONNECTED);
        assertThat(socket.localAddress()).isEqualTo(new InetSocketAddress("0.0.0.0", 0));
    }

    @Test
    void whatThePeerSendsAndThatItClosesIsNotForgottenMeanwhile() throws IOException {
        byte[] payload = "hello".getBytes(StandardCharsets.US_ASCII);
        meanwhile = () -> {
            engine.frames().onFrame(0, false, payload.length);
            engine.frames().onPayload(payload, 0, payload.length);
            engine.frames().onFrameEnd();
            engine.events().onPeerClosed(0, false);
        };
        opened();
        ByteBuffer target = ByteBuffer.allocate(10);
        await().until(() -> socket.read(target) < 0);
        assertThat(target.position()).isEqualTo(payload.length);
    }

    @Test
    void aFailureMeanwhileStays() {
        IOException cause = new IOException("port lost");
        meanwhile = () -> engine.failAll(cause);
        opened();
        assertThat(socket.state()).isEqualTo(State.FAILED);
        assertThat(socket.failure()).isSameAs(cause);
    }

    @Test
    void aConnectionThatIsReportedTwiceIsAskedForOnce() {
        AtomicInteger asked = new AtomicInteger();
        AtomicBoolean behind = new AtomicBoolean();
        meanwhile = () -> {
            asked.incrementAndGet();
            engine.events().onOpened(0, false);
        };
        opened();
        // Behind what a second report would have queued.
        lane.submitUrgent(() -> behind.set(true));
        await().untilTrue(behind);
        assertThat(asked).hasValue(1);
    }
}
