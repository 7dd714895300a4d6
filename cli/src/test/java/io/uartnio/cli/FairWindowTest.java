package io.uartnio.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What counts in a measurement, and how it is summed up and written down. */
class FairWindowTest {

    @Test
    void onlyWhatArrivesWhileAllAreBusyIsCompared() {
        FairWindow window = new FairWindow(2, 100);
        window.count(0, 30);
        window.count(1, 10);
        window.count(0, 20);
        window.count(1, 25);
        assertThat(window.bytes(0)).isZero();
        window.count(0, 50);
        window.count(1, 65);

        assertThat(window.nanos()).isPositive();
        assertThat(window.firstBytes()).isEqualTo(30);
        assertThat(window.bytes(0)).isEqualTo(70);
        assertThat(window.bytes(1)).isEqualTo(25);
    }

    @Test
    void aSocketThatIsThroughBeforeAnotherBeginsLeavesTheOtherNothing() {
        FairWindow window = new FairWindow(2, 100);
        window.count(0, 40);
        window.count(0, 60);
        window.count(1, 100);

        assertThat(window.bytes(0)).isEqualTo(100);
        assertThat(window.bytes(1)).isZero();
        assertThat(window.nanos()).isPositive();
    }

    @Test
    void jainsIndexIsOneForEqualSharesAndOneNthIfOneHasEverything() {
        assertThat(FairWindow.jain(new long[] {7, 7, 7})).isCloseTo(1, within(1e-9));
        assertThat(FairWindow.jain(new long[] {0, 9, 0, 0})).isCloseTo(0.25, within(1e-9));
        assertThat(FairWindow.jain(new long[] {1, 3})).isCloseTo(0.8, within(1e-9));
    }

    @Test
    void quantilesAreOfTheSortedSamplesInMicroseconds() {
        long[] nanos = new long[100];
        for (int i = 0; i < nanos.length; i++) {
            nanos[i] = (nanos.length - i) * 1000L;
        }

        BenchResults.Latency latency = BenchResults.Latency.of("bare", nanos);

        assertThat(latency.medianMicros()).isEqualTo(51);
        assertThat(latency.p99Micros()).isEqualTo(100);
        assertThat(latency.maxMicros()).isEqualTo(100);
    }

    @Test
    void jsonHoldsWhateverTextsAndNumbersThereAre() {
        String text = Json.text(Map.of("a\"\\\n\u00b5", List.of(1, 2.5, true, Double.NaN, Map.of(), List.of())));

        assertThat(text).isEqualTo("{\"a\\\"\\\\\\u000a\u00b5\":[1,2.500000,true,null,{},[]]}");
        assertThat(JsonReader.object(text)).containsKey("a\"\\\n\u00b5");
    }
}
