package io.uartnio.contract;

import static java.nio.channels.SelectionKey.OP_ACCEPT;
import static java.nio.channels.SelectionKey.OP_CONNECT;
import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.channels.SelectionKey.OP_WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a {@link SelectionKey} of a socket channel does, whoever implements it. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
public interface SelectionKeyContract extends Contract {

    /** Connects the channel and leaves it non-blocking. */
    default Peer connect() throws IOException {
        channel().connect(stack().listening());
        channel().configureBlocking(false);
        return stack().peerOf(channel());
    }

    @Test
    default void aCancelledKeyRefusesAllQuestions() throws IOException {
        connect();
        SelectionKey key = channel().register(selector(), OP_READ);
        key.cancel();
        assertThatThrownBy(key::interestOps).isInstanceOf(CancelledKeyException.class);
        assertThatThrownBy(() -> key.interestOps(OP_READ)).isInstanceOf(CancelledKeyException.class);
        assertThatThrownBy(() -> key.interestOpsOr(OP_READ)).isInstanceOf(CancelledKeyException.class);
        assertThatThrownBy(() -> key.interestOpsAnd(OP_READ)).isInstanceOf(CancelledKeyException.class);
        assertThatThrownBy(key::readyOps).isInstanceOf(CancelledKeyException.class);
        assertThatThrownBy(key::isReadable).isInstanceOf(CancelledKeyException.class);
        assertThat(key.channel()).isSameAs(channel());
        assertThat(key.selector()).isSameAs(selector());
    }

    @Test
    default void interestIsCheckedAgainstTheChannel() throws IOException {
        connect();
        assertThatThrownBy(() -> channel().register(selector(), OP_ACCEPT))
                .isInstanceOf(IllegalArgumentException.class);
        SelectionKey key = channel().register(selector(), 0);
        assertThatThrownBy(() -> key.interestOps(OP_ACCEPT)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> key.interestOpsOr(OP_ACCEPT)).isInstanceOf(IllegalArgumentException.class);
        assertThat(key.interestOpsAnd(~OP_ACCEPT)).isZero();
    }

    @Test
    default void interestCanBeAddedAndTakenAwayAtomically() throws Exception {
        connect();
        SelectionKey key = channel().register(selector(), OP_READ);
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
    default void aCancelledKeyFreesTheBlockingModeAtOnce() throws IOException {
        connect();
        channel().register(selector(), OP_READ).cancel();
        channel().configureBlocking(true);
        assertThat(channel().isBlocking()).isTrue();
        selector().selectNow();
        assertThat(channel().isRegistered()).isFalse();
    }

    @Test
    default void bitsAreAddedAndTakenAwayAsTheTableSays() throws IOException {
        connect();
        SelectionKey key = channel().register(selector(), 0);
        int[] sets = {0, OP_READ, OP_WRITE, OP_CONNECT, OP_READ | OP_WRITE, OP_READ | OP_WRITE | OP_CONNECT};
        for (int before : sets) {
            for (int given : sets) {
                assertThat(key.interestOps(before)).isSameAs(key);
                assertThat(key.interestOpsOr(given)).isEqualTo(before);
                assertThat(key.interestOps()).isEqualTo(before | given);
                key.interestOps(before);
                assertThat(key.interestOpsAnd(given)).isEqualTo(before);
                assertThat(key.interestOps()).isEqualTo(before & given);
            }
        }
    }

    @Test
    default void aRefusedInterestChangesNothing() throws IOException {
        connect();
        SelectionKey key = channel().register(selector(), OP_READ);
        assertThatThrownBy(() -> key.interestOps(OP_ACCEPT | OP_WRITE)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> key.interestOpsOr(OP_ACCEPT | OP_WRITE)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> key.interestOps(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(key.interestOps()).isEqualTo(OP_READ);
    }

    @Test
    default void aNewKeyIsReadyForNothingUntilASelect() throws IOException {
        connect();
        SelectionKey key = channel().register(selector(), OP_WRITE);
        assertThat(key.readyOps()).isZero();
        assertThat(key.isAcceptable()).isFalse();
        assertThat(key.isWritable()).isFalse();
        assertThat(selector().select()).isEqualTo(1);
        assertThat(key.isWritable()).isTrue();
        assertThat(key.isAcceptable()).isFalse();
    }

    @Test
    default void anAttachmentIsExchanged() throws IOException {
        connect();
        SelectionKey key = channel().register(selector(), OP_READ);
        assertThat(key.attachment()).isNull();
        assertThat(key.attach("first")).isNull();
        assertThat(key.attach("second")).isEqualTo("first");
        assertThat(key.attachment()).isEqualTo("second");
        key.cancel();
        assertThat(key.attachment()).isEqualTo("second");
        assertThat(key.attach(null)).isEqualTo("second");
    }

    @Test
    default void closingTheChannelOrTheSelectorCancelsAKey() throws IOException {
        connect();
        SelectionKey key = channel().register(selector(), OP_READ);
        assertThat(key.isValid()).isTrue();
        channel().close();
        assertThat(key.isValid()).isFalse();
        assertThatThrownBy(key::readyOps).isInstanceOf(CancelledKeyException.class);
        var other = openChannel();
        other.configureBlocking(false);
        SelectionKey second = other.register(selector(), 0);
        selector().close();
        assertThat(second.isValid()).isFalse();
        assertThatThrownBy(second::interestOps).isInstanceOf(CancelledKeyException.class);
        assertThat(other.isRegistered()).isFalse();
        assertThat(other.isOpen()).isTrue();
    }

    @Test
    default void aKeyMayBeCancelledByManyThreadsAtOnce() throws Exception {
        connect();
        for (int i = 0; i < 50; i++) {
            SelectionKey key = channel().register(selector(), OP_READ);
            CyclicBarrier start = new CyclicBarrier(2);
            try (Blocked<Void> other = Blocked.started(() -> {
                start.await();
                key.cancel();
                return null;
            })) {
                start.await();
                key.cancel();
                other.get();
            }
            assertThat(key.isValid()).isFalse();
            selector().selectNow();
            assertThat(selector().keys()).isEmpty();
        }
    }
}
