package io.uartnio.module.quectel.ec200x;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalAddressTest {

    @ParameterizedTest
    @ValueSource(strings = {"10.7.157.1", "0.0.0.0", "255.255.255.255"})
    void aDottedAddressIsRead(String text) {
        assertThat(LocalAddress.parse(text).getHostAddress()).isEqualTo(text);
    }

    @Test
    void anAddressOfIpVersion6IsRead() throws Exception {
        assertThat(LocalAddress.parse("2001:db8::1"))
                .isEqualTo(InetAddress.getByAddress(
                        new byte[] {0x20, 0x01, 0x0d, (byte) 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
    }

    /** Names above all: what a module writes must not make this machine ask its own resolver. */
    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", "256.1.1.1", "1.2.3", "01.2.3.4", "1:2:3", "12:zz", "::1%lo", "10.0.0.1 "})
    void whatIsNoAddressIsUnknown(String text) {
        assertThat(LocalAddress.parse(text)).isSameAs(LocalAddress.UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "65536", "4711x", "123456"})
    void whatIsNoPortIsZero(String text) {
        assertThat(LocalAddress.port(text)).isZero();
    }

    @Test
    void aPortIsRead() {
        assertThat(LocalAddress.port("65535")).isEqualTo(65_535);
    }
}
