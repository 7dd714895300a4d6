package io.uartnio.module.quectel.ec200x;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.uartnio.ModemException;
import io.uartnio.TlsFiles;
import io.uartnio.TlsProfile;
import io.uartnio.at.AtChannel;
import io.uartnio.modem.FakeEc200x;
import io.uartnio.uart.LineSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TlsContextsTest {

    private static final TlsAttempt ATTEMPT = new TlsAttempt("TLSv1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");

    private final FakeEc200x module = new FakeEc200x("contexts");
    private TlsContexts contexts;

    @BeforeEach
    void open() throws IOException {
        AtChannel channel = new AtChannel(module.port, new UserFileSystemTest.NoSockets(), () -> {}, 10_000, 2_000);
        channel.setGrammar(new Ec200xGrammar());
        module.port.open(new LineSettings(115_200, false), channel.listener());
        contexts = new TlsContexts(new Ec200xCommands(channel));
    }

    @AfterEach
    void close() {
        module.port.close();
    }

    private static TlsProfile.Builder trusting() {
        return TlsProfile.builder().trustAnchors(TlsFiles.of("authority.pem")).allowUncheckedHostName();
    }

    /** One of profiles that differ. */
    private static TlsProfile profile(int number) {
        return trusting().handshakeTimeout(Duration.ofSeconds(10 + number)).build();
    }

    private int acquire(int number) throws IOException {
        return contexts.acquire(profile(number), ATTEMPT);
    }

    private int writes() {
        return (int) module.commands()
                .lines()
                .filter(line -> line.matches("AT\\+QSSLCFG=\"[a-z_]+\",\\d,.*"))
                .count();
    }

    private Map<String, String> items(int context) {
        Map<String, String> items = new TreeMap<>();
        module.sslItems().forEach((item, value) -> {
            if (item.endsWith("," + context)) {
                items.put(item.substring(1, item.lastIndexOf('"')), value);
            }
        });
        return items;
    }

    // ------------------------------------------------------------------ what a context is told

    @Test
    void everyItemIsWrittenThoseOfTheFactoryToo() throws IOException {
        int id = contexts.acquire(trusting().build(), ATTEMPT);
        String anchors = module.files().keySet().iterator().next();
        assertThat(items(id))
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("sslversion", "3"),
                        Map.entry("ciphersuite", "0XC02F"),
                        Map.entry("sni", "1"),
                        Map.entry("seclevel", "1"),
                        Map.entry("cacert", '"' + anchors + '"'),
                        Map.entry("ignorelocaltime", "0"),
                        Map.entry("negotiatetime", "300"),
                        Map.entry("closetimemode", "0"),
                        Map.entry("session_cache", "0"),
                        Map.entry("ignoremulticertchainverify", "0"),
                        Map.entry("ignoreinvalidcertsign", "0")));
        assertThat(module.commands()).containsOnlyOnce("AT+CCLK=");
        assertThat(module.commands().indexOf("AT+CCLK="))
                .isLessThan(module.commands().indexOf("AT+QSSLCFG="));
    }

    @Test
    void everySettingOfAProfileReachesItsItem() throws IOException {
        TlsProfile profile = trusting()
                .clientIdentity(TlsFiles.of("client-chain.pem"), TlsFiles.of("client-key.pem"))
                .omitServerName()
                .resumeSessions()
                .handshakeTimeout(Duration.ofSeconds(30))
                .closeTimeout(Duration.ofMillis(1500))
                .insecureIgnoreValidity()
                .insecureIgnoreChain()
                .insecureIgnoreSignatures()
                .build();
        int id = contexts.acquire(profile, new TlsAttempt(null, null));
        assertThat(items(id))
                .containsEntry("sslversion", "4")
                .containsEntry("ciphersuite", "0XFFFF")
                .containsEntry("sni", "0")
                .containsEntry("seclevel", "2")
                .containsEntry("ignorelocaltime", "1")
                .containsEntry("negotiatetime", "30")
                .containsEntry("closetimemode", "1")
                .containsEntry("session_cache", "1")
                .containsEntry("ignoremulticertchainverify", "1")
                .containsEntry("ignoreinvalidcertsign", "1");
        assertThat(module.files().keySet())
                .hasSize(3)
                .allMatch(name -> name.matches("uartnio_(ca|cert|key)_[0-9a-f]{32}\\.pem") && name.length() <= 80);
        assertThat(items(id).get("clientkey")).startsWith("\"uartnio_key_");
        assertThat(items(id).get("clientcert")).startsWith("\"uartnio_cert_");
        assertThat(module.commands()).doesNotContain("AT+CCLK=");
        assertThat(TlsContexts.closeParameter(profile)).isEqualTo(1500);
        assertThat(TlsContexts.closeParameter(profile(0))).isEqualTo(1);
    }

    @Test
    void withoutVerificationNothingIsStoredOnTheModule() throws IOException {
        int id =
                contexts.acquire(TlsProfile.builder().insecureSkipVerification().build(), ATTEMPT);
        assertThat(items(id)).containsEntry("seclevel", "0").doesNotContainKey("cacert");
        assertThat(module.files()).isEmpty();
    }

    @Test
    void anItemThatTheModuleDoesNotKnowIsDoneWithoutUnlessItIsNeeded() throws IOException {
        module.on("AT+QSSLCFG=\"session_cache\"", FakeEc200xText.ERROR);
        acquire(0);
        int before = count("session_cache");
        acquire(1);
        assertThat(count("session_cache")).as("not asked again").isEqualTo(before);
        TlsProfile needing = trusting().resumeSessions().build();
        assertThatThrownBy(() -> contexts.acquire(needing, ATTEMPT))
                .isInstanceOf(ModemException.class)
                .hasMessageContaining("session_cache");
    }

    @Test
    void anItemThatStaysDangerousAlthoughItWasTurnedOffIsAnError() {
        module.on(
                "AT+QSSLCFG=\"ignoreinvalidcertsign\"",
                command -> command.endsWith(",0,0")
                        ? FakeEc200xText.ERROR
                        : FakeEc200xText.line("+QSSLCFG: \"ignoreinvalidcertsign\",0,1") + FakeEc200xText.OK);
        assertThatThrownBy(() -> acquire(0))
                .isInstanceOf(ModemException.class)
                .hasMessageContaining("ignoreinvalidcertsign");
    }

    @Test
    void aClockThatCannotBeSetIsAnErrorWhereValidityCounts() throws IOException {
        module.on("AT+CCLK=", FakeEc200xText.ERROR);
        assertThatThrownBy(() -> acquire(0)).isInstanceOf(ModemException.class).hasMessageContaining("AT+CCLK");
        contexts.acquire(trusting().insecureIgnoreValidity().build(), ATTEMPT);
    }

    private int count(String text) {
        return module.commands().split(text, -1).length - 1;
    }

    // ------------------------------------------------------------------ how contexts are shared

    @Test
    void socketsOfOneProfileShareAContextThatIsWrittenOnce() throws IOException {
        int id = acquire(0);
        int written = writes();
        for (int i = 0; i < 11; i++) {
            assertThat(acquire(0)).isEqualTo(id);
        }
        assertThat(writes()).isEqualTo(written);
    }

    @Test
    void profilesThatTellTheModuleTheSameShareAContext() throws IOException {
        int id = contexts.acquire(trusting().build(), ATTEMPT);
        TlsProfile closingLater = trusting().closeTimeout(Duration.ofSeconds(2)).build();
        assertThat(contexts.acquire(closingLater, ATTEMPT)).isEqualTo(id);
    }

    @Test
    void sixProfilesHaveSixContextsAndASeventhIsToldWhy() throws IOException {
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < TlsContexts.COUNT; i++) {
            ids.add(acquire(i));
        }
        assertThat(ids).doesNotHaveDuplicates();
        assertThatThrownBy(() -> acquire(6))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("all SSL contexts are in use")
                .hasMessageContaining("contexts=6");
        assertThat(acquire(3)).as("those that are there still serve").isEqualTo(ids.get(3));
        contexts.release(ids.get(2));
        assertThat(acquire(6)).isEqualTo(ids.get(2));
        assertThat(items(ids.get(2))).containsEntry("negotiatetime", "16");
    }

    @Test
    void theContextThatWasUsedLeastRecentlyIsGivenToAnother() throws IOException {
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < TlsContexts.COUNT; i++) {
            ids.add(acquire(i));
        }
        // The last use is the end of the last connection.
        for (int i : new int[] {1, 4, 0, 5, 2, 3}) {
            contexts.release(ids.get(i));
        }
        acquire(1);
        assertThat(acquire(6)).isEqualTo(ids.get(4));
        assertThat(acquire(7)).isEqualTo(ids.get(0));
        contexts.release(acquire(5));
        assertThat(acquire(8)).isEqualTo(ids.get(2));
        assertThat(acquire(9)).isEqualTo(ids.get(3));
        assertThat(acquire(10)).isEqualTo(ids.get(5));
    }

    @Test
    void aContextWithAUserIsNotGivenAwayHoweverLongAgoThatWas() throws IOException {
        int first = acquire(0);
        for (int i = 1; i < 20; i++) {
            int id = acquire(i);
            assertThat(id).isNotEqualTo(first);
            contexts.release(id);
        }
        assertThat(items(first)).containsEntry("negotiatetime", "10");
    }

    @Test
    void aContextThatNobodyUsedIsLookedAtBeforeItIsUsedAgain() throws IOException {
        int id = acquire(0);
        contexts.release(id);
        int written = writes();
        assertThat(acquire(0)).isEqualTo(id);
        assertThat(writes()).as("it is as it was").isEqualTo(written);
        contexts.release(id);
        module.sslItems().clear();
        assertThat(acquire(0)).isEqualTo(id);
        assertThat(items(id)).as("the module had released it").containsEntry("seclevel", "1");
        assertThat(writes()).isEqualTo(2 * written);
    }

    @Test
    void aModuleThatHasRestartedIsToldEverythingAgain() throws IOException {
        int id = acquire(0);
        module.sslItems().clear();
        contexts.forget();
        assertThat(acquire(0)).isEqualTo(id);
        assertThat(items(id)).containsEntry("seclevel", "1").containsKey("cacert");
        assertThat(count("AT\\+QFUPL")).as("files outlive it").isOne();
        assertThat(count("AT\\+QFDWL")).as("but are not trusted unseen").isEqualTo(2);
        assertThat(count("AT\\+CCLK")).isEqualTo(2);
    }

    @Test
    void aContextThatCouldNotBeSetUpIsNotTakenForOneThatIs() throws IOException {
        module.on("AT+QSSLCFG=\"seclevel\",0,1", FakeEc200xText.ERROR);
        assertThatThrownBy(() -> acquire(0)).isInstanceOf(IOException.class);
        module.asEver("AT+QSSLCFG=\"seclevel\",0,1");
        int id = acquire(0);
        assertThat(items(id)).containsEntry("seclevel", "1");
    }

    // ------------------------------------------------------------------ files

    @Test
    void filesThatNoSocketNeedsAreRemovedAndNoOthers() throws IOException {
        module.files().put("uartnio_ca_0123456789abcdef0123456789abcdef.pem", "of an earlier host");
        module.files().put("theirs.pem", "of somebody else");
        module.files().put("uartnio_notes.txt", "of somebody else");
        int kept = contexts.acquire(trusting().build(), ATTEMPT);
        int unused = contexts.acquire(
                trusting()
                        .clientIdentity(TlsFiles.of("client.pem"), TlsFiles.of("client-key.pem"))
                        .build(),
                ATTEMPT);
        contexts.release(unused);
        assertThat(contexts.removeUnusedFiles())
                .hasSize(3)
                .anyMatch(name -> name.startsWith("uartnio_cert_"))
                .anyMatch(name -> name.startsWith("uartnio_key_"))
                .contains("uartnio_ca_0123456789abcdef0123456789abcdef.pem");
        assertThat(module.files().keySet()).hasSize(3).contains("theirs.pem", "uartnio_notes.txt");
        contexts.release(kept);
        assertThat(contexts.removeUnusedFiles()).hasSize(1);
        assertThat(module.files().keySet()).containsExactly("theirs.pem", "uartnio_notes.txt");
        contexts.acquire(trusting().build(), ATTEMPT);
        assertThat(module.files()).as("stored again").hasSize(3);
    }

    /** The words of a module. */
    private static final class FakeEc200xText {
        static final String OK = line("OK");
        static final String ERROR = line("ERROR");

        static String line(String text) {
            return "\r\n" + text + "\r\n";
        }
    }
}
