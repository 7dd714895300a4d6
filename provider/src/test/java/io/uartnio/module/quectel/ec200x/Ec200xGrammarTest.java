package io.uartnio.module.quectel.ec200x;

import static org.assertj.core.api.Assertions.assertThat;

import io.uartnio.frame.Announcement;
import io.uartnio.frame.Ec200x;
import io.uartnio.frame.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Ec200xGrammarTest {

    private final Ec200xGrammar grammar = new Ec200xGrammar();

    private long classify(String line) {
        // In the middle of a buffer, as it comes from the port.
        byte[] bytes = Ec200x.latin1("##" + line + "00");
        return grammar.classify(bytes, 2, line.length());
    }

    @Test
    void anAnnouncementIsTakenInItsOneForm() {
        assertThat(classify("+QIURC: \"recv\",0,1")).isEqualTo(Announcement.pushed(0, false, 1));
        assertThat(classify("+QSSLURC: \"recv\",11,1500")).isEqualTo(Announcement.pushed(11, true, 1500));
        assertThat(classify("+QIURC: \"recv\",7")).isEqualTo(Announcement.pushed(7, false, 0));
        assertThat(classify("+QIRD: 0")).isEqualTo(Announcement.read(0));
        assertThat(classify("+QSSLRECV: 1500")).isEqualTo(Announcement.read(1500));
        assertThat(classify("+QIRD: 3615,3530,85")).isEqualTo(Announcement.TEXT);
    }

    private long source(String line) {
        byte[] bytes = Ec200x.latin1("\"#" + line + "00");
        return grammar.source(bytes, 2, line.length());
    }

    @Test
    void aDatagramIsAnnouncedWithItsSender() {
        String pushed = "+QIURC: \"recv\",11,1460,\"192.168.0.255\",65535";
        assertThat(classify(pushed)).isEqualTo(Announcement.datagram(11, 1460));
        assertThat(Source.address(source(pushed))).containsExactly(192, 168, 0, 255);
        assertThat(Source.port(source(pushed))).isEqualTo(65_535);
        assertThat(classify("+QIURC: \"recv\",0,0,\"1.2.3.4\",7")).isEqualTo(Announcement.datagram(0, 0));
        assertThat(classify("+QIRD: 5,\"10.0.0.1\",53")).isEqualTo(Announcement.readDatagram(5));
        assertThat(classify("+QIRD: 0,\"10.0.0.1\",53")).isEqualTo(Announcement.readDatagram(0));
        assertThat(Source.port(source("+QIRD: 0,\"10.0.0.1\",53"))).isEqualTo(53);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+QIURC: \"recv\",1,5,\"1.2.3\",7",
                "+QIURC: \"recv\",1,5,\"1.2.3.4.5\",7",
                "+QIURC: \"recv\",1,5,\"1.2.3.256\",7",
                "+QIURC: \"recv\",1,5,\"1.2.3.04\",7",
                "+QIURC: \"recv\",1,5,\"1.2.3.4\"",
                "+QIURC: \"recv\",1,5,\"1.2.3.4\",65536",
                "+QIURC: \"recv\",1,5,\"1.2.3.4\",7,",
                "+QIURC: \"recv\",1,1501,\"1.2.3.4\",7",
                "+QIURC: \"recv\",12,5,\"1.2.3.4\",7",
                "+QIURC: \"recv\",1,,\"1.2.3.4\",7",
                "+QSSLURC: \"recv\",1,5,\"1.2.3.4\",7",
                "+QIRD: 1501,\"1.2.3.4\",7",
                "+QIRD: 5,\"a.b.c.d\",7",
                "+QIRD: 5,7,\"1.2.3.4\""
            })
    void whatIsNearlyADatagramIsDamaged(String line) {
        assertThat(classify(line)).isEqualTo(Announcement.DAMAGED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+QIURC: \"recv\",11,160,\"10.20.30.40\",5353",
                "+QIRD: 160,\"10.20.30.40\",5353",
                "+QIURC: \"recv\",0,160",
                "+QIURC: \"recv\",11,1",
                "+QSSLURC: \"recv\",3,1460",
                "+QSSLURC: \"recv\",10,9",
                "+QIRD: 160",
                "+QIRD: 7",
                "+QSSLRECV: 1500",
                "+QSSLRECV: 10"
            })
    void anAnnouncementWithOneDamagedByteIsNeverTakenForText(String line) {
        for (int at = 0; at < line.length(); at++) {
            assertThat(classify(line.substring(0, at) + line.substring(at + 1)))
                    .as("byte %d lost", at)
                    .isNotIn(Announcement.TEXT, Announcement.MESSAGE_FOLLOWS);
            for (char value = 0; value < 256; value++) {
                // A line end makes two lines of it, which the demultiplexer sees.
                if (value != '\r' && value != '\n') {
                    assertThat(classify(line.substring(0, at) + value + line.substring(at + 1)))
                            .as("byte %d changed into %d", at, (int) value)
                            .isNotIn(Announcement.TEXT, Announcement.MESSAGE_FOLLOWS);
                    assertThat(classify(line.substring(0, at) + value + line.substring(at)))
                            .as("%d added at %d", (int) value, at)
                            .isNotIn(Announcement.TEXT, Announcement.MESSAGE_FOLLOWS);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RDY",
                "+CFUN: 1",
                "+CPIN: READY",
                "+QUSIM: 1",
                "+QIND: PB DONE",
                "+QIND: \"csq\",31,99",
                "+QIND: airplanestatus,1",
                "^MODE:17,17",
                "+CREG: 1,\"0A\",\"0B\",7",
                "+CTZV: 32",
                "RING",
                "NO CARRIER",
                "+CMTI: \"SM\",1",
                "+CGEV: NW DEACT",
                "+QSIMSTAT : 1,0",
                "+QNETDEVSTATUS: 1",
                "POWERED DOWN",
                "OK",
                "SEND OK",
                "ERROR",
                "+CME ERROR: 10",
                "+QIURC: \"closed\",1",
                "+QSSLURC: \"closed\",1",
                "+QIURC: \"pdpdeact\",1",
                "+QIURC: \"dnsgip\",0,1,600",
                "+QIURC: \"incoming full\"",
                "+QIURC: \"wakeup/data\"",
                "+QISEND: 10,10,0",
                "+QIOPEN: 0,0",
                "+QSSLOPEN: 0,566",
                "+QIACT: 1,1,1,\"10.0.0.1\"",
                "+QISTATE: 0,\"TCP\",\"10.0.0.1\",80,4711,2,1,0,1,\"uart1\"",
                "+QIGETERROR: 552, x",
                "+IPR: 115200",
                "+CMEE: 1",
                "+QFUPL: 1188,2d13",
                "+QFLST: \"UFS:a\",12",
                "+CSQ: 31,99",
                "Quectel",
                "+",
                "A"
            })
    void whatElseAModuleSendsIsText(String line) {
        assertThat(classify(line)).isEqualTo(Announcement.TEXT);
    }
}
