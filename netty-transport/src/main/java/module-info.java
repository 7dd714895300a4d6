/** The sockets of a wireless module on a serial port as Netty channels. */
module io.uartnio.netty {
    requires transitive io.netty.common;
    requires transitive io.netty.buffer;
    requires transitive io.netty.resolver;
    requires transitive io.netty.transport;
    requires transitive io.uartnio;

    exports io.uartnio.netty;
}
