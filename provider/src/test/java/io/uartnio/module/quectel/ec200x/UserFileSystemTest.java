package io.uartnio.module.quectel.ec200x;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.uartnio.ModemException;
import io.uartnio.at.AtChannel;
import io.uartnio.at.PayloadSink;
import io.uartnio.frame.Ec200x;
import io.uartnio.frame.FramingDoubt;
import io.uartnio.modem.FakeEc200x;
import io.uartnio.uart.LineSettings;
import java.io.IOException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class UserFileSystemTest {

    private static final byte[] CONTENTS = Ec200x.latin1("-----BEGIN\r\nOK\r\nCONNECT\r\n+QFDWL: 1,2\r\nEND-----\n");

    private final FakeEc200x module = new FakeEc200x("files");
    private UserFileSystem files;

    @BeforeEach
    void open() throws IOException {
        AtChannel channel = new AtChannel(module.port, new NoSockets(), () -> {}, 10_000, 2_000);
        channel.setGrammar(new Ec200xGrammar());
        module.port.open(new LineSettings(115_200, false), channel.listener());
        files = new UserFileSystem(new Ec200xCommands(channel));
    }

    @AfterEach
    void close() {
        module.port.close();
    }

    private int count(String command) {
        return module.commands().split(Pattern.quote(command), -1).length - 1;
    }

    /** Worked out by hand: big-endian words, an odd last byte is the high one. */
    @ParameterizedTest
    @CsvSource({"'',0", "a,6100", "ab,6162", "abc,262", "abcd,206", "abab,0", "12345678,8", "aaaaa,6100"})
    void theChecksumIsTheXorOfBigEndianWords(String contents, String hex) {
        assertThat(UserFileSystem.checksum(Ec200x.latin1(contents))).isEqualTo(Integer.parseInt(hex, 16));
    }

    @Test
    void theChecksumTakesBytesAsUnsigned() {
        assertThat(UserFileSystem.checksum(new byte[] {(byte) 0xff, (byte) 0x80, 0x0f}))
                .isEqualTo(0xf080);
    }

    @Test
    void aFileIsUploadedReadBackAndThenTrusted() throws IOException {
        String name = files.provide("ca", CONTENTS);
        assertThat(name).matches("uartnio_ca_[0-9a-f]{32}\\.pem");
        assertThat(Ec200x.latin1(module.files().get(name))).isEqualTo(CONTENTS);
        assertThat(files.provide("ca", CONTENTS)).isEqualTo(name);
        assertThat(count("AT+QFUPL")).isOne();
        assertThat(count("AT+QFDWL")).isOne();
    }

    @Test
    void aFileThatIsThereIsComparedAndNotUploadedAgain() throws IOException {
        String name = files.provide("ca", CONTENTS);
        files.forget();
        assertThat(files.provide("ca", CONTENTS)).isEqualTo(name);
        assertThat(count("AT+QFUPL")).isOne();
        assertThat(count("AT+QFDWL")).isEqualTo(2);
    }

    @Test
    void aFileThatWasDamagedIsReplaced() throws IOException {
        String name = files.provide("ca", CONTENTS);
        files.forget();
        String damaged = module.files().get(name).replace("END", "BAD");
        module.files().put(name, damaged);
        files.provide("ca", CONTENTS);
        assertThat(Ec200x.latin1(module.files().get(name))).isEqualTo(CONTENTS);
        files.forget();
        module.files().put(name, "short");
        files.provide("ca", CONTENTS);
        assertThat(Ec200x.latin1(module.files().get(name))).isEqualTo(CONTENTS);
    }

    @Test
    void anUploadThatWasCutShortIsDeletedAndTold() {
        module.on("upload", contents -> contents.substring(0, 10));
        assertThatThrownBy(() -> files.provide("ca", CONTENTS))
                .isInstanceOf(ModemException.class)
                .hasMessageContaining("AT+QFUPL")
                .hasMessageContaining("files");
        assertThat(module.files()).isEmpty();
    }

    @Test
    void anUploadWithAnotherChecksumIsDeletedAndTold() {
        module.on("upload", contents -> contents.replace("END", "BAD"));
        assertThatThrownBy(() -> files.provide("ca", CONTENTS))
                .isInstanceOf(ModemException.class)
                .hasMessageContaining("did not arrive whole");
        assertThat(module.files()).isEmpty();
    }

    @Test
    void aFileThatReadsBackDifferentlyIsToldAndNotTrusted() throws IOException {
        // Two words changed places: the checksum cannot tell.
        module.on("upload", contents -> contents.substring(2, 4) + contents.substring(0, 2) + contents.substring(4));
        assertThatThrownBy(() -> files.provide("ca", Ec200x.latin1("abcdefgh")))
                .isInstanceOf(ModemException.class)
                .hasMessageContaining("differs");
        module.asEver("upload");
        String name = files.provide("ca", Ec200x.latin1("abcdefgh"));
        assertThat(module.files()).containsEntry(name, "abcdefgh");
    }

    static final class NoSockets implements PayloadSink {
        @Override
        public boolean onFrame(int index, boolean tls, int lengthBytes) {
            return false;
        }

        @Override
        public boolean onReadFrame(int index, boolean tls, int lengthBytes) {
            return false;
        }

        @Override
        public void onReadEmpty(int index, boolean tls) {}

        @Override
        public void onPayload(byte[] payload, int offset, int length) {}

        @Override
        public void onFrameEnd() {}

        @Override
        public void onDoubt(FramingDoubt doubt) {}
    }
}
