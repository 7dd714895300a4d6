package io.uartnio.mux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.uartnio.Seeds;
import io.uartnio.uart.ControlLine;
import io.uartnio.uart.LineSettings;
import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class MuxTest {

    private static final LineSettings LINE = new LineSettings(115_200, true);

    private final PlayedModule module = new PlayedModule();
    private final Received commands = new Received();
    /** Nothing is sent again or given up because a thread of this test has to wait for a processor. */
    private Mux mux = new Mux(module.line, new MuxSettings(4, 127, 2_048, 10_000, 10_000, 5, 60_000, 300));

    private void start() throws IOException {
        mux.commandPort().open(LINE, commands);
        mux.start(127);
    }

    /** For what is to be sent again. */
    private void beImpatient() {
        mux = new Mux(module.line, new MuxSettings(4, 127, 2_048, 500, 500, 5, 60_000, 300));
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(30));
    }

    private Received open(int dlci) throws IOException {
        Received received = new Received();
        mux.channel(dlci).open(LINE, received);
        return received;
    }

    @AfterEach
    void close() {
        mux.commandPort().close();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void write(UartPort port, String text) throws IOException {
        byte[] bytes = ascii(text);
        port.write(bytes, 0, bytes.length);
    }

    @Test
    void theCommandPortIsTheLineUntilItIsStartedAndAgainBehindItsStop() throws IOException {
        mux.commandPort().open(LINE, commands);
        module.sendRaw("41 54");
        await().untilAsserted(() -> assertThat(commands.text()).isEqualTo("AT"));

        mux.start(127);
        write(mux.commandPort(), "AT\r");
        module.send(1, ascii("\r\nOK\r\n"));
        await().untilAsserted(() -> assertThat(commands.text()).isEqualTo("AT\r\nOK\r\n"));
        await().untilAsserted(() -> assertThat(module.received(1)).isEqualTo(ascii("AT\r")));

        mux.stop();
        assertThat(mux.isRunning()).isFalse();
        module.sendRaw("f9 41");
        await().untilAsserted(() -> assertThat(commands.text()).isEqualTo("AT\r\nOK\r\n\u00f9A"));
        assertThat(module.heard).endsWith("0753 ", "03ef c301");
        assertThat(commands.closes()).isZero();
    }

    @Test
    void itCanBeStartedAgain() throws IOException {
        start();
        open(2);
        mux.stop();

        mux.start(127);
        Received again = open(2);
        module.send(2, ascii("again"));

        await().untilAsserted(() -> assertThat(again.text()).isEqualTo("again"));
    }

    @Test
    void aChannelIsOpenedWithPollAndToldItsLines() throws IOException {
        start();
        open(2);

        assertThat(module.heard)
                .containsSubsequence("033f ", "073f ", "03ef e305078d", "0b3f ", "03ef e3050b8d")
                .doesNotContain("wrong check");
    }

    @Test
    void anOpenIsRepeatedUntilItIsAnswered() throws IOException {
        mux = new Mux(module.line, new MuxSettings(4, 127, 2_048, 2_000, 10_000, 5, 60_000, 300));
        module.ignoredSabms.set(3);

        start();

        assertThat(module.heard("033f")).isEqualTo(4);
    }

    @Test
    void aModuleThatNeverAnswersLeavesThePortAsItWas() throws IOException {
        beImpatient();
        module.ignoredSabms.set(100);
        mux.commandPort().open(LINE, commands);

        assertThatThrownBy(() -> mux.start(127)).isInstanceOf(IOException.class).hasMessageContaining("dlci=0");

        assertThat(module.heard("033f")).isEqualTo(5);
        module.sendRaw("41");
        await().untilAsserted(() -> assertThat(commands.text()).isEqualTo("A"));
    }

    @Test
    void aRefusedChannelIsAnExceptionAndCanBeTriedAgain() throws IOException {
        start();
        module.refusedDlci = 3;

        assertThatThrownBy(() -> open(3)).isInstanceOf(IOException.class).hasMessageContaining("refuses");
        module.refusedDlci = -1;
        open(3);

        assertThat(mux.channel(3).isOpen()).isTrue();
        assertThatThrownBy(() -> open(3)).hasMessageContaining("already open");
    }

    @Test
    void signalsThatComeRightBehindTheAcknowledgementAreAnswered() throws IOException {
        module.sendsSignalsAtOnce = true;
        start();
        open(2);

        await().untilAsserted(() -> assertThat(module.heard).contains("03ef e105070d", "03ef e1050b0d"));
        assertThat(mux.channel(2).isAsserted(ControlLine.CTS)).isTrue();
        assertThat(mux.channel(2).isAsserted(ControlLine.DSR)).isTrue();
        assertThat(mux.channel(2).isAsserted(ControlLine.DCD)).isFalse();
    }

    @Test
    void dataThatComesBeforeTheAcknowledgementIsNotLost() throws IOException {
        start();
        module.sentBeforeAcknowledgement = ascii("early");

        Received received = open(2);

        await().untilAsserted(() -> assertThat(received.text()).isEqualTo("early"));
    }

    @Test
    void aSecondAcknowledgementMeansNothing() throws IOException {
        start();
        Received received = open(2);

        module.sendRaw("f9 0b 73 01 92 f9");
        module.send(2, ascii("on"));

        await().untilAsserted(() -> assertThat(received.text()).isEqualTo("on"));
        assertThat(received.closes()).isZero();
    }

    @Test
    void aModuleThatSaysNothingOfLinesIsUsedAllTheSame() throws IOException {
        beImpatient();
        module.answersSignals = false;
        start();
        Received received = open(2);
        module.send(2, ascii("works"));
        await().untilAsserted(() -> assertThat(received.text()).isEqualTo("works"));
    }

    @Test
    void linesAreTheModemSignalsOfTheChannel() throws IOException {
        start();
        open(2);
        UartPort channel = mux.channel(2);
        assertThat(channel.controlLines()).containsExactlyInAnyOrder(ControlLine.values());

        module.send(0, "e3 05 0b cd");
        await().until(() -> channel.isAsserted(ControlLine.RI));
        assertThat(channel.isAsserted(ControlLine.DCD)).isTrue();
        module.send(0, "e3 07 0b 0d 01");
        await().until(() -> !channel.isAsserted(ControlLine.DCD));
        assertThat(channel.isAsserted(ControlLine.RI)).isFalse();
        assertThat(channel.isAsserted(ControlLine.CTS)).isTrue();
        // What is answered has counted before.
        await().untilAsserted(() -> assertThat(module.heard).contains("03ef e1050bcd", "03ef e1070b0d01"));

        channel.setAsserted(ControlLine.DTR, false);
        channel.setAsserted(ControlLine.DTR, true);
        channel.setAsserted(ControlLine.RTS, false);
        channel.setAsserted(ControlLine.RTS, true);
        await().untilAsserted(() -> assertThat(module.heard)
                .containsSubsequence("03ef e3050b89", "03ef e3050b8d", "03ef e3050b87", "03ef e3050b8d"));
        assertThatThrownBy(() -> channel.setAsserted(ControlLine.CTS, true))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aLineThatIsNotAnsweredForIsToldAgain() throws IOException {
        beImpatient();
        start();
        open(2);
        module.answersSignals = false;

        mux.channel(2).setAsserted(ControlLine.DTR, false);

        await().until(() -> module.heard("03ef e3050b89") >= 3);
        module.answersSignals = true;
    }

    @Test
    void longDataLeavesInFramesOfTheAgreedLength() throws IOException {
        start();
        open(2);
        byte[] data = new byte[1000];
        Seeds.random(1).nextBytes(data);

        mux.channel(2).write(data, 0, data.length);

        await().untilAsserted(() -> assertThat(module.received(2)).isEqualTo(data));
        assertThat(module.heard.stream().filter(frame -> frame.startsWith("0bef")))
                .allMatch(frame -> frame.length() <= 5 + 2 * 127);
    }

    @Test
    void aModuleThatTookLessIsAskedForMore() throws IOException {
        mux.commandPort().open(LINE, commands);
        module.grantedFrameBytes = 64;

        mux.start(31);
        open(2);
        mux.channel(2).write(new byte[200], 0, 200);

        await().untilAsserted(() -> assertThat(module.received(2)).hasSize(200));
        assertThat(module.heard).contains("03ef 8311020007" + "0a7f000502");
        assertThat(module.heard("0bef")).isEqualTo(4);
    }

    @Test
    void aModuleThatDoesNotNegotiateKeepsItsLength() throws IOException {
        mux.commandPort().open(LINE, commands);
        module.knowsNegotiation = false;

        mux.start(31);
        open(2);
        mux.channel(2).write(new byte[62], 0, 62);

        await().untilAsserted(() -> assertThat(module.received(2)).hasSize(62));
        assertThat(module.heard("0bef")).isEqualTo(2);
        assertThat(module.heard("03ef 83")).isEqualTo(1);
    }

    @Test
    void framesLongerThanAgreedAreTaken() throws IOException {
        start();
        Received received = open(2);
        byte[] data = new byte[1600];
        Seeds.random(2).nextBytes(data);

        module.send(2, data);

        await().untilAsserted(() -> assertThat(received.bytes()).isEqualTo(data));
    }

    // ------------------------------------------------------------------ flow control

    @Test
    void aChannelThatIsStoppedHoldsUpNoOther() throws Exception {
        start();
        open(2);
        open(3);
        module.send(0, "e3 05 0b 0f");
        await().until(() -> module.heard("03ef e1050b0f") == 1);

        CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> writeAll(2, 500));
        writeAll(3, 500);
        write(mux.commandPort(), "AT\r");

        await().untilAsserted(() -> assertThat(module.received(3)).hasSize(500));
        await().untilAsserted(() -> assertThat(module.received(1)).isEqualTo(ascii("AT\r")));
        assertThat(module.received(2)).isEmpty();
        assertThat(stopped).isNotDone();

        module.send(0, "e3 05 0b 0d");
        stopped.get(20, TimeUnit.SECONDS);
        await().untilAsserted(() -> assertThat(module.received(2)).hasSize(500));
    }

    private void writeAll(int dlci, int bytes) {
        try {
            mux.channel(dlci).write(new byte[bytes], 0, bytes);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aChannelWithoutReadyToReceiveIsStoppedToo() throws IOException {
        start();
        open(2);
        module.send(0, "e3 05 0b 05");
        await().until(() -> module.heard("03ef e1050b05") == 1);

        CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> writeAll(2, 10));
        module.send(0, "e3 05 0b 0d");

        await().untilAsserted(() -> assertThat(stopped).isDone());
    }

    @Test
    void theWholeLineCanBeStopped() throws Exception {
        start();
        open(2);
        module.send(0, "63 01");
        await().until(() -> module.heard("03ef 6101") == 1);

        CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> writeAll(2, 10));
        module.send(0, "23 03 41");
        await().until(() -> module.heard("03ef 210341") == 1);
        assertThat(stopped).isNotDone();

        module.send(0, "a3 01");
        stopped.get(20, TimeUnit.SECONDS);
        await().until(() -> module.heard("03ef a101") == 1);
    }

    @Test
    void aCloseEndsAWriteThatWaits() throws IOException {
        start();
        Received received = open(2);
        module.send(0, "e3 05 0b 0f");
        await().until(() -> module.heard("03ef e1050b0f") == 1);
        CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> writeAll(2, 500));

        mux.channel(2).close();

        await().untilAsserted(() -> assertThat(stopped).isCompletedExceptionally());
        assertThat(received.closes()).isEqualTo(1);
        assertThat(received.cause()).isNull();
        assertThatThrownBy(() -> mux.channel(2).write(new byte[1], 0, 1)).hasMessageContaining("closed");
    }

    @Test
    void ourReceiverCanStopItsChannel() throws IOException {
        start();
        open(2);

        mux.channel(2).setReceiving(false);
        mux.channel(2).setReceiving(false);
        mux.channel(2).setReceiving(true);

        await().untilAsserted(() -> assertThat(module.heard).containsSubsequence("03ef e3050b8f", "03ef e3050b8d"));
        assertThat(module.heard("03ef e3050b8f")).isEqualTo(1);
    }

    // ------------------------------------------------------------------ what a module may ask

    @Test
    void whateverAModuleAsksIsAnswered() throws IOException {
        start();
        module.send(0, "43 01");
        module.send(0, "23 09 50 49 4e 47");
        module.send(0, "83 11 02 00 07 0a dc 05 03 02");
        module.send(0, "93 03 0b");
        module.send(0, "93 11 0b 07 03 00 11 13 3f 00");
        module.send(0, "d3 05 0b 01");
        module.send(0, "e3 05 3f 0d a3 01");

        await().untilAsserted(() -> assertThat(module.heard)
                .contains(
                        "03ef 4101",
                        "03ef 210950494e47",
                        "03ef 81110200070adc050302",
                        "03ef 91110b07030011130000",
                        "03ef 91110b07030011133f00",
                        "03ef 1103d3",
                        "03ef e1053f0d",
                        "03ef a101"));
    }

    @Test
    void framesOfChannelsThatAreNotOpenAreRefused() throws IOException {
        start();
        module.sendRaw("f9 0d ef 03 41 " + check(0x0d, 0xef, 1) + " f9");
        module.sendRaw("f9 29 3f 01 " + check(0x29, 0x3f, 0) + " f9");
        module.sendRaw("f9 0d 53 01 " + check(0x0d, 0x53, 0) + " f9");

        await().untilAsserted(() -> assertThat(module.heard).contains("0d0f ", "291f ", "0d1f "));
    }

    private static String check(int address, int control, int length) {
        return Integer.toHexString(0x100 | FrameCheck.ofHeader(address, control, length))
                .substring(1);
    }

    @Test
    void brokenMessagesMeanNothing() throws IOException {
        start();
        module.send(0, "e3");
        module.send(0, "e3 00");
        module.send(0, "e3 7f 0b");
        module.send(0, "e3 01");
        module.send(0, "e1 01");
        module.send(0, "11 01");
        module.send(0, "81 03 01");
        module.send(0, "53 01");
        module.send(0, "23 03 41");

        await().until(() -> module.heard("03ef 210341") == 1);
        assertThat(mux.isRunning()).isTrue();
    }

    // ------------------------------------------------------------------ ends

    @Test
    void aChannelThatTheModuleClosesFailsAlone() throws IOException {
        start();
        Received second = open(2);
        Received third = open(3);

        module.sendRaw("f9 09 53 01 " + check(0x09, 0x53, 0) + " f9");

        await().until(() -> second.closes() == 1);
        assertThat(second.cause()).hasMessageContaining("closed the channel").hasMessageContaining("dlci=2");
        await().until(() -> module.heard("0973") == 1);
        module.send(3, ascii("lives"));
        await().untilAsserted(() -> assertThat(third.text()).isEqualTo("lives"));
        open(2);
    }

    @Test
    void aLineThatReportsAnErrorFailsItsChannel() throws IOException {
        start();
        Received received = open(2);

        module.send(0, "53 05 0b 03");

        await().until(() -> received.closes() == 1);
        await().until(() -> module.heard("03ef 51050b03") == 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"f9 01 ef 05 c3 01 93 f9", "f9 01 53 01 9c f9", "f9 05 53 01 5e f9", "f9 07 1f 01 f4 f9"})
    void theEndOfTheMultiplexerOrOfTheCommandChannelEndsTheLine(String hex) throws IOException {
        start();
        Received received = open(2);

        module.sendRaw(hex);

        await().until(() -> commands.closes() == 1);
        assertThat(commands.cause()).isNotNull();
        assertThat(received.closes()).isEqualTo(1);
        assertThat(received.cause()).isNotNull();
        assertThat(mux.commandPort().isOpen()).isFalse();
        assertThat(mux.isRunning()).isFalse();
    }

    @Test
    void aLostLineFailsEverybodyAndCanBeOpenedAgain() throws IOException {
        start();
        Received received = open(2);

        module.line.lose(new IOException("unplugged"));

        await().until(() -> commands.closes() == 1 && received.closes() == 1);
        assertThat(commands.cause()).hasMessage("unplugged");
        assertThat(received.cause()).hasMessage("unplugged");
        start();
        open(2);
    }

    @Test
    void aCloseThatIsNotAnsweredEndsAllTheSame() throws IOException {
        beImpatient();
        start();
        Received received = open(2);
        module.answersDisconnects = false;

        mux.channel(2).close();
        assertThat(received.closes()).isEqualTo(1);
        open(2);

        assertThat(module.heard("0b53")).isEqualTo(5);
    }

    @Test
    void whatArrivesBehindACloseIsForNobody() throws IOException {
        start();
        module.answersDisconnects = false;
        Received received = open(2);
        mux.channel(2).close();

        module.send(2, ascii("late"));
        module.send(1, ascii("command"));

        await().untilAsserted(() -> assertThat(commands.text()).isEqualTo("command"));
        assertThat(received.text()).isEmpty();
        assertThat(module.heard("090f")).isZero();
    }

    /** As when the reader stops between closing a channel and telling so, and the channel's user has seen it closed. */
    @Test
    void theEndOfAChannelIsToldToWhoHadItThoughItIsOpenAgain() throws IOException {
        start();
        Received before = open(2);
        MuxChannel channel = (MuxChannel) mux.channel(2);
        AtomicReference<Runnable> told = new AtomicReference<>();
        IOException cause = new IOException("closed by the module");
        mux.change(() -> {
            told.set(channel.onDisconnected(cause));
            mux.dlc(2).setState(Dlc.State.CLOSED, cause);
        });

        Received again = open(2);
        told.get().run();
        module.send(2, ascii("on"));

        assertThat(before.closes()).isEqualTo(1);
        assertThat(before.cause()).isSameAs(cause);
        await().untilAsserted(() -> assertThat(again.text()).isEqualTo("on"));
        assertThat(again.closes()).isZero();
    }

    @Test
    void aListenerMayCloseItsChannelFromInside() throws IOException {
        start();
        AtomicInteger closes = new AtomicInteger();
        mux.channel(2).open(LINE, new UartPort.Listener() {
            private boolean inside;

            @Override
            public void onReceived(byte[] buffer, int offset, int length) {
                inside = true;
                mux.channel(2).close();
                inside = false;
            }

            @Override
            public void onClosed(IOException cause) {
                closes.addAndGet(inside ? 100 : 1);
            }
        });

        module.send(2, ascii("x"));

        await().untilAsserted(() -> assertThat(closes).hasValue(1));
    }

    @Test
    void aListenerThatFailsHurtsItsChannelOnly() throws IOException {
        start();
        AtomicInteger closes = new AtomicInteger();
        mux.channel(2).open(LINE, new UartPort.Listener() {
            @Override
            public void onReceived(byte[] buffer, int offset, int length) {
                throw new IllegalStateException("a listener's own mistake");
            }

            @Override
            public void onClosed(IOException cause) {
                closes.incrementAndGet();
            }
        });
        Received other = open(3);

        module.send(2, ascii("x"));
        module.send(3, ascii("y"));

        await().untilAsserted(() -> assertThat(other.text()).isEqualTo("y"));
        assertThat(closes).hasValue(1);
    }

    // ------------------------------------------------------------------ damage

    @Test
    void aDamagedFrameFailsItsChannelAndNoOther() throws IOException {
        start();
        Received second = open(2);
        Received third = open(3);

        module.line.send(without(PlayedModule.frame(9, 0xef, ascii("damage")), 6));
        for (int i = 0; i < 30; i++) {
            module.send(3, ascii("whole"));
        }

        await().until(() -> second.closes() == 1);
        assertThat(second.cause()).hasMessageContaining("damaged");
        await().untilAsserted(() -> assertThat(third.text()).isEqualTo("whole".repeat(30)));
        assertThat(mux.damageCount()).isEqualTo(1);
        open(2);
    }

    private static byte[] without(byte[] bytes, int position) {
        byte[] shorter = Arrays.copyOf(bytes, bytes.length - 1);
        System.arraycopy(bytes, position + 1, shorter, position, shorter.length - position);
        return shorter;
    }

    @Test
    void aDamagedFrameOfTheCommandChannelIsToldAndClosesNothing() throws IOException {
        start();
        Received second = open(2);

        module.line.send(without(PlayedModule.frame(5, 0xef, ascii("\r\nOK\r\n")), 6));
        module.send(1, ascii("\r\nOK\r\n"));

        await().until(() -> commands.losses() == 1);
        await().untilAsserted(() -> assertThat(commands.text()).isEqualTo("\r\nOK\r\n"));
        assertThat(commands.closes()).isZero();
        assertThat(second.closes()).isZero();
    }

    /** Nothing follows that would show the damage, so the module is made to send something. */
    @Test
    void damageOnALineThatFallsSilentIsToldInTime() throws IOException {
        start();
        Received second = open(2);

        module.line.send(without(PlayedModule.frame(9, 0xef, ascii("damage")), 6));

        await().until(() -> second.closes() == 1);
        assertThat(mux.isRunning()).isTrue();
    }

    @Test
    void aFrameWhoseCheckIsAFlagDoesNotWaitForTheNext() throws IOException {
        start();
        Received third = open(3);
        for (int i = 0; i < 8; i++) {
            module.send(3, ascii("."));
        }

        module.send(3, ascii("0123456"));

        await().untilAsserted(() -> assertThat(third.text()).endsWith("0123456"));
    }

    @Test
    void aLostPlaceFailsEveryDataChannelAndIsFoundByTest() throws IOException {
        beImpatient();
        start();
        Received second = open(2);
        Received third = open(3);

        module.sendRaw("00".repeat(300));
        await().until(() -> second.closes() == 1 && third.closes() == 1);
        await().until(() -> commands.losses() == 1);

        await().until(() -> {
            module.send(1, ascii("."));
            return commands.text().contains(".");
        });
        assertThat(mux.placeLostCount()).isEqualTo(1);
        assertThat(mux.isRunning()).isTrue();
        open(2);
    }

    @Test
    void aModuleWithoutTestIsFoundAgainBySilence() throws IOException {
        beImpatient();
        module.knowsTest = false;
        start();
        Received second = open(2);

        module.sendRaw("00".repeat(300));
        await().until(() -> second.closes() == 1);

        await().until(() -> {
            TimeUnit.MILLISECONDS.sleep(300);
            module.send(1, ascii("."));
            return commands.text().contains(".");
        });
        assertThat(mux.isRunning()).isTrue();
    }

    @Test
    void aModuleThatHasFallenSilentEndsTheLine() throws IOException {
        mux = new Mux(module.line, new MuxSettings(4, 127, 2_048, 10_000, 1_000, 3, 300, 300));
        start();
        Received second = open(2);
        await().until(() -> module.heard("03ef 23") >= 3);
        assertThat(mux.isRunning()).isTrue();

        module.answersMessages = false;

        await().until(() -> commands.closes() == 1);
        assertThat(commands.cause()).hasMessageContaining("fallen silent");
        assertThat(second.closes()).isEqualTo(1);
    }

    @Test
    void aModuleThatNeverAnswersMessagesIsNotTakenForDead() throws IOException {
        module.answersMessages = false;
        mux = new Mux(module.line, new MuxSettings(4, 127, 2_048, 10_000, 100, 3, 100, 300));
        start();

        await().until(() -> module.heard("03ef 23") >= 6);

        assertThat(mux.isRunning()).isTrue();
        assertThat(commands.closes()).isZero();
    }

    // ------------------------------------------------------------------ load

    @Test
    void allChannelsAtOnceCarryWhatTheyAreGiven() throws Exception {
        module.echoing = true;
        start();
        Received[] received = {null, commands, open(2), open(3), open(4)};
        CompletableFuture<?>[] writers = new CompletableFuture<?>[5];
        byte[][] data = new byte[5][];
        for (int dlci = 1; dlci <= 4; dlci++) {
            UartPort port = dlci == 1 ? mux.commandPort() : mux.channel(dlci);
            byte[] own = new byte[100_000];
            Seeds.random(dlci).nextBytes(own);
            for (int i = 0; i + 20 < own.length; i += 97) {
                System.arraycopy(ascii("+++\r\nNO CARRIER\r\n"), 0, own, i, 17);
                own[i + 17] = (byte) 0xf9;
            }
            data[dlci] = own;
            writers[dlci] = CompletableFuture.runAsync(() -> {
                try {
                    for (int at = 0; at < own.length; ) {
                        int length = Math.min(own.length - at, 1 + at % 1460);
                        port.write(own, at, length);
                        at += length;
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        for (int dlci = 1; dlci <= 4; dlci++) {
            int channel = dlci;
            writers[dlci].get(40, TimeUnit.SECONDS);
            await().untilAsserted(() -> assertThat(received[channel].bytes()).hasSize(data[channel].length));
            assertThat(received[dlci].bytes()).isEqualTo(data[dlci]);
        }
    }
}
