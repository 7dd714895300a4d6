package io.uartnio.contract;

import static java.nio.channels.SelectionKey.OP_CONNECT;
import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.channels.SelectionKey.OP_WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a {@link Selector} does with socket channels, whoever implements the two. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
public interface SelectorContract extends Contract {

    /** Connects the channel and leaves it non-blocking. */
    default Peer connect() throws IOException {
        return connect(channel());
    }

    /** Connects a channel and leaves it non-blocking. */
    default Peer connect(SocketChannel one) throws IOException {
        one.connect(stack().listening());
        one.configureBlocking(false);
        return stack().peerOf(one);
    }

    /** Reads all there is. */
    default void drain() throws IOException {
        ByteBuffer target = ByteBuffer.allocate(4096);
        while (channel().read(target.clear()) > 0) {
            // thrown away
        }
    }

    // -- readiness --

    @Test
    default void anIdleSelectorFindsNothing() throws IOException {
        connect();
        channel().register(selector(), OP_READ);
        assertThat(selector().selectNow()).isZero();
        assertThat(selector().select(5)).isZero();
        assertThat(selector().selectedKeys()).isEmpty();
    }

    @Test
    default void aChannelWithDataIsSelected() throws IOException {
        Peer peer = connect();
        SelectionKey key = channel().register(selector(), OP_READ);
        peer.send(new byte[1]);
        assertThat(selector().select()).isEqualTo(1);
        assertThat(selector().selectedKeys()).containsExactly(key);
        assertThat(key.isReadable()).isTrue();
        assertThat(key.isWritable()).isFalse();
        assertThat(key.isConnectable()).isFalse();
    }

    @Test
    default void dataWakesABlockedSelect() throws Exception {
        Peer peer = connect();
        channel().register(selector(), OP_READ);
        try (Blocked<Integer> select = Blocked.in(selector()::select)) {
            peer.send(new byte[1]);
            assertThat(select.get()).isEqualTo(1);
        }
    }

    @Test
    default void anUnchangedSelectedKeyCountsNoMoreAndDoesNotBlock() throws IOException {
        Peer peer = connect();
        SelectionKey key = channel().register(selector(), OP_READ);
        peer.send(new byte[1]);
        assertThat(selector().select()).isEqualTo(1);
        assertThat(selector().select()).isZero();
        assertThat(selector().selectNow()).isZero();
        assertThat(selector().selectedKeys()).containsExactly(key);
        assertThat(key.readyOps()).isEqualTo(OP_READ);
    }

    @Test
    default void aRemovedKeyIsSelectedAgainWhileItStaysReady() throws IOException {
        Peer peer = connect();
        SelectionKey key = channel().register(selector(), OP_READ);
        peer.send(new byte[1]);
        for (int i = 0; i < 3; i++) {
            assertThat(selector().select()).isEqualTo(1);
            assertThat(selector().selectedKeys().remove(key)).isTrue();
        }
        drain();
        assertThat(selector().selectNow()).isZero();
    }

    @Test
    default void aSelectedKeyGathersReadyOps() throws IOException {
        Peer peer = connect();
        SelectionKey key = channel().register(selector(), OP_WRITE);
        assertThat(selector().select()).isEqualTo(1);
        assertThat(key.readyOps()).isEqualTo(OP_WRITE);
        peer.send(new byte[1]);
        key.interestOps(OP_READ);
        assertThat(selector().select()).isEqualTo(1);
        assertThat(key.readyOps()).isEqualTo(OP_READ | OP_WRITE);
        selector().selectedKeys().clear();
        assertThat(selector().select()).isEqualTo(1);
        assertThat(key.readyOps()).isEqualTo(OP_READ);
    }

    @Test
    default void writeReadinessEndsWhenTheChannelIsFullAndReturnsWhenThePeerReads() throws Exception {
        Peer peer = connect();
        SelectionKey key = channel().register(selector(), OP_WRITE);
        assertThat(selector().select()).isEqualTo(1);
        selector().selectedKeys().clear();
        int taken = fill(channel());
        // A kernel moves bytes on when it likes, and then there is room once more.
        while (selector().selectNow() > 0) {
            selector().selectedKeys().clear();
            taken += fill(channel());
        }
        try (Blocked<Integer> select = Blocked.in(selector()::select)) {
            peer.receive(taken);
            assertThat(select.get()).isEqualTo(1);
        }
        assertThat(key.isWritable()).isTrue();
    }

    @Test
    default void aConnectThatIsDoneMakesTheKeyReadyForThatOnly() throws IOException {
        channel().configureBlocking(false);
        stack().holdConnects();
        Assumptions.assumeFalse(channel().connect(stack().listening()));
        SelectionKey key = channel().register(selector(), OP_CONNECT | OP_READ | OP_WRITE);
        stack().releaseConnects();
        assertThat(selector().select()).isEqualTo(1);
        assertThat(key.readyOps()).isEqualTo(OP_CONNECT);
        assertThat(channel().finishConnect()).isTrue();
        selector().selectedKeys().clear();
        assertThat(selector().select()).isEqualTo(1);
        assertThat(key.readyOps()).isEqualTo(OP_WRITE);
        key.interestOps(OP_CONNECT);
        selector().selectedKeys().clear();
        assertThat(selector().selectNow()).isZero();
    }

    @Test
    default void aFailedConnectMakesTheKeyReadyForAllItAsksFor() throws IOException {
        channel().configureBlocking(false);
        SelectionKey key = channel().register(selector(), OP_CONNECT | OP_READ);
        stack().holdConnects();
        boolean pending;
        try {
            pending = !channel().connect(stack().refusing());
        } catch (ConnectException e) {
            pending = false; // a loopback may be that fast
        }
        Assumptions.assumeTrue(pending);
        stack().releaseConnects();
        assertThat(selector().select()).isEqualTo(1);
        assertThat(key.readyOps()).isEqualTo(OP_CONNECT | OP_READ);
        assertThatThrownBy(() -> channel().finishConnect()).isInstanceOf(ConnectException.class);
        assertThat(channel().isOpen()).isFalse();
        assertThat(key.isValid()).isFalse();
    }

    @Test
    default void theEndOfTheStreamStaysReadable() throws IOException {
        Peer peer = connect();
        channel().register(selector(), OP_READ);
        peer.close();
        for (int i = 0; i < 3; i++) {
            assertThat(selector().select()).isEqualTo(1);
            selector().selectedKeys().clear();
            assertThat(channel().read(ByteBuffer.allocate(10))).isEqualTo(-1);
        }
    }

    @Test
    default void aShutInputIsReadable() throws IOException {
        connect();
        channel().register(selector(), OP_READ);
        channel().shutdownInput();
        assertThat(selector().select()).isEqualTo(1);
    }

    @Test
    default void readyKeysOfSeveralChannelsAreCounted() throws IOException {
        List<Peer> peers = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            SocketChannel one = openChannel();
            peers.add(connect(one));
            one.register(selector(), OP_READ);
        }
        for (int i = 0; i < 12; i += 2) {
            peers.get(i).send(new byte[1]);
        }
        int count = 0;
        while (count < 6) {
            count += selector().select();
        }
        assertThat(count).isEqualTo(6);
        assertThat(selector().selectedKeys()).hasSize(6);
    }

    // -- wakeup, interrupt, time, close --

    @Test
    default void aWakeupBeforeASelectEndsItAtOnceAndOnlyOnce() throws Exception {
        selector().wakeup();
        selector().wakeup();
        assertThat(selector().select()).isZero();
        try (Blocked<Integer> select = Blocked.in(selector()::select)) {
            assertThat(select.isDone()).isFalse();
            selector().wakeup();
            assertThat(select.get()).isZero();
        }
    }

    @Test
    default void selectNowConsumesAWakeup() throws Exception {
        selector().wakeup();
        assertThat(selector().selectNow()).isZero();
        try (Blocked<Integer> select = Blocked.in(selector()::select)) {
            assertThat(select.isDone()).isFalse();
        }
    }

    @Test
    default void anInterruptEndsASelectAndStaysSet() throws Exception {
        try (Blocked<Boolean> select = Blocked.in(() -> {
            selector().select();
            return Thread.currentThread().isInterrupted();
        })) {
            select.interrupt();
            assertThat(select.get()).isTrue();
        }
        assertThat(selector().isOpen()).isTrue();
    }

    @Test
    default void anInterruptedThreadDoesNotBlockInSelect() throws Exception {
        try (Blocked<Boolean> select = Blocked.started(() -> {
            Thread.currentThread().interrupt();
            selector().select();
            return Thread.currentThread().isInterrupted();
        })) {
            assertThat(select.get()).isTrue();
        }
    }

    @Test
    default void aZeroOrHugeTimeLimitIsNoLimit() throws Exception {
        for (long timeoutMillis : new long[] {0, Long.MAX_VALUE, Long.MAX_VALUE / 1_000_000}) {
            try (Blocked<Integer> select = Blocked.in(() -> selector().select(timeoutMillis))) {
                selector().wakeup();
                assertThat(select.get()).isZero();
            }
        }
        assertThatThrownBy(() -> selector().select(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> selector().select(key -> {}, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    default void closeEndsABlockedSelect() throws Exception {
        try (Blocked<Integer> select = Blocked.in(selector()::select)) {
            selector().close();
            assertThat(select.get()).isZero();
        }
    }

    @Test
    default void aClosedSelectorSaysSo() throws IOException {
        connect();
        SelectionKey key = channel().register(selector(), OP_READ);
        selector().close();
        selector().close();
        assertThat(selector().isOpen()).isFalse();
        assertThatThrownBy(() -> selector().select()).isInstanceOf(ClosedSelectorException.class);
        assertThatThrownBy(() -> selector().select(10)).isInstanceOf(ClosedSelectorException.class);
        assertThatThrownBy(() -> selector().selectNow()).isInstanceOf(ClosedSelectorException.class);
        assertThatThrownBy(() -> selector().selectNow(k -> {})).isInstanceOf(ClosedSelectorException.class);
        assertThatThrownBy(() -> selector().keys()).isInstanceOf(ClosedSelectorException.class);
        assertThatThrownBy(() -> selector().selectedKeys()).isInstanceOf(ClosedSelectorException.class);
        assertThatThrownBy(() -> channel().register(selector(), OP_READ)).isInstanceOf(ClosedSelectorException.class);
        assertThat(selector().wakeup()).isSameAs(selector());
        assertThat(key.isValid()).isFalse();
        assertThat(channel().isRegistered()).isFalse();
        assertThat(channel().isOpen()).isTrue();
        channel().configureBlocking(true);
    }

    // -- registration and keys --

    @Test
    default void registeringTwiceGivesTheSameKeyWithNewInterest() throws IOException {
        connect();
        SelectionKey key = channel().register(selector(), OP_READ, "a");
        assertThat(key.channel()).isSameAs(channel());
        assertThat(key.selector()).isSameAs(selector());
        assertThat(key.attachment()).isEqualTo("a");
        assertThat(channel().keyFor(selector())).isSameAs(key);
        assertThat(channel().register(selector(), OP_WRITE, "b")).isSameAs(key);
        assertThat(key.interestOps()).isEqualTo(OP_WRITE);
        assertThat(key.attachment()).isEqualTo("b");
        assertThat(selector().keys()).containsExactly(key);
    }

    @Test
    default void aBlockingChannelCannotBeRegisteredNorARegisteredOneBlock() throws IOException {
        assertThatThrownBy(() -> channel().register(selector(), OP_READ))
                .isInstanceOf(IllegalBlockingModeException.class);
        connect();
        channel().register(selector(), OP_READ);
        assertThatThrownBy(() -> channel().configureBlocking(true)).isInstanceOf(IllegalBlockingModeException.class);
    }

    @Test
    default void aCancelledKeyLeavesTheSetsWithTheNextSelect() throws IOException {
        Peer peer = connect();
        peer.send(new byte[1]);
        SelectionKey key = channel().register(selector(), OP_READ);
        selector().select();
        key.cancel();
        key.cancel();
        assertThat(key.isValid()).isFalse();
        assertThat(selector().keys()).containsExactly(key);
        assertThat(selector().selectedKeys()).containsExactly(key);
        assertThat(channel().isRegistered()).isTrue();
        assertThat(selector().selectNow()).isZero();
        assertThat(selector().keys()).isEmpty();
        assertThat(selector().selectedKeys()).isEmpty();
        assertThat(channel().isRegistered()).isFalse();
        assertThat(channel().keyFor(selector())).isNull();
    }

    @Test
    default void aCancelledChannelCanBeRegisteredAgainAfterASelect() throws IOException {
        Peer peer = connect();
        SelectionKey first = channel().register(selector(), OP_READ);
        first.cancel();
        assertThatThrownBy(() -> channel().register(selector(), OP_READ)).isInstanceOf(CancelledKeyException.class);
        selector().selectNow();
        SelectionKey second = channel().register(selector(), OP_READ);
        assertThat(second).isNotSameAs(first);
        peer.send(new byte[1]);
        assertThat(selector().select()).isEqualTo(1);
        assertThat(selector().selectedKeys()).containsExactly(second);
    }

    @Test
    default void closingAChannelCancelsItsKeysAndThePeerSeesTheEndAtOnce() throws IOException {
        Peer peer = connect();
        SelectionKey key = channel().register(selector(), OP_READ);
        channel().close();
        assertThat(key.isValid()).isFalse();
        peer.awaitEnd();
        assertThat(selector().selectNow()).isZero();
        assertThat(selector().keys()).isEmpty();
    }

    @Test
    default void aChannelMayBeRegisteredWithTwoSelectors() throws IOException {
        Peer peer = connect();
        try (Selector other = stack().openSelector()) {
            SelectionKey one = channel().register(selector(), OP_READ);
            SelectionKey two = channel().register(other, OP_READ);
            assertThat(one).isNotSameAs(two);
            peer.send(new byte[1]);
            assertThat(selector().select()).isEqualTo(1);
            assertThat(other.select()).isEqualTo(1);
            one.cancel();
            assertThat(two.isValid()).isTrue();
        }
    }

    @Test
    default void registeringAndCancellingDoNotWaitForARunningSelect() throws Exception {
        Peer peer = connect();
        try (Blocked<Integer> select = Blocked.in(selector()::select)) {
            SelectionKey key = channel().register(selector(), 0);
            key.interestOps(OP_READ);
            key.interestOpsOr(OP_CONNECT);
            key.cancel();
            selector().wakeup();
            assertThat(select.get()).isZero();
        }
        selector().selectNow();
        SelectionKey key = channel().register(selector(), OP_READ);
        peer.send(new byte[1]);
        assertThat(selector().select()).isEqualTo(1);
        assertThat(selector().selectedKeys()).containsExactly(key);
    }

    @Test
    default void aKeyFoundInTheKeySetMayBeCancelledWhileItIsRegistered() throws Exception {
        connect();
        AtomicBoolean done = new AtomicBoolean();
        try (Blocked<Void> canceller = Blocked.started(() -> {
            while (!done.get()) {
                selector().keys().forEach(SelectionKey::cancel);
                // Virtual threads are not preempted, and one processor carries one of them.
                Contract.pause();
            }
            return null;
        })) {
            for (int i = 0; i < 500; i++) {
                SelectionKey key = channel().register(selector(), OP_READ);
                while (key.isValid()) {
                    Contract.pause();
                }
                while (channel().isRegistered()) {
                    selector().selectNow();
                }
            }
            done.set(true);
            canceller.get();
        }
        assertThat(selector().keys()).isEmpty();
    }

    @Test
    default void aCloseDuringARegisterLeavesNothingRegistered() throws Exception {
        for (int i = 0; i < 200; i++) {
            SocketChannel fresh = openChannel();
            fresh.configureBlocking(false);
            Selector closing = stack().openSelector();
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
    default void channelsMayCloseWhileASelectRuns() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        try (Blocked<Void> loop = Blocked.started(() -> {
            while (!done.get()) {
                selector().select();
                selector().selectedKeys().clear();
            }
            return null;
        })) {
            for (int i = 0; i < 200; i++) {
                SocketChannel one = openChannel();
                Peer peer = connect(one);
                SelectionKey key = one.register(selector(), OP_READ);
                peer.send(new byte[1]);
                one.close();
                assertThat(key.isValid()).isFalse();
                peer.close();
            }
            done.set(true);
            selector().wakeup();
            loop.get();
        }
        selector().selectNow();
        assertThat(selector().keys()).isEmpty();
    }

    @Test
    default void interestChangedByAnotherThreadCountsAfterAWakeup() throws Exception {
        Peer peer = connect();
        SelectionKey key = channel().register(selector(), 0);
        peer.send(new byte[1]);
        try (Blocked<Boolean> select = Blocked.in(() -> {
            while (selector().select() == 0) {
                // woken
            }
            return key.isReadable();
        })) {
            key.interestOps(OP_READ);
            selector().wakeup();
            assertThat(select.get()).isTrue();
        }
    }

    @Test
    default void theKeySetsAreViewsThatCannotBeAddedTo() throws IOException {
        Peer peer = connect();
        SelectionKey key = channel().register(selector(), OP_READ);
        peer.send(new byte[1]);
        Set<SelectionKey> keys = selector().keys();
        Set<SelectionKey> selected = selector().selectedKeys();
        selector().select();
        assertThat(selector().keys()).isSameAs(keys);
        assertThat(selector().selectedKeys()).isSameAs(selected);
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
    default void anActionIsGivenTheReadyKeysAndTheSelectedSetStaysOutOfIt() throws IOException {
        Peer peer = connect();
        SelectionKey key = channel().register(selector(), OP_READ);
        peer.send(new byte[1]);
        List<SelectionKey> seen = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            assertThat(selector().select(seen::add)).isEqualTo(1);
        }
        assertThat(selector().select(seen::add, 1000)).isEqualTo(1);
        assertThat(selector().selectNow(seen::add)).isEqualTo(1);
        assertThat(seen).containsOnly(key).hasSize(5);
        assertThat(selector().selectedKeys()).isEmpty();
        drain();
        assertThat(selector().selectNow(seen::add)).isZero();
        assertThatThrownBy(() -> selector().select(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    default void anActionCannotSelectAgainButMayCancelAndClose() throws IOException {
        Peer peer = connect();
        channel().register(selector(), OP_READ);
        peer.send(new byte[1]);
        assertThatThrownBy(() -> selector().select(key -> {
                    try {
                        selector().selectNow();
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(selector().select(SelectionKey::cancel)).isEqualTo(1);
        assertThat(selector().selectNow(key -> {})).isZero();
        assertThat(selector().keys()).isEmpty();
        channel().register(selector(), OP_READ);
        assertThatThrownBy(() -> selector().select(key -> {
                    try {
                        selector().close();
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                }))
                .isInstanceOf(ClosedSelectorException.class);
    }

    @Test
    default void whatAnActionThrowsComesOutOfTheSelect() throws IOException {
        Peer peer = connect();
        channel().register(selector(), OP_READ);
        peer.send(new byte[1]);
        assertThatThrownBy(() -> selector().select(key -> {
                    throw new IllegalArgumentException("from the action");
                }))
                .hasMessage("from the action");
        assertThat(selector().select()).isEqualTo(1);
    }

    @Test
    default void everyFormWithAnActionHonoursAWakeup() throws Exception {
        selector().wakeup();
        assertThat(selector().select(key -> {})).isZero();
        selector().wakeup();
        assertThat(selector().select(key -> {}, 60_000)).isZero();
        selector().wakeup();
        assertThat(selector().selectNow(key -> {})).isZero();
        try (Blocked<Integer> select = Blocked.in(() -> selector().select(key -> {}))) {
            selector().wakeup();
            assertThat(select.get()).isZero();
        }
        try (Blocked<Integer> select = Blocked.in(() -> selector().select(key -> {}, 60_000))) {
            selector().wakeup();
            assertThat(select.get()).isZero();
        }
    }

    @Test
    default void anInterruptEndsASelectWithAnAction() throws Exception {
        try (Blocked<Boolean> select = Blocked.in(() -> {
            assertThat(selector().select(key -> {})).isZero();
            assertThat(selector().select(key -> {}, 60_000)).isZero();
            return Thread.currentThread().isInterrupted();
        })) {
            select.interrupt();
            assertThat(select.get()).isTrue();
        }
        assertThat(selector().isOpen()).isTrue();
    }

    @Test
    default void closeEndsASelectWithAnAction() throws Exception {
        try (Blocked<Integer> select = Blocked.in(() -> selector().select(key -> {}))) {
            selector().close();
            assertThat(select.get()).isZero();
        }
        assertThatThrownBy(() -> selector().select(key -> {})).isInstanceOf(ClosedSelectorException.class);
        assertThatThrownBy(() -> selector().select(key -> {}, 1)).isInstanceOf(ClosedSelectorException.class);
    }

    @Test
    default void aKeyThatIsSelectedAlreadyIsGivenToAnActionToo() throws IOException {
        Peer peer = connect();
        SelectionKey key = channel().register(selector(), OP_READ);
        peer.send(new byte[1]);
        assertThat(selector().select()).isEqualTo(1);
        List<SelectionKey> seen = new ArrayList<>();
        assertThat(selector().select(seen::add)).isEqualTo(1);
        assertThat(seen).containsExactly(key);
        assertThat(selector().selectedKeys()).containsExactly(key);
    }

    @Test
    default void anActionMayChangeInterestAndCloseTheChannel() throws IOException {
        Peer peer = connect();
        SelectionKey key = channel().register(selector(), OP_READ);
        peer.send(new byte[1]);
        assertThat(selector().select(ready -> {
                    assertThat(ready.readyOps()).isEqualTo(OP_READ);
                    ready.interestOps(0);
                }))
                .isEqualTo(1);
        assertThat(selector().selectNow(ready -> {})).isZero();
        key.interestOps(OP_READ);
        assertThat(selector().select(ready -> {
                    try {
                        ready.channel().close();
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                }))
                .isEqualTo(1);
        assertThat(selector().selectNow(ready -> {})).isZero();
        assertThat(selector().keys()).isEmpty();
    }

    @Test
    default void anActionIsCalledOnceAKeyAndSelect() throws IOException {
        List<SelectionKey> seen = new ArrayList<>();
        List<Peer> peers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            SocketChannel one = openChannel();
            peers.add(connect(one));
            one.register(selector(), OP_WRITE);
        }
        assertThat(selector().select(seen::add)).isEqualTo(3);
        assertThat(seen).doesNotHaveDuplicates().hasSize(3);
        assertThat(peers).hasSize(3);
    }

    // -- races --

    @Test
    default void oneWakeupIsAsGoodAsMany() throws Exception {
        for (int i = 0; i < 1000; i++) {
            selector().wakeup();
        }
        assertThat(selector().select()).isZero();
        try (Blocked<Integer> select = Blocked.in(() -> selector().select(60_000))) {
            assertThat(select.isDone()).isFalse();
            selector().wakeup();
            assertThat(select.get()).isZero();
        }
    }

    @Test
    default void manyInterruptsLeaveTheSelectorWorking() throws Exception {
        int rounds = 200;
        AtomicInteger ended = new AtomicInteger();
        try (Blocked<Void> selecting = Blocked.started(() -> {
            while (ended.get() < rounds) {
                selector().select();
                if (Thread.interrupted()) {
                    ended.incrementAndGet();
                }
            }
            return null;
        })) {
            for (int i = 0; i < rounds; i++) {
                selecting.interrupt();
                while (ended.get() <= i && !selecting.isDone()) {
                    Contract.pause();
                }
            }
            selecting.get();
        }
        Peer peer = connect();
        SelectionKey key = channel().register(selector(), OP_READ);
        peer.send(new byte[1]);
        assertThat(selector().select()).isEqualTo(1);
        assertThat(key.isReadable()).isTrue();
    }

    @Test
    default void anInterruptACloseAndAWakeupTogetherAreQuiet() throws Exception {
        try (Blocked<Integer> select = Blocked.in(selector()::select)) {
            select.interrupt();
            selector().close();
            selector().wakeup();
            assertThat(select.get()).isZero();
        }
    }

    @Test
    default void aChannelClosedUnderASelectIsGoneWhenTheSelectReturns() throws Exception {
        Peer peer = connect();
        channel().register(selector(), OP_READ);
        try (Blocked<Integer> select = Blocked.in(selector()::select)) {
            channel().close();
            selector().wakeup();
            select.get();
        }
        assertThat(selector().selectNow()).isZero();
        assertThat(selector().keys()).isEmpty();
        assertThat(channel().isRegistered()).isFalse();
        peer.awaitEnd();
    }

    @Test
    default void interestTurnedOffAndOnByAnotherThreadIsNotLost() throws Exception {
        Peer peer = connect();
        SelectionKey key = channel().register(selector(), 0);
        peer.send(new byte[1]);
        try (Blocked<Void> toggling = Blocked.started(() -> {
            for (int i = 0; i < 2000; i++) {
                key.interestOps(OP_READ);
                key.interestOps(0);
            }
            key.interestOps(OP_READ);
            selector().wakeup();
            return null;
        })) {
            while (!toggling.isDone()) {
                selector().select(1000);
                selector().selectedKeys().clear();
            }
            toggling.get();
        }
        while (selector().select() == 0) {
            // the last wakeup, if it has not been met yet
        }
        assertThat(selector().selectedKeys()).containsExactly(key);
    }

    @Test
    default void anOperationInFlightWhileASelectTakesACloseInEndsClean() throws Exception {
        for (int i = 0; i < 20; i++) {
            SocketChannel one = openChannel();
            Peer peer = connect(one);
            one.register(selector(), OP_READ);
            try (Blocked<Void> reading = Blocked.started(() -> {
                while (one.read(ByteBuffer.allocate(10)) == 0) {
                    Contract.pause();
                }
                return null;
            })) {
                one.close();
                selector().selectNow();
                assertThatThrownBy(reading::get).cause().isInstanceOf(ClosedChannelException.class);
            }
            peer.close();
        }
        selector().selectNow();
        assertThat(selector().keys()).isEmpty();
    }

    @Test
    default void finishedConnectsOfSeveralChannelsAreCounted() throws IOException {
        int pending = 0;
        for (int i = 0; i < 4; i++) {
            SocketChannel one = openChannel();
            one.configureBlocking(false);
            if (!one.connect(stack().listening())) {
                one.register(selector(), OP_CONNECT);
                pending++;
            }
        }
        int count = 0;
        while (count < pending) {
            count += selector().select();
        }
        assertThat(count).isEqualTo(pending);
        for (SelectionKey key : selector().selectedKeys()) {
            assertThat(key.isConnectable()).isTrue();
            assertThat(((SocketChannel) key.channel()).finishConnect()).isTrue();
        }
        assertThat(selector().selectNow()).isZero();
    }

    @Test
    default void aChannelThatNobodyHasConnected() throws IOException {
        channel().configureBlocking(false);
        SelectionKey key = channel().register(selector(), OP_CONNECT | OP_READ | OP_WRITE);
        if (deviates(Deviation.UNCONNECTED_IS_NOT_READY)) {
            assertThat(selector().selectNow()).isZero();
        } else {
            assertThat(selector().selectNow()).isEqualTo(1);
            assertThat(key.readyOps()).isEqualTo(OP_CONNECT | OP_READ | OP_WRITE);
        }
    }

    @Test
    default void aChannelRegisteredBeforeItsConnectIsSelectedByIt() throws IOException {
        channel().configureBlocking(false);
        SelectionKey key = channel().register(selector(), 0, "attached");
        boolean connected = channel().connect(stack().listening());
        key.interestOps(OP_CONNECT);
        if (!connected) {
            assertThat(selector().select()).isEqualTo(1);
            assertThat(key.isConnectable()).isTrue();
            assertThat(channel().finishConnect()).isTrue();
            selector().selectedKeys().clear();
        }
        Peer peer = stack().peerOf(channel());
        peer.send(new byte[1]);
        key.interestOps(OP_READ);
        assertThat(selector().select()).isEqualTo(1);
        assertThat(selector().selectedKeys()).containsExactly(key);
        assertThat(key.attachment()).isEqualTo("attached");
        assertThat(channel().keyFor(selector())).isSameAs(key);
        key.cancel();
        channel().configureBlocking(true);
        assertThat(channel().read(ByteBuffer.allocate(10))).isEqualTo(1);
    }
}
