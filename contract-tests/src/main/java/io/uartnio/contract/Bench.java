package io.uartnio.contract;

import java.io.IOException;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Gives each test a stack with a selector and an unconnected channel, and closes behind it whatever was opened. */
public final class Bench implements BeforeEachCallback, AfterEachCallback {

    private final Stack.Factory factory;
    private final List<SocketChannel> opened = new CopyOnWriteArrayList<>();
    private Stack stack;
    private Selector selector;
    private SocketChannel channel;

    /** Makes a bench; register it as an extension of the test. */
    public Bench(Stack.Factory factory) {
        this.factory = factory;
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        stack = factory.create();
        selector = stack.openSelector();
        channel = openChannel();
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        try {
            for (SocketChannel one : opened) {
                one.close();
            }
            if (selector != null) {
                selector.close();
            }
        } finally {
            if (stack != null) {
                stack.close();
            }
        }
    }

    /** Opens a further channel, to be closed behind the test. */
    public SocketChannel openChannel() throws IOException {
        SocketChannel one = stack.openChannel();
        opened.add(one);
        return one;
    }

    /** Returns the stack under test. */
    public Stack stack() {
        return stack;
    }

    /** Returns the test's selector. */
    public Selector selector() {
        return selector;
    }

    /** Returns the test's channel, unconnected at the start. */
    public SocketChannel channel() {
        return channel;
    }
}
