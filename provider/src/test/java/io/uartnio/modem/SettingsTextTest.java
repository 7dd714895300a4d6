package io.uartnio.modem;

import static org.assertj.core.api.Assertions.assertThat;

import io.uartnio.AccessMode;
import io.uartnio.FlowControl;
import io.uartnio.ModemConfiguration;
import io.uartnio.TlsFiles;
import io.uartnio.TlsProfile;
import io.uartnio.TlsSessionInfo;
import io.uartnio.at.ScriptedPort;
import io.uartnio.module.BringUpSettings;
import io.uartnio.module.OpenRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What settings say of themselves, which ends up in logs, has no secret in it. */
class SettingsTextTest {

    private static final String PASSWORD = "correct-horse";
    private static final String PIN = "73519462";

    private static final TlsProfile PROFILE = TlsProfile.builder()
            .trustAnchors(TlsFiles.of("authority.pem"))
            .clientIdentity(TlsFiles.of("client.p12"), TlsFiles.PASSWORD.toCharArray())
            .allowUncheckedHostName()
            .build();

    static Stream<Object> settings() {
        Duration second = Duration.ofSeconds(1);
        return Stream.of(
                PROFILE,
                new TlsSessionInfo(PROFILE, "TLSv1.2", null),
                new OpenRequest("example.org", 443, PROFILE, AccessMode.BUFFER, 1),
                new BringUpSettings(0, FlowControl.NONE, "internet", "user", PASSWORD, PIN, "uart1", 1, 1, step -> {}),
                new ModemConfiguration(
                        new ScriptedPort("settings"),
                        0,
                        FlowControl.NONE,
                        null,
                        "internet",
                        "user",
                        PASSWORD,
                        PIN,
                        "uart1",
                        false,
                        PROFILE,
                        Path.of("trace"),
                        true,
                        2048,
                        2048,
                        0,
                        second,
                        second,
                        second,
                        second,
                        second,
                        second,
                        second,
                        step -> {}));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void noSettingShowsASecret(Object settings) {
        List<String> key = new String(PROFILE.clientKeyPem(), StandardCharsets.US_ASCII)
                .lines()
                .filter(line -> !line.startsWith("-----"))
                .toList();
        assertThat(settings.toString())
                .startsWith(settings.getClass().getSimpleName() + "[")
                .doesNotContain(PASSWORD, PIN, TlsFiles.PASSWORD)
                .doesNotContain(key);
    }
}
