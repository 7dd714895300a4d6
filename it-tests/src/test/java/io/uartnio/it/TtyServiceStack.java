package io.uartnio.it;

import io.uartnio.Modem;
import io.uartnio.contract.ServiceStack;
import io.uartnio.emulator.ModuleEmulator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;

/** Server sockets and datagrams down a pseudo-terminal: the module is on the loopback, at ports of its own. */
final class TtyServiceStack implements ServiceStack {

    private final ModuleEmulator emulator;
    private final Modem modem;

    TtyServiceStack(ModuleEmulator emulator, Modem modem) {
        this.emulator = emulator;
        this.modem = modem;
    }

    @Override
    public ServerSocketChannel openServer() throws IOException {
        return modem.selectorProvider().openServerSocketChannel();
    }

    @Override
    public DatagramChannel openDatagrams() throws IOException {
        return modem.selectorProvider().openDatagramChannel();
    }

    @Override
    public Selector openSelector() throws IOException {
        return modem.selectorProvider().openSelector();
    }

    @Override
    public InetSocketAddress wayTo(ServerSocketChannel server) {
        return loopback(emulator.listeningPort(server.socket().getLocalPort()));
    }

    @Override
    public InetSocketAddress wayTo(DatagramChannel channel) {
        return loopback(emulator.datagramPort(channel.socket().getLocalPort()));
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    @Override
    public boolean isModule() {
        return true;
    }

    @Override
    public void close() {
        // the line goes on to the next test
    }
}
