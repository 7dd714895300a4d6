package io.uartnio.at;

import static io.uartnio.frame.Ec200x.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.uartnio.ModemException;
import io.uartnio.frame.FramingDoubt;
import io.uartnio.uart.ControlLine;
import io.uartnio.uart.LineSettings;
import io.uartnio.uart.TimerThread;
import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a module whose guard time is a fifth of a second, so that leaving does not take the tests all day. */
@Timeout(60)
class TransparentStreamTest {

    private static final long GUARD_MILLIS = 200;
    /** By how much an answer is behind its guard time; as far may the lane be behind what it has written. */
    private static final long BEHIND_GUARD_MILLIS = 500;

    private static final String OK = line("OK");
    private static final String CONNECT = line("CONNECT");
    private static final String NO_CARRIER = line("NO CARRIER");
    private static final AtCommand ENTER = AtCommand.of("AT+QISWTMD=0,2");
    private static final AtCommand RETURN = AtCommand.of("ATO");

    private final ScriptedPort port = new ScriptedPort("script");
    private final AtomicReference<String> received = new AtomicReference<>("");
    private final AtomicInteger attentions = new AtomicInteger();
    private final List<String> unsolicited = new CopyOnWriteArrayList<>();
    private AtChannel channel;
    private TransparentStream stream;

    private static final class NoPayload implements PayloadSink {
        @Override
        public boolean onFrame(int index, boolean tls, int lengthBytes) {
            return false;
        }

        @Override
        public void onPayload(byte[] payload, int offset, int length) {}

        @Override
        public void onFrameEnd() {}

        @Override
        public boolean onReadFrame(int index, boolean tls, int lengthBytes) {
            return false;
        }

        @Override
        public void onReadEmpty(int index, boolean tls) {}

        @Override
        public void onDoubt(FramingDoubt doubt) {}
    }

    private final class Receiver implements TransparentStream.Receiver {
        @Override
        public void onPayload(byte[] bytes, int offset, int length) {
            received.accumulateAndGet(Bytes.text(bytes, offset, length), String::concat);
        }

        @Override
        public void onAttention() {
            attentions.incrementAndGet();
        }
    }

    private void open(UartPort over, boolean leavesByDtr) throws IOException {
        channel = new AtChannel(over, new NoPayload(), () -> {}, 15_000, 15_000);
        channel.setUnsolicitedHandler((bytes, offset, length) -> unsolicited.add(Bytes.text(bytes, offset, length)));
        over.open(new LineSettings(115_200, false), channel.listener());
        stream = new TransparentStream(
                channel, new Receiver(), new TransparentStream.Traits(leavesByDtr, GUARD_MILLIS, List.of("RDY")));
    }

    /** A module that goes to data mode, leaves it at {@code +++}, and says whether the connection lives. */
    private void openObedient() throws IOException {
        open(
                port.onWrite(bytes -> {
                    switch (new String(bytes, StandardCharsets.ISO_8859_1)) {
                        case "AT+QISWTMD=0,2\r", "ATO\r" -> port.answer(CONNECT);
                        case "+++" -> answerBehindGuard("last", OK);
                        case "AT+QISTATE=1,0\r" -> port.answer(line("+QISTATE: 0,2") + OK);
                        default -> {}
                    }
                }),
                false);
    }

    private static boolean isEscape(byte[] written) {
        return new String(written, StandardCharsets.ISO_8859_1).equals("+++");
    }

    private void connectOrLeave(byte[] written) {
        if (isEscape(written)) {
            answerBehindGuard(OK);
        } else {
            port.answer(CONNECT);
        }
    }

    private void answerBehindGuard(String... answers) {
        TimerThread.schedule(
                () -> List.of(answers).forEach(port::answer),
                GUARD_MILLIS + BEHIND_GUARD_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    @AfterEach
    void close() {
        port.close();
    }

    private static ConditionFactory await() {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1));
    }

    private void awaitReceived(String text) {
        await().untilAsserted(() -> assertThat(received).hasValue(text));
    }

    private int write(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return stream.write(bytes, bytes.length);
    }

    @Test
    void whatComesWithConnectBelongsToTheStream() throws Exception {
        open(port.onWrite(bytes -> port.answer(CONNECT + "first" + OK + "\r\n+QIURC: \"recv\",0,4\r\n")), false);
        stream.enter(ENTER);
        assertThat(stream.line()).isEqualTo(TransparentStream.Line.DATA);
        awaitReceived("first" + OK + "\r\n+QIURC: \"recv\",0,4\r\n");
        assertThat(unsolicited).isEmpty();
    }

    @Test
    void connectMayComeInPieces() throws Exception {
        open(port.inPiecesOf(1).onWrite(bytes -> port.answer(CONNECT + "\u00f9abc\r\n")), false);
        stream.enter(ENTER);
        awaitReceived("\u00f9abc\r\n");
    }

    @Test
    void aRefusedStreamLeavesTheLineToCommands() throws Exception {
        open(port.onWrite(bytes -> port.answer(NO_CARRIER)), false);
        assertThatThrownBy(() -> stream.enter(RETURN)).isInstanceOf(AtException.class);
        assertThat(stream.line()).isEqualTo(TransparentStream.Line.LEFT);
        port.answer(line("RING"));
        await().until(() -> unsolicited.contains("RING"));
        assertThat(received).hasValue("");
    }

    @Test
    void leavingTakesThePayloadBeforeTheAnswerAndGivesBackTheLine() throws Exception {
        openObedient();
        stream.enter(ENTER);
        assertThat(write("hello")).isEqualTo(5);
        assertThat(stream.leave()).isEqualTo(TransparentStream.Line.LEFT);
        awaitReceived("last");
        assertThat(channel.execute(AtCommand.of("AT+QISTATE=1,0").requiredInformation("+QISTATE:"))
                        .firstLine())
                .isEqualTo("+QISTATE: 0,2");
        stream.enter(RETURN);
        port.answer("more");
        awaitReceived("lastmore");
        assertThat(port.written()).isEqualTo("AT+QISWTMD=0,2\rhello+++AT+QISTATE=1,0\rATO\r");
    }

    @Test
    void anImitatedAnswerIsPayload() throws Exception {
        open(
                port.onWrite(bytes -> {
                    switch (new String(bytes, StandardCharsets.ISO_8859_1)) {
                        case "+++" ->
                            answerBehindGuard(
                                    "x" + OK,
                                    OK + OK + line("+QIURC: \"recv\",3") + "\u0001" + OK,
                                    line("+QIURC: \"recv\",2"));
                        case "AT\r" -> port.answer(OK);
                        default -> port.answer(CONNECT);
                    }
                }),
                false);
        stream.enter(ENTER);
        assertThat(stream.leave()).isEqualTo(TransparentStream.Line.LEFT);
        awaitReceived("x" + OK + OK + OK + line("+QIURC: \"recv\",3") + "\u0001");
        channel.execute(AtCommand.of("AT"));
        assertThat(unsolicited).containsExactly("+QIURC: \"recv\",2");
    }

    @Test
    void anAnswerThatComesTooSoonIsPayload() throws Exception {
        AtomicInteger escapes = new AtomicInteger();
        open(
                port.onWrite(bytes -> {
                    String written = new String(bytes, StandardCharsets.ISO_8859_1);
                    if (written.equals("+++")) {
                        escapes.incrementAndGet();
                        port.answer(OK);
                    } else {
                        port.answer(CONNECT);
                    }
                }),
                false);
        stream = new TransparentStream(
                channel, new Receiver(), new TransparentStream.Traits(false, 2_000, List.of("RDY")));
        stream.enter(ENTER);
        assertThatThrownBy(stream::leave)
                .isInstanceOf(ModemException.class)
                .hasMessageContaining("did not leave its data mode");
        assertThat(escapes).hasValue(1);
    }

    @Test
    void aFalseEndIsPayloadInItsPlace() throws Exception {
        openObedient();
        stream.enter(ENTER);
        port.answer("before" + NO_CARRIER);
        await().until(stream::isSuspected);
        assertThat(received).hasValue("before");
        assertThat(write("x")).as("written while in doubt").isZero();
        assertThat(stream.settle()).isEqualTo(TransparentStream.Line.LEFT);
        awaitReceived("before" + NO_CARRIER + "last");
        stream.enter(RETURN);
        port.answer("behind");
        awaitReceived("before" + NO_CARRIER + "lastbehind");
        assertThat(write("x")).isEqualTo(1);
    }

    @Test
    void anEndThatGoesOnNeedsNoLeaving() throws Exception {
        openObedient();
        stream.enter(ENTER);
        port.answer(NO_CARRIER);
        await().until(stream::isSuspected);
        port.answer("more");
        await().until(() -> !stream.isSuspected());
        awaitReceived(NO_CARRIER + "more");
        assertThat(stream.settle()).isEqualTo(TransparentStream.Line.DATA);
        assertThat(port.written()).doesNotContain("+++");
        assertThat(attentions).hasPositiveValue();
    }

    @Test
    void theTrueEndGivesBackTheLine() throws Exception {
        open(
                port.onWrite(bytes -> {
                    switch (new String(bytes, StandardCharsets.ISO_8859_1)) {
                        case "AT+QISWTMD=0,2\r" -> port.answer(CONNECT);
                        case "AT\r" -> port.answer(OK);
                        default -> {}
                    }
                }),
                false);
        stream.enter(ENTER);
        port.answer("the rest").answer(NO_CARRIER + line("+QIURC: \"recv\",1"));
        await().until(stream::isSuspected);
        assertThat(stream.settle()).isEqualTo(TransparentStream.Line.ENDED);
        assertThat(received).hasValue("the rest");
        channel.execute(AtCommand.of("AT"));
        assertThat(unsolicited).containsExactly("+QIURC: \"recv\",1");
    }

    @Test
    void aModuleThatSaysItHasStartedHasEndedTheStream() throws Exception {
        open(
                port.onWrite(bytes -> {
                    if (new String(bytes, StandardCharsets.ISO_8859_1).startsWith("AT+QISWTMD")) {
                        port.answer(CONNECT);
                    }
                }),
                false);
        stream.enter(ENTER);
        port.answer("cut off").answer(line("RDY") + line("+CFUN: 1"));
        await().until(stream::isSuspected);
        assertThat(stream.settle()).isEqualTo(TransparentStream.Line.ENDED);
        port.answer(line("+CPIN: READY"));
        await().until(() -> unsolicited.equals(List.of("RDY", "+CFUN: 1", "+CPIN: READY")));
        assertThat(received).hasValue("cut off");
    }

    @Test
    void theBeginningOfAnEndIsNotHeldBackForLong() throws Exception {
        openObedient();
        stream.enter(ENTER);
        port.answer("250 ready\r\n");
        awaitReceived("250 ready\r\n");
        port.answer("NO CARRIER\r");
        awaitReceived("250 ready\r\nNO CARRIER\r");
        assertThat(stream.isSuspected()).isFalse();
    }

    @Test
    void aPortWithDtrIsLeftByIt() throws Exception {
        LinesPort lines = new LinesPort(port.onWrite(bytes -> port.answer(CONNECT)), EnumSet.of(ControlLine.DTR));
        lines.onDtrDropped(() -> port.answer("tail" + OK));
        open(lines, true);
        stream.enter(ENTER);
        assertThat(stream.leave()).isEqualTo(TransparentStream.Line.LEFT);
        awaitReceived("tail");
        assertThat(port.written()).doesNotContain("+++");
        assertThat(lines.isAsserted(ControlLine.DTR)).isTrue();
    }

    @Test
    void whereDtrIsNotHeededTheEscapeIs() throws Exception {
        LinesPort lines = new LinesPort(port.onWrite(bytes -> connectOrLeave(bytes)), EnumSet.of(ControlLine.DTR));
        open(lines, true);
        stream.enter(ENTER);
        assertThat(stream.leave()).isEqualTo(TransparentStream.Line.LEFT);
        assertThat(lines.isAsserted(ControlLine.DTR)).isTrue();
        assertThat(port.written()).endsWith("+++");
    }

    @Test
    void dcdThatFollowsTheConnectionDecides() throws Exception {
        LinesPort lines = new LinesPort(port, Set.of(ControlLine.DCD));
        port.onWrite(bytes -> {
            lines.drive(ControlLine.DCD, true);
            port.answer(CONNECT);
        });
        open(lines, false);
        stream.enter(ENTER);
        port.answer("a" + NO_CARRIER);
        awaitReceived("a" + NO_CARRIER);
        assertThat(stream.line()).isEqualTo(TransparentStream.Line.DATA);
        lines.drive(ControlLine.DCD, false);
        port.answer("b" + NO_CARRIER + line("+QIURC: \"recv\",1"));
        await().until(() -> stream.line() == TransparentStream.Line.ENDED);
        assertThat(received).hasValue("a" + NO_CARRIER + "b");
        assertThat(port.written()).isEqualTo("AT+QISWTMD=0,2\r");
        port.answer(line("RING"));
        await().until(() -> unsolicited.equals(List.of("+QIURC: \"recv\",1", "RING")));
    }

    @Test
    void dcdThatWasOnBeforeTellsNothing() throws Exception {
        LinesPort lines = new LinesPort(port, Set.of(ControlLine.DCD));
        lines.drive(ControlLine.DCD, true);
        port.onWrite(bytes -> connectOrLeave(bytes));
        open(lines, false);
        stream.enter(ENTER);
        port.answer(NO_CARRIER);
        await().until(stream::isSuspected);
        assertThat(stream.settle()).isEqualTo(TransparentStream.Line.LEFT);
        assertThat(received).hasValue(NO_CARRIER);
    }

    @Test
    void aHeldPortIsTakenFromAgainWhenTheStreamIsLeft() throws Exception {
        LinesPort lines = new LinesPort(port, Set.of());
        AtomicBoolean heldAtEscape = new AtomicBoolean();
        port.onWrite(bytes -> {
            heldAtEscape.compareAndSet(false, isEscape(bytes) && !lines.isReceiving());
            connectOrLeave(bytes);
        });
        open(lines, false);
        stream.enter(ENTER);
        assertThat(stream.holdReceiving()).isTrue();
        assertThat(lines.isReceiving()).isFalse();
        stream.leave();
        assertThat(heldAtEscape).isTrue();
        assertThat(lines.isReceiving()).isTrue();
        assertThat(stream.holdReceiving()).isTrue();
        assertThat(lines.isReceiving()).isTrue();
    }

    @Test
    void aModuleThatNeverConnectsIsLeftUnheard() throws Exception {
        open(
                port.onWrite(bytes -> {
                    switch (new String(bytes, StandardCharsets.ISO_8859_1)) {
                        case "+++" -> port.answer(CONNECT + "payload" + OK);
                        case "AT+CMEE?\r" -> port.answer(line("+CMEE: 1") + OK);
                        default -> {}
                    }
                }),
                false);
        assertThatThrownBy(() -> stream.enter(ENTER.timeoutMillis(100))).isInstanceOf(AtTimeoutException.class);
        channel.execute(AtCommand.of("AT+CMEE?").requiredInformation("+CMEE:"));
        assertThat(stream.line()).isEqualTo(TransparentStream.Line.LEFT);
    }

    @Test
    void aLostPortEndsEveryWait() throws Exception {
        openObedient();
        stream.enter(ENTER);
        port.onWrite(bytes -> port.lose(new IOException("gone")));
        assertThatThrownBy(stream::leave).isInstanceOf(IOException.class);
    }
}
