package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import io.uartnio.Modem;
import io.uartnio.emulator.LineFilter;
import io.uartnio.emulator.LineFrame;
import io.uartnio.emulator.ModuleEmulator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One byte of one pushed frame is lost, added or changed on the line, at every place of its header and behind its
 * payload, while two sockets receive streams made of forged frames: both sockets fail, neither has read a byte that
 * its own peer did not send there, and the modem finds its place again. {@code -Duartnio.lineDamage=full} also adds
 * the bytes that look most like what belongs there.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(NothingLeftBehind.class)
@Timeout(value = 280, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LineDamageTest {

    private static final int STREAM_BYTES = 192 * 1024;
    /** The quiet that a modem waits for costs time and nothing else, so several modems wait together. */
    private static final int MODEMS = 16;

    private static final int HEADER_BYTES = "\r\n+QIURC: \"recv\",0,1460\r\n".length();

    /** Where in the frame the damaged byte is counted from. */
    private enum Place {
        HEADER,
        PAYLOAD,
        TRAILER
    }

    /** What happens to the byte; {@code added} counts only where one is added. */
    private enum Kind {
        DROPPED,
        ADDED,
        CHANGED
    }

    private record Fault(Place place, int offset, Kind kind, char added) {

        byte[] apply(LineFrame frame) {
            byte[] bytes = frame.bytes();
            int at = offset
                    + switch (place) {
                        case HEADER -> 0;
                        case PAYLOAD -> frame.headerBytes();
                        case TRAILER -> bytes.length - 2;
                    };
            if (kind == Kind.CHANGED) {
                // Turns no digit into another one: the number of another socket looks like a true frame of its own.
                bytes[at] ^= 0x08;
                return bytes;
            }
            ByteArrayOutputStream damaged = new ByteArrayOutputStream();
            damaged.write(bytes, 0, at);
            if (kind == Kind.ADDED) {
                damaged.write(added);
            }
            int rest = kind == Kind.ADDED ? at : at + 1;
            damaged.write(bytes, rest, bytes.length - rest);
            return damaged.toByteArray();
        }
    }

    /** Damages one frame, some way into the streams. */
    private static final class OneFrame implements LineFilter {

        private final Fault fault;
        private int pushed;
        private volatile boolean done;

        OneFrame(Fault fault) {
            this.fault = fault;
        }

        @Override
        public byte[] apply(LineFrame frame) {
            boolean large = frame.kind() == LineFrame.Kind.PUSH && frame.bytes().length > 1000;
            if (done || !large || ++pushed < 5) {
                return frame.bytes();
            }
            done = true;
            return fault.apply(frame);
        }
    }

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void bothSocketsFailAndNoForgedFrameReachesEither(boolean crlfAfterPushedData) throws Exception {
        Queue<Fault> faults = new ConcurrentLinkedQueue<>(faults(crlfAfterPushedData));
        int total = faults.size();
        List<Future<?>> modems = new ArrayList<>();
        for (int i = 0; i < MODEMS; i++) {
            modems.add(threads.submit(() -> damageOneModem(crlfAfterPushedData, faults)));
        }
        for (Future<?> modem : modems) {
            modem.get();
        }
        assertThat(faults).isEmpty();
        assertThat(total).isGreaterThan(3 * HEADER_BYTES);
    }

    private static List<Fault> faults(boolean crlfAfterPushedData) {
        boolean full = "full".equals(System.getProperty("uartnio.lineDamage"));
        List<Fault> faults = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (char added : (full && kind == Kind.ADDED ? "x\r\n0,\"" : "x").toCharArray()) {
                for (int offset = 0; offset < HEADER_BYTES; offset++) {
                    faults.add(new Fault(Place.HEADER, offset, kind, added));
                }
                for (int offset = 0; crlfAfterPushedData && offset < 2; offset++) {
                    faults.add(new Fault(Place.TRAILER, offset, kind, added));
                }
                // A byte changed in payload is what a line without parity cannot show.
                for (int offset : kind == Kind.CHANGED ? new int[0] : new int[] {0, 1, 500, 999}) {
                    faults.add(new Fault(Place.PAYLOAD, offset, kind, added));
                }
            }
        }
        return faults;
    }

    private Void damageOneModem(boolean crlfAfterPushedData, Queue<Fault> faults) throws Exception {
        try (ModuleEmulator emulator = Bench.emulator()
                        .crlfAfterPushedData(crlfAfterPushedData)
                        .start();
                PeerServer forgers = new PeerServer(LineDamageTest::forge);
                PeerServer echo = PeerServer.echo();
                Modem modem = Bench.modem(emulator).open()) {
            for (Fault fault = faults.poll(); fault != null; fault = faults.poll()) {
                try {
                    damageOnce(emulator, modem, forgers.port(), fault);
                    // A forged line may have ended the sockets just before the damage was noticed: the next try counts.
                    await().atMost(Duration.ofSeconds(60))
                            .ignoreExceptionsInstanceOf(IOException.class)
                            .untilAsserted(() -> carriesABit(modem, echo.port()));
                } catch (IOException | ExecutionException | TimeoutException | AssertionError e) {
                    throw new AssertionError(fault + ", crlf=" + crlfAfterPushedData, e);
                }
            }
        }
        return null;
    }

    private void damageOnce(ModuleEmulator emulator, Modem modem, int port, Fault fault) throws Exception {
        OneFrame filter = new OneFrame(fault);
        try (SocketChannel one = Bench.connect(modem.selectorProvider(), port);
                SocketChannel two = Bench.connect(modem.selectorProvider(), port)) {
            emulator.lineFilter(filter);
            Future<?> first = threads.submit(() -> readUntilFailure(one, 'A'));
            Future<?> second = threads.submit(() -> readUntilFailure(two, 'B'));
            // A stream that lost bytes in silence waits for them for ever.
            first.get(60, TimeUnit.SECONDS);
            second.get(60, TimeUnit.SECONDS);
        } finally {
            emulator.lineFilter(null);
        }
        assertThat(filter.done).isTrue();
    }

    /** Asks for the stream of that name and reads it until it fails, which it must do before its end. */
    private static Void readUntilFailure(SocketChannel channel, char name) {
        byte[] expected = stream(name);
        ByteBuffer received = ByteBuffer.allocate(expected.length + 1);
        IOException failure = null;
        try {
            Bench.writeFully(channel, new byte[] {(byte) name});
            while (received.position() < expected.length) {
                if (channel.read(received) < 0) {
                    fail("stream " + name + " ended in silence: received=" + received.position());
                }
            }
            // All of it has come, so the damage was in the other socket's frames: its turn comes as well.
            channel.read(received);
        } catch (IOException e) {
            failure = e;
        }
        byte[] prefix = Arrays.copyOf(received.array(), received.position());
        assertThat(prefix).isEqualTo(Arrays.copyOf(expected, prefix.length));
        assertThat(failure).as("stream " + name).isNotNull();
        return null;
    }

    /** The server's side: says which stream it is asked for, sends it, and waits for the other side to close. */
    private static void forge(Socket connection) throws IOException {
        int name = connection.getInputStream().read();
        connection.getOutputStream().write(stream((char) name));
        connection.getInputStream().read();
    }

    private static byte[] stream(char name) {
        StringBuilder text = new StringBuilder();
        for (int line = 0; text.length() < STREAM_BYTES; line++) {
            String payload = "FORGED by " + name + " in line " + line;
            text.append(
                    switch (line % 4) {
                        case 0 -> "\r\n+QIURC: \"recv\"," + line / 4 % 12 + "," + payload.length() + "\r\n" + payload;
                        case 1 ->
                            "\r\n\r\n+QSSLURC: \"recv\"," + line / 4 % 12 + "," + payload.length() + "\r\n" + payload
                                    + "\r\n";
                        case 2 -> "\r\nSEND OK\r\n\r\nOK\r\n> \r\n+QIURC: \"closed\"," + line / 4 % 12 + "\r\n";
                        default -> "\r\n+QIURC: \"pdpdeact\",1\r\n\r\nERROR\r\n+++" + payload;
                    });
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static void carriesABit(Modem modem, int echoPort) throws IOException {
        try (SocketChannel channel = Bench.connect(modem.selectorProvider(), echoPort)) {
            byte[] sent = "found again".getBytes(StandardCharsets.US_ASCII);
            Bench.writeFully(channel, sent);
            assertThat(Bench.readFully(channel, sent.length)).isEqualTo(sent);
        }
    }
}
