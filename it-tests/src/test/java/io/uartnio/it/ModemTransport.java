package io.uartnio.it;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.uartnio.Modem;
import io.uartnio.netty.ModemSocketChannel;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.transport.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * Has Vert.x 5 connect by a modem; its servers and datagrams stay on the host. An example to copy: docs/netty.md refers
 * to it.
 */
public final class ModemTransport implements Transport, io.vertx.core.spi.transport.Transport {

    private final io.vertx.core.spi.transport.Transport host = Transport.NIO.implementation();
    private final ChannelFactory<ModemSocketChannel> clients;

    /** Creates the transport, for {@code VertxBuilder.withTransport}. */
    public ModemTransport(Modem modem) {
        this.clients = ModemSocketChannel.factory(modem);
    }

    @Override
    public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
        return clients;
    }

    /** A name without an address would be looked up on the host; with one, whichever, the module is given the name. */
    @Override
    public java.net.SocketAddress convert(SocketAddress address) {
        if (address.hostAddress() != null) {
            return io.vertx.core.spi.transport.Transport.super.convert(address);
        }
        try {
            return new InetSocketAddress(InetAddress.getByAddress(address.host(), new byte[4]), address.port());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e); // four bytes are always an address
        }
    }

    @Override
    public io.vertx.core.spi.transport.Transport implementation() {
        return this;
    }

    @Override
    public String name() {
        return "modem";
    }

    @Override
    public boolean available() {
        return true;
    }

    @Override
    public Throwable unavailabilityCause() {
        return null;
    }

    @Override
    public IoHandlerFactory ioHandlerFactory() {
        return host.ioHandlerFactory();
    }

    @Override
    @SuppressWarnings("deprecation") // Vert.x's interface names it
    public DatagramChannel datagramChannel(InternetProtocolFamily family) {
        return host.datagramChannel(family);
    }

    @Override
    public ChannelFactory<? extends DatagramChannel> datagramChannelFactory() {
        return host.datagramChannelFactory();
    }

    @Override
    public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
        return host.serverChannelFactory(domainSocket);
    }
}
