package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.uartnio.Modem;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Sockets on virtual threads that have one carrier between them: were it held by one that waits, all others would stand
 * still. Run on JDK 21 or later with a scheduler of one carrier.
 */
final class VirtualThreadsProgram {

    private static final int TALKERS = 8;
    private static final int ROUNDS = 30;

    private VirtualThreadsProgram() {}

    /** Takes the name of the module's port, and the ports of an echo, of a server that says nothing, and of no answer. */
    public static void main(String[] arguments) throws Exception {
        int echo = Integer.parseInt(arguments[1]);
        int mute = Integer.parseInt(arguments[2]);
        int silent = Integer.parseInt(arguments[3]);
        ExecutorService threads = (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        try (Modem modem = Bench.modem()
                        .port(arguments[0])
                        .lingerTimeout(Duration.ofMillis(100))
                        .open();
                Socket read = modem.socketFactory().createSocket(Bench.HOST, mute);
                Socket written = modem.socketFactory().createSocket(Bench.HOST, mute);
                Socket connecting = modem.socketFactory().createSocket()) {
            List<Future<Void>> stuck = new ArrayList<>();
            stuck.add(threads.submit(ended(() -> read.getInputStream().read())));
            stuck.add(threads.submit(ended(() -> {
                while (true) {
                    written.getOutputStream().write(new byte[100_000]);
                }
            })));
            stuck.add(threads.submit(ended(() -> {
                connecting.connect(Bench.at(silent));
                return null;
            })));
            List<Future<Integer>> talkers = new ArrayList<>();
            for (int i = 0; i < TALKERS; i++) {
                talkers.add(threads.submit(() -> talk(modem, echo)));
            }
            for (Future<Integer> talker : talkers) {
                assertThat(talker.get(60, TimeUnit.SECONDS)).isEqualTo(ROUNDS);
            }
            assertThat(stuck).noneMatch(Future::isDone);
            read.close();
            written.close();
            connecting.close();
            for (Future<Void> one : stuck) {
                one.get(60, TimeUnit.SECONDS);
            }
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        System.out.println("done");
    }

    private static Callable<Void> ended(Callable<?> blocking) {
        return () -> {
            try {
                blocking.call();
                throw new AssertionError("has come to an end without a close");
            } catch (SocketException e) {
                return null;
            }
        };
    }

    private static int talk(Modem modem, int port) throws IOException {
        int rounds = 0;
        try (Socket socket = modem.socketFactory().createSocket(Bench.HOST, port)) {
            while (rounds < ROUNDS) {
                byte[] said = ("round " + rounds).getBytes(StandardCharsets.US_ASCII);
                socket.getOutputStream().write(said);
                assertThat(socket.getInputStream().readNBytes(said.length)).isEqualTo(said);
                rounds++;
            }
        }
        return rounds;
    }
}
