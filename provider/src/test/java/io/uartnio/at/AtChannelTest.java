package io.uartnio.at;

import static io.uartnio.frame.Ec200x.frame;
import static io.uartnio.frame.Ec200x.latin1;
import static io.uartnio.frame.Ec200x.line;
import static io.uartnio.frame.Ec200x.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.uartnio.ModemException;
import io.uartnio.frame.Ec200x;
import io.uartnio.frame.FramingDoubt;
import io.uartnio.uart.LineSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class AtChannelTest {

    private static final long PROMPT_OPEN_MILLIS = 400;
    /** Of what a test lets strike; it has to be long enough for what a test answers in time all the same. */
    private static final long SHORT_MILLIS = 1_500;
    /** Of what is not to strike because a thread of a test has to wait for a processor. */
    private static final long LONG_MILLIS = 15_000;

    private static final String OK = line("OK");
    private static final String SEND_OK = line("SEND OK");
    private static final String PROBE = "AT+CMEE?\r";
    private static final String PROBE_ANSWER = line("+CMEE: 1") + OK;

    /** Takes payload as the engine does: a frame counts when it has ended. */
    private static final class Sink implements PayloadSink {
        final List<String> frames = new CopyOnWriteArrayList<>();
        final List<FramingDoubt> doubts = new CopyOnWriteArrayList<>();
        private final StringBuilder pending = new StringBuilder();
        private int index;

        @Override
        public boolean onFrame(int frameIndex, boolean tls, int lengthBytes) {
            index = frameIndex;
            pending.setLength(0);
            return frameIndex < 2;
        }

        @Override
        public boolean onReadFrame(int frameIndex, boolean tls, int lengthBytes) {
            return onFrame(frameIndex, tls, lengthBytes);
        }

        @Override
        public void onReadEmpty(int frameIndex, boolean tls) {
            frames.add(frameIndex + ":nothing");
        }

        @Override
        public void onPayload(byte[] payload, int offset, int length) {
            pending.append(new String(payload, offset, length, StandardCharsets.ISO_8859_1));
        }

        @Override
        public void onFrameEnd() {
            frames.add(index + ":" + pending);
        }

        @Override
        public void onDoubt(FramingDoubt doubt) {
            doubts.add(doubt);
        }
    }

    private final ScriptedPort port = new ScriptedPort("script");
    /** One thread: what comes for a command that was given up wakes the thread that began it. */
    private final ExecutorService lane = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "lane");
        thread.setDaemon(true);
        return thread;
    });

    private final Sink sink = new Sink();
    private final List<String> unsolicited = new CopyOnWriteArrayList<>();
    private AtChannel channel;

    @BeforeEach
    void open() throws IOException {
        open(LONG_MILLIS, LONG_MILLIS);
    }

    private void open(long commandTimeoutMillis, long frameTimeoutMillis) throws IOException {
        port.close();
        channel = new AtChannel(port, sink, () -> {}, commandTimeoutMillis, frameTimeoutMillis);
        channel.setWaits(LONG_MILLIS, LONG_MILLIS);
        channel.setGrammar(Ec200x.grammar());
        channel.setUnsolicitedHandler((bytes, offset, length) -> unsolicited.add(Bytes.text(bytes, offset, length)));
        port.open(new LineSettings(115_200, false), channel.listener());
    }

    @AfterEach
    void close() {
        port.close();
        lane.shutdown();
    }

    private <T> CompletableFuture<T> lane(Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        lane.execute(() -> {
            try {
                result.complete(work.call());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    private static ConditionFactory await() {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1));
    }

    private static <T> T get(CompletableFuture<T> result) throws Exception {
        return result.get(30, TimeUnit.SECONDS);
    }

    private static Throwable failure(CompletableFuture<?> result) {
        return catchThrowable(() -> {
            try {
                result.get(30, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw e.getCause();
            }
        });
    }

    private SendOutcome send(int index, String payload) throws IOException {
        byte[] command = latin1("AT+QISEND=" + index + "," + payload.length() + "\r");
        return channel.send(command, command.length, latin1(payload), 0, payload.length());
    }

    // ------------------------------------------------------------------ commands

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 10_000})
    void anUrcBetweenCommandAndReplyGoesWhereItBelongs(int pieceBytes) throws Exception {
        port.inPiecesOf(pieceBytes);
        channel.setStrict(true);
        CompletableFuture<AtReply> reply =
                lane(() -> channel.execute(AtCommand.of("AT+QISTATE?").information("+QISTATE:")));
        port.expect("AT+QISTATE?\r")
                .answer(line("+QIURC: \"closed\",1")
                        + line("+QISTATE: 0,a")
                        + frame(1, false, OK, "\r\n")
                        + line("+QISTATE: 2,b")
                        + line("RDY")
                        + OK);
        assertThat(get(reply).lines()).containsExactly("+QISTATE: 0,a", "+QISTATE: 2,b");
        assertThat(unsolicited).containsExactly("+QIURC: \"closed\",1", "RDY");
        assertThat(sink.frames).containsExactly("1:" + OK);
        assertThat(channel.strayResultCount()).isZero();
    }

    @Test
    void whatCanWaitIsDoneWhenCommandAndPayloadAreOnTheirWay() throws Exception {
        List<String> done = new CopyOnWriteArrayList<>();
        channel.setMeanwhile(() -> done.add("meanwhile"));
        CompletableFuture<SendOutcome> sent = lane(() -> send(0, "payload"));
        port.expect("AT+QISEND=0,7\r");
        assertThat(done).isEmpty();
        port.answer("\r\n> ").expect("payload");
        await().until(() -> done.size() == 1);
        port.answer(SEND_OK);
        assertThat(get(sent)).isEqualTo(SendOutcome.TAKEN);

        CompletableFuture<AtReply> reply = lane(() -> channel.execute(AtCommand.of("AT")));
        port.expect("AT\r");
        await().until(() -> done.size() == 2);
        port.answer(OK);
        get(reply);
    }

    @Test
    void anUrcOfTheSameNameIsNotTakenForTheAnswer() throws Exception {
        CompletableFuture<AtReply> reply = lane(() -> channel.execute(
                AtCommand.of("AT+CREG?").information(text -> text.matches("\\+CREG: \\d,\\d(,.*)?"), true)));
        port.expect("AT+CREG?\r").answer(line("+CREG: 1,\"0A\",\"0B\",7") + line("+CREG: 2") + line("+CREG: 2,5") + OK);
        assertThat(get(reply).lines()).containsExactly("+CREG: 2,5");
        assertThat(unsolicited).containsExactly("+CREG: 1,\"0A\",\"0B\",7", "+CREG: 2");
    }

    @Test
    void theEchoOfTheCommandIsNoReplyAndNoUrc() throws Exception {
        CompletableFuture<AtReply> reply = lane(() -> channel.execute(AtCommand.of("ATE0")));
        port.expect("ATE0\r").answer("ATE0\r" + OK);
        assertThat(get(reply).lines()).isEmpty();
        assertThat(unsolicited).isEmpty();
    }

    @Test
    void aStrayOkDoesNotAnswerAQueryAndThePlaceIsFoundAgain() throws Exception {
        CompletableFuture<AtReply> reply =
                lane(() -> channel.execute(AtCommand.of("AT+IPR?").requiredInformation("+IPR:")));
        port.expect("AT+IPR?\r").answer(OK + line("+IPR: 115200") + OK);
        assertThat(get(reply).firstLine()).isEqualTo("+IPR: 115200");
        assertThat(channel.strayResultCount()).isOne();
        CompletableFuture<AtReply> next = lane(() -> channel.execute(AtCommand.of("AT")));
        port.expect(PROBE).answer(PROBE_ANSWER).expect("AT\r").answer(OK);
        get(next);
    }

    @Test
    void aStrayOkBetweenCommandsIsCountedAndSurvived() throws Exception {
        port.answer(OK + OK + SEND_OK + line("ERROR"));
        await().until(() -> channel.strayResultCount() == 4);
        CompletableFuture<AtReply> next = lane(() -> channel.execute(AtCommand.of("AT")));
        port.expect(PROBE).answer(PROBE_ANSWER).expect("AT\r").answer(OK);
        get(next);
    }

    @Test
    void anErrorCarriesItsCodeAndName() throws Exception {
        CompletableFuture<AtReply> reply = lane(() -> channel.execute(AtCommand.of("AT+CPIN?")));
        port.expect("AT+CPIN?\r").answer(line("+CME ERROR: 10"));
        assertThat(failure(reply)).isInstanceOfSatisfying(AtException.class, e -> {
            assertThat(e.code()).isEqualTo(10);
            assertThat(e.codeName()).isEqualTo("SIM not inserted");
            assertThat(e.command()).isEqualTo("AT+CPIN?");
            assertThat(e.portName()).isEqualTo("script");
            assertThat(e)
                    .hasMessageContaining("10")
                    .hasMessageContaining("SIM not inserted")
                    .hasMessageContaining("script");
        });
    }

    @Test
    void anErrorInWordsCarriesTheWords() throws Exception {
        CompletableFuture<AtReply> reply = lane(() -> channel.execute(AtCommand.of("AT+CPIN?")));
        port.expect("AT+CPIN?\r").answer(line("+CME ERROR: SIM busy"));
        assertThat(failure(reply)).isInstanceOf(AtException.class).hasMessageContaining("SIM busy");
    }

    @Test
    void aSecretIsMaskedWhereverTheCommandIsNamed() throws Exception {
        CompletableFuture<AtReply> reply = lane(() ->
                channel.execute(AtCommand.of("AT+CPIN=\"4711\"").secret("4711").timeoutMillis(50)));
        port.expect("AT+CPIN=\"4711\"\r");
        assertThat(failure(reply))
                .isInstanceOf(AtTimeoutException.class)
                .hasMessageContaining("AT+CPIN=\"***\"")
                .hasMessageNotContaining("4711");
    }

    @Test
    void whatCrossesThePortForASecretIsConcealedAndNothingElse() throws Exception {
        CompletableFuture<AtReply> reply =
                lane(() -> channel.execute(AtCommand.of("AT+CPIN=\"4711\"").secret("4711")));
        port.expect("AT+CPIN=\"4711\"\r");
        assertThat(port.isConcealed()).isTrue();
        port.answer(OK);
        get(reply);
        assertThat(port.isConcealed()).isFalse();
        CompletableFuture<AtReply> refused =
                lane(() -> channel.execute(AtCommand.of("AT+QICSGP=1").secretData()));
        port.expect("AT+QICSGP=1\r");
        assertThat(port.isConcealed()).isTrue();
        port.answer(line("ERROR"));
        assertThat(failure(refused)).isInstanceOf(AtException.class);
        CompletableFuture<AtReply> open =
                lane(() -> channel.execute(AtCommand.of("AT+QICSGP=1").secret("")));
        port.expect("AT+QICSGP=1\r");
        assertThat(port.isConcealed()).isFalse();
        port.answer(OK);
        get(open);
    }

    @Test
    void aSecretsAnswerIsConcealedHoweverLateItComes() throws Exception {
        CompletableFuture<AtReply> reply = lane(
                () -> channel.execute(AtCommand.of("AT+QICSGP=1").secretData().timeoutMillis(50)));
        port.expect("AT+QICSGP=1\r");
        assertThat(failure(reply)).isInstanceOf(AtTimeoutException.class);
        assertThat(port.isConcealed()).isTrue();
        CompletableFuture<AtReply> next = lane(() -> channel.execute(AtCommand.of("AT+QICLOSE=0,0")));
        port.expect(PROBE);
        assertThat(port.isConcealed()).as("it may still come").isTrue();
        port.answer(line("+QICSGP: 1,\"internet\",\"user\",\"password\",1") + OK + PROBE_ANSWER);
        answerProbesUntil("AT+QICLOSE=0,0\r");
        assertThat(port.isConcealed()).isFalse();
        port.answer(OK);
        get(next);
    }

    @Test
    void aControlCharacterNeverEntersACommand() {
        for (String text : List.of("AT\rAT+CFUN=0", "AT\n", "AT\u0000", "AT\u001a", "AT\u00e4")) {
            assertThatThrownBy(() -> AtCommand.of(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aCommandInFlightEndsWithThePort() throws Exception {
        CompletableFuture<AtReply> reply = lane(() -> channel.execute(AtCommand.of("AT")));
        port.expect("AT\r");
        port.lose(new IOException("cable pulled"));
        assertThat(failure(reply)).isInstanceOf(ModemException.class).hasRootCauseMessage("cable pulled");
        assertThat(channel.isClosed()).isTrue();
    }

    @Test
    void aSendThatWaitsForItsPromptEndsWithThePort() throws Exception {
        CompletableFuture<SendOutcome> outcome = lane(() -> send(0, "abc"));
        port.expect("AT+QISEND=0,3\r").close();
        assertThat(failure(outcome)).isInstanceOf(ModemException.class).hasMessageContaining("closed");
    }

    @Test
    void aLateAnswerIsNotTakenForTheNextCommands() throws Exception {
        CompletableFuture<AtReply> reply =
                lane(() -> channel.execute(AtCommand.of("AT+QIACT=1").timeoutMillis(50)));
        port.expect("AT+QIACT=1\r");
        assertThat(failure(reply)).isInstanceOf(AtTimeoutException.class);
        CompletableFuture<AtReply> next = lane(() -> channel.execute(AtCommand.of("AT+QICLOSE=0,0")));
        port.expect(PROBE).answer(OK + PROBE_ANSWER);
        // The stray OK has put the channel out of step, so it may ask once more.
        answerProbesUntil("AT+QICLOSE=0,0\r");
        port.answer(line("ERROR"));
        assertThat(failure(next)).isInstanceOf(AtException.class);
    }

    private void answerProbesUntil(String command) throws Exception {
        await().until(() -> port.unexpected().length() >= Math.min(PROBE.length(), command.length()));
        while (port.unexpected().startsWith(PROBE)) {
            port.expect(PROBE).answer(PROBE_ANSWER);
            await().until(() -> !port.unexpected().isEmpty());
        }
        port.expect(command);
    }

    @Test
    void aProbeThatWasAnsweredLateTwiceDoesNotAnswerTheNextCommand() throws Exception {
        CompletableFuture<AtReply> reply =
                lane(() -> channel.execute(AtCommand.of("AT+QIACT=1").timeoutMillis(50)));
        port.expect("AT+QIACT=1\r");
        assertThat(failure(reply)).isInstanceOf(AtTimeoutException.class);
        channel.setWaits(LONG_MILLIS, SHORT_MILLIS);
        // The first is not answered within its limit; then the module wakes up and answers everything.
        AtomicInteger probes = new AtomicInteger();
        port.onWrite(bytes -> {
            if (new String(bytes, StandardCharsets.ISO_8859_1).equals(PROBE)) {
                switch (probes.incrementAndGet()) {
                    case 1 -> {
                        // asleep
                    }
                    case 2 -> port.answer(line("ERROR") + PROBE_ANSWER);
                    case 3 -> port.answer(PROBE_ANSWER).answer(PROBE_ANSWER);
                    default -> port.answer(PROBE_ANSWER);
                }
            }
        });
        CompletableFuture<AtReply> next = lane(() -> channel.execute(AtCommand.of("AT+QICLOSE=0,0")));
        await().until(() -> port.unexpected().endsWith("AT+QICLOSE=0,0\r"));
        assertThat(probes).hasValueGreaterThanOrEqualTo(3);
        port.answer(line("ERROR"));
        assertThat(failure(next)).isInstanceOf(AtException.class);
    }

    @Test
    void aModuleThatNeverAnswersAgainIsGivenUp() throws Exception {
        CompletableFuture<AtReply> reply =
                lane(() -> channel.execute(AtCommand.of("AT").timeoutMillis(50)));
        assertThat(failure(reply)).isInstanceOf(AtTimeoutException.class);
        channel.setWaits(LONG_MILLIS, 50);
        CompletableFuture<Object> settled = lane(() -> {
            channel.settle();
            return null;
        });
        assertThat(failure(settled))
                .isInstanceOf(ModemException.class)
                .isNotInstanceOf(AtTimeoutException.class)
                .hasMessageContaining("does not answer any more");
        port.expect("AT\r").expect(PROBE).expect(PROBE).expect(PROBE);
    }

    // ------------------------------------------------------------------ sends

    @ParameterizedTest
    @ValueSource(strings = {"\r\n> ", "\r\n>", "\r\n>\r\n"})
    void everyFormOfPromptIsOneAndUrcsMayComeAroundIt(String prompt) throws Exception {
        for (int pieceBytes : new int[] {1, 10_000}) {
            unsolicited.clear();
            port.inPiecesOf(pieceBytes);
            CompletableFuture<SendOutcome> outcome = lane(() -> send(0, "pay>\r\n"));
            port.expect("AT+QISEND=0,6\r")
                    .answer(line("+CREG: 5") + frame(1, true, "\r\n> ", "\r\n"))
                    .answer(line("+QIURC: \"closed\",1") + prompt)
                    .expect("pay>\r\n")
                    .answer(frame(1, true, SEND_OK, "\r\n") + line("+CREG: 1") + SEND_OK);
            assertThat(get(outcome)).isEqualTo(SendOutcome.TAKEN);
            assertThat(unsolicited).containsExactly("+CREG: 5", "+QIURC: \"closed\",1", "+CREG: 1");
        }
        assertThat(sink.frames).containsExactly("1:\r\n> ", "1:" + SEND_OK, "1:\r\n> ", "1:" + SEND_OK);
    }

    @Test
    void theSpaceOfAPromptMayComeBehindThePayload() throws Exception {
        CompletableFuture<SendOutcome> outcome = lane(() -> send(0, "abc"));
        port.expect("AT+QISEND=0,3\r").answer("\r\n>").expect("abc").answer(" " + SEND_OK);
        assertThat(get(outcome)).isEqualTo(SendOutcome.TAKEN);
    }

    @Test
    void aSendIsRefusedOrFoundFull() throws Exception {
        CompletableFuture<SendOutcome> refused = lane(() -> send(0, "abc"));
        port.expect("AT+QISEND=0,3\r").answer(line("ERROR"));
        assertThat(get(refused)).isEqualTo(SendOutcome.REFUSED);
        CompletableFuture<SendOutcome> full = lane(() -> send(0, "abc"));
        port.expect("AT+QISEND=0,3\r").answer("\r\n> ").expect("abc").answer(line("SEND FAIL"));
        assertThat(get(full)).isEqualTo(SendOutcome.BUFFER_FULL);
        assertThat(port.unexpected()).isEmpty();
    }

    @Test
    void aSendOkBeforeThePromptIsNotThisSends() throws Exception {
        CompletableFuture<SendOutcome> outcome = lane(() -> send(0, "abc"));
        port.expect("AT+QISEND=0,3\r").answer(SEND_OK + "\r\n> ").expect("abc").answer(line("SEND FAIL"));
        assertThat(get(outcome)).isEqualTo(SendOutcome.BUFFER_FULL);
    }

    private void giveUpASendBehindItsPayload() throws Exception {
        open(SHORT_MILLIS, LONG_MILLIS);
        CompletableFuture<SendOutcome> given = lane(() -> send(0, "abc"));
        port.expect("AT+QISEND=0,3\r").answer("\r\n> ").expect("abc");
        assertThat(failure(given)).isInstanceOf(AtTimeoutException.class);
    }

    @Test
    void aSendOkThatComesDuringTheQuarantineCountsForNoOtherSend() throws Exception {
        giveUpASendBehindItsPayload();
        CompletableFuture<SendOutcome> next = lane(() -> send(1, "de"));
        port.answer(SEND_OK)
                .expect(PROBE)
                .answer(PROBE_ANSWER)
                .expect("AT+QISEND=1,2\r")
                .answer("\r\n> ")
                .expect("de");
        port.answer(line("SEND FAIL"));
        assertThat(get(next)).isEqualTo(SendOutcome.BUFFER_FULL);
    }

    @Test
    void aSendOkThatComesLongAfterCountsForNoOtherSend() throws Exception {
        giveUpASendBehindItsPayload();
        passTheQuarantine();
        for (String late : List.of("SEND OK", "SEND FAIL")) {
            for (String own : List.of("SEND OK", "SEND FAIL")) {
                CompletableFuture<SendOutcome> next = lane(() -> send(1, "de"));
                port.expect("AT+QISEND=1,2\r").answer("\r\n> ").expect("de").answer(line(late) + line(own));
                answerProbesWhile(next);
                if (late.equals(own)) {
                    assertThat(get(next))
                            .isEqualTo(late.equals("SEND OK") ? SendOutcome.TAKEN : SendOutcome.BUFFER_FULL);
                } else {
                    assertThat(get(next)).isEqualTo(SendOutcome.UNKNOWN);
                }
                makeAnotherLateSend();
            }
        }
    }

    /** Lets the quarantine pass without an answer to the send. */
    private void passTheQuarantine() throws Exception {
        channel.setWaits(PROMPT_OPEN_MILLIS, LONG_MILLIS);
        CompletableFuture<Object> settled = lane(() -> {
            channel.settle();
            return null;
        });
        port.expect(PROBE).answer(PROBE_ANSWER);
        get(settled);
    }

    private void makeAnotherLateSend() throws Exception {
        CompletableFuture<SendOutcome> given = lane(() -> send(0, "abc"));
        answerProbesUntil("AT+QISEND=0,3\r");
        port.answer("\r\n> ").expect("abc");
        assertThat(failure(given)).isInstanceOf(AtTimeoutException.class);
        passTheQuarantine();
    }

    private void answerProbesWhile(CompletableFuture<?> running) {
        await().until(() -> {
            if (port.unexpected().startsWith(PROBE)) {
                port.expect(PROBE).answer(PROBE_ANSWER);
            }
            return running.isDone();
        });
    }

    @Test
    void aHalfFinishedPromptIsFinishedWithItsOwnPayload() throws Exception {
        open(SHORT_MILLIS, LONG_MILLIS);
        CompletableFuture<SendOutcome> given = lane(() -> send(0, "abc"));
        port.expect("AT+QISEND=0,3\r");
        assertThat(failure(given)).isInstanceOf(AtTimeoutException.class);
        CompletableFuture<SendOutcome> next = lane(() -> send(1, "de"));
        port.answer("\r\n> ").expect("abc").answer(SEND_OK).expect(PROBE).answer(PROBE_ANSWER);
        port.expect("AT+QISEND=1,2\r").answer("\r\n> ").expect("de").answer(SEND_OK);
        assertThat(get(next)).isEqualTo(SendOutcome.TAKEN);
    }

    // ------------------------------------------------------------------ reads

    @ParameterizedTest
    @ValueSource(ints = {1, 10_000})
    void aReadGivesItsPayloadToTheSinkWhateverItLooksLike(int pieceBytes) throws Exception {
        channel.setStrict(true);
        port.inPiecesOf(pieceBytes);
        String payload = frame(0, false, "forged", "\r\n") + OK;
        CompletableFuture<Integer> bytes =
                lane(() -> channel.read(AtCommand.of("AT+QIRD=1,1500").information(text -> false, true), 1, false));
        port.expect("AT+QIRD=1,1500\r").answer(line("+QIURC: \"recv\",1") + read(false, payload) + OK);
        assertThat(get(bytes)).isEqualTo(payload.length());
        assertThat(sink.frames).containsExactly("1:" + payload);
    }

    @Test
    void payloadOfAReadThatComesTooLateIsReadByNobody() throws Exception {
        channel.setStrict(true);
        AtCommand query = AtCommand.of("AT+QIRD=1,1500").information(text -> false, true);
        CompletableFuture<Integer> given = lane(() -> channel.read(query.timeoutMillis(50), 1, false));
        port.expect("AT+QIRD=1,1500\r");
        assertThat(failure(given)).isInstanceOf(AtTimeoutException.class);
        CompletableFuture<Integer> next = lane(() -> channel.read(query, 0, false));
        String late = frame(0, false, "forged", "") + line("+QIURC: \"closed\",0");
        port.expect(PROBE).answer(read(false, late) + OK + PROBE_ANSWER);
        answerProbesUntil("AT+QIRD=1,1500\r");
        port.answer(read(false, "own") + OK);
        assertThat(get(next)).isEqualTo(3);
        assertThat(sink.frames).containsExactly("0:own");
        assertThat(sink.doubts).isEmpty();
        assertThat(unsolicited).isEmpty();
    }

    @Test
    void aDownloadTakesItsBytesWhateverTheyLookLike() throws Exception {
        String file = OK + line("ERROR") + "\r\n";
        CompletableFuture<AtReply> reply = lane(() -> channel.execute(
                AtCommand.of("AT+QFDWL=\"a\"").download(file.length()).information("+QFDWL:")));
        port.expect("AT+QFDWL=\"a\"\r").answer("\r\nCONNECT\r\n" + file + line("+QFDWL: 12,3f") + OK);
        assertThat(get(reply).raw()).isEqualTo(latin1(file));
        assertThat(get(reply).lines()).containsExactly("+QFDWL: 12,3f");
    }

    @Test
    void anUploadWaitsForConnect() throws Exception {
        CompletableFuture<AtReply> reply = lane(() -> channel.execute(
                AtCommand.of("AT+QFUPL=\"a\",3,5").upload(latin1("abc")).requiredInformation("+QFUPL:")));
        port.expect("AT+QFUPL=\"a\",3,5\r")
                .answer(line("CONNECT"))
                .expect("abc")
                .answer(line("+QFUPL: 3,262") + OK);
        assertThat(get(reply).firstLine()).isEqualTo("+QFUPL: 3,262");
    }

    // ------------------------------------------------------------------ doubt

    @Test
    void aDoubtEndsTheCommandAndSilenceAndAProbeMakeItWorkAgain() throws Exception {
        channel.setStrict(true);
        CompletableFuture<AtReply> reply = lane(() -> channel.execute(AtCommand.of("AT")));
        String forged = frame(1, false, "forged", "") + line("+QIURC: \"closed\",1");
        port.expect("AT\r").answer(line("+QIURC: \"recv\",O," + forged.length()) + forged + OK);
        assertThat(failure(reply)).isInstanceOf(ModemException.class).hasMessageContaining("no stream can be trusted");
        assertThat(sink.doubts).containsExactly(FramingDoubt.DAMAGED_ANNOUNCEMENT);
        assertThat(channel.doubt()).isEqualTo(FramingDoubt.DAMAGED_ANNOUNCEMENT);
        assertThatThrownBy(() -> channel.execute(AtCommand.of("AT"))).isInstanceOf(ModemException.class);

        answerAtOnce("AT+QICLOSE=0,0\r", forged + OK);
        CompletableFuture<Object> recovered = lane(() -> {
            channel.recoverFraming(List.of("AT+QICLOSE=0,0"));
            return null;
        });
        port.expect("AT+QICLOSE=0,0\r").expect(PROBE).answer(PROBE_ANSWER);
        get(recovered);
        assertThat(channel.doubt()).isNull();
        assertThat(sink.frames).isEmpty();
        assertThat(unsolicited).isEmpty();
        CompletableFuture<AtReply> next = lane(() -> channel.execute(AtCommand.of("AT")));
        answerProbesUntil("AT\r");
        port.answer(OK);
        get(next);
    }

    /** The channel waits for silence, so an answer must not be late because a thread of the test is. */
    private void answerAtOnce(String command, String answer) {
        port.onWrite(bytes -> {
            if (new String(bytes, StandardCharsets.ISO_8859_1).equals(command)) {
                port.answer(answer);
            }
        });
    }

    @Test
    void aPromptThatADoubtHasLeftOpenIsWaitedOutBeforeAnythingIsWritten() throws Exception {
        channel.setStrict(true);
        channel.setWaits(PROMPT_OPEN_MILLIS, LONG_MILLIS);
        CompletableFuture<SendOutcome> outcome = lane(() -> send(0, "abc"));
        port.expect("AT+QISEND=0,3\r").answer(line("+QIURC: \"recv\",0,x"));
        assertThat(failure(outcome))
                .isInstanceOf(ModemException.class)
                .hasMessageContaining("no stream can be trusted");
        assertThat(port.unexpected()).isEmpty();
        long start = System.nanoTime();
        CompletableFuture<Object> recovered = lane(() -> {
            channel.recoverFraming(List.of("AT+QICLOSE=0,0"));
            return null;
        });
        port.expect("AT+QICLOSE=0,0\r");
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(PROMPT_OPEN_MILLIS));
        port.answer(OK).expect(PROBE).answer(PROBE_ANSWER);
        get(recovered);
    }

    @Test
    void aStalledFrameIsRecoveredFromLikeAnyOther() throws Exception {
        open(LONG_MILLIS, 300);
        channel.setStrict(true);
        port.answer(line("+QIURC: \"recv\",0,100") + "only this");
        await().until(() -> channel.doubt() != null);
        answerAtOnce("AT+QICLOSE=0,0\r", "the rest, late" + frame(1, false, "forged", "") + OK);
        CompletableFuture<Object> recovered = lane(() -> {
            channel.recoverFraming(List.of("AT+QICLOSE=0,0"));
            return null;
        });
        port.expect("AT+QICLOSE=0,0\r").expect(PROBE).answer(PROBE_ANSWER);
        get(recovered);
        channel.setStrict(true);
        port.answer(frame(1, false, "good", "") + OK);
        await().until(() -> !sink.frames.isEmpty());
        assertThat(sink.frames).containsExactly("1:good");
        assertThat(sink.doubts).containsExactly(FramingDoubt.STALLED);
    }

    @Test
    void theCloseOfThePortIsToldOnceAndNothingIsWrittenBehindIt() throws Exception {
        port.close();
        assertThat(channel.isClosed()).isTrue();
        assertThatThrownBy(() -> channel.execute(AtCommand.of("AT"))).isInstanceOf(ModemException.class);
        assertThatThrownBy(() -> send(0, "abc")).isInstanceOf(ModemException.class);
        assertThat(port.written()).isEmpty();
        channel.reopen();
        channel.setGrammar(Ec200x.grammar());
        port.open(new LineSettings(115_200, false), channel.listener());
        CompletableFuture<AtReply> reply = lane(() -> channel.execute(AtCommand.of("AT")));
        port.expect("AT\r").answer(OK);
        get(reply);
    }

    @Test
    void aFrameThatStopsHalfWayHasATimeLimit() throws Exception {
        open(LONG_MILLIS, 300);
        channel.setStrict(true);
        port.answer(line("+QIURC: \"recv\",0,100") + "only this");
        // The sink is told behind what the channel says.
        await().until(() -> channel.doubt() == FramingDoubt.STALLED && !sink.doubts.isEmpty());
        assertThat(sink.doubts).containsExactly(FramingDoubt.STALLED);
        assertThat(sink.frames).isEmpty();
    }

    @Test
    void anAnnouncementThatStopsHalfWayHasATimeLimitToo() throws Exception {
        open(LONG_MILLIS, 300);
        channel.setStrict(true);
        port.answer("\r\n+QIURC: \"re");
        await().until(() -> channel.doubt() == FramingDoubt.STALLED);
    }

    @Test
    void aForgottenModuleAnswersUnderTheSameGrammarOnceItIsSet() throws Exception {
        channel.forgetModule();
        channel.setGrammar(Ec200x.grammar());
        channel.setStrict(true);
        port.answer(frame(0, false, "abc", "\r\n") + OK);
        await().until(() -> !sink.frames.isEmpty());
        assertThat(sink.frames).containsExactly("0:abc");
    }
}
