package io.uartnio.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationsTest {

    /** Makes an address as a client does that has resolved the name, without a look-up. */
    private static InetSocketAddress resolved(String name, String numbers, int port) throws UnknownHostException {
        byte[] bits = InetAddress.getByName(numbers).getAddress();
        return new InetSocketAddress(InetAddress.getByAddress(name, bits), port);
    }

    private static boolean matches(String patterns, String host, int port) {
        return Destinations.parse(patterns).match(InetSocketAddress.createUnresolved(host, port));
    }

    @ParameterizedTest
    @CsvSource({
        "example.org,          example.org,     80",
        "EXAMPLE.org,          example.ORG,     80",
        "example.org:80,       example.org,     80",
        "*.example.org,        www.example.org, 80",
        "*:8883,               anything,        8883",
        "'a, b:1 ,c',          c,               7",
        "10.1.2.3,             10.1.2.3,        80",
        "10.0.0.0/8,           10.255.0.1,      80",
        "192.168.4.0/22:80,    192.168.7.255,   80",
        "[::1]:80,             ::1,             80",
        "fe80::/10,            fe80::1:2,       80",
        "0.0.0.0/0,            8.8.8.8,         53",
        "loopback,             localhost,       80",
        "loopback,             127.9.9.9,       80",
        "loopback,             ::1,             80",
        "loopback,             0.0.0.0,         80",
        "loopback:80,          LocalHost,       80",
    })
    void patternsMatch(String patterns, String host, int port) {
        assertThat(matches(patterns, host, port)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "example.org,          example.org.uk,  80",
        "example.org:80,       example.org,     81",
        "example.org,          exampleXorg,     80",
        "*.example.org,        example.org,     80",
        "10.0.0.0/8,           11.0.0.1,        80",
        "10.0.0.0/8,           ten,             80",
        "192.168.4.0/22,       192.168.8.0,     80",
        "0.0.0.0/0,            ::1,             80",
        "loopback,             example.org,     80",
        "loopback,             10.0.0.1,        80",
        "'',                   example.org,     80",
        "' , ',                example.org,     80",
    })
    void othersDoNot(String patterns, String host, int port) {
        assertThat(matches(patterns, host, port)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"example.org, true", "93.184.216.34, true", "93.0.0.0/8, true", "other.org, false"})
    void aResolvedAddressMatchesByNameAndByNumbers(String patterns, boolean expected) throws UnknownHostException {
        assertThat(Destinations.parse(patterns).match(resolved("example.org", "93.184.216.34", 443)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":80",
                "host:",
                "host:x",
                "host:0",
                "host:65536",
                "[::1]80",
                "10.0.0.0/33",
                "10.0.0.0/x",
                "name/8",
                "999.0.0.0/8",
                "[]:80"
            })
    void whatMakesNoSenseIsQuoted(String pattern) {
        assertThatThrownBy(() -> Destinations.parse("fine," + pattern))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pattern=" + pattern);
    }
}
