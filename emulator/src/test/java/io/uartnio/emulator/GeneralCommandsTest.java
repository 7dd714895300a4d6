package io.uartnio.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class GeneralCommandsTest {

    @Test
    void repliesAreFramedAsTheManualSays() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator)) {
            host.command("AT", "AT\r\r\nOK\r\n");
            host.command("ATE0", "ATE0\r\r\nOK\r\n");
            host.command("AT", "\r\nOK\r\n");
            host.command("at\n", "\r\nOK\r\n");
            host.command("AT+NOSUCH", "\r\nERROR\r\n");
            host.command("ATI", "\r\nQuectel\r\nEC200N\r\nRevision: EC200NCNAAR05A03M16\r\n\r\nOK\r\n");
            host.command("AT+CGMI", "\r\nQuectel\r\n\r\nOK\r\n");
            host.command("AT+CGMM", "\r\nEC200N\r\n\r\nOK\r\n");
            host.command("AT+CGMR", "\r\nEC200NCNAAR05A03M16\r\n\r\nOK\r\n");
            host.command("AT+CPIN?", "\r\n+CPIN: READY\r\n\r\nOK\r\n");
            host.command("AT+CREG?", "\r\n+CREG: 0,1\r\n\r\nOK\r\n");
            host.ok("AT+CEREG=2");
            host.command("AT+CEREG?", "\r\n+CEREG: 2,1,\"1A2B\",\"01CDEF12\",7\r\n\r\nOK\r\n");
            host.command("AT+QIACT?", "\r\nOK\r\n");
            host.command("AT+QICSGP=1", "\r\n+QICSGP: 1,\"\",\"\",\"\",0\r\n\r\nOK\r\n");
            host.ok("AT+QICSGP=1,1,\"internet\"");
            host.command("AT+QICSGP=1", "\r\n+QICSGP: 1,\"internet\",\"\",\"\",0\r\n\r\nOK\r\n");
            host.ok("AT+QIACT=1");
            host.command("AT+QIACT=1", "\r\nERROR\r\n");
            host.command("AT+QIGETERROR", "\r\n+QIGETERROR: 572,operation not allowed\r\n\r\nOK\r\n");
            host.command("AT+QIACT?", "\r\n+QIACT: 1,1,1,\"10.7.157.1\"\r\n\r\nOK\r\n");
            host.command("AT+QSSLSTATE", "\r\nOK\r\n");
            host.command("AT+QISTATE?", "\r\nOK\r\n");
            host.ok("AT+CCLK=\"26/01/31,10:00:00+32\"");
            host.write("AT+CCLK?\r");
            host.expectMatching("\r\n\\+CCLK: \"26/01/31,10:00:0\\d\\+32\"\r\n\r\nOK\r\n");
            assertThat(emulator.counters().commands("+CPIN")).isEqualTo(1);
        }
    }

    @Test
    void commandsOfOneLineEndAtTheFirstThatFails() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator)) {
            host.ready();
            host.command("AT+CSQ;+CMEE?", "\r\n+CSQ: 24,99\r\n\r\n+CMEE: 1\r\n\r\nOK\r\n");
            host.command("AT+CSQ;+NO;+CMEE=2", "\r\n+CSQ: 24,99\r\n\r\nERROR\r\n");
            host.command("AT+CMEE?", "\r\n+CMEE: 1\r\n\r\nOK\r\n");
            host.ok("AT+IPR=115200;&W");
            host.ok("ATE0V1Q0");
            host.ok("AT+IFC=2,2");
            host.command("AT+IFC?", "\r\n+IFC: 2,2\r\n\r\nOK\r\n");
            host.command("AT+IFC=2,0", "\r\nERROR\r\n");
            host.ok("AT&D1&C1");
            host.command("AT+IPR?", "\r\n+IPR: 115200\r\n\r\nOK\r\n");
            host.command("AT+IPR=1234", "\r\nERROR\r\n");
        }
    }

    @Test
    void shortFormsHaveDigitsAndNoLeadingLine() throws Exception {
        try (ModuleEmulator emulator = ModuleEmulator.builder().start();
                Host host = new Host(emulator)) {
            host.ready();
            host.command("ATV0", "0\r");
            host.command("AT+CSQ", "+CSQ: 24,99\r\n0\r");
            host.command("AT+NO", "4\r");
            host.command("ATO", "3\r");
            host.write("ATQ1\r");
            host.command("ATQ0V1", "\r\nOK\r\n");
        }
    }
}
