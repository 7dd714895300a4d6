package io.uartnio.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class FileCommandsTest {

    @Test
    void theChecksumIsTheExclusiveOrOfBigEndianWords() {
        assertThat(FileStore.checksum(new byte[] {0x12, 0x34, 0x56}, 3)).isEqualTo("4434");
        assertThat(FileStore.checksum(new byte[] {0x12, 0x34, 0x12, 0x04}, 4)).isEqualTo("30");
    }

    @Test
    void filesAreStoredListedReadAndDeleted() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator).ready()) {
            host.write("AT+QFUPL=\"UFS:a.pem\",3\r");
            host.expect("\r\nCONNECT\r\n");
            host.write(new byte[] {0x12, 0x34, 0x56});
            host.expect("\r\n+QFUPL: 3,4434\r\n\r\nOK\r\n");
            host.command("AT+QFUPL=\"a.pem\",3", "\r\n+CME ERROR: 407\r\n");
            host.command("AT+QFLST=\"*\"", "\r\n+QFLST: \"a.pem\",3\r\n\r\nOK\r\n");
            host.command("AT+QFLST=\"UFS:*\"", "\r\n+QFLST: \"UFS:a.pem\",3\r\n\r\nOK\r\n");
            host.command("AT+QFDWL=\"a.pem\"", "\r\nCONNECT\r\n\u00124V\r\n+QFDWL: 3,4434\r\n\r\nOK\r\n");
            host.command("AT+QFLDS=\"UFS\"", "\r\n+QFLDS: 282624,286720\r\n\r\nOK\r\n");
            host.command("AT+QFOPEN=\"a.pem\"", "\r\n+QFOPEN: 1\r\n\r\nOK\r\n");
            host.command("AT+QFREAD=1,2", "\r\nCONNECT 2\r\n\u00124\r\nOK\r\n");
            host.command("AT+QFREAD=1", "\r\nCONNECT 1\r\nV\r\nOK\r\n");
            host.ok("AT+QFCLOSE=1");
            host.ok("AT+QFDEL=\"a.pem\"");
            host.command("AT+QFDEL=\"a.pem\"", "\r\n+CME ERROR: 405\r\n");
            host.ok("AT+CMEE=2");
            host.command("AT+QFDEL=\"a.pem\"", "\r\n+CME ERROR: file not found\r\n");
        }
    }

    @Test
    void aShortUploadIsAnErrorAndTheFileStays() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator).ready()) {
            host.write("AT+QFUPL=\"a\",10,1\r");
            host.expect("\r\nCONNECT\r\n");
            host.write(new byte[] {0x12, 0x34, 0x56});
            host.expect("\r\n+QFUPL: 3,4434\r\n\r\n+CME ERROR: 421\r\n");
            host.command("AT+QFLST=\"a\"", "\r\n+QFLST: \"a\",3\r\n\r\nOK\r\n");
        }
    }
}
