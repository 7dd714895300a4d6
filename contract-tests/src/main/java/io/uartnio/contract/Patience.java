package io.uartnio.contract;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Has tests wait longer for a condition than Awaitility's ten seconds, which a busy machine may take for real work over
 * a terminal. Registered in {@code META-INF/services}, for all tests of a module whose
 * {@code junit-platform.properties} has extensions detected.
 */
public final class Patience implements BeforeAllCallback {

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    }
}
