package io.uartnio.uart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The time limit of a write, over a port whose far side takes nothing. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GuardedUartPortTest {

    private static final LineSettings SETTINGS = new LineSettings(921_600, true);

    private final FakeUartPort below = new FakeUartPort();
    private final RecordingListener listener = new RecordingListener();

    @Test
    void bytesAndTheCloseOfTheLinkPassThrough() throws Exception {
        GuardedUartPort port = new GuardedUartPort(below, 60_000);
        port.open(SETTINGS, listener);
        port.write(ascii("xATx"), 1, 2);
        below.receive(ascii("OK"));
        IOException lost = new IOException("lost");
        below.lose(lost);
        assertThat(below.written()).isEqualTo(ascii("AT"));
        assertThat(listener.received()).isEqualTo(ascii("OK"));
        assertThat(listener.closes()).containsExactly(lost);
        assertThat(port.name()).isEqualTo("fake");
        assertThat(port.controlLines()).containsExactly(ControlLine.DTR);
    }

    @Test
    void aStuckWriteFailsAndClosesThePortWithTheSameCause() throws Exception {
        GuardedUartPort port = new GuardedUartPort(below, 10);
        port.open(SETTINGS, listener);
        below.holdWrites();
        assertThatIOException()
                .isThrownBy(() -> port.write(ascii("AT"), 0, 2))
                .withMessageMatching("write stuck: port=fake, waitedMillis=\\d+");
        await().until(() -> listener.closes().size() == 1);
        assertThat(listener.closes().get(0)).hasMessageMatching("write stuck: port=fake, waitedMillis=\\d+");
        assertThat(port.isOpen()).isFalse();
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("uartnio-close-")));
    }

    @Test
    void aWriteThatIsStuckAfterQuickOnesIsNoticedToo() throws Exception {
        GuardedUartPort port = new GuardedUartPort(below, 50);
        port.open(SETTINGS, listener);
        for (int quick = 0; quick < 1_000; quick++) {
            try {
                port.write(ascii("AT"), 0, 2);
            } catch (IOException e) {
                // The machine has stood still in the midst of one, so it was none of the quick ones: all over again.
                await().until(() -> !port.isOpen());
                port.open(SETTINGS, listener);
                quick = -1;
            }
        }
        below.holdWrites();
        assertThatIOException().isThrownBy(() -> port.write(ascii("AT"), 0, 2)).withMessageContaining("write stuck");
    }

    @Test
    void aShortWriteAfterAVeryLongOneIsNotGivenTheLongOnesTime() throws Exception {
        GuardedUartPort port = new GuardedUartPort(below, 50);
        port.open(new LineSettings(300, true), listener);
        port.write(new byte[1 << 20], 0, 1 << 20); // ten hours at 300 baud
        port.setBaudRate(921_600);
        below.holdWrites();
        assertThatIOException().isThrownBy(() -> port.write(ascii("AT"), 0, 2)).withMessageContaining("write stuck");
    }

    @Test
    void theTimeThatTheBytesNeedOnTheLineIsNoStuckWrite() throws Exception {
        GuardedUartPort port = new GuardedUartPort(below, 1);
        port.open(new LineSettings(300, true), listener);
        below.holdWrites();
        CompletableFuture<Throwable> write =
                CompletableFuture.supplyAsync(() -> catchThrowable(() -> port.write(new byte[9_000], 0, 9_000)));
        CompletableFuture<Void> later = new CompletableFuture<>();
        TimerThread.schedule(() -> later.complete(null), 100, TimeUnit.MILLISECONDS);
        later.get();
        assertThat(write).isNotDone();
        below.releaseWrites();
        assertThat(write.get()).isNull();
        port.close();
        assertThat(listener.closes()).containsExactly((IOException) null);
    }

    @Test
    void aPortThatWasStuckOpensAgainWithoutThatPast() throws Exception {
        GuardedUartPort port = new GuardedUartPort(below, 10);
        port.open(SETTINGS, listener);
        below.holdWrites();
        assertThatIOException().isThrownBy(() -> port.write(ascii("AT"), 0, 2));
        await().until(() -> listener.closes().size() == 1);
        RecordingListener again = new RecordingListener();
        // With so many bytes on so slow a line that nothing but that past can make them late.
        byte[] minutes = new byte[9_000];
        port.open(new LineSettings(300, true), again);
        port.write(minutes, 0, minutes.length);
        port.close();
        assertThat(again.closes()).containsExactly((IOException) null);
        assertThat(below.written()).isEqualTo(minutes);
    }

    @Test
    void noTimeLimitOutlivesThePort() throws Exception {
        // Other tests may have left some, which only become fewer meanwhile.
        int before = TimerThread.pending();
        GuardedUartPort port = new GuardedUartPort(below, 3_600_000);
        port.open(SETTINGS, listener);
        port.write(ascii("AT"), 0, 2);
        port.close();
        await().until(() -> TimerThread.pending() <= before);
    }

    @Test
    void aLimitOfNothingIsRefused() {
        assertThatThrownBy(() -> new GuardedUartPort(below, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
