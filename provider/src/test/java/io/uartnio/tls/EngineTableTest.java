package io.uartnio.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each scenario on the project's engine and on one of the JDK's: both say the same, step by step. */
class EngineTableTest {

    private static SSLContext jdk;

    @BeforeAll
    static void makeContext(@TempDir Path directory) throws Exception {
        jdk = JdkSubject.context(directory);
    }

    @ParameterizedTest
    @EnumSource
    void oursSaysWhatTheJdksSays(Scenario scenario) throws Exception {
        Subject ours = new OurSubject();
        Subject theirs = new JdkSubject(jdk);
        scenario.play(ours);
        scenario.play(theirs);
        assertThat(ours.log()).isEqualTo(theirs.log());
    }
}
