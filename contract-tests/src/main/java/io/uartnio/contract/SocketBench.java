package io.uartnio.contract;

import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Gives each test a stack of sockets with an unconnected one, and closes behind it whatever was made. */
public final class SocketBench implements BeforeEachCallback, AfterEachCallback {

    private final SocketStack.Factory factory;
    private final List<Socket> made = new CopyOnWriteArrayList<>();
    private SocketStack stack;
    private Socket socket;

    /** Makes a bench; register it as an extension of the test. */
    public SocketBench(SocketStack.Factory factory) {
        this.factory = factory;
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        stack = factory.create();
        socket = closing(stack.factory().createSocket());
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        try {
            for (Socket one : made) {
                one.close();
            }
        } finally {
            if (stack != null) {
                stack.close();
            }
        }
    }

    /** Has the socket closed behind the test. */
    public Socket closing(Socket one) {
        made.add(one);
        return one;
    }

    /** Returns the stack under test. */
    public SocketStack stack() {
        return stack;
    }

    /** Returns the test's socket, unconnected at the start. */
    public Socket socket() {
        return socket;
    }
}
