package io.uartnio.nio;

import static java.nio.channels.SelectionKey.OP_ACCEPT;
import static java.nio.channels.SelectionKey.OP_CONNECT;
import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.channels.SelectionKey.OP_WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a {@link Selector} does with socket channels, whoever implements the two. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
abstract class SelectorContract {

    Stack stack;
    Selector selector;
    SocketChannel channel;
    private final List<SocketChannel> opened = new ArrayList<>();

    abstract Stack createStack() throws IOException;

    @BeforeEach
    void open() throws IOException {
        stack = createStack();
        selector = stack.openSelector();
        channel = openChannel();
    }

    @AfterEach
    void close() throws IOException {
        for (SocketChannel one : opened) {
            one.close();
        }
        selector.close();
        stack.close();
    }

    final SocketChannel openChannel() throws IOException {
        SocketChannel one = stack.openChannel();
        opened.add(one);
        return one;
    }

    /** Connects the channel and leaves it non-blocking. */
    final Peer connect() throws IOException {
        return connect(channel);
    }

    final Peer connect(SocketChannel one) throws IOException {
        one.connect(stack.listening());
        one.configureBlocking(false);
        return stack.peerOf(one);
    }

    final void drain() throws IOException {
        ByteBuffer target = ByteBuffer.allocate(4096);
        while (channel.read(target.clear()) > 0) {
            // thrown away
        }
    }

    // -- readiness --

    @Test
    void anIdleSelectorFindsNothing() throws IOException {
        connect();
        channel.register(selector, OP_READ);
        assertThat(selector.selectNow()).isZero();
        assertThat(selector.select(5)).isZero();
        assertThat(selector.selectedKeys()).isEmpty();
    }

    @Test
    void aChannelWithDataIsSelected() throws IOException {
        Peer peer = connect();
        SelectionKey key = channel.register(selector, OP_READ);
        peer.send(new byte[1]);
        assertThat(selector.select()).isEqualTo(1);
        assertThat(selector.selectedKeys()).containsExactly(key);
        assertThat(key.isReadable()).isTrue();
        assertThat(key.isWritable()).isFalse();
        assertThat(key.isConnectable()).isFalse();
    }

    @Test
    void dataWakesABlockedSelect() throws Exception {
        Peer peer = connect();
        channel.register(selector, OP_READ);
        try (Blocked<Integer> select = Blocked.in(selector::select)) {
            peer.send(new byte[1]);
            assertThat(select.get()).isEqualTo(1);
        }
    }

    @Test
    void anUnchangedSelectedKeyCountsNoMoreAndDoesNotBlock() throws IOException {
        Peer peer = connect();
        SelectionKey key = channel.register(selector, OP_READ);
        peer.send(new byte[1]);
        assertThat(selector.select()).isEqualTo(1);
        assertThat(selector.select()).isZero();
        assertThat(selector.selectNow()).isZero();
        assertThat(selector.selectedKeys()).containsExactly(key);
        assertThat(key.readyOps()).isEqualTo(OP_READ);
    }

    @Test
    void aRemovedKeyIsSelectedAgainWhileItStaysReady() throws IOException {
        Peer peer = connect();
        SelectionKey key = channel.register(selector, OP_READ);
        peer.send(new byte[1]);
        for (int i = 0; i < 3; i++) {
            assertThat(selector.select()).isEqualTo(1);
            assertThat(selector.selectedKeys().remove(key)).isTrue();
        }
        drain();
        assertThat(selector.selectNow()).isZero();
    }

    @Test
    void aSelectedKeyGathersReadyOps() throws IOException {
        Peer peer = connect();
        SelectionKey key = channel.register(selector, OP_WRITE);
        assertThat(selector.select()).isEqualTo(1);
        assertThat(key.readyOps()).isEqualTo(OP_WRITE);
        peer.send(new byte[1]);
        key.interestOps(OP_READ);
        assertThat(selector.select()).isEqualTo(1);
        assertThat(key.readyOps()).isEqualTo(OP_READ | OP_WRITE);
        selector.selectedKeys().clear();
        assertThat(selector.select()).isEqualTo(1);
        assertThat(key.readyOps()).isEqualTo(OP_READ);
    }

    @Test
    void writeReadinessEndsWhenTheChannelIsFullAndReturnsWhenThePeerReads() throws Exception {
        Peer peer = connect();
        SelectionKey key = channel.register(selector, OP_WRITE);
        assertThat(selector.select()).isEqualTo(1);
        selector.selectedKeys().clear();
        int taken = SocketChannelContract.fill(channel);
        assertThat(selector.selectNow()).isZero();
        try (Blocked<Integer> select = Blocked.in(selector::select)) {
            peer.receive(taken);
            assertThat(select.get()).isEqualTo(1);
        }
        assertThat(key.isWritable()).isTrue();
    }

    @Test
    void aConnectThatIsDoneMakesTheKeyReadyForThatOnly() throws IOException {
        channel.configureBlocking(false);
        stack.holdConnects();
        Assumptions.assumeFalse(channel.connect(stack.listening()));
        SelectionKey key = channel.register(selector, OP_CONNECT | OP_READ | OP_WRITE);
        stack.releaseConnects();
        assertThat(selector.select()).isEqualTo(1);
        assertThat(key.readyOps()).isEqualTo(OP_CONNECT);
        assertThat(channel.finishConnect()).isTrue();
        selector.selectedKeys().clear();
        assertThat(selector.select()).isEqualTo(1);
        assertThat(key.readyOps()).isEqualTo(OP_WRITE);
        key.interestOps(OP_CONNECT);
        selector.selectedKeys().clear();
        assertThat(selector.selectNow()).isZero();
    }

    @Test
    void aFailedConnectMakesTheKeyReadyForAllItAsksFor() throws IOException {
        channel.configureBlocking(false);
        SelectionKey key = channel.register(selector, OP_CONNECT | OP_READ);
        stack.holdConnects();
        boolean pending;
        try {
            pending = !channel.connect(stack.refusing());
        } catch (ConnectException e) {
            pending = false; // a loopback may be that fast
        }
        Assumptions.assumeTrue(pending);
        stack.releaseConnects();
        assertThat(selector.select()).isEqualTo(1);
        assertThat(key.readyOps()).isEqualTo(OP_CONNECT | OP_READ);
        assertThatThrownBy(() -> channel.finishConnect()).isInstanceOf(ConnectException.class);
        assertThat(channel.isOpen()).isFalse();
        assertThat(key.isValid()).isFalse();
    }

    @Test
    void theEndOfTheStreamStaysReadable() throws IOException {
        Peer peer = connect();
        channel.register(selector, OP_READ);
        peer.close();
        for (int i = 0; i < 3; i++) {
            assertThat(selector.select()).isEqualTo(1);
            selector.selectedKeys().clear();
            assertThat(channel.read(ByteBuffer.allocate(10))).isEqualTo(-1);
        }
    }

    @Test
    void aShutInputIsReadable() throws IOException {
        connect();
        channel.register(selector, OP_READ);
        channel.shutdownInput();
        assertThat(selector.select()).isEqualTo(1);
    }

    @Test
    void readyKeysOfSeveralChannelsAreCounted() throws IOException {
        List<Peer> peers = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            SocketChannel one = openChannel();
            peers.add(connect(one));
            one.register(selector, OP_READ);
        }
        for (int i = 0; i < 12; i += 2) {
            peers.get(i).send(new byte[1]);
        }
        int count = 0;
        while (count < 6) {
            count += selector.select();
        }
        assertThat(count).isEqualTo(6);
        assertThat(selector.selectedKeys()).hasSize(6);
    }

    // -- wakeup, interrupt, time, close --

    @Test
    void aWakeupBeforeASelectEndsItAtOnceAndOnlyOnce() throws Exception {
        selector.wakeup();
        selector.wakeup();
        assertThat(selector.select()).isZero();
        try (Blocked<Integer> select = Blocked.in(selector::select)) {
            assertThat(select.isDone()).isFalse();
            selector.wakeup();
            assertThat(select.get()).isZero();
        }
    }

    @Test
    void selectNowConsumesAWakeup() throws Exception {
        selector.wakeup();
        assertThat(selector.selectNow()).isZero();
        try (Blocked<Integer> select = Blocked.in(selector::select)) {
            assertThat(select.isDone()).isFalse();
        }
    }

    @Test
    void anInterruptEndsASelectAndStaysSet() throws Exception {
        try (Blocked<Boolean> select = Blocked.in(() -> {
            selector.select();
            return Thread.currentThread().isInterrupted();
        })) {
            select.interrupt();
            assertThat(select.get()).isTrue();
        }
        assertThat(selector.isOpen()).isTrue();
    }

    @Test
    void anInterruptedThreadDoesNotBlockInSelect() throws Exception {
        try (Blocked<Boolean> select = Blocked.started(() -> {
            Thread.currentThread().interrupt();
            selector.select();
            return Thread.currentThread().isInterrupted();
        })) {
            assertThat(select.get()).isTrue();
        }
    }

    @Test
    void aZeroOrHugeTimeLimitIsNoLimit() throws Exception {
        for (long timeoutMillis : new long[] {0, Long.MAX_VALUE, Long.MAX_VALUE / 1_000_000}) {
            try (Blocked<Integer> select = Blocked.in(() -> selector.select(timeoutMillis))) {
                selector.wakeup();
                assertThat(select.get()).isZero();
            }
        }
        assertThatThrownBy(() -> selector.select(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> selector.select(key -> {}, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void closeEndsABlockedSelect() throws Exception {
        try (Blocked<Integer> select = Blocked.in(selector::select)) {
            selector.close();
            assertThat(select.get()).isZero();
        }
    }

    @Test
    void aClosedSelectorSaysSo() throws IOException {
        connect();
        SelectionKey key = channel.register(selector, OP_READ);
        selector.close();
        selector.close();
        assertThat(selector.isOpen()).isFalse();
        assertThatThrownBy(() -> selector.select()).isInstanceOf(ClosedSelectorException.class);
        assertThatThrownBy(() -> selector.select(10)).isInstanceOf(ClosedSelectorException.class);
        assertThatThrownBy(() -> selector.selectNow()).isInstanceOf(ClosedSelectorException.class);
        assertThatThrownBy(() -> selector.selectNow(k -> {})).isInstanceOf(ClosedSelectorException.class);
        assertThatThrownBy(() -> selector.keys()).isInstanceOf(ClosedSelectorException.class);
        assertThatThrownBy(() -> selector.selectedKeys()).isInstanceOf(ClosedSelectorException.class);
        assertThatThrownBy(() -> channel.register(selector, OP_READ)).isInstanceOf(ClosedSelectorException.class);
        assertThat(selector.wakeup()).isSameAs(selector);
        assertThat(key.isValid()).isFalse();
        assertThat(channel.isRegistered()).isFalse();
        assertThat(channel.isOpen()).isTrue();
        channel.configureBlocking(true);
    }

    // -- registration and keys --

    @Test
    void registeringTwiceGivesTheSameKeyWithNewInterest() throws IOException {
        connect();
        SelectionKey key = channel.register(selector, OP_READ, "a");
        assertThat(key.channel()).isSameAs(channel);
        assertThat(key.selector()).isSameAs(selector);
        assertThat(key.attachment()).isEqualTo("a");
        assertThat(channel.keyFor(selector)).isSameAs(key);
        assertThat(channel.register(selector, OP_WRITE, "b")).isSameAs(key);
        assertThat(key.interestOps()).isEqualTo(OP_WRITE);
        assertThat(key.attachment()).isEqualTo("b");
        assertThat(selector.keys()).containsExactly(key);
    }

    @Test
    void aBlockingChannelCannotBeRegisteredNorARegisteredOneBlock() throws IOException {
        assertThatThrownBy(() -> channel.register(selector, OP_READ)).isInstanceOf(IllegalBlockingModeException.class);
        connect();
        channel.register(selector, OP_READ);
        assertThatThrownBy(() -> channel.configureBlocking(true)).isInstanceOf(IllegalBlockingModeException.class);
    }

    @Test
    void aCancelledKeyFreesTheBlockingModeAtOnce() throws IOException {
        connect();
        channel.register(selector, OP_READ).cancel();
        channel.configureBlocking(true);
        assertThat(channel.isBlocking()).isTrue();
        selector.selectNow();
        assertThat(channel.isRegistered()).isFalse();
    }

    @Test
    void aCancelledKeyLeavesTheSetsWithTheNextSelect() throws IOException {
        Peer peer = connect();
        peer.send(new byte[1]);
        SelectionKey key = channel.register(selector, OP_READ);
        selector.select();
        key.cancel();
        key.cancel();
        assertThat(key.isValid()).isFalse();
        assertThat(selector.keys()).containsExactly(key);
        assertThat(selector.selectedKeys()).containsExactly(key);
        assertThat(channel.isRegistered()).isTrue();
        assertThat(selector.selectNow()).isZero();
        assertThat(selector.keys()).isEmpty();
        assertThat(selector.selectedKeys()).isEmpty();
        assertThat(channel.isRegistered()).isFalse();
        assertThat(channel.keyFor(selector)).isNull();
    }

    @Test
    void aCancelledKeyRefusesAllQuestions() throws IOException {
        connect();
        SelectionKey key = channel.register(selector, OP_READ);
        key.cancel();
        assertThatThrownBy(key::interestOps).isInstanceOf(CancelledKeyException.class);
        assertThatThrownBy(() -> key.interestOps(OP_READ)).isInstanceOf(CancelledKeyException.class);
        assertThatThrownBy(() -> key.interestOpsOr(OP_READ)).isInstanceOf(CancelledKeyException.class);
        assertThatThrownBy(() -> key.interestOpsAnd(OP_READ)).isInstanceOf(CancelledKeyException.class);
        assertThatThrownBy(key::readyOps).isInstanceOf(CancelledKeyException.class);
        assertThatThrownBy(key::isReadable).isInstanceOf(CancelledKeyException.class);
        assertThat(key.channel()).isSameAs(channel);
        assertThat(key.selector()).isSameAs(selector);
    }

    @Test
    void aCancelledChannelCanBeRegisteredAgainAfterASelect() throws IOException {
        Peer peer = connect();
        SelectionKey first = channel.register(selector, OP_READ);
        first.cancel();
        assertThatThrownBy(() -> channel.register(selector, OP_READ)).isInstanceOf(CancelledKeyException.class);
        selector.selectNow();
        SelectionKey second = channel.register(selector, OP_READ);
        assertThat(second).isNotSameAs(first);
        peer.send(new byte[1]);
        assertThat(selector.select()).isEqualTo(1);
        assertThat(selector.selectedKeys()).containsExactly(second);
    }

    @Test
    void closingAChannelCancelsItsKeysAndThePeerSeesTheEndAtOnce() throws IOException {
        Peer peer = connect();
        SelectionKey key = channel.register(selector, OP_READ);
        channel.close();
        assertThat(key.isValid()).isFalse();
        peer.awaitEnd();
        assertThat(selector.selectNow()).isZero();
        assertThat(selector.keys()).isEmpty();
    }

    @Test
    void aChannelMayBeRegisteredWithTwoSelectors() throws IOException {
        Peer peer = connect();
        try (Selector other = stack.openSelector()) {
            SelectionKey one = channel.register(selector, OP_READ);
            SelectionKey two = channel.register(other, OP_READ);
            assertThat(one).isNotSameAs(two);
            peer.send(new byte[1]);
            assertThat(selector.select()).isEqualTo(1);
            assertThat(other.select()).isEqualTo(1);
            one.cancel();
            assertThat(two.isValid()).isTrue();
        }
    }

    @Test
    void interestIsCheckedAgainstTheChannel() throws IOException {
        connect();
        assertThatThrownBy(() -> channel.register(selector, OP_ACCEPT)).isInstanceOf(IllegalArgumentException.class);
        SelectionKey key = channel.register(selector, 0);
        assertThatThrownBy(() -> key.interestOps(OP_ACCEPT)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> key.interestOpsOr(OP_ACCEPT)).isInstanceOf(IllegalArgumentException.class);
        assertThat(key.interestOpsAnd(~OP_ACCEPT)).isZero();
    }

    @Test
    void interestCanBeAddedAndTakenAwayAtomically() throws Exception {
        connect();
        SelectionKey key = channel.register(selector, OP_READ);
        assertThat(key.interestOpsOr(OP_WRITE)).isEqualTo(OP_READ);
        assertThat(key.interestOps()).isEqualTo(OP_READ | OP_WRITE);
        assertThat(key.interestOpsAnd(~OP_READ)).isEqualTo(OP_READ | OP_WRITE);
        assertThat(key.interestOps()).isEqualTo(OP_WRITE);
        key.interestOps(0);
        CyclicBarrier start = new CyclicBarrier(2);
        try (Blocked<Void> other = Blocked.started(() -> {
            start.await();
            for (int i = 0; i < 20_000; i++) {
                assertThat(key.interestOpsOr(OP_READ) & OP_READ).isZero();
                assertThat(key.interestOpsAnd(~OP_READ) & OP_READ).isNotZero();
            }
            return null;
        })) {
            start.await();
            for (int i = 0; i < 20_000; i++) {
                assertThat(key.interestOpsOr(OP_WRITE) & OP_WRITE).isZero();
                assertThat(key.interestOpsAnd(~OP_WRITE) & OP_WRITE).isNotZero();
            }
            other.get();
        }
        assertThat(key.interestOps()).isZero();
    }

    @Test
    void registeringAndCancellingDoNotWaitForARunningSelect() throws Exception {
        Peer peer = connect();
        try (Blocked<Integer> select = Blocked.in(selector::select)) {
            SelectionKey key = channel.register(selector, 0);
            key.interestOps(OP_READ);
            key.interestOpsOr(OP_CONNECT);
            key.cancel();
            selector.wakeup();
            assertThat(select.get()).isZero();
        }
        selector.selectNow();
        SelectionKey key = channel.register(selector, OP_READ);
        peer.send(new byte[1]);
        assertThat(selector.select()).isEqualTo(1);
        assertThat(selector.selectedKeys()).containsExactly(key);
    }

    @Test
    void aKeyFoundInTheKeySetMayBeCancelledWhileItIsRegistered() throws Exception {
        connect();
        AtomicBoolean done = new AtomicBoolean();
        try (Blocked<Void> canceller = Blocked.started(() -> {
            while (!done.get()) {
                selector.keys().forEach(SelectionKey::cancel);
            }
            return null;
        })) {
            for (int i = 0; i < 500; i++) {
                SelectionKey key = channel.register(selector, OP_READ);
                while (key.isValid()) {
                    Thread.onSpinWait();
                }
                while (channel.isRegistered()) {
                    selector.selectNow();
                }
            }
            done.set(true);
            canceller.get();
        }
        assertThat(selector.keys()).isEmpty();
    }

    @Test
    void aCloseDuringARegisterLeavesNothingRegistered() throws Exception {
        for (int i = 0; i < 200; i++) {
            SocketChannel fresh = openChannel();
            fresh.configureBlocking(false);
            Selector closing = stack.openSelector();
            CyclicBarrier start = new CyclicBarrier(2);
            try (Blocked<Void> closer = Blocked.started(() -> {
                start.await();
                closing.close();
                return null;
            })) {
                start.await();
                try {
                    fresh.register(closing, OP_READ).interestOps(OP_WRITE);
                } catch (ClosedSelectorException | CancelledKeyException e) {
                    // one of the two came first
                }
                closer.get();
            }
            assertThat(fresh.keyFor(closing)).isNull();
            assertThat(fresh.isRegistered()).isFalse();
            fresh.close();
        }
    }

    @Test
    void channelsMayCloseWhileASelectRuns() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        try (Blocked<Void> loop = Blocked.started(() -> {
            while (!done.get()) {
                selector.select();
                selector.selectedKeys().clear();
            }
            return null;
        })) {
            for (int i = 0; i < 200; i++) {
                SocketChannel one = openChannel();
                Peer peer = connect(one);
                SelectionKey key = one.register(selector, OP_READ);
                peer.send(new byte[1]);
                one.close();
                assertThat(key.isValid()).isFalse();
                peer.close();
            }
            done.set(true);
            selector.wakeup();
            loop.get();
        }
        selector.selectNow();
        assertThat(selector.keys()).isEmpty();
    }

    @Test
    void interestChangedByAnotherThreadCountsAfterAWakeup() throws Exception {
        Peer peer = connect();
        SelectionKey key = channel.register(selector, 0);
        peer.send(new byte[1]);
        try (Blocked<Boolean> select = Blocked.in(() -> {
            while (selector.select() == 0) {
                // woken
            }
            return key.isReadable();
        })) {
            key.interestOps(OP_READ);
            selector.wakeup();
            assertThat(select.get()).isTrue();
        }
    }

    @Test
    void theKeySetsAreViewsThatCannotBeAddedTo() throws IOException {
        Peer peer = connect();
        SelectionKey key = channel.register(selector, OP_READ);
        peer.send(new byte[1]);
        Set<SelectionKey> keys = selector.keys();
        Set<SelectionKey> selected = selector.selectedKeys();
        selector.select();
        assertThat(selector.keys()).isSameAs(keys);
        assertThat(selector.selectedKeys()).isSameAs(selected);
        assertThatThrownBy(() -> keys.remove(key)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> selected.add(key)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> selected.addAll(Set.of(key))).isInstanceOf(UnsupportedOperationException.class);
        assertThat(selected).containsExactly(key);
        selected.iterator().forEachRemaining(k -> assertThat(k).isSameAs(key));
        assertThat(selected.removeIf(k -> true)).isTrue();
        assertThat(selected).isEmpty();
    }

    // -- select with an action --

    @Test
    void anActionIsGivenTheReadyKeysAndTheSelectedSetStaysOutOfIt() throws IOException {
        Peer peer = connect();
        SelectionKey key = channel.register(selector, OP_READ);
        peer.send(new byte[1]);
        List<SelectionKey> seen = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            assertThat(selector.select(seen::add)).isEqualTo(1);
        }
        assertThat(selector.select(seen::add, 1000)).isEqualTo(1);
        assertThat(selector.selectNow(seen::add)).isEqualTo(1);
        assertThat(seen).containsOnly(key).hasSize(5);
        assertThat(selector.selectedKeys()).isEmpty();
        drain();
        assertThat(selector.selectNow(seen::add)).isZero();
        assertThatThrownBy(() -> selector.select(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void anActionCannotSelectAgainButMayCancelAndClose() throws IOException {
        Peer peer = connect();
        channel.register(selector, OP_READ);
        peer.send(new byte[1]);
        assertThatThrownBy(() -> selector.select(key -> {
                    try {
                        selector.selectNow();
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(selector.select(SelectionKey::cancel)).isEqualTo(1);
        assertThat(selector.selectNow(key -> {})).isZero();
        assertThat(selector.keys()).isEmpty();
        channel.register(selector, OP_READ);
        assertThatThrownBy(() -> selector.select(key -> {
                    try {
                        selector.close();
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                }))
                .isInstanceOf(ClosedSelectorException.class);
    }

    @Test
    void whatAnActionThrowsComesOutOfTheSelect() throws IOException {
        Peer peer = connect();
        channel.register(selector, OP_READ);
        peer.send(new byte[1]);
        assertThatThrownBy(() -> selector.select(key -> {
                    throw new IllegalArgumentException("from the action");
                }))
                .hasMessage("from the action");
        assertThat(selector.select()).isEqualTo(1);
    }
}
