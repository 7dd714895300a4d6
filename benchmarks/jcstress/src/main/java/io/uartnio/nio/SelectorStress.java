package io.uartnio.nio;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.uartnio.AccessMode;
import io.uartnio.TlsProfile;
import io.uartnio.TlsSessionInfo;
import io.uartnio.socket.ModuleSocket;
import io.uartnio.socket.ModuleSockets;
import io.uartnio.socket.engine.PlayedEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.spi.SelectorProvider;
import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/** Keys between a {@link UartSelector} and whoever changes a channel, and a channel between connect and close. */
public final class SelectorStress {

    private static final long LOST_NANOS = TimeUnit.SECONDS.toNanos(20);

    private static final VarHandle INTEREST_OPS;

    static {
        try {
            INTEREST_OPS = MethodHandles.privateLookupIn(ModuleSelectionKey.class, MethodHandles.lookup())
                    .findVarHandle(ModuleSelectionKey.class, "interestOps", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private SelectorStress() {}

    /** A connected socket of which a test says whether it can be read; a plain field, so that it orders nothing. */
    private static final class Switch implements ModuleSocket {
        private boolean readable;
        private volatile ChangeListener listener;

        void set(boolean nowReadable) {
            readable = nowReadable;
            listener.onChange();
        }

        @Override
        public ModuleSocket.State state() {
            return ModuleSocket.State.CONNECTED;
        }

        @Override
        public void connect(String host, int port, long timeoutMillis) {}

        @Override
        public InetSocketAddress localAddress() {
            return null;
        }

        @Override
        public TlsSessionInfo tlsSession() {
            return null;
        }

        @Override
        public IOException failure() {
            return null;
        }

        @Override
        public boolean isReadable() {
            return readable;
        }

        @Override
        public boolean isAtEnd() {
            return false;
        }

        @Override
        public boolean isWritable() {
            return false;
        }

        @Override
        public int read(ByteBuffer target) {
            return 0;
        }

        @Override
        public int write(ByteBuffer source) {
            return 0;
        }

        @Override
        public void shutdownInput() {}

        @Override
        public void shutdownOutput() {}

        @Override
        public void setAccessMode(AccessMode mode) {}

        @Override
        public AccessMode accessMode() {
            return AccessMode.DIRECT_PUSH;
        }

        @Override
        public int bytesReadable() {
            return 0;
        }

        @Override
        public void setReceiveHighWaterMark(int bytes) {}

        @Override
        public int bytesUnsent() {
            return 0;
        }

        @Override
        public long bytesTaken() {
            return 0;
        }

        @Override
        public void close() {}

        @Override
        public void setChangeListener(ChangeListener newListener) {
            listener = newListener;
        }

        @Override
        public void awaitChange(long stamp, long deadlineNanos) {}

        @Override
        public long changeStamp() {
            return 0;
        }

        @Override
        public void signalChange() {}

        @Override
        public int index() {
            return 0;
        }
    }

    /** A module whose next socket is given. */
    private record OneSocket(ModuleSocket socket) implements ModuleSockets {
        @Override
        public ModuleSocket create(TlsProfile tls) {
            return socket;
        }

        @Override
        public String portName() {
            return "jcstress";
        }
    }

    private static ModuleSocketChannel connected(ModuleSocket socket) {
        try {
            ModuleSocketChannel channel =
                    (ModuleSocketChannel) new ModuleSelectorProvider(new OneSocket(socket), null).openSocketChannel();
            channel.configureBlocking(false);
            channel.connect(InetSocketAddress.createUnresolved("host", 80));
            // A non-blocking connect is never done at once, and an unfinished one is ready for nothing.
            channel.finishConnect();
            return channel;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A channel changes as the selecting thread takes its key out of the queue: queued again, or seen at once. */
    @JCStressTest
    @State
    @Outcome(
            id = {"true, 0", "true, 1"},
            expect = ACCEPTABLE,
            desc = "queued again, so the next look finds it")
    @Outcome(id = "false, 1", expect = ACCEPTABLE, desc = "not queued again, and seen")
    @Outcome(id = "false, 0", expect = FORBIDDEN, desc = "neither queued nor seen: the change is lost")
    public static class QueuedAgainstClear {
        private final Switch socket = new Switch();
        private final ModuleSelectionKey key = new ModuleSelectionKey((UartSelector) null, connected(socket));

        public QueuedAgainstClear() {
            // Not by its method, which would queue the key with a selector, and here is none.
            INTEREST_OPS.set(key, SelectionKey.OP_READ);
            key.markQueued();
        }

        /** Reader thread. */
        @Actor
        public void change(LL_Result r) {
            socket.readable = true;
            r.r1 = key.markQueued();
        }

        /** Selecting thread. */
        @Actor
        public void look(LL_Result r) {
            key.clearQueued();
            r.r2 = key.readyNow();
        }
    }

    /** A channel becomes ready as the selector is about to wait. All samples share one selector, each has its key. */
    @JCStressTest
    @State
    @Outcome(id = "selected", expect = ACCEPTABLE, desc = "found at once, or woken for it")
    @Outcome(expect = FORBIDDEN, desc = "the selector waits although a key is ready")
    public static class ChangeAgainstSelect {
        private static final UartSelector SELECTOR = selector();

        private final Switch socket = new Switch();
        private final ModuleSocketChannel channel = connected(socket);
        private final SelectionKey key = register(channel);

        private static UartSelector selector() {
            try {
                return (UartSelector) new ModuleSelectorProvider(new OneSocket(null), null).openSelector();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static SelectionKey register(ModuleSocketChannel channel) {
            try {
                return channel.register(SELECTOR, SelectionKey.OP_READ);
            } catch (ClosedChannelException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Reader thread. */
        @Actor
        public void change() {
            socket.set(true);
        }

        /** Selecting thread. */
        @Actor
        public void select(L_Result r) {
            boolean[] selected = new boolean[1];
            long deadlineNanos = System.nanoTime() + LOST_NANOS;
            try {
                while (!selected[0] && deadlineNanos - System.nanoTime() > 0) {
                    SELECTOR.select(found -> selected[0] |= found == key, TimeUnit.NANOSECONDS.toMillis(LOST_NANOS));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            r.r1 = selected[0] ? "selected" : "slept on";
            // Else the key, still ready, would keep the selector from ever waiting for the next sample's.
            key.interestOps(0);
        }

        /** Lets the key go. */
        @Arbiter
        public void end(L_Result r) {
            try {
                channel.close();
                SELECTOR.selectNow();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** One thread connects a channel over a whole engine, another closes it. */
    @JCStressTest
    @State
    @Outcome(
            id = {"pending, false, 0", "closed, false, 0"},
            expect = ACCEPTABLE,
            desc = "closed in the end, and the module's index is free")
    @Outcome(expect = FORBIDDEN, desc = "an open socket under a closed channel")
    public static class ConnectAgainstClose {
        private final PlayedEngine engine = new PlayedEngine();
        private final ModuleSocketChannel channel = open();

        private ModuleSocketChannel open() {
            try {
                SelectorProvider provider =
                        new ModuleSelectorProvider(new OneSocket(engine.engine().create(null)), null);
                ModuleSocketChannel opened = (ModuleSocketChannel) provider.openSocketChannel();
                opened.configureBlocking(false);
                return opened;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Application thread. */
        @Actor
        public void connect(LLL_Result r) {
            try {
                channel.connect(InetSocketAddress.createUnresolved("host", 80));
                r.r1 = "pending";
            } catch (ClosedChannelException e) {
                r.r1 = "closed";
            } catch (IOException e) {
                r.r1 = e;
            }
        }

        /** Application thread. */
        @Actor
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Where it is in the end, and how many indexes are taken. */
        @Arbiter
        public void end(LLL_Result r) {
            engine.lane().finish();
            r.r2 = channel.isOpen();
            r.r3 = engine.engine().usedIndexes();
        }
    }
}
