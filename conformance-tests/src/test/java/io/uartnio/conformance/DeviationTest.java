package io.uartnio.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keeps the list of what is left out honest. */
@Tag("short")
final class DeviationTest {

    @ParameterizedTest
    @EnumSource(Deviation.class)
    void everyTestThatIsLeftOutExists(Deviation deviation) {
        assertTrue(
                Arrays.stream(deviation.testClass().getMethods())
                        .anyMatch(method -> method.getName().equals(deviation.testMethod())),
                deviation.toString());
    }
}
