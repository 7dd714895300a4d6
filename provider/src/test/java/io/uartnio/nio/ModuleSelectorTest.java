package io.uartnio.nio;

import static java.nio.channels.SelectionKey.OP_CONNECT;
import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.channels.SelectionKey.OP_WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.uartnio.contract.Bench;
import io.uartnio.contract.Blocked;
import io.uartnio.contract.Peer;
import io.uartnio.contract.SelectorContract;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.IllegalSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Iterator;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract, and what only the selector of this project does. */
class ModuleSelectorTest implements SelectorContract {

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
    void interestChangedDuringASelectTakesEffectInIt() throws Exception {
        Peer peer = connect();
        SelectionKey key = channel().register(selector(), 0);
        peer.send(new byte[1]);
        try (Blocked<Integer> select = Blocked.in(selector()::select)) {
            key.interestOps(OP_READ);
            assertThat(select.get()).isEqualTo(1);
        }
    }

    @Test
    void aChannelRegisteredDuringASelectTakesPartInIt() throws Exception {
        connect();
        try (Blocked<Integer> select = Blocked.in(selector()::select)) {
            channel().register(selector(), OP_WRITE);
            assertThat(select.get()).isEqualTo(1);
        }
    }

    @Test
    void changesThatNobodyAskedForDoNotEndASelect() throws Exception {
        Peer peer = connect();
        SelectionKey key = channel().register(selector(), OP_CONNECT);
        try (Blocked<Integer> select = Blocked.in(selector()::select)) {
            for (int i = 0; i < 100; i++) {
                peer.send(new byte[1]);
                module().socketOf(channel()).signalChange();
            }
            key.cancel();
            channel().close();
            select.awaitWaiting();
            assertThat(select.isDone()).isFalse();
            selector().wakeup();
            assertThat(select.get()).isZero();
        }
        assertThat(selector().keys()).isEmpty();
    }

    @Test
    void anUnconnectedChannelIsReadyForNothing() throws IOException {
        channel().configureBlocking(false);
        channel().register(selector(), OP_CONNECT | OP_READ | OP_WRITE);
        assertThat(selector().selectNow()).isZero();
        channel().connect(module().silent());
        assertThat(selector().selectNow()).isZero();
    }

    @Test
    void aLostConnectionMakesTheKeyReadyToReadAndWriteButNotToConnect() throws IOException {
        connect();
        SelectionKey key = channel().register(selector(), OP_READ | OP_WRITE | OP_CONNECT);
        module().socketOf(channel()).fail(new IOException("port lost"));
        assertThat(selector().select()).isEqualTo(1);
        assertThat(key.readyOps()).isEqualTo(OP_READ | OP_WRITE);
    }

    @Test
    void channelsOfTwoProvidersShareASelector() throws IOException {
        connect();
        channel().register(selector(), OP_WRITE);
        try (ModuleStack other = new ModuleStack();
                SocketChannel foreign = other.openChannel()) {
            foreign.connect(other.listening());
            foreign.configureBlocking(false);
            foreign.register(selector(), OP_WRITE);
            assertThat(selector().select()).isEqualTo(2);
        }
    }

    @Test
    void ourChannelIsRefusedByTheJdksSelector() throws IOException {
        channel().configureBlocking(false);
        try (Selector jdk = Selector.open()) {
            assertThatThrownBy(() -> channel().register(jdk, OP_READ)).isInstanceOf(IllegalSelectorException.class);
        }
    }

    @Test
    void noByteOfTwelveBusyChannelsIsMissed() throws Exception {
        int channels = 12;
        int bytesEach = 100_000;
        Thread[] senders = new Thread[channels];
        for (int i = 0; i < channels; i++) {
            SocketChannel one = openChannel();
            Peer peer = connect(one);
            one.register(selector(), OP_READ, new long[2]);
            senders[i] = sender(peer, bytesEach, i);
        }
        for (Thread sender : senders) {
            sender.start();
        }
        int open = channels;
        ByteBuffer target = ByteBuffer.allocate(1000);
        while (open > 0) {
            assertThat(selector().select()).isPositive();
            for (Iterator<SelectionKey> keys = selector().selectedKeys().iterator(); keys.hasNext(); keys.remove()) {
                SelectionKey key = keys.next();
                int n = ((SocketChannel) key.channel()).read(target.clear());
                long[] totals = (long[]) key.attachment();
                if (n < 0) {
                    assertThat(totals[0]).isEqualTo(bytesEach);
                    key.channel().close();
                    open--;
                } else {
                    totals[0] += n;
                }
            }
        }
    }

    private static Thread sender(Peer peer, int bytes, int seed) {
        Thread thread = new Thread(() -> {
            Random random = new Random(seed);
            try {
                for (int left = bytes; left > 0; ) {
                    int n = Math.min(left, 1 + random.nextInt(500));
                    peer.send(new byte[n]);
                    left -= n;
                }
                peer.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        thread.setDaemon(true);
        return thread;
    }
}
