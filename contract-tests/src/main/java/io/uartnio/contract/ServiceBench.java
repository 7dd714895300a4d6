package io.uartnio.contract;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Gives each test a stack, and closes behind it whatever was opened. */
public final class ServiceBench implements BeforeEachCallback, AfterEachCallback {

    /** Something to close. */
    @FunctionalInterface
    private interface Closing {
        void close() throws IOException;
    }

    private final ServiceStack.Factory factory;
    private final Deque<Closing> opened = new ArrayDeque<>();
    private ServiceStack stack;

    /** Makes a bench; register it as an extension of the test. */
    public ServiceBench(ServiceStack.Factory factory) {
        this.factory = factory;
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        stack = factory.create();
        opened.push(stack::close);
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    /** Returns the stack under test. */
    public ServiceStack stack() {
        return stack;
    }

    /** Opens a channel that is not bound. */
    public ServerSocketChannel openServer() throws IOException {
        ServerSocketChannel server = stack.openServer();
        opened.push(server::close);
        return server;
    }

    /** Opens a channel that is neither bound nor connected. */
    public DatagramChannel openDatagrams() throws IOException {
        DatagramChannel channel = stack.openDatagrams();
        opened.push(channel::close);
        return channel;
    }

    /** Opens a selector. */
    public Selector openSelector() throws IOException {
        Selector selector = stack.openSelector();
        opened.push(selector::close);
        return selector;
    }

    /** Connects to a channel that listens. */
    public SocketChannel connectTo(ServerSocketChannel server) throws IOException {
        SocketChannel peer = stack.connectTo(server);
        opened.push(peer::close);
        return peer;
    }

    /** Has a channel closed behind the test. */
    public SocketChannel closing(SocketChannel channel) {
        if (channel != null) {
            opened.push(channel::close);
        }
        return channel;
    }

    /** Opens a UDP socket of the JDK to talk to channels. */
    public DatagramSocket openPeer() throws IOException {
        DatagramSocket peer = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        peer.setSoTimeout(60_000);
        opened.push(peer::close);
        return peer;
    }
}
