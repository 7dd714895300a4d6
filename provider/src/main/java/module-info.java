/**
 * The sockets of a wireless module on a serial port as ordinary Java networking.
 *
 * <p>What a program names stands in {@link io.uartnio}; {@link io.uartnio.uart} is for those who bring a serial line of
 * their own, {@link io.uartnio.socket} for those who put another face on a module's sockets, {@link io.uartnio.tls} for
 * those who need a security provider. The other packages are the inside of the house.
 */
module io.uartnio {
    requires com.fazecast.jSerialComm;
    requires org.jctools.core.jdk11;

    uses io.uartnio.ModemOpener;
    uses io.uartnio.module.ModuleDriverProvider;

    provides io.uartnio.ModemOpener with
            io.uartnio.modem.PortModemOpener;
    provides io.uartnio.module.ModuleDriverProvider with
            io.uartnio.module.quectel.ec200x.Ec200xDriverProvider;

    exports io.uartnio;
    exports io.uartnio.net;
    exports io.uartnio.nio;
    exports io.uartnio.socket;
    exports io.uartnio.socket.face;
    exports io.uartnio.tls;
    exports io.uartnio.uart;
}
