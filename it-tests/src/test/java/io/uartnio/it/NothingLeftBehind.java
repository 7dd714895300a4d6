package io.uartnio.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test that leaves a thread of the library or of the emulator running. The JVM's one timer thread ends by
 * itself a second after its last time limit, so it is waited for once a class.
 */
final class NothingLeftBehind implements AfterEachCallback, AfterAllCallback {

    private static final String TIMER = "uartnio-timer";

    @Override
    public void afterEach(ExtensionContext context) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(threadsButTimer()).isEmpty());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(threads()).isEmpty());
    }

    /** Returns the names of the threads of the library and of the emulator. */
    static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("uartnio-"))
                .sorted()
                .toList();
    }

    /** As {@link #threads}, without the timer's, which comes and goes with the time limits of the whole JVM. */
    static List<String> threadsButTimer() {
        return threads().stream().filter(name -> !name.equals(TIMER)).toList();
    }

    /** Waits until the library has no thread left but the timer; emulators may go on. */
    static void awaitNoLibraryThread() {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(threadsButTimer())
                        .filteredOn(name -> !name.startsWith("uartnio-emulator-"))
                        .isEmpty());
    }
}
